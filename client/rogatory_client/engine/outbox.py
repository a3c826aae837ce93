"""What goes out next, and what the relay's answer means.

Nothing is encrypted before the room is as it should be: planned rooms are created, devices out of service
removed and attachments uploaded first (RFC 9420 sections 12.4 and 15.2). A sealed parcel is submitted again
under the same id until the relay has answered, so that a lost answer makes neither a gap nor a duplicate.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TypeAlias

from rogatory_client.engine import recovery
from rogatory_client.engine.delivery_effect import SaveAddressees
from rogatory_client.engine.effect import Effect, Happening, MarkRelayed, Outcome, RememberPayload, SaveRoom
from rogatory_client.engine.membership import Change, plan_change
from rogatory_client.engine.outgoing_effect import DropParcel, Parcel, SaveSealed
from rogatory_client.engine.room import Context, Room, device_of
from rogatory_client.engine.seating import holding_back
from rogatory_crypto import cbor, mls
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.frame import Acceptance, Submit
from rogatory_crypto.wire.identifier import SUBMISSION_ID_BYTES, DeviceId, Epoch, RowKind, SubmissionId
from rogatory_crypto.wire.postmark import Consignment, verify_postmark

# Receivers keep the keys of a few past epochs only; a parcel sealed longer ago is sealed anew.
MAX_EPOCHS_BEHIND = 3
MAX_SEALED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do in this room now."""


@dataclass(frozen=True, slots=True)
class SubmitStaged:
    """Submit the staged commit."""


@dataclass(frozen=True, slots=True)
class Commit:
    """Claim KeyPackages of the devices to add, then stage the change."""

    change: Change


@dataclass(frozen=True, slots=True)
class Upload:
    """Upload the attachments of this parcel first."""

    parcel: Parcel


@dataclass(frozen=True, slots=True)
class Send:
    """Seal what is not sealed, then submit all."""

    parcels: tuple[Parcel, ...]


Step: TypeAlias = Rest | SubmitStaged | Commit | Upload | Send


def next_step(
    room: Room,
    parcels: Sequence[Parcel],
    uploading: frozenset[bytes],
    context: Context,
    *,
    in_office_room: bool,
    caught_up: bool,
    unavailable: Collection[DeviceId] = (),
    forestalled: bool = False,
) -> Step:
    """Return the one thing to do next in a room.

    Args:
        room: as it is now.
        parcels: what waits for it, oldest first.
        uploading: ids of messages whose attachments are not all at the relay.
        context: registry and time.
        in_office_room: whether this device shares a room with the office's other devices.
        caught_up: whether all the relay had stored has been read; before that a newer epoch may be waiting.
        unavailable: devices that cannot be added for now, and for whom nobody in the room waits.
        forestalled: whether the relay has refused something of late, as others came first.
    """
    if room.staged is not None:
        return SubmitStaged()
    if room.was_left or room.is_behind or not caught_up:  # N07
        return Rest()
    if context.oneself.device_id in room.lost:
        return _step_of_the_lost(parcels, forestalled=forestalled)
    change = plan_change(
        room, context, in_office_room=in_office_room, unavailable=unavailable, forestalled=forestalled
    )
    change = _ending(room, parcels, change, context)
    if change.is_needed or (room.stand is not None and room.stand.has_pending_proposals):  # N04
        return Commit(change)
    if room.stand is None or not parcels:
        return Rest()
    return _to_send(parcels, uploading, holding_back(room, context))


def _to_send(
    parcels: Sequence[Parcel], uploading: frozenset[bytes], first: Collection[bytes]
) -> Send | Upload:
    """Return what can go out, up to what has to be acted on before more is said."""
    ready: list[Parcel] = []
    for parcel in parcels[:MAX_SEALED_AT_ONCE]:
        if parcel.message_id in uploading:
            return Send(tuple(ready)) if ready else Upload(parcel)
        ready.append(parcel)
        if parcel.message_id in first:
            break
    return Send(tuple(ready))


def _ending(room: Room, parcels: Sequence[Parcel], change: Change, context: Context) -> Change:
    """A room that this device has made to hand a case back has served when all has arrived."""
    if room.kind is not CaseKind.RETURN or not room.offices or room.group is None or parcels:
        return change
    found = ((member.leaf_index, device_of(member)) for member in room.group.members)
    return replace(change, remove=tuple(each for each in found if each[1] != context.oneself.device_id))


def _step_of_the_lost(parcels: Sequence[Parcel], *, forestalled: bool) -> Step:
    """Nothing is said but that.  # N06."""
    reports = tuple(parcel for parcel in parcels if recovery.is_report(parcel))
    if reports:
        return Send(reports)
    # If no commit has taken the epoch, what could not be followed was none: ours leads all on.
    return Rest() if forestalled else Commit(Change(refresh=True))


def seal(room: Room, parcels: Sequence[Parcel], context: Context) -> tuple[Outcome, tuple[Parcel, ...]]:
    """Encrypt what is not yet; ratchet and ciphertexts are written in one transaction (L07)."""
    group = room.group
    if group is None:
        raise MisuseError("a room without a group seals nothing")
    effects: list[Effect] = []
    sealed: list[Parcel] = []
    for parcel in parcels:
        if parcel.payload is not None and not _is_stale(parcel, group):
            sealed.append(parcel)
            continue
        group, payload = mls.protect(group, parcel.content, random=context.random)
        submission_id = SubmissionId(context.random(SUBMISSION_ID_BYTES))
        fresh = replace(parcel, submission_id=submission_id, epoch=group.epoch, payload=payload)
        sealed.append(fresh)
        effects += (SaveSealed(fresh), RememberPayload(room.group_id, sha256(payload).digest()))
        effects.append(SaveAddressees(parcel.message_id, tuple(map(device_of, group.members))))
    if not effects:
        return Outcome(), tuple(sealed)
    after = replace(room, group=group)
    return Outcome((after,), (SaveRoom(after), *effects)), tuple(sealed)


def unseal(parcel: Parcel) -> Parcel:
    """Take a ciphertext away that the relay will not have; the content is sealed anew."""
    return replace(parcel, submission_id=None, epoch=None, payload=None)


def submission_of(parcel: Parcel) -> Submit:
    """Return the frame that submits a sealed parcel."""
    if parcel.submission_id is None or parcel.epoch is None or parcel.payload is None:
        raise MisuseError("only a sealed parcel is submitted")
    return Submit(
        parcel.submission_id, parcel.group_id, Epoch(parcel.epoch), RowKind.APPLICATION, parcel.payload
    )


def settle(parcel: Parcel, acceptance: Acceptance, *, origin: str, postmark_key: bytes) -> Outcome:
    """The relay has the parcel: check its postmark, keep it, and empty the outbox.

    Raises:
        PeerError: the postmark does not verify; then nothing is settled.
    """
    if parcel.payload is None:
        raise MisuseError("only a sealed parcel is accepted")
    digest = sha256(parcel.payload).digest()
    consignment = Consignment(acceptance.group_id, acceptance.sequence, acceptance.submission_id, digest)
    verified = verify_postmark(acceptance.postmark, consignment, origin=origin, public_key=postmark_key)
    relayed = MarkRelayed(
        message_id=parcel.message_id,
        sequence=acceptance.sequence,
        at_ms=verified.accepted_at_ms,
        postmark=cbor.encode([consignment.plain(), acceptance.postmark.plain()]),
        submission_id=acceptance.submission_id,
        payload_sha256=digest,
    )
    told = Happening("sent", parcel.group_id, parcel.message_id, "accepted by the relay")
    return Outcome((), (relayed, DropParcel(parcel.number)), (told,))


def _is_stale(parcel: Parcel, group: mls.Group) -> bool:
    return parcel.epoch is not None and group.epoch - parcel.epoch > MAX_EPOCHS_BEHIND
