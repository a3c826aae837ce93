"""Effects of which each message has some: those of one kind are written together, whatever came in between.

One after the other they take as many statements as there are messages, and most of that time is not the
vault's. Brought together they write the same: what one of them needs is of a kind that is written before it,
and every other effect keeps its place between those before and those behind it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, bindparam, delete
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.engine.delivery_effect import SaveAddressees
from rogatory_client.engine.effect import (
    Effect,
    ForgetPayload,
    MarkRelayed,
    RememberPayload,
    SaveEvidence,
    SaveMessage,
    SaveRoom,
)
from rogatory_client.engine.outgoing_effect import DropParcel, Enqueue, SaveSealed
from rogatory_client.vault import archive, deliveries, outgoing, rooms
from rogatory_client.vault.schema import own_payloads

_REMEMBER_PAYLOAD: Final = insert(own_payloads).on_conflict_do_nothing()
_FORGET_PAYLOAD: Final = delete(own_payloads).where(own_payloads.c.sha256 == bindparam("of_payload"))
_Writing: TypeAlias = Callable[[Connection, Sequence[Any]], None]


def _save_rooms(connection: Connection, wanted: Sequence[SaveRoom]) -> None:
    rooms.save_rooms(connection, (each.room for each in wanted))


def _save_evidence(connection: Connection, wanted: Sequence[SaveEvidence]) -> None:
    archive.save_evidence(connection, [each.evidence for each in wanted])


def _save_sealed(connection: Connection, wanted: Sequence[SaveSealed]) -> None:
    outgoing.save_sealed(connection, [each.parcel for each in wanted])


def _drop(connection: Connection, wanted: Sequence[DropParcel]) -> None:
    outgoing.drop_parcels(connection, [each.number for each in wanted])


def _enqueue(connection: Connection, wanted: Sequence[Enqueue]) -> None:
    outgoing.enqueue(connection, [each.parcel for each in wanted])


def _remember(connection: Connection, wanted: Sequence[RememberPayload]) -> None:
    values = [{"sha256": each.sha256, "group_id": each.group_id} for each in wanted]
    connection.execute(_REMEMBER_PAYLOAD, values)


def _forget(connection: Connection, wanted: Sequence[ForgetPayload]) -> None:
    connection.execute(_FORGET_PAYLOAD, [{"of_payload": each.sha256} for each in wanted])


# In the order in which they are written.
WRITING: Final[Mapping[type[Effect], _Writing]] = {
    SaveRoom: _save_rooms,
    SaveMessage: archive.save_messages,
    SaveEvidence: _save_evidence,
    SaveSealed: _save_sealed,
    MarkRelayed: archive.mark_relayed,
    SaveAddressees: deliveries.save_addressees,
    DropParcel: _drop,
    Enqueue: _enqueue,
    RememberPayload: _remember,
    ForgetPayload: _forget,
}


def together(wanted: Iterable[Effect]) -> Iterator[Sequence[Effect]]:
    """Yield the effects, those of messages by kind up to the next effect of anything else, which is alone."""
    held: dict[type[Effect], list[Effect]] = {kind: [] for kind in WRITING}
    for effect in wanted:
        of_kind = held.get(type(effect))
        if of_kind is not None:
            of_kind.append(effect)
            continue
        yield from _taken(held)
        yield (effect,)
    yield from _taken(held)


def _taken(held: Mapping[type[Effect], list[Effect]]) -> Iterator[Sequence[Effect]]:
    for of_kind in held.values():
        if of_kind:
            yield tuple(of_kind)
            of_kind.clear()
