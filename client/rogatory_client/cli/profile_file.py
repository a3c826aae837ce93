"""The network profile an officer names: read, and its root of trust checked before anything rests on it."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from rogatory_client.bounded_file import read_bytes
from rogatory_crypto.errors import Code, MisuseError, PeerError

if TYPE_CHECKING:
    from rogatory_crypto.identity import NetworkProfile

_ASK: Final = "ask the secretariat for the network profile again, and say what was refused"
WRONG_TRUST: Final = {
    Code.BAD_SIGNATURE: f"believe nothing in this file: {_ASK}",
    Code.INVALID_CREDENTIAL: _ASK,
    Code.REPLAYED: "the relay has an older root of trust than your profile: sign nothing, tell who runs it",
    Code.MALFORMED: _ASK,
    Code.TOO_LARGE: _ASK,
}


def read_profile(path: Path, *, now: int) -> "tuple[NetworkProfile, tuple[str, ...]]":
    """Return a profile whose root of trust holds, and a warning where that has run out.

    Raises:
        MisuseError: the file is no network profile.
        PeerError: what it pins is not signed as it must be, or another network's.
    """
    from rogatory_crypto.identity import parse_profile
    from rogatory_crypto.identity.profile import MAX_PROFILE_BYTES
    from rogatory_crypto.log.pinned import pinned_trust

    try:
        profile = parse_profile(read_bytes(path, MAX_PROFILE_BYTES).decode())
    except UnicodeDecodeError as error:
        raise MisuseError(f"{path} is no network profile") from error
    pinned = pinned_trust(profile)
    try:
        pinned.current(now)
    except PeerError as error:
        return profile, (f"{error.detail} before the relay has handed out a newer one",)
    return profile, ()
