"""Drafts that the office's devices share: what another device has saved becomes a revision here, too."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from rogatory_client.engine.office_effect import SaveOfficeWork
from rogatory_client.vault import drafts
from rogatory_client.vault.casework_schema import draft_saves, office_work
from rogatory_client.vault.drafts import SavedAnswer, StoredDraft
from rogatory_client.vault.office_work import StoredWork, load_office_work
from rogatory_client.vault.schema import messages
from rogatory_crypto.content import events
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.office_work import MAX_BUILT_UPON, DraftMoved, DraftPlace, DraftSaved

_NUMBERS = (DraftSaved.NUMBER, DraftMoved.NUMBER)


@dataclass(frozen=True, slots=True)
class DraftWord:
    """What was said of a draft, with who said it; ``revision`` is None where it saved no answers here."""

    work: StoredWork
    event: DraftSaved | DraftMoved
    revision: int | None


def take_in(connection: Connection, kept: SaveOfficeWork) -> None:
    """Do in the tables of drafts what an event of the office's own room says."""
    match events.decode(kept.event):
        case DraftSaved() as saved:
            _save(connection, kept.message_id, saved)
        case DraftMoved(place=DraftPlace.ERASED) as moved:
            _erase(connection, kept.message_id, moved)
        case _:
            pass


def words_of(connection: Connection, draft_id: bytes) -> tuple[DraftWord, ...]:
    """Return all that was said of a draft, oldest first as this device has it."""
    query = select(draft_saves.c.message_id, draft_saves.c.revision)
    rows = connection.execute(query.where(draft_saves.c.draft_id == draft_id))
    revisions = {MessageId(row[0]): row[1] for row in rows}
    found = ((work, events.decode(work.event)) for work in load_office_work(connection, _NUMBERS, draft_id))
    return tuple(
        DraftWord(work, event, revisions.get(work.message_id))
        for work, event in found
        if isinstance(event, DraftSaved | DraftMoved)
    )


def heads(connection: Connection, draft_id: bytes) -> tuple[MessageId, ...]:
    """Return what the next word on a draft builds upon."""
    return _heads(words_of(connection, draft_id))[:MAX_BUILT_UPON]


def _heads(said: Sequence[DraftWord]) -> tuple[MessageId, ...]:
    replaced = {name for word in said for name in word.event.builds_on}
    names = (word.work.message_id for word in said)
    return tuple(sorted(name for name in names if name not in replaced))


def _save(connection: Connection, message_id: MessageId, saved: DraftSaved) -> None:
    officer, at = _said_by(connection, message_id)
    known = {each.draft_id: each for each in drafts.load_drafts(connection)}
    held = known.get(saved.draft)
    if held is None:
        drafts.add_draft(connection, StoredDraft(saved.draft, saved.request_type, at, officer))
    elif held.request_type != saved.request_type:
        return  # kept as it came; a draft has one type
    revision = drafts.next_revision(connection, saved.draft)
    named = {"draft_id": saved.draft, "revision": revision, "message_id": message_id}
    connection.execute(insert(draft_saves).values(named))
    for each in saved.answers:
        answer = SavedAnswer(saved.draft, revision, each.field, each.answer, at, officer)
        drafts.save_answer(connection, answer)


def _erase(connection: Connection, message_id: MessageId, moved: DraftMoved) -> None:
    """Erase what whoever said so had seen; an answer that he had not seen keeps the draft."""
    said = [word for word in words_of(connection, moved.draft) if word.work.message_id != message_id]
    if set(_heads(said)) - set(moved.builds_on):
        return
    drafts.erase_draft(connection, moved.draft)
    connection.execute(delete(draft_saves).where(draft_saves.c.draft_id == moved.draft))
    gone = [word.work.message_id for word in said]
    connection.execute(delete(office_work).where(office_work.c.message_id.in_(gone)))
    connection.execute(delete(messages).where(messages.c.message_id.in_(gone)))


def _said_by(connection: Connection, message_id: MessageId) -> tuple[str, int]:
    query = select(messages.c.officer, messages.c.at_ms).where(messages.c.message_id == message_id)
    officer, at_ms = connection.execute(query).one()
    return officer, at_ms // 1000
