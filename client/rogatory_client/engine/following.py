"""Commits of others: judged by the log, then followed whoever made them, and what is odd about them said.

The members judge alike by what stands in the commit and in the row, or the group would split (N06). What the
log cannot tell is left to the next commit: a device out of service that was added is taken out again.
"""

from rogatory_client.engine import gossip, recovery
from rogatory_client.engine.additions import verify_additions
from rogatory_client.engine.effect import Happening, Outcome, SaveRoom
from rogatory_client.engine.gossip import NOTHING, Hearing
from rogatory_client.engine.membership import (
    offices_of,
    require_was_in_service,
    seated,
    serving_offices,
)
from rogatory_client.engine.room import Context, Room, device_of
from rogatory_client.engine.seating import standings_in
from rogatory_crypto import mls
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.errors import PeerError
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import EntryId, GroupId


def judge(received: mls.CommitReceived, row: Row, group_id: GroupId, context: Context) -> Hearing:
    """Check the proof of whom a commit adds, and compare its checkpoint with our view of the log.

    Raises:
        PeerError: naming the maker and what is wrong with the proof; it must not be followed.
    """
    if received.removed_us:
        return NOTHING
    checkpoint = verify_additions(received, row.accepted_at_ms // 1000, context)
    if checkpoint is None:
        return NOTHING
    maker = context.registry.attribute(received.sender.identity, received.sender.signature_key)
    return gossip.hear(checkpoint, maker.device.entry, group_id, context)


def follow(former: Room, room: Room, row: Row, received: mls.CommitReceived, context: Context) -> Outcome:
    """Follow it whoever made it, or the group would split (N06); what is odd about it the officer is told."""
    found = {device_of(member) for member in (*received.removed, received.sender)}
    room = recovery.found_again(room, frozenset((*found, context.oneself.device_id)))
    before = () if former.group is None else former.group.members
    room = seated(room, before, received.added, row.accepted_at_ms, context)
    if received.removed_us:
        told = Happening("membership", room.group_id, None, "this device was removed from the room")
    else:
        text = f"{len(received.added)} devices added, {len(received.removed)} removed"
        told = Happening("membership", room.group_id, None, text)
        if (oddity := _oddity(former, row, received, context)) is not None:
            told = Happening("warning", room.group_id, None, oddity)
    return Outcome((room,), (SaveRoom(room),), (told,))


def _oddity(former: Room, row: Row, received: mls.CommitReceived, context: Context) -> str | None:
    committer = context.registry.attribute(received.sender.identity, received.sender.signature_key).device
    maker = committer.entry.entry_id
    if received.authenticated_data and not received.added:  # P05
        return f"{maker} has said something in the open, which none of our devices does"
    try:
        require_was_in_service(committer, row.accepted_at_ms // 1000)
    except PeerError:
        return f"a device of {maker} that is out of service has changed who is in the room"
    present: frozenset[EntryId] = frozenset()
    if former.group is not None:
        present = offices_of(former.group.members, context)
    if received.group.status is mls.Status.SUSPENDED:  # I13
        return f"{maker} has closed the room for good: what is still to be said needs another room"
    if former.kind is not CaseKind.NETWORK and (gone := _taken_out(former, received, maker, context)):
        return f"{maker} has taken {', '.join(sorted(gone))} out of the room: they read nothing more"
    newcomers = offices_of(received.added, context) - present - _agreed(former, context)
    if not newcomers or former.kind is CaseKind.NETWORK:
        return None
    names = ", ".join(sorted(newcomers))
    text = f"{maker} has added {names} to the room: they read all that is said from now on"
    uncalled = ", ".join(sorted(newcomers & context.unaccepted))
    return f"{text}; nobody here has called {uncalled} since its keys have changed" if uncalled else text


def _agreed(room: Room, context: Context) -> frozenset[EntryId]:
    """Return the offices that all parties of a case have agreed to let in."""
    words = context.companies.get(room.group_id)
    return frozenset(standings_in(room, words).held) if words else frozenset()


def _taken_out(
    former: Room, received: mls.CommitReceived, maker: EntryId, context: Context
) -> frozenset[EntryId]:
    """Return the offices in service that a commit leaves without a device, and that were not dismissed."""
    removed = serving_offices(received.removed, context)
    if not removed - {maker}:
        return frozenset()
    staying = serving_offices(received.group.members, context)
    return removed - staying - {maker} - _agreed(former, context)
