"""Which rooms are to be written again though nothing was said there: keys of former epochs, outlines."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rogatory_client.engine.effect import Outcome, SaveRoom
from rogatory_client.engine.room import Room
from rogatory_crypto import mls


def retire(rooms: Iterable[Room], now: int) -> Outcome:
    """Let rooms forget the epochs whose time is over; those that keep none are not opened.  # M03."""
    changed = tuple(_retired(rooms, now))
    return Outcome(changed, tuple(map(SaveRoom, changed)))


def _retired(rooms: Iterable[Room], now: int) -> Iterator[Room]:
    for room in rooms:
        if room.stand is None or (room.is_at_rest and not room.keeps_past_epochs):
            continue
        group = room.group
        if group is not None and (kept := mls.forget_past_epochs(group, now=now)) is not group:
            yield replace(room, group=kept)


def outline(rooms: Iterable[Room]) -> Outcome:
    """Let rooms be written with an outline that came from the vault without one, as from an older program."""
    return Outcome((), tuple(SaveRoom(room) for room in rooms if not room.rests and room.outline is not None))
