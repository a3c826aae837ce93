"""The root of trust that a monitor has followed from its profile's pin, kept in the log's folder.

What is kept there is believed only as far as the pin leads to it: a folder that somebody else has written can
be newer than the profile, never other.
"""

from pathlib import Path
from typing import Final

from tuf.api.metadata import Root, Targets

from rogatory_client.bounded_file import read_bytes
from rogatory_crypto.identity import NetworkProfile
from rogatory_crypto.log.ceremony import version_of
from rogatory_crypto.log.pinned import PinnedTrust, pinned_trust, verify_pinned
from rogatory_crypto.log.tuf_metadata import MAX_METADATA_BYTES
from rogatory_crypto.wire.log_request import TrustUpdate

FOLDER: Final = "trust"
_TARGETS: Final = "targets.json"


def followed_trust(profile: NetworkProfile, log: Path) -> PinnedTrust:
    """Return the newest that the profile's pin leads to: the profile's own, or what the folder keeps.

    Args:
        profile: the pin.
        log: folder of the log, or a file, which keeps nothing.

    Raises:
        PeerError: the profile, or what the folder keeps, is not what its operators have signed.
    """
    own = pinned_trust(profile)
    folder = log / FOLDER
    if not (folder / _TARGETS).is_file():
        return own
    targets = read_bytes(folder / _TARGETS, MAX_METADATA_BYTES)
    roots: list[bytes] = []
    while (path := folder / _root(own.root.version + len(roots) + 1)).is_file():
        roots.append(read_bytes(path, MAX_METADATA_BYTES))
    version, _ = version_of(targets, Targets)
    if not roots and version <= own.trust.version:
        return own
    return verify_pinned(profile.origin, profile.root, targets, tuple(roots))


def keep_trust(log: Path, update: TrustUpdate) -> None:
    """Keep metadata that was followed, the roots first."""
    folder = log / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for root in update.roots:
        version, _ = version_of(root, Root)
        _write(folder / _root(version), root)
    _write(folder / _TARGETS, update.trust)


def _root(version: int) -> str:
    return f"{version}.root.json"


def _write(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(data)
    temporary.replace(path)
