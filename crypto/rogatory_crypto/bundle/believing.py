"""Whom the check of a bundle believes: what the reader has pinned, or what leads there, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass

from rogatory_crypto.bundle.finding import About, Finding, passed, unclear
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.origin import log_origin
from rogatory_crypto.log.pinned import PinnedTrust, verify_pinned
from rogatory_crypto.log.signed_checkpoint import parse_signed_checkpoint
from rogatory_crypto.log.witness_policy import WitnessedCheckpoint, verify_checkpoint

NOT_GIVEN = "consistent in itself at best: whom to believe was not given (--trust)"


@dataclass(frozen=True, slots=True)
class Believed:
    """A root of trust, a checkpoint that it vouches for, and how both came about."""

    pinned: PinnedTrust
    head: WitnessedCheckpoint
    finding: Finding


def believe(
    root: bytes, trust: bytes, checkpoint: bytes, given: PinnedTrust | None, *, relay: str, now: int
) -> Believed:
    """Return whom to believe about the log of a bundle.

    Args:
        root: metadata that came in the bundle.
        trust: the network trust under it, likewise.
        checkpoint: the newest that the maker had, likewise.
        given: what the reader believes beforehand; None if nothing.
        relay: the relay's name, as the bundle has it.
        now: unix seconds, by the reader's clock; pins are judged however old they are.

    Raises:
        PeerError: nobody whom the reader believes vouches for this checkpoint.
    """
    if given is None:
        own = verify_pinned(relay, root, trust)
        return Believed(own, _head(checkpoint, own, now), unclear(About.TRUST, "", NOT_GIVEN))
    if given.origin != relay:
        raise PeerError(
            Code.CONFLICT, f"a bundle of the relay {relay}, and the trust given is {given.origin}'s"
        )
    refusal: PeerError | None = None
    for pinned in _newest_first(given, _linked(root, trust, given)):
        try:
            head = _head(checkpoint, pinned, now)
        except PeerError as error:
            refusal = refusal or error
            continue
        said = f"the trust given vouches for the log, by network trust {pinned.trust.version}"
        return Believed(pinned, head, passed(About.TRUST, "", said))
    raise refusal or PeerError(Code.FORBIDDEN)


def _newest_first(given: PinnedTrust, linked: PinnedTrust | None) -> Iterable[PinnedTrust]:
    """The newest knows what was replaced; an older one is asked where its witnesses are others."""
    both = (given,) if linked is None else (given, linked)
    return sorted(both, key=lambda each: each.trust.version, reverse=True)


def _linked(root: bytes, trust: bytes, given: PinnedTrust) -> PinnedTrust | None:
    """Return the bundle's trust where the given root, or the next that it names, has signed it."""
    for following in ((), (root,)):
        try:
            return verify_pinned(given.origin, given.root.encoded, trust, following)
        except PeerError:
            continue
    return None


def _head(checkpoint: bytes, pinned: PinnedTrust, now: int) -> WitnessedCheckpoint:
    signed = parse_signed_checkpoint(checkpoint)
    if signed.checkpoint.origin != log_origin(pinned.origin):
        raise PeerError(Code.NOT_FOUND, f"a checkpoint of another log: {signed.checkpoint.origin}")
    return verify_checkpoint(signed, pinned.trust.policy, now=now, max_age_s=None)
