"""A draft with all its revisions, those of this device and those of the office's others."""

import json
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from rogatory_client.casework.answers.checking import check_answer, field_of
from rogatory_client.casework.answers.value import Value, value_from_json
from rogatory_client.casework.drafts.draft import Draft, Saved
from rogatory_client.casework.drafts.graph import DraftNow, Graph, Revision, draft_now, graph_of
from rogatory_client.casework.forms.catalogue import request_type, type_ids
from rogatory_client.casework.forms.request_type import RequestType
from rogatory_client.vault import drafts, shared_drafts
from rogatory_client.vault.drafts import SavedAnswer, StoredDraft
from rogatory_client.vault.shared_drafts import DraftWord
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.office_work import DraftMoved, DraftPlace
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import DeviceId


@dataclass(frozen=True, slots=True)
class HeldDraft:
    """A draft with everything that was saved in it, oldest first as this device has it.

    Attributes:
        stored: as the vault has it; put away where any officer's newest word on that says so.
        revisions: who saved what, and upon what.
        graph: of these revisions.
    """

    stored: StoredDraft
    saved: tuple[Saved, ...]
    revisions: tuple[Revision, ...]
    graph: Graph = field(repr=False)

    @property
    def name(self) -> str:
        """Its id as officers see it."""
        return self.stored.draft_id.hex()

    @property
    def now(self) -> Draft:
        """Its answers now."""
        return self.at().draft

    @property
    def changed_at(self) -> int:
        """When it was changed last, Unix seconds."""
        return max((each.at for each in self.revisions), default=self.stored.made_at)

    @property
    def changed_by(self) -> str:
        """Who changed it last."""
        newest = max(self.revisions, key=lambda each: (each.at, each.number), default=None)
        return self.stored.made_by if newest is None else newest.officer

    @property
    def untold(self) -> dict[str, Value | None]:
        """The answers that only this device has, as they stand here."""
        silent = {each.number for each in self.revisions if not each.name}
        now = self.now.answers
        return {each.field: now.get(each.field) for each in self.saved if each.revision in silent}

    def at(self, revision: int | None = None) -> DraftNow:
        """Its answers at a revision, as this device counts; the newest if None."""
        return draft_now(self.saved, self.graph, revision)


def can_be_read(stored: StoredDraft) -> bool:
    """Tell whether this version of the program knows the type; another device may have a newer one."""
    return stored.request_type in type_ids()


def read_draft(connection: Connection, stored: StoredDraft, own: DeviceId) -> HeldDraft:
    """Return a draft with all that was saved in it, on this device, ``own``, and on others."""
    rows = drafts.load_answers(connection, stored.draft_id)
    said = shared_drafts.words_of(connection, stored.draft_id)
    others = {word.revision for word in said if word.work.device_id != own}
    saved = tuple(_read_answers(request_type(stored.request_type), rows, others))
    revisions = tuple(_revisions(rows, said, own))
    graph = graph_of((*revisions, *_moves(said, revisions)))
    return HeldDraft(_placed(stored, said, graph), saved, revisions, graph)


def _read_answers(
    chosen: RequestType, rows: Iterable[SavedAnswer], others: Container[int | None]
) -> Iterator[Saved]:
    """Pass over what another device has said and does not fit here; it stays kept.

    Args:
        chosen: the type of the draft.
        rows: as they were saved.
        others: revisions of other devices; what this one has saved was checked before.
    """
    for row in rows:
        try:
            value = None if row.answer is None else value_from_json(json.loads(row.answer))
            if value is not None and row.revision in others:
                value = check_answer(field_of(chosen.fields, row.field), value)
        except (MisuseError, ValueError, TypeError, KeyError, RecursionError):
            continue
        yield Saved(row.revision, row.field, value)


def _revisions(rows: Sequence[SavedAnswer], said: Sequence[DraftWord], own: DeviceId) -> Iterator[Revision]:
    """Each revision by its number; what this device has told nobody comes before whatever it tells later."""
    told = {word.revision: word for word in said if word.revision is not None}
    kept = {row.revision: row for row in rows}
    silent: list[int] = []
    since: list[int] = []
    for number in sorted({*told, *kept}):
        word = told.get(number)
        if word is None:
            row = kept[number]
            yield Revision(number, after=(*silent[-1:], *since), officer=row.officer, at=row.at)
            silent, since = [*silent, number], []
            continue
        since.append(number)
        after = tuple(silent[-1:]) if word.work.device_id == own else ()
        name, at = word.work.message_id, word.work.at_ms // 1000
        yield Revision(number, name, word.event.builds_on, after, word.work.officer, at)


def _moves(said: Iterable[DraftWord], revisions: Sequence[Revision]) -> Iterator[Revision]:
    """Words that move a draft stand in its graph behind all that was saved."""
    first = max((each.number for each in revisions), default=0) + 1
    moves = (word for word in said if word.revision is None)
    for number, word in enumerate(moves, first):
        yield Revision(number, word.work.message_id, word.event.builds_on, officer=word.work.officer)


def _placed(stored: StoredDraft, said: Iterable[DraftWord], graph: Graph) -> StoredDraft:
    """One that somebody put away, while another took it back, is put away: it may have been sent."""
    moves = {word.work.message_id: word for word in said if isinstance(word.event, DraftMoved)}
    numbers = [each.number for each in graph.revisions.values() if each.name in moves]
    newest = [moves[MessageId(each.name)] for each in graph.newest(numbers)]
    if not newest:
        return stored
    away = [word.work.at_ms // 1000 for word in newest if not _is_on_desk(word)]
    return replace(stored, removed_at=max(away, default=None))


def _is_on_desk(word: DraftWord) -> bool:
    return isinstance(word.event, DraftMoved) and word.event.place is DraftPlace.DESK
