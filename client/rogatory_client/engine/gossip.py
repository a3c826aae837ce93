"""Checkpoints passed on inside encrypted rooms: a relay that shows two histories is caught and named by both.

Every message carries the newest checkpoint of its sender, every commit that adds devices the one it was made
by. What is no larger than our own view is compared at once; what is ahead of it waits until the replica has
grown. A contradiction is evidence (``log.split_view``): kept, told to the officer and shown to the room;
nobody is added before an officer has taken note of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from rogatory_client.engine import recovery
from rogatory_client.engine.effect import (
    AcknowledgeSplitViews,
    Effect,
    ForgetHeard,
    Happening,
    Outcome,
    RememberHeard,
    SaveSplitView,
)
from rogatory_client.engine.interpretation import Said
from rogatory_client.engine.log_view import LogView, age_s
from rogatory_client.engine.outgoing_effect import Parcel
from rogatory_client.engine.room import Context, Heard, Room
from rogatory_client.engine.writing import write
from rogatory_crypto.content.seen_checkpoint import SeenCheckpoint, read_seen
from rogatory_crypto.content.split_report import read_split, split_part
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import DeviceEntry
from rogatory_crypto.log.signed_checkpoint import LogCheckpoint, verify_log
from rogatory_crypto.log.split_view import Prefix, SplitView, compare, verify_split_view
from rogatory_crypto.wire.identifier import GroupId

# A relay brings its log up to date at each connection; by then it is not slow, it holds back.
WITHHELD_S: Final = 6 * 3_600
# Nobody is added by a view of a day; whoever goes on talking by one of three days should know it.
STALE_H: Final = 72
_STALE: Final = (
    "the relay has shown nothing newer of its log for {} h: a device may have been revoked since, "
    "and you would still be writing to it"
)


@dataclass(frozen=True, slots=True)
class Hearing:
    """What follows from a checkpoint that somebody else has seen."""

    effects: tuple[Effect, ...] = ()
    happenings: tuple[Happening, ...] = ()
    accuses: bool = False


NOTHING: Final = Hearing()


def listen(said: Said, group_id: GroupId, context: Context) -> Hearing:
    """Take in what a message says about the log: the sender's view, and evidence.

    Raises:
        PeerError: malformed, or evidence that proves nothing; then nothing of the message counts.
    """
    checkpoint = read_seen(said.message.content.extensions)
    if said.sequence is None:
        return NOTHING
    sender = said.sender.device.entry
    for part in said.message.parts:
        if (evidence := read_split(part)) is not None:
            return _shown(evidence, sender, group_id, context)
    return NOTHING if checkpoint is None else hear(checkpoint, sender, group_id, context)


def hear(checkpoint: SeenCheckpoint, sender: DeviceEntry, group_id: GroupId, context: Context) -> Hearing:
    """Compare a checkpoint that a device has seen with our own view, or keep it until that is possible."""
    view = context.log
    heard = Heard(checkpoint, group_id, sender.entry_id, sender.device_id, context.now)
    size = _size(view)
    if checkpoint.size <= size and view.root(checkpoint.size) == checkpoint.root:
        return NOTHING
    try:
        other = _verify(checkpoint, view)
    except PeerError:
        text = f"{sender.entry_id} ({sender.officer}) speaks of a state that this log has not signed"
        return Hearing((), (Happening("warning", group_id, None, text),))
    if checkpoint.size <= size:
        return _contradiction(heard, other, context)
    if any(each.entry_id == sender.entry_id for each in context.heard):
        return NOTHING
    return Hearing((RememberHeard(heard),))


def review(context: Context) -> Outcome:
    """Compare what was heard with the view as it is now; to be done whenever that has grown.

    A checkpoint that others were shown and that does not come here for long is held back: that is told, and
    so is a view that has become old for whatever reason.
    """
    hearings = [_reviewed(heard, context) for heard in context.heard]
    if (hours := age_s(context.log, context.now) // 3_600) >= STALE_H:
        hearings.append(Hearing((), (Happening("warning", None, None, _STALE.format(hours)),)))
    effects = tuple(effect for hearing in hearings for effect in hearing.effects)
    return Outcome((), effects, tuple(told for hearing in hearings for told in hearing.happenings))


def acknowledge(rooms: Mapping[GroupId, Room], officer: str, context: Context) -> Outcome:
    """An officer has taken note of the evidence: devices may be added again.

    Where this device has refused to follow meanwhile, it says so once more, to be taken out and in (N06).
    """
    noted = AcknowledgeSplitViews(officer, context.now)
    again = (recovery.report_again(room, context) for room in rooms.values())
    return Outcome((), (noted, *(effect for effect in again if effect is not None)))


def _reviewed(heard: Heard, context: Context) -> Hearing:
    view = context.log
    forgotten = ForgetHeard(heard.entry_id)
    if heard.checkpoint.size > _size(view):
        return _held_back(heard, context)
    if view.root(heard.checkpoint.size) == heard.checkpoint.root:
        return Hearing((forgotten,))
    try:
        found = _contradiction(heard, _verify(heard.checkpoint, view), context)
    except PeerError:  # its key is trusted no more
        return Hearing((forgotten,))
    return Hearing((forgotten, *found.effects), found.happenings)


def _held_back(heard: Heard, context: Context) -> Hearing:
    if context.now - heard.at < WITHHELD_S:
        return NOTHING
    hours = (context.now - heard.at) // 3_600
    text = (
        f"the relay has shown {heard.entry_id} a newer log than it shows here, for {hours} h now: "
        "it may be holding back a revocation"
    )
    return Hearing((), (Happening("warning", heard.group_id, None, text),))


def _contradiction(heard: Heard, other: LogCheckpoint, context: Context) -> Hearing:
    """Turn another root for a size that we know into evidence.

    Raises:
        PeerError: the replica does not prove what it says.
    """
    if context.split is not None:
        return Hearing(accuses=True)
    view, size = context.log, heard.checkpoint.size
    ours, root = view.accepted, view.root(size)
    if ours is None or root is None:
        return NOTHING
    evidence = compare(ours.log_checkpoint, other, Prefix(root, view.prove_prefix(size)))
    if evidence is None:
        return NOTHING
    written = write((split_part(evidence),), heard.group_id, context)
    report = Parcel(0, heard.group_id, written.message_id, written.encoded)
    saved = SaveSplitView(evidence, heard.group_id, heard.entry_id, context.now, report)
    text = (
        f"the log {view.origin} of the relay has shown two histories: {heard.entry_id} was shown another one "
        f"at {size} entries than this office. {_consequence(evidence)}"
    )
    return Hearing((saved,), (Happening("alarm", heard.group_id, None, text),), accuses=True)


def _shown(evidence: SplitView, sender: DeviceEntry, group_id: GroupId, context: Context) -> Hearing:
    """Check evidence that somebody else has found, and name the log too."""
    view = context.log
    verified = verify_split_view(evidence, view.policy.log_keys(view.origin))
    if verified.newer.origin != view.origin:
        raise PeerError(Code.CONFLICT, "evidence against another log")
    found = (
        f"the log {view.origin} of the relay has shown two histories, as {sender.entry_id} proves: "
        f"one of {verified.older.size} and one of {verified.newer.size} entries"
    )
    if context.split is not None:  # nobody can bury what he is to take note of under more of the same
        return Hearing((), (Happening("warning", group_id, None, found),))
    saved = SaveSplitView(evidence, group_id, sender.entry_id, context.now, None)
    text = f"{found}. {_consequence(evidence)}"
    return Hearing((saved,), (Happening("alarm", group_id, None, text),))


def mark_of(evidence: SplitView) -> str:
    """Return by what officers tell evidence from other evidence; each has an alarm of its own."""
    return sha256(evidence.encode()).hexdigest()[:8]


def _consequence(evidence: SplitView) -> str:
    return (
        f"The evidence {mark_of(evidence)} is kept; no new device is believed before an officer has taken "
        "note of it: compare keys with the other offices by telephone"
    )


def _size(view: LogView) -> int:
    return 0 if view.accepted is None else view.accepted.checkpoint.size


def _verify(checkpoint: SeenCheckpoint, view: LogView) -> LogCheckpoint:
    if checkpoint.origin != view.origin:
        raise PeerError(Code.NOT_FOUND, "a checkpoint of another log")
    return verify_log(checkpoint.signed(), view.policy.log_keys(view.origin))
