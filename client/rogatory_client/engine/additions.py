"""Adding devices under the eyes of the log: who adds brings the proof along, who follows checks it first.

Nobody is added by a stale view or while the log stands accused of two histories. A commit whose proof does
not hold is refused by everybody alike, as all judge it by the time at which the relay took it in.
"""

from collections.abc import Mapping, Sequence

from rogatory_client.engine.log_view import require_fresh
from rogatory_client.engine.room import Context
from rogatory_crypto import mls
from rogatory_crypto.content.added_devices import (
    AddedDevice,
    AddedDevices,
    Newcomer,
    verify_added_devices,
)
from rogatory_crypto.content.seen_checkpoint import SeenCheckpoint, seen
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import DeviceCredential
from rogatory_crypto.log.witness_policy import WitnessedCheckpoint
from rogatory_crypto.wire.identifier import DeviceId

ACCUSED = (
    "the log of the relay has shown two histories: nobody is added before an officer has taken note of that"
)


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
        return seen(_verified(received, accepted_at, context).log_checkpoint)
    except PeerError as error:
        detail = f"{maker_of(received)} adds devices without a proof that holds: {error.detail}"
        raise PeerError(error.code, detail) from error


def maker_of(received: mls.CommitReceived) -> str:
    """Return who made a commit, for the officer."""
    maker = DeviceCredential.decode(received.sender.identity)
    return f"{maker.authority} ({maker.officer})"


def _verified(received: mls.CommitReceived, accepted_at: int, context: Context) -> WitnessedCheckpoint:
    if context.split is not None:
        raise PeerError(Code.FORBIDDEN, ACCUSED)
    if not received.authenticated_data:
        raise PeerError(Code.FORBIDDEN, "there is none")
    newcomers = [
        Newcomer(DeviceCredential.decode(member.identity), member.signature_key) for member in received.added
    ]
    return verify_added_devices(
        received.authenticated_data,
        newcomers,
        context.log.policy,
        log=context.log.origin,
        relay=context.registry.origin,
        at=accepted_at,
    )
