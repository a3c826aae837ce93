"""What the addressee of a draft asks for, and with which template the draft can begin."""

from dataclasses import dataclass

from rogatory_client.casework.checks.requirements_panel import Requirement, requirements
from rogatory_client.casework.forms.catalogue import request_type
from rogatory_client.office.desk import Desk
from rogatory_client.office.drafts.store import held_draft
from rogatory_client.office.drafts.templates import described, own_template, template_text
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId
from rogatory_directory_sync import Record


@dataclass(frozen=True, slots=True)
class PanelView:
    """What stands beside the form.

    Attributes:
        addressee: entry id.
        state: its State's two-letter code, empty where it has none.
        template: which applies, in words.
        requirements: what the entry says.
    """

    draft_id: str
    request_type: str
    addressee: str
    state: str
    template: str
    requirements: tuple[Requirement, ...]


class Requirements:
    """Part of an open office; see ``Office.requirements``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def panel(self, draft: str) -> PanelView:
        """What the addressee of a draft asks for.

        Raises:
            MisuseError: there is no such draft, or its addressee is not in the directory.
        """
        held = held_draft(self._desk.vault, draft)
        chosen = request_type(held.stored.request_type)
        record = self._record(str(held.now.answers.get("addressed_authority", "")))
        own = self._desk.listing.records.get(EntryId(self._desk.identity.entry_id or ""))
        own_state = "" if own is None or own.state is None else own.state.iso2
        state = "" if record.state is None else record.state.iso2
        named = described(own_template(self._desk.vault, chosen.id, state))
        return PanelView(
            held.name, chosen.id, record.record_id, state, named, requirements(chosen, record, own_state)
        )

    def template(self, type_id: str, state: str = "") -> str:
        """The template that a draft of a type to a State begins with, TOML; the sample where there is none.

        Raises:
            MisuseError: there is no such type.
        """
        return template_text(self._desk, type_id, state)

    def _record(self, named: str) -> Record:
        record = self._desk.listing.records.get(EntryId(named))
        if record is None:
            raise MisuseError(f"addressed_authority: the directory has no entry {named or 'for it'}")
        return record
