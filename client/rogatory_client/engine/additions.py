"""Adding devices under the eyes of the log: who adds brings the proof along, who follows checks it first.

Nobody is added by a stale view or while the log stands accused of two histories. A commit whose proof does
not hold is refused by everybody alike, as all judge it by the time at which the relay took it in.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from rogatory_client.engine.log_view import MAX_VIEW_AGE_S, require_fresh
from rogatory_client.engine.room import Context
from rogatory_crypto import mls
from rogatory_crypto.content.added_devices import (
    AddedDevice,
    AddedDevices,
    Newcomer,
    verify_added_devices,
    verify_entries,
)
from rogatory_crypto.content.seen_checkpoint import SeenCheckpoint, seen
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import DeviceCredential
from rogatory_crypto.log.entry import LogEntry
from rogatory_crypto.log.signed_checkpoint import parse_signed_checkpoint
from rogatory_crypto.log.witness_policy import DAY_S, verify_checkpoint
from rogatory_crypto.wire.identifier import DeviceId

ACCUSED = (
    "the log of the relay has shown two histories: nobody is added before an officer has taken note of that "
    "(`rogatory alarm list`)"
)


# What a proof looks like whose witnesses, or log's key, are trusted no more.
_UNKNOWN_BY_NOW: Final = frozenset({Code.FORBIDDEN, Code.BAD_SIGNATURE, Code.NOT_FOUND})


def provable(packages: Mapping[DeviceId, bytes], context: Context) -> Mapping[DeviceId, bytes]:
    """Return the KeyPackages of those devices that the accepted checkpoint covers.

    Raises:
        MisuseError: nobody can be added now; the sentence is for the officer.
    """
    if not packages:
        return packages
    if context.split is not None:
        raise MisuseError(ACCUSED)
    size = require_fresh(context.log, context.now).checkpoint.size
    return {
        device: package
        for device, package in packages.items()
        if context.registry.credential_of(device).index < size
    }


def prove_additions(devices: Sequence[DeviceId], context: Context) -> bytes:
    """Return what a commit that adds these devices says in the open; nothing where nobody is added."""
    if not devices:
        return b""
    view = context.log
    witnessed = require_fresh(view, context.now)
    indexes = sorted(context.registry.credential_of(device).index for device in devices)
    proven = tuple(AddedDevice(index, view.entry(index), view.prove(index)) for index in indexes)
    return AddedDevices(witnessed.signed.encode(), proven).encode()


def has_become_stale(proof: bytes, context: Context) -> bool:
    """Tell whether others would refuse our own proof, were the relay to take it in now."""
    try:
        signed = parse_signed_checkpoint(AddedDevices.decode(proof).checkpoint)
        verify_checkpoint(signed, context.log.policy, now=context.now, max_age_s=MAX_VIEW_AGE_S)
    except PeerError:
        return True
    return False


def verify_additions(
    received: mls.CommitReceived, accepted_at: int, context: Context
) -> SeenCheckpoint | None:
    """Check the proof of whom a commit adds; return the checkpoint it was made by, to compare it with ours.

    Args:
        received: the commit, not yet followed.
        accepted_at: when the relay took it in, Unix seconds.
        context: the log, and whose devices these are.

    Raises:
        PeerError: naming the maker and what is wrong.
    """
    if not received.added:
        return None
    try:
        return _verified(received, accepted_at, context)
    except PeerError as error:
        detail = f"{maker_of(received)} adds devices without a proof that holds: {error.detail}"
        raise PeerError(error.code, detail) from error


def maker_of(received: mls.CommitReceived) -> str:
    """Return who made a commit, for the officer."""
    maker = DeviceCredential.decode(received.sender.identity)
    return f"{maker.authority} ({maker.officer})"


def _verified(received: mls.CommitReceived, accepted_at: int, context: Context) -> SeenCheckpoint | None:
    if context.split is not None:
        raise PeerError(Code.FORBIDDEN, ACCUSED)
    if not received.authenticated_data:
        raise PeerError(Code.FORBIDDEN, "there is none")
    newcomers = [
        Newcomer(DeviceCredential.decode(member.identity), member.signature_key) for member in received.added
    ]
    log, relay = context.log.origin, context.registry.origin
    try:
        witnessed = verify_added_devices(
            received.authenticated_data, newcomers, context.log.policy, log=log, relay=relay, at=accepted_at
        )
    except PeerError as error:
        if context.now - accepted_at <= DAY_S or error.code not in _UNKNOWN_BY_NOW:
            raise
        _verify_of_old(AddedDevices.decode(received.authenticated_data), newcomers, accepted_at, context)
        return None
    return seen(witnessed.log_checkpoint)


def _verify_of_old(
    evidence: AddedDevices, newcomers: Sequence[Newcomer], accepted_at: int, context: Context
) -> None:
    """Judge what was accepted long ago by our own replica: its witnesses may have been replaced since.

    The checkpoint must be one that our history went through, and what the log said next must not have been
    older than a day when the relay took the commit in: then nobody missed more than by a quorum's word.

    Raises:
        PeerError: it does not hold by that either.
    """
    view, head = context.log, parse_signed_checkpoint(evidence.checkpoint).checkpoint
    if view.accepted is None or head.origin != view.origin or view.root(head.size) != head.root:
        raise PeerError(
            Code.HASH_MISMATCH, "neither witnessed as we know it, nor of the history that we know"
        )
    if head.size < view.accepted.checkpoint.size:
        said_next = LogEntry.decode(view.entry(head.size)).appended_at
        if accepted_at - said_next > DAY_S:
            raise PeerError(Code.EXPIRED, "made by a state of the log that was older than a day")
    verify_entries(evidence, newcomers, head, relay=context.registry.origin)
