"""Drafts of the whole office: with each save, the office's other devices are told of it in one transaction.

A device that is not in the office's own room yet, or whose role has no part in the office's work, keeps its
drafts to itself; what it has saved by then goes out with the first answer that it may tell.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from rogatory_client.casework.answers.value import Value, value_to_json
from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.effect import Outcome, PutAwayDraft
from rogatory_client.office.at_home import home_room, written_at_home
from rogatory_client.office.correspondence import begin_draft
from rogatory_client.office.desk import Desk
from rogatory_client.office.drafts.held_draft import HeldDraft
from rogatory_client.office.drafts.store import save_all
from rogatory_client.vault import drafts, shared_drafts
from rogatory_client.vault.drafts import StoredDraft
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.office_work import (
    MAX_ANSWERS,
    DraftAnswer,
    DraftId,
    DraftMoved,
    DraftPlace,
    DraftSaved,
)
from rogatory_crypto.content.rights import RIGHTS, Saying
from rogatory_crypto.errors import MisuseError

# What one message of answers may have, beside its wrapping.
_MAX_BYTES: Final = 512 << 10
_TOO_LONG: Final = (
    "{}: the answer is too long to be shared with the office's other devices: attach it as a file"
)


def is_shared(desk: Desk) -> bool:
    """Tell whether this device shares its drafts with the office's others."""
    if not desk.is_enrolled or (desk.office_room is None and desk.office_private is None):
        return False
    return Saying.SHARE_WORK in RIGHTS[desk.registry.devices[desk.oneself.device_id].entry.role]


def begin_shared(desk: Desk, draft_id: bytes, request_type: str, answers: Mapping[str, Value]) -> None:
    """Begin a draft with answers; on disk when this returns.

    Raises:
        MisuseError: an answer is too long to be shared.
    """
    if is_shared(desk):
        desk.carry_out(_saying(desk, draft_id, request_type, answers))
        return
    now, officer = desk.surroundings.now(), desk.identity.officer or ""
    with desk.vault.writing(erasing=False) as connection:
        drafts.add_draft(connection, StoredDraft(draft_id, request_type, now, officer))
        save_all(connection, draft_id, answers, now, officer)


def save_shared(desk: Desk, held: HeldDraft, changed: Mapping[str, Value | None]) -> None:
    """Save answers together; None clears a field. Errors as ``begin_shared``."""
    if not changed:
        return
    draft_id = held.stored.draft_id
    if is_shared(desk):
        told = {**held.untold, **changed}
        desk.carry_out(_saying(desk, draft_id, held.stored.request_type, told))
        return
    now, officer = desk.surroundings.now(), desk.identity.officer or ""
    with desk.vault.writing(erasing=False) as connection:
        save_all(connection, draft_id, changed, now, officer)


def move_shared(desk: Desk, draft_id: bytes, place: DraftPlace) -> None:
    """Put a draft away, take it back, or erase it, here and at the office's other devices."""
    if is_shared(desk):
        desk.carry_out(moving(desk, draft_id, place))
        return
    with desk.vault.writing(erasing=place is DraftPlace.ERASED) as connection:
        if place is DraftPlace.ERASED:
            drafts.erase_draft(connection, draft_id)
        else:
            at = desk.surroundings.now() if place is DraftPlace.AWAY else None
            drafts.put_away(connection, draft_id, at)


def moving(desk: Desk, draft_id: bytes, place: DraftPlace, request: MessageId | None = None) -> Outcome:
    """Return what has to be written so that a draft is moved, here and at the office's other devices.

    ``request`` is the message that it is sent as, if it is.
    """
    put_away = Outcome((), (PutAwayDraft(draft_id, desk.surroundings.now()),))
    here = put_away if place is DraftPlace.AWAY else Outcome()
    if not is_shared(desk):
        return here
    with desk.vault.reading() as connection:
        upon = shared_drafts.heads(connection, draft_id)
    room = home_room(desk)
    draft = begin_draft(room.group_id, desk.context())
    _, said = written_at_home(room, draft, (DraftMoved(DraftId(draft_id), place, upon, request),))
    return merge_outcomes((here, said))


def _saying(desk: Desk, draft_id: bytes, request_type: str, answers: Mapping[str, Value | None]) -> Outcome:
    """Tell answers in as few messages as they fit into, each building upon the one before."""
    with desk.vault.reading() as connection:
        upon = shared_drafts.heads(connection, draft_id)
    room, outcomes = home_room(desk), list[Outcome]()
    for piece in _pieces(answers):
        draft = begin_draft(room.group_id, desk.context())
        event = DraftSaved(DraftId(draft_id), request_type, piece, upon)
        message, outcome = written_at_home(room, draft, (event,))
        upon = (MessageId(message.message_id),)
        outcomes.append(outcome)
    return merge_outcomes(outcomes)


def _pieces(answers: Mapping[str, Value | None]) -> Iterator[tuple[DraftAnswer, ...]]:
    piece: list[DraftAnswer] = []
    size = 0
    for field, value in answers.items():
        form = None if value is None else json.dumps(value_to_json(value), ensure_ascii=False)
        length = len(field) + len((form or "").encode())
        if length > _MAX_BYTES:
            raise MisuseError(_TOO_LONG.format(field))
        if piece and (size + length > _MAX_BYTES or len(piece) == MAX_ANSWERS):
            yield tuple(piece)
            piece, size = [], 0
        piece.append(DraftAnswer(field, form))
        size += length
    yield tuple(piece)
