"""A checkpoint judged by a policy, for one log and no other."""

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint
from rogatory_crypto.log.witness_policy import Policy, WitnessedCheckpoint, verify_checkpoint


def believe(
    signed: SignedCheckpoint, origin: str, policy: Policy, *, now: int, max_age_s: int | None
) -> WitnessedCheckpoint:
    """Return a checkpoint if the policy holds and it is of the log ``origin``.

    Raises:
        PeerError: CONFLICT for another log; else as ``verify_checkpoint``.
    """
    if signed.checkpoint.origin != origin:
        raise PeerError(Code.CONFLICT, f"a checkpoint of the log {signed.checkpoint.origin}")
    return verify_checkpoint(signed, policy, now=now, max_age_s=max_age_s)
