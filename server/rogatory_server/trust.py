"""The trust folder: root metadata and network trust as their operators signed them, verified at start.

Files have the names of The Update Framework: ``1.root.json``, ``2.root.json`` and so on, ``targets.json``.
The first root is this relay's pin. What has run out is served and judged by all the same, because a relay
that does not start helps nobody to newer metadata; clients believe no new key by it.
"""

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.log import log_origin
from rogatory_crypto.log.audit import Trust
from rogatory_crypto.log.pinned import verify_pinned
from rogatory_crypto.log.root import NetworkTrust
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.log_request import MAX_METADATA_BYTES, MAX_ROOTS, TrustUpdate

TARGETS_FILE: Final = "targets.json"
_UPDATE_BYTES: Final = limits.MAX_BODY_BYTES - MAX_METADATA_BYTES - (64 << 10)


@dataclass(frozen=True, slots=True)
class TrustFolder:
    """What the operators have signed.

    Attributes:
        origin: the relay's name.
        roots: from the first on.
        targets: the network trust's bytes.
        trust: what they say.
        expires_at: when root or network trust runs out, unix seconds.
    """

    origin: str
    roots: tuple[bytes, ...]
    targets: bytes
    trust: NetworkTrust
    expires_at: int

    def after(self, version: int) -> TrustUpdate:
        """Return the roots after a version, as many as fit, and the network trust."""
        roots: list[bytes] = []
        size = 0
        for root in self.roots[version : version + MAX_ROOTS]:
            size += len(root)
            if size > _UPDATE_BYTES:
                break
            roots.append(root)
        return TrustUpdate(tuple(roots), self.targets)

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


def read_trust_folder(folder: Path, origin: str) -> TrustFolder:
    """Read and verify a trust folder, however old.

    Raises:
        MisuseError: a file is absent, or what it says does not hold; the message says which.
    """
    roots: list[bytes] = []
    for version in count(1):
        path = folder / f"{version}.root.json"
        if not path.exists():
            break
        roots.append(_read(path))
    if not roots:
        reason = f"{folder} has no 1.root.json: put the network's root metadata and targets.json there"
        raise MisuseError(reason)
    targets = _read(folder / TARGETS_FILE)
    try:
        pinned = verify_pinned(origin, roots[0], targets, tuple(roots[1:]))
    except PeerError as error:
        raise MisuseError(f"the trust folder {folder} does not hold: {error}") from error
    return TrustFolder(origin, tuple(roots), targets, pinned.trust, pinned.expires_at)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_METADATA_BYTES + 1)
    except OSError as error:
        raise MisuseError(f"the trust folder cannot be read: {error}") from error
    if len(data) > MAX_METADATA_BYTES:
        raise MisuseError(f"{path} is larger than root metadata may be")
    return data
