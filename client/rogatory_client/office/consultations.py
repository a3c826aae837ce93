"""What an officer is helped with before something informal is said: to whom, without whom, and about what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rogatory_client.casework.forms.catalogue import request_type
from rogatory_client.casework.personal_data.anonymising import anonymised, names_of_persons
from rogatory_client.casework.personal_data.recognising import (
    PersonalData,
    find_personal_data,
    searchable,
)
from rogatory_client.letter.draft_summary import draft_summary
from rogatory_client.office import reading, speaking
from rogatory_client.office.desk import Desk
from rogatory_client.office.drafts.store import held_drafts, unsent_draft
from rogatory_client.office.view import MessageView
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.errors import MisuseError
from rogatory_directory_sync import (
    FORMAL_KINDS,
    Entry,
    Function,
    Query,
    check_query,
    reference_tables,
    search,
)

_NAMED: Final = 5
_MAX_REASON: Final = 1_000
_OWN_AUTHORITIES: Final = frozenset({"requesting_authority", "addressed_authority"})


@dataclass(frozen=True, slots=True)
class AddresseeView:
    """An authority that may be consulted.

    Attributes:
        formal: whether a request may be addressed to it, too.
        scope: what its competence is limited to, where its entry says so.
    """

    entry_id: str
    name: str
    state: str
    formal: bool
    enrolled: bool
    scope: str


class Consultations:
    """Part of an open office; see ``Office.consultations``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def addressees(self, state: str, function: str = "") -> tuple[AddresseeView, ...]:
        """Whom the directory names for a function in a State, those first to whom requests may be addressed.

        Args:
            state: name, former name or ISO code.
            function: such as ``mla``; any if empty.

        Raises:
            MisuseError: there is no such State or function.
        """
        tables, desk = reference_tables(), self._desk
        query = check_query(Query(state=state, function=_function(function)), tables)
        entries = [Entry(record) for record in desk.listing.records.values()]
        return tuple(
            AddresseeView(
                entry_id=each.entry_id,
                name=each.record.name_en,
                state="" if each.record.state is None else each.record.state.name,
                formal=each.record.kind in FORMAL_KINDS,
                enrolled=each.entry_id in desk.registry.offices,
                scope=each.record.scope_note or "",
            )
            for each in search(entries, query, tables)
        )

    def addressee(self, state: str, function: str = "") -> str:
        """The one authority that is meant.

        Raises:
            MisuseError: there is none, none is enrolled, or several are; names them all with their scope.
        """
        found = [each for each in self.addressees(state, function) if each.entry_id != self._own]
        usable = [each for each in found if each.enrolled]
        wanted = f"{state} for {function}" if function else state
        if not found:
            raise MisuseError(f"the directory names nobody in {wanted}: see `rogatory directory`")
        if not usable:
            named = ", ".join(each.entry_id for each in found)
            raise MisuseError(f"nobody in {wanted} is enrolled: write to {named} by other means")
        if len(usable) > 1:
            named = "; ".join(map(_in_words, usable))
            raise MisuseError(f"several authorities in {wanted} can be meant: {named}. Name one with --to")
        return usable[0].entry_id

    def personal_data(self, texts: Mapping[str, str]) -> dict[str, tuple[PersonalData, ...]]:
        """What looks personal in texts that are about to be said, by what each text is."""
        names = tuple(map(searchable, self._known_names()))
        found = {what: find_personal_data(searchable(text), names) for what, text in texts.items()}
        return {what: finds for what, finds in found.items() if finds}

    def start(
        self,
        to: Sequence[str],
        subject: str,
        text: str,
        *,
        reference: str | None = None,
        attachments: Sequence[Path] = (),
        restricted_to: Sequence[str] = (),
        despite: str = "",
    ) -> MessageView:
        """Open an informal room with other offices and say something in it, without personal data.

        Args:
            to: entry ids.
            subject: what it is about.
            text: what is said.
            reference: the own office's.
            attachments: files; only their names are looked at.
            restricted_to: as for ``Office.start_consultation``.
            despite: why there is personal data in it, for a note of the own office; else there must be none.

        Raises:
            MisuseError: it looks as if there were, or an addressee is not enrolled.
        """
        if not despite:
            said = {"subject": subject, "reference": reference or "", **_texts(text, attachments)}
            self.require_impersonal(said)
        return speaking.start_consultation(
            self._desk, to, subject, text, reference, attachments, restricted_to, _note(despite)
        )

    def reply(
        self,
        room: str,
        text: str,
        *,
        attachments: Sequence[Path] = (),
        in_reply_to: str | None = None,
        despite: str = "",
    ) -> MessageView:
        """Say something in a case; in a consultation without personal data, as ``start`` does."""
        if not despite:
            self.require_impersonal(_texts(text, attachments), room=room)
        return speaking.reply(self._desk, room, text, attachments, in_reply_to, _note(despite))

    def require_impersonal(self, texts: Mapping[str, str], *, room: str | None = None) -> None:
        """Refuse to say something personal in a consultation; anything may be said in a request.

        Args:
            texts: what is about to be said, by what it is.
            room: where; None for a new consultation.

        Raises:
            MisuseError: names each find, masked, and where it stands.
        """
        if room is not None and reading.room_of(self._desk, room).kind is not CaseKind.CONSULTATION:
            return
        finds = [
            f"{find.kind} ({find.masked}) in the {what}, line {find.line}"
            for what, each in self.personal_data(texts).items()
            for find in each
        ]
        if finds:
            more = f", and {len(finds) - _NAMED} more" if len(finds) > _NAMED else ""
            raise MisuseError(
                f"a consultation does without personal data, and this looks like {', '.join(finds[:_NAMED])}"
                f"{more}: leave it out, or say why it is needed with --with-personal-data"
            )

    def summary(self, draft: str, *, language: str = "") -> str:
        """A draft without persons, references and numbers, as text for a consultation.

        Args:
            draft: id or its beginning.
            language: of the headings; that of the request if empty.

        Raises:
            MisuseError: there is no such draft, or it was put away.
        """
        held = unsent_draft(self._desk.vault, draft)
        chosen, answers = request_type(held.stored.request_type), held.now.answers
        said = anonymised(chosen.fields, answers)
        shown = {name: value for name, value in said.items() if name not in _OWN_AUTHORITIES}
        return draft_summary(chosen, shown, language or str(answers.get("request_language", "en")))

    @property
    def _own(self) -> str:
        return self._desk.identity.entry_id or ""

    def _known_names(self) -> tuple[str, ...]:
        """The persons whom the office's drafts name, those that were put away too."""
        found: dict[str, None] = {}
        for held in held_drafts(self._desk.vault):
            fields = request_type(held.stored.request_type).fields
            found |= dict.fromkeys(names_of_persons(fields, held.now.answers))
        return tuple(found)


def _texts(text: str, attachments: Sequence[Path]) -> dict[str, str]:
    """What is looked at; what is inside of a file is not."""
    return {"text": text, "names of the files": "\n".join(each.name for each in attachments)}


def _note(despite: str) -> str:
    if len(despite) > _MAX_REASON or (despite and not despite.strip()):
        raise MisuseError(f"say why in at most {_MAX_REASON} characters")
    return f"Said with personal data: {despite}" if despite else ""


def _function(text: str) -> Function | None:
    try:
        return Function(text) if text else None
    except ValueError as error:
        raise MisuseError(f"{text} is none of {', '.join(Function)}") from error


def _in_words(each: AddresseeView) -> str:
    kind = "" if each.formal else " (for consultation only)"
    scope = f", competent for: {each.scope}" if each.scope else ""
    return f"{each.entry_id} {each.name}{kind}{scope}"
