"""Search in all that was said: words, references, names of files, notes, and what is being written."""

import json
from collections.abc import Container, Iterator, Sequence
from itertools import islice
from typing import Final

from rogatory_client.casework.mailbox.assigning import Said
from rogatory_client.casework.searching.query import Term, are_in, read_query
from rogatory_client.casework.searching.snippet import Piece, snippet
from rogatory_client.office import reading
from rogatory_client.office.at_home import said_at_home
from rogatory_client.office.company.hidden import hidden_rooms
from rogatory_client.office.desk import Desk
from rogatory_client.office.register.search_view import Found, Hit
from rogatory_client.office.showing import parts_of
from rogatory_client.vault import archive, drafts, words
from rogatory_client.vault.archive import StoredMessage, read_message
from rogatory_client.vault.drafts import StoredDraft
from rogatory_client.vault.rooms import load_references
from rogatory_client.vault.words import Scope
from rogatory_crypto.content.nested_part import ExternalPart
from rogatory_crypto.content.office_work import CaseNote
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId, GroupId

MAX_HITS: Final = 500


class Searching:
    """Part of an open office; see ``Office.search``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def find(
        self,
        typed: str,
        *,
        room: str | None = None,
        office: str | None = None,
        since: int | None = None,
        until: int | None = None,
        limit: int = 50,
    ) -> Found:
        """Return where all terms are, what came last first; drafts before notes, and notes before messages.

        Notes are the office's own, and found only by who may see their case.

        Args:
            typed: words, "phrases", and beginnings with an asterisk; nothing in it can be wrong.
            room: id, beginning of it, or reference of either side.
            office: entry id of who said it.
            since: Unix seconds; said then or later.
            until: Unix seconds; said before.
            limit: of messages, and of notes; at most 500.

        Raises:
            MisuseError: there is no such case or office, or the limit is none.
        """
        if not 1 <= limit <= MAX_HITS:
            raise MisuseError(f"a search tells 1 to {MAX_HITS} hits")
        terms = read_query(typed)
        scope = Scope(
            group_id=None if room is None else reading.room_of(self._desk, room).group_id,
            entry_id=None if office is None else self._office(office),
            since_ms=None if since is None else since * 1000,
            until_ms=None if until is None else until * 1000,
        )
        hidden = hidden_rooms(self._desk)
        with self._desk.vault.reading() as connection:
            numbers = words.find(connection, typed, scope, limit + 1, hidden)
            rows = archive.by_number(connection, numbers[:limit])
            references = load_references(connection, {GroupId(row.group_id) for row in rows})
        hits = [_hit(row, terms, references.get(GroupId(row.group_id), {})) for row in rows]
        written = self._drafts(terms) if scope == Scope() else ()
        noted = tuple(islice(self._notes(terms, scope, hidden), limit + 1)) if terms else ()
        has_more = max(len(numbers), len(noted)) > limit
        return Found((*written, *noted[:limit], *hits), has_more)

    def _office(self, name: str) -> EntryId:
        wanted = EntryId(name.strip().upper())
        if wanted not in self._desk.listing.records and wanted not in self._desk.registry.offices:
            raise MisuseError(f"no office is {name!r}: see `rogatory offices`")
        return wanted

    def _notes(self, terms: Sequence[Term], scope: Scope, hidden: Container[GroupId]) -> Iterator[Hit]:
        """Notes are read, not indexed: no word of them stands anywhere but in the message that says it."""
        own = self._desk.oneself.entry_id if self._desk.is_enrolled else None
        if scope.entry_id not in {None, own}:
            return
        said = said_at_home(self._desk, CaseNote, scope.group_id)
        for each in sorted(said, key=lambda note: (note.at_ms, note.message_id), reverse=True):
            is_within = (scope.since_ms or 0) <= each.at_ms < (scope.until_ms or each.at_ms + 1)
            if is_within and each.event.case not in hidden and are_in(terms, each.event.text):
                yield self._note_hit(each, terms)

    def _note_hit(self, note: Said[CaseNote], terms: Sequence[Term]) -> Hit:
        case = GroupId(note.event.case)
        with self._desk.vault.reading() as connection:
            references = load_references(connection, {case}).get(case, {})
        return Hit(
            kind="note",
            room_id=case.hex(),
            id=note.message_id.hex(),
            at_ms=note.at_ms,
            office=self._desk.oneself.entry_id,
            officer=note.officer,
            references=references,
            about=None,
            pieces=snippet(terms, note.event.text),
            files=(),
        )

    def _drafts(self, terms: Sequence[Term]) -> Iterator[Hit]:
        """Drafts change with each answer and are few: they are read, not indexed."""
        with self._desk.vault.reading() as connection:
            unsent = [each for each in drafts.load_drafts(connection) if each.removed_at is None]
            answers = {each.draft_id: drafts.load_answers(connection, each.draft_id) for each in unsent}
        for draft in unsent:
            newest = {each.field: each for each in answers[draft.draft_id]}.values()
            given = (json.loads(each.answer) for each in newest if each.answer is not None)
            said = "\n".join(text for answer in given for text in _texts(answer))
            if are_in(terms, said):
                at = max((each.at for each in newest), default=draft.made_at)
                yield self._draft_hit(draft, at, snippet(terms, said))

    def _draft_hit(self, draft: StoredDraft, at: int, pieces: tuple[Piece, ...]) -> Hit:
        return Hit(
            kind="draft",
            room_id=None,
            id=draft.draft_id.hex(),
            at_ms=at * 1000,
            office=self._desk.oneself.entry_id,
            officer=draft.made_by,
            references={},
            about=draft.request_type,
            pieces=pieces,
            files=(),
        )


def _texts(answer: object) -> Iterator[str]:
    match answer:
        case str():
            yield answer
        case list():
            for each in answer:
                yield from _texts(each)
        case dict():
            for each in answer.values():
                yield from _texts(each)
        case _:
            pass


def _hit(row: StoredMessage, terms: Sequence[Term], references: dict[str, str]) -> Hit:
    message = read_message(row)
    files = [part.filename for part in parts_of(message) if isinstance(part, ExternalPart)]
    said = (message.text, message.subject, message.reference, " ".join(files))
    return Hit(
        kind=message.kind,
        room_id=message.group_id.hex(),
        id=message.message_id.hex(),
        at_ms=message.at_ms,
        office=message.entry_id,
        officer=message.officer,
        references=references,
        about=message.subject,
        pieces=snippet(terms, "\n".join(part for part in said if part)),
        files=tuple(files),
    )
