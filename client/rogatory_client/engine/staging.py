"""Commits, staged beside the living group: merged when the relay accepts them, discarded when it does not.

RFC 9420 section 14; a Welcome travels with its commit and the relay releases it only after acceptance. An
added device of the own office gets the room's history from the device that added it.
"""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from rogatory_client.engine import recovery
from rogatory_client.engine.additions import has_become_stale, provable, prove_additions
from rogatory_client.engine.effect import (
    Effect,
    Happening,
    Outcome,
    PlanReseal,
    RememberPayload,
    SaveRoom,
)
from rogatory_client.engine.handing import OF_A_CASE
from rogatory_client.engine.large_tree import is_expected_beside, lies_beside
from rogatory_client.engine.membership import WITHOUT_HISTORY, Change, offices_of, seated
from rogatory_client.engine.partner_effect import AwaitRow
from rogatory_client.engine.room import Context, Room, StagedChange, device_of
from rogatory_client.engine.seating import dismissed
from rogatory_crypto import mls
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.wire.frame import Acceptance, SubmitCommit
from rogatory_crypto.wire.identifier import SUBMISSION_ID_BYTES, DeviceId, EntryId, Epoch, SubmissionId
from rogatory_crypto.wire.postmark import Consignment, verify_postmark

LEAF_LIFETIME_S = 84 * 86_400
CLOCK_TOLERANCE_S = 3_600


def stage_change(
    room: Room, change: Change, key_packages: Mapping[DeviceId, bytes], context: Context
) -> Outcome:
    """Stage the commit that makes a change, creating the group first where there is none.

    Args:
        room: the room, with nothing staged.
        change: what is to change; devices without a KeyPackage are left for another time.
        key_packages: one KeyPackage of each device that had one.
        context: time, randomness, registry.

    Returns:
        The room with the staged change; nothing at all if no KeyPackage was usable and nobody is removed.
        ``refused`` says why nobody is added although there are keys.
    """
    if room.staged is not None:
        raise MisuseError("one commit at a time")
    group = room.group or _create(room, context)
    usable, refused = _usable(change, key_packages, context)
    # Who is to be taken out and in again is not taken out alone: nobody else might add it (N06).
    kept = set(change.add) - usable.keys()
    change = replace(change, remove=tuple(each for each in change.remove if each[1] not in kept))
    if room.group is None and (missing := _unreachable(room, usable, context)):
        unreached = f"{', '.join(missing)} cannot be reached yet: no device with keys"
        return Outcome(refused=refused or unreached)
    nothing = not usable and not change.remove and not change.refresh and not group.has_pending_proposals
    if nothing and (room.group is not None or refused is not None):
        return Outcome(refused=refused)
    staged = _stage(group, usable, change, context)
    next_room = replace(room, group=staged.current, staged=_staged_change(staged, usable, change, context))
    remember = RememberPayload(room.group_id, sha256(staged.message).digest())
    return Outcome((next_room,), (SaveRoom(next_room), remember), refused=refused)


def _usable(
    change: Change, key_packages: Mapping[DeviceId, bytes], context: Context
) -> tuple[dict[DeviceId, bytes], str | None]:
    """Return the KeyPackages of those who may be added, and why nobody may be although there are some."""
    usable = {
        device: message
        for device in change.add
        if (message := key_packages.get(device)) is not None and _is_usable(message, device, context)
    }
    try:
        return dict(provable(usable, context)), None
    except MisuseError as error:
        return {}, str(error)  # removals go on


def _staged_change(
    staged: mls.StagedCommit, joining: Mapping[DeviceId, bytes], change: Change, context: Context
) -> StagedChange:
    return StagedChange(
        submission_id=SubmissionId(context.random(SUBMISSION_ID_BYTES)),
        epoch=Epoch(staged.current.epoch),
        message=staged.message,
        welcome=staged.welcome,
        added=tuple(joining),
        removed=tuple(device for _, device in change.remove),
        group=staged.group,
    )


def _stage(
    group: mls.Group, joining: Mapping[DeviceId, bytes], change: Change, context: Context
) -> mls.StagedCommit:
    """Stage with the tree in the Welcome or without, as its size in the next epoch demands."""
    proof = prove_additions(tuple(joining), context)
    packages = tuple(joining.values())

    def stage(*, beside: bool) -> mls.StagedCommit:
        return mls.stage_commit(
            group,
            add=packages,
            remove=tuple(leaf for leaf, _ in change.remove),
            random=context.random,
            now=context.now,
            authenticate=context.authenticate_member,
            authenticated_data=proof,
            include_tree=not beside,
            path=True if change.refresh else None,
        )

    expected = is_expected_beside(group, packages)
    staged = stage(beside=expected)
    if staged.welcome is None or lies_beside(staged.group) is expected:
        return staged
    return stage(beside=not expected)


def submission_of(room: Room) -> SubmitCommit:
    """Return the frame that submits a staged change."""
    staged = room.staged
    if staged is None:
        raise MisuseError("nothing is staged")
    return SubmitCommit(
        staged.submission_id,
        room.group_id,
        Epoch(staged.epoch),
        staged.message,
        staged.added,
        staged.removed,
        staged.welcome,
    )


def is_too_late(room: Room, context: Context) -> bool:
    """Tell whether a staged addition would be refused, as its proof has become stale before it was accepted.

    It may have been accepted all the same, by a relay whose answer was lost: then its row is in the log.
    """
    staged = room.staged
    if staged is None or not staged.added or staged.epoch == 0:
        return False
    return has_become_stale(mls.message_authenticated_data(staged.message), context)


def verify_acceptance(room: Room, acceptance: Acceptance, *, origin: str, postmark_key: bytes) -> None:
    """Check that the relay took exactly the staged commit in.

    Raises:
        PeerError: the postmark does not verify.
    """
    if room.staged is None:
        raise MisuseError("nothing is staged")
    digest = sha256(room.staged.message).digest()
    consignment = Consignment(room.group_id, acceptance.sequence, acceptance.submission_id, digest)
    verify_postmark(acceptance.postmark, consignment, origin=origin, public_key=postmark_key)


def merge(room: Room, sequence: int, context: Context, *, at_ms: int | None = None) -> Outcome:
    """The relay has accepted the staged change: it becomes the group, and the former is gone.  # N01.

    Args:
        room: with the staged change.
        sequence: its row.
        context: whose devices are whose.
        at_ms: when the relay accepted it; now if None.
    """
    staged = room.staged
    if staged is None:
        raise MisuseError("nothing is staged")
    merged = replace(room, group=staged.group, staged=None, needs_epoch=0)
    merged = recovery.found_again(merged, frozenset((*staged.removed, context.oneself.device_id)))
    before = () if room.group is None else room.group.members
    accepted_at = context.now * 1000 if at_ms is None else at_ms
    merged = seated(merged, before, _members(staged), accepted_at, context)
    effects: list[Effect] = [SaveRoom(merged)]
    added = {context.registry.devices[device].entry.entry_id for device in staged.added}
    # Of the office's own room there may be something to hand on before it was made.
    has_history = room.kind not in WITHOUT_HISTORY and (staged.epoch > 0 or room.kind is CaseKind.OFFICE)
    if context.oneself.entry_id in added and has_history:
        effects.append(PlanReseal(room.group_id, sequence))
    returned = added & context.returning.get(room.group_id, frozenset())
    effects += (AwaitRow(room.group_id, office, sequence) for office in sorted(returned))
    return Outcome((merged,), tuple(effects), (_told(room, staged), *_deserted(room, merged, context)))


def _deserted(former: Room, room: Room, context: Context) -> tuple[Happening, ...]:
    """Warn where an office has no device in a case any more: it may know nothing of the case by now."""
    if former.kind not in OF_A_CASE or former.group is None or room.group is None:
        return ()
    gone = offices_of(former.group.members, context) - offices_of(room.group.members, context)
    gone -= context.changed | dismissed(room, context)
    text = (
        "{} has no device in this case any more, and reads nothing of it: call it, and let it in again with "
        "`rogatory case invite`"
    )
    return tuple(Happening("warning", room.group_id, None, text.format(office)) for office in sorted(gone))


def _members(staged: StagedChange) -> tuple[mls.Member, ...]:
    added = set(staged.added)
    return tuple(member for member in staged.group.members if device_of(member) in added)


def discard(room: Room, current_epoch: int | None) -> Outcome:
    """Somebody else's commit won, or the relay refused ours: forget it, and wait for the epoch it names.

    A staged commit is dropped whole, with all its keys; what wins finds the group as it was (N03 N05 H09).
    """
    if room.staged is None:
        raise MisuseError("nothing is staged")
    if room.staged.epoch == 0:
        discarded = replace(room, staged=None, group=None)
    else:
        needs = room.staged.epoch + 1 if current_epoch is None else current_epoch
        discarded = replace(room, staged=None, needs_epoch=needs)
    return Outcome((discarded,), (SaveRoom(discarded),))


def _create(room: Room, context: Context) -> mls.Group:
    return mls.create_group(
        mls.cipher_suite(context.suite),
        room.group_id,
        context.oneself.signer,
        mls.BasicCredential(context.oneself.credential.encode()),
        mls.Lifetime(context.now - CLOCK_TOLERANCE_S, context.now + LEAF_LIFETIME_S),
        context.random,
    )


def _unreachable(room: Room, usable: Mapping[DeviceId, bytes], context: Context) -> list[EntryId]:
    """Whom a room between offices cannot be made without; a network's room takes in who is there."""
    if room.kind in {CaseKind.NETWORK, CaseKind.OFFICE}:
        return []
    reached = {context.registry.devices[device].entry.entry_id for device in usable}
    return [office for office in room.offices if office not in reached and office != context.oneself.entry_id]


def _is_usable(message: bytes, device_id: DeviceId, context: Context) -> bool:
    """Only a KeyPackage of the very device that was asked for, whatever the relay hands out."""
    try:
        package = mls.key_package_identity(message)
        verified = context.registry.verify_credential(package.identity, package.signature_key, context.now)
    except PeerError:
        return False
    within = package.lifetime.not_before <= context.now + CLOCK_TOLERANCE_S
    return (
        within and context.now < package.lifetime.not_after and verified.device.entry.device_id == device_id
    )


def _told(room: Room, staged: StagedChange) -> Happening:
    text = f"{len(staged.added)} devices added, {len(staged.removed)} removed"
    return Happening("membership", room.group_id, None, text)
