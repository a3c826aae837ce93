"""Drafts of requests: written, checked, put away and taken back. Each save is on disk when it returns.

Nothing here needs the relay.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from rogatory_client.casework.answers.checking import check_answer, field_of
from rogatory_client.casework.answers.scalar_checking import country
from rogatory_client.casework.answers.value import Answers, Item, Value
from rogatory_client.casework.checks.treaties import TreatyTable
from rogatory_client.casework.deadlines.of_events import FOLLOW_UP
from rogatory_client.casework.drafts.draft import changes, merge
from rogatory_client.casework.drafts.preserving import TYPE_ID, PreservationForm, preservation_answers
from rogatory_client.casework.drafts.template import read_template, template_answers, write_template
from rogatory_client.casework.forms.catalogue import request_type
from rogatory_client.casework.forms.request_type import RequestType
from rogatory_client.letter import DraftLetter
from rogatory_client.office import reading
from rogatory_client.office.cases.continuing import known_from, require_relation
from rogatory_client.office.desk import Desk
from rogatory_client.office.drafts.file import DraftFile
from rogatory_client.office.drafts.held_draft import HeldDraft
from rogatory_client.office.drafts.letter_writing import letter_of
from rogatory_client.office.drafts.sharing import begin_shared, move_shared, save_shared
from rogatory_client.office.drafts.showing import check_draft, conflict_views, draft_view, today
from rogatory_client.office.drafts.store import held_draft, held_drafts, require_kept
from rogatory_client.office.drafts.templates import beginning, own_template, state_of
from rogatory_client.office.drafts.view import COLLISION_S, DraftCheck, DraftMerge, DraftView, TemplateView
from rogatory_client.vault import drafts
from rogatory_client.vault.drafts import StoredTemplate
from rogatory_client.vault.urgent_work import save_draft_link
from rogatory_crypto.content.office_work import DraftPlace
from rogatory_crypto.content.urgent import CaseLinked
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId

_DRAFT_ID_BYTES: Final = 8


class Drafts:
    """Part of an open office; see ``Office.drafts``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def new(
        self,
        type_id: str,
        to: str,
        *,
        template: bool = False,
        follows: str | None = None,
        relation: str = FOLLOW_UP,
    ) -> DraftView:
        """Begin a draft with what is known already.

        Args:
            type_id: of the request.
            to: entry id of the addressee.
            template: begin with the office's template for the type and the addressee's State, its own for any
                State, or the sample.
            follows: case that it goes on from: id, beginning of it, or a reference; both sides see the link.
            relation: how: ``extension`` or ``follow_up``.

        Raises:
            MisuseError: no such type, entry, template or case, or it does not go on from that case.
        """
        chosen, entry_id = request_type(type_id), self._entry(to)
        begun = {
            **(beginning(self._desk, chosen, entry_id) if template else {}),
            **self._known(chosen, entry_id),
        }
        if follows is None:
            return self._begin(chosen, begun)
        earlier, how = reading.room_of(self._desk, follows), require_relation(relation)
        known = known_from(self._desk, earlier, how, chosen.id)
        return self._begin(chosen, {**begun, **known}, CaseLinked(how, earlier.group_id))

    def preserve(self, to: str, form: PreservationForm, reference: str | None = None) -> DraftView:
        """Begin a request to preserve computer data, complete but for what the addressee's entry asks for.

        Args:
            to: entry id of the addressee.
            form: what only the officer knows; all else comes from a template, if there is one, and the entry.
            reference: under which the office files it; made of the day and the draft's id if not given.

        Raises:
            MisuseError: no such entry, or an answer is empty or does not fit.
        """
        chosen, entry_id = request_type(TYPE_ID), self._entry(to)
        own_one = own_template(self._desk.vault, chosen.id, state_of(self._desk, entry_id))
        template = {} if own_one is None else read_template(own_one.text, chosen.fields)
        draft_id = self._desk.surroundings.random(_DRAFT_ID_BYTES)
        own = reference or f"{today(self._desk):%Y-%m-%d}-{draft_id.hex()[:6]}"
        addressee = self._desk.listing.records[entry_id]
        wanted = {**preservation_answers(form, addressee, template, own), **self._offices(entry_id)}
        answers = {name: check_answer(field_of(chosen.fields, name), each) for name, each in wanted.items()}
        return self._begin(chosen, answers, draft_id=draft_id)

    def set(self, draft: str, field: str, value: Value | None) -> DraftView:
        """Save an answer, or clear the field with None.

        Raises:
            MisuseError: no such draft or field, or the answer does not fit; names the field.
        """
        held = self._held(draft)
        asked = field_of(request_type(held.stored.request_type).fields, field)
        kept = None if value is None else check_answer(asked, value)
        self._save(held, {field: kept})
        return self.show(held.name)

    def fill(self, draft: str, form: str) -> DraftView:
        """Save the answers of a form, all of them or none.

        Args:
            draft: id or its beginning.
            form: TOML, a member a field, as a template has it.

        Raises:
            MisuseError: there is no such draft, it is no form, or an answer does not fit; names the field.
        """
        held = self._held(draft)
        answers = read_template(form, request_type(held.stored.request_type).fields)
        self._save(held, changes(held.now.answers, {**held.now.answers, **answers}))
        return self.show(held.name)

    def show(self, draft: str, revision: int | None = None) -> DraftView:
        """A draft by its id or the beginning of it, as of a revision or now.

        Raises:
            MisuseError: there is none, or more than one, or no such revision.
        """
        held = self._held(draft)
        _require_revision(held, revision or 0)
        return self._view(held, revision)

    def all(self, *, removed: bool = False) -> tuple[DraftView, ...]:
        """Every draft, oldest first; those that were put away instead, if asked for."""
        views = (self._view(each) for each in held_drafts(self._desk.vault))
        return tuple(view for view in views if (view.removed_at is not None) is removed)

    def check(
        self, draft: str, tables: Mapping[str, TreatyTable] | None = None, signature: str | None = None
    ) -> DraftCheck:
        """What is missing, and what the addressee's entry says against it.

        Args:
            draft: id or its beginning.
            tables: what the office knows of treaties.
            signature: kind of the signature on the letter (``PAdES``), empty for none; None
                before it is made.

        Raises:
            MisuseError: there is no such draft.
        """
        held = self._held(draft)
        return check_draft(self._desk, held, today(self._desk), tables or {}, signature)

    def letter(
        self,
        draft: str,
        signed_by: str,
        *,
        language: str = "",
        second: str = "",
        translation: str = "",
        annexes: tuple[Item, ...] = (),
    ) -> DraftLetter:
        """A draft as a letter, to be rendered and signed.

        Args:
            draft: id or its beginning.
            signed_by: the function that signs.
            language: of the letter; that of the request if empty.
            second: of a second column beside it, empty for none.
            translation: draft that holds the answers in the second language; what it lacks is taken from the
                first.
            annexes: files that go with the letter, each by its name and hash.

        Raises:
            MisuseError: there is no such draft, entry or language.
        """
        other = self._held(translation) if translation else None
        return letter_of(self._desk, self._held(draft), signed_by, language, second, other, annexes)

    def remove(self, draft: str) -> DraftView:
        """Put a draft away; it can be taken back until it is removed once more, which erases it.

        Raises:
            MisuseError: there is no such draft.
        """
        held = self._held(draft)
        view = self._view(held)
        place = DraftPlace.AWAY if view.removed_at is None else DraftPlace.ERASED
        move_shared(self._desk, held.stored.draft_id, place)
        return view

    def take_back(self, draft: str) -> DraftView:
        """Take back a draft that was put away.

        Raises:
            MisuseError: there is no such draft.
        """
        held = self._held(draft)
        move_shared(self._desk, held.stored.draft_id, DraftPlace.DESK)
        return self.show(held.name)

    def export(self, draft: str, since: int = 0) -> DraftFile:
        """A draft for another officer of the office.

        Args:
            draft: id or its beginning.
            since: the newest revision that the other has already; 0 for none.

        Raises:
            MisuseError: there is no such draft, or no such revision.
        """
        held = self._held(draft)
        _require_revision(held, since)
        before = held.at(since).draft.answers
        return DraftFile(held.name, held.stored.request_type, before, held.now.answers)

    def merge(self, file: DraftFile) -> DraftMerge:
        """Take up another officer's draft: a new one here, or merged with the one that has the same id.

        Raises:
            MisuseError: an answer does not fit, or the types differ; nothing is saved.
        """
        chosen = request_type(file.request_type)
        theirs = {
            name: check_answer(field_of(chosen.fields, name), each) for name, each in file.answers.items()
        }
        held = next((each for each in held_drafts(self._desk.vault) if each.name == file.draft_id), None)
        if held is None:
            return self._adopt(file, theirs)
        if held.stored.request_type != chosen.id:
            raise MisuseError(f"the draft here is of the type {held.stored.request_type}, not {chosen.id}")
        ours = held.now.answers
        merged = merge(file.before, ours, theirs)
        changed = changes(ours, merged.answers)
        self._save(held, changed)
        return DraftMerge(held.name, self.show(held.name).revision, tuple(changed), conflict_views(merged))

    def save_template(self, draft: str, state: str = "") -> TemplateView:
        """Keep the answers of a draft as the template of its type.

        Args:
            draft: id or its beginning.
            state: two-letter code; empty for any State.

        Raises:
            MisuseError: there is no such draft, or no State of that code.
        """
        held = self._held(draft)
        text = write_template(template_answers(held.now.answers))
        code = country("state", state) if state else ""
        template = StoredTemplate(held.stored.request_type, code, text, self._desk.surroundings.now())
        with self._desk.vault.writing(erasing=False) as connection:
            drafts.save_template(connection, template)
        return _template_view(template)

    def templates(self) -> tuple[TemplateView, ...]:
        """Every template, by type and State."""
        with self._desk.vault.reading() as connection:
            return tuple(_template_view(each) for each in drafts.load_templates(connection))

    @property
    def _officer(self) -> str:
        return self._desk.identity.officer or ""

    def _entry(self, to: str) -> EntryId:
        if to not in self._desk.listing.records:
            raise MisuseError(
                f"the directory has no entry {to}: see `rogatory directory`, or run `rogatory sync`"
            )
        return EntryId(to)

    def _known(self, chosen: RequestType, to: EntryId) -> dict[str, Value]:
        """What need not be typed."""
        own = self._desk.identity.entry_id
        known = {
            "requesting_authority": own or "", "addressed_authority": to, "channel": "platform",
            "urgency_level": chosen.default_urgency,
        }  # fmt: skip
        return {name: value for name, value in known.items() if value and name in chosen.fields}

    def _begin(
        self,
        chosen: RequestType,
        answers: Answers,
        link: CaseLinked | None = None,
        draft_id: bytes | None = None,
    ) -> DraftView:
        desk = self._desk
        name = desk.surroundings.random(_DRAFT_ID_BYTES) if draft_id is None else draft_id
        if link is not None:
            with desk.vault.writing(erasing=False) as connection:
                save_draft_link(connection, name, link)  # of no draft, if the next step is cut
        begin_shared(desk, name, chosen.id, answers)
        return self.show(name.hex())

    def _offices(self, to: EntryId) -> dict[str, Value]:
        return {"requesting_authority": self._desk.identity.entry_id or "", "addressed_authority": to}

    def _adopt(self, file: DraftFile, theirs: Answers) -> DraftMerge:
        begin_shared(self._desk, bytes.fromhex(file.draft_id), file.request_type, theirs)
        return DraftMerge(file.draft_id, self.show(file.draft_id).revision, tuple(theirs), ())

    def _save(self, held: HeldDraft, changed: Mapping[str, Value | None]) -> None:
        require_kept(held.stored)
        save_shared(self._desk, held, changed)

    def _held(self, draft: str) -> HeldDraft:
        return held_draft(self._desk.vault, draft)

    def _view(self, held: HeldDraft, revision: int | None = None) -> DraftView:
        view = draft_view(held, today(self._desk), revision)
        since = self._desk.surroundings.now() - COLLISION_S
        others = (each for each in view.at_work if each.officer != self._officer and each.at >= since)
        return replace(view, others_at_work=tuple(others))


def _require_revision(held: HeldDraft, revision: int) -> None:
    if revision > held.now.revision:
        raise MisuseError(f"the draft has {held.now.revision} revisions, and no revision {revision}")


def _template_view(template: StoredTemplate) -> TemplateView:
    return TemplateView(template.request_type, template.state, template.text, template.saved_at)
