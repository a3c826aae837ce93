"""What one side holds of the root of trust, and how it moves: forward, by enough signatures, or not at all.

A pin that has run out is not a wrong one. Whoever was away for a year still opens its vault and reads what
it was sent under the keys of then; it believes no new key until the operators' newer metadata has come in.
So ``verify_pinned`` asks for no time, ``PinnedTrust.current`` does, and ``follow`` takes in what is newer.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity.profile import NetworkProfile
from rogatory_crypto.log.audit import Trust
from rogatory_crypto.log.origin import log_origin
from rogatory_crypto.log.root import NetworkTrust, VerifiedRoot, verify_network_trust, verify_root_chain
from rogatory_crypto.wire.log_request import TrustUpdate


@dataclass(frozen=True, slots=True)
class PinnedTrust:
    """A root and what it says; only ``verify_pinned`` and ``follow`` make one.

    Attributes:
        origin: the relay whose log it must name.
        root: the newest root.
        encoded: the network trust's bytes, as signed.
        trust: what they say, whether or not it has run out.
    """

    origin: str
    root: VerifiedRoot
    encoded: bytes = field(repr=False)
    trust: NetworkTrust

    @property
    def expires_at(self) -> int:
        """When root or network trust runs out, whichever is first; unix seconds."""
        return min(self.root.expires_at, self.trust.expires_at)

    def current(self, now: int) -> NetworkTrust:
        """Return what the network believes, to believe new keys by.

        Raises:
            PeerError: EXPIRED.
        """
        if now >= self.expires_at:
            on = datetime.fromtimestamp(self.expires_at, UTC)
            reason = f"the network's root of trust expired on {on:%Y-%m-%d}; no new key is believed"
            raise PeerError(Code.EXPIRED, reason)
        return self.trust

    def follow(self, update: TrustUpdate, *, now: int) -> "PinnedTrust":
        """Take in what a relay has of newer metadata; on any error nothing changes.

        Args:
            update: roots that follow the pinned one, and the newest network trust.
            now: unix seconds.

        Raises:
            PeerError: BAD_SIGNATURE, REPLAYED for an older version, INVALID_CREDENTIAL for two contents of
                one, EXPIRED where even the newest has run out, else as ``verify_pinned``.
        """
        root = verify_root_chain(self.root.encoded, update.roots, now=now)
        trust = verify_network_trust(root, update.trust, now=now, held_version=self.trust.version)
        if trust.version == self.trust.version and trust != self.trust:
            raise PeerError(Code.INVALID_CREDENTIAL, f"two contents of the network trust {trust.version}")
        return _own(PinnedTrust(self.origin, root, update.trust, trust))

    def measure(self) -> Trust:
        """Return what the log's entries are measured against."""
        trust = self.trust
        return Trust(
            log_origin(self.origin),
            self.origin,
            trust.directory_key,
            trust.postmark_key,
            trust.secretariats,
            trust.former,
        )

    def in_profile(self, profile: NetworkProfile) -> NetworkProfile:
        """Return the profile with this pin in place of its own, to be stored."""
        return replace(profile, root=self.root.encoded, trust=self.encoded)


# Verifying costs milliseconds and depends on nothing but the bytes.
@lru_cache(maxsize=8)
def verify_pinned(origin: str, root: bytes, trust: bytes, roots: tuple[bytes, ...] = ()) -> PinnedTrust:
    """Check a root and what it says, however old they are.

    Args:
        origin: the relay's name.
        root: the pinned root.
        trust: the network trust under it, or under the last of ``roots``.
        roots: those that follow the pinned one.

    Raises:
        PeerError: BAD_SIGNATURE where too few have signed, INVALID_CREDENTIAL for another network's, REPLAYED
            for a version out of turn, HASH_MISMATCH, TOO_LARGE, MALFORMED, UNSUPPORTED; never EXPIRED.
    """
    verified = verify_root_chain(root, roots, now=None)
    return _own(PinnedTrust(origin, verified, trust, verify_network_trust(verified, trust, now=None)))


def pinned_trust(profile: NetworkProfile) -> PinnedTrust:
    """Return what a profile pins, however old; errors as ``verify_pinned``."""
    return verify_pinned(profile.origin, profile.root, profile.trust)


def network_trust(profile: NetworkProfile, *, now: int) -> NetworkTrust:
    """Return what a profile says the network believes.

    Raises:
        PeerError: EXPIRED for what was right once; else as ``verify_pinned``.
    """
    return pinned_trust(profile).current(now)


def _own(pinned: PinnedTrust) -> PinnedTrust:
    log = log_origin(pinned.origin)
    if not pinned.trust.policy.log_keys(log):
        raise PeerError(
            Code.INVALID_CREDENTIAL, f"the root of trust knows no log {log}: it is another network's"
        )
    return pinned
