"""One draft that several officers send at once leaves once: the first whom the relay has heard sends it.

With the request, an officer's device tells the office's others that the draft is sent, and as what. The
request is not sealed before the relay has put that word in its place among theirs; then the first one leaves,
and the device of any other keeps its request and tells its officer. Who carries a request past the relay
cannot wait for that: then both are named as duplicates (``duplicates``).
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection

from rogatory_client.engine.effect import Happening, Outcome
from rogatory_client.engine.outgoing_effect import FailParcel, Parcel
from rogatory_client.office.desk import Desk
from rogatory_client.vault import archive, shared_drafts
from rogatory_client.vault.office_work import StoredWork, load_office_work
from rogatory_client.vault.shared_drafts import DraftWord
from rogatory_crypto.content import events
from rogatory_crypto.content.events import ORIGIN_BYTES, RequestSubmitted, read_event
from rogatory_crypto.content.mimi import MessageId, MimiContent
from rogatory_crypto.content.nested_part import walk
from rogatory_crypto.content.office_work import DraftMoved, DraftPlace
from rogatory_crypto.errors import MisuseError

_LOST: Final = (
    "{officer} has sent this draft before, from another device: this request stays here and does not leave"
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """The word with which this device sends a draft."""

    word: StoredWork
    event: DraftMoved


def origin_of(desk: Desk, draft_id: bytes) -> bytes:
    """Return what a request names its draft by; another, once the draft was taken back to be sent anew."""
    with desk.vault.reading() as connection:
        said = shared_drafts.words_of(connection, draft_id)
    back = sorted(
        word.work.message_id
        for word in said
        if isinstance(word.event, DraftMoved) and word.event.place is DraftPlace.DESK
    )
    return sha256(b"".join((draft_id, *back))).digest()[:ORIGIN_BYTES]


def origin_in(content: MimiContent) -> bytes | None:
    """Return what a message names the draft of its request by, if it holds a request that has one."""
    said = (read_event(part) for part in walk(content.nested_part))
    return next((event.origin for event in said if isinstance(event, RequestSubmitted)), None)


def require_not_sent(desk: Desk, draft_id: bytes) -> None:
    """Refuse to send a draft that an officer of the office has sent, and nobody has taken back since.

    Raises:
        MisuseError: says who has.
    """
    with desk.vault.reading() as connection:
        said = {word.work.message_id: word for word in shared_drafts.words_of(connection, draft_id)}
    moved = {name: word.event for name, word in said.items() if isinstance(word.event, DraftMoved)}
    back = [event.builds_on for event in moved.values() if event.place is DraftPlace.DESK]
    undone = set[MessageId]().union(*(_seen_by(each, said) for each in back))
    for name, event in moved.items():
        if event.request is not None and name not in undone:
            raise MisuseError(f"{said[name].work.officer} has sent its draft before: hold it back")


def settle(desk: Desk, parcels: Sequence[Parcel]) -> frozenset[MessageId]:
    """Keep back what somebody else has sent before, and return the requests of which that is not known yet.

    Args:
        desk: the office.
        parcels: requests in the outbox that were made from drafts.
    """
    undecided = set[MessageId]()
    wanted = {each.message_id: each for each in parcels if each.payload is None}
    with desk.vault.reading() as connection:
        claims = _claims(desk, connection, wanted.keys()) if wanted else {}
        lost = dict[MessageId, str]()
        for name, claim in claims.items():
            if _is_open(desk, connection, claim):
                undecided.add(name)
            elif rival := _rival_of(connection, claim):
                lost[name] = rival.officer
    for name, officer in lost.items():
        _keep_back(desk, wanted[name], officer)
    return frozenset(undecided)


def _claims(
    desk: Desk, connection: Connection, requests: Container[MessageId | None]
) -> dict[MessageId, _Claim]:
    found = dict[MessageId, _Claim]()
    for word in load_office_work(connection, (DraftMoved.NUMBER,)):
        event = events.decode(word.event)
        is_own = word.device_id == desk.oneself.device_id
        if is_own and isinstance(event, DraftMoved) and event.request and event.request in requests:
            found[event.request] = _Claim(word, event)
    return found


def _is_open(desk: Desk, connection: Connection, claim: _Claim) -> bool:
    """Tell whether others may have come first; where this device cannot learn of it, they have not."""
    row = archive.find_message(connection, claim.word.message_id)
    room = None if row is None else desk.rooms.get(row.group_id)
    if row is None or room is None or room.was_left or desk.oneself.device_id in room.lost:
        return False
    if row.sequence is None:
        waiting = (each for each in desk.waiting if each.failure is None)
        return any(each.parcel.message_id == claim.word.message_id for each in waiting)
    place: int = row.sequence
    return room.position < place


def _rival_of(connection: Connection, claim: _Claim) -> StoredWork | None:
    """Return the first word of another device that sends the draft, which this one's officer had not seen."""
    said = {word.work.message_id: word for word in shared_drafts.words_of(connection, claim.event.draft)}
    seen = _seen_by(claim.event.builds_on, said)
    own = _place(connection, claim.word)
    rivals = [
        word.work
        for name, word in said.items()
        if isinstance(word.event, DraftMoved)
        and word.event.request not in {None, claim.event.request}
        and name not in seen
        and _place(connection, word.work) < own
    ]
    return min(rivals, key=lambda each: _place(connection, each), default=None)


def _seen_by(heads: Iterable[MessageId], said: Mapping[MessageId, DraftWord]) -> set[MessageId]:
    seen, waiting = set[MessageId](), list(heads)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += said[name].event.builds_on if name in said else ()
    return seen


def _place(connection: Connection, word: StoredWork) -> tuple[int, int]:
    """Return where the relay has put a word; what it has not put anywhere comes last."""
    row = archive.find_message(connection, word.message_id)
    if row is None or row.sequence is None or row.sequence < 0:
        return (1 << 62, 0)
    return (row.at_ms, row.sequence)


def _keep_back(desk: Desk, parcel: Parcel, officer: str) -> None:
    """The request stays in the outbox with the reason; so does what would open a room for it alone."""
    room = desk.rooms[parcel.group_id]
    failure = _LOST.format(officer=officer)
    among = [each.parcel for each in desk.waiting if each.parcel.group_id == room.group_id]
    kept = [parcel] if room.stand is not None else among
    told = Happening("warning", room.group_id, parcel.message_id, failure)
    desk.carry_out(Outcome((), tuple(FailParcel(each.number, failure) for each in kept), (told,)))
