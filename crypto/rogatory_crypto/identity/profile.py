"""The network profile: what an office pins before it says a word to anybody.

A small JSON file handed over with the enrolment letter: where the relay is, its postmark key, the directory
operator's key and the cipher suite for new groups.
"""

import json
from dataclasses import asdict, dataclass
from typing import Final

from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.signing import PublicKeys

DEFAULT_SUITE: Final = 0xF04E
_MAX_PROFILE_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class NetworkProfile:
    """Pinned facts about one relay and its directory.

    Attributes:
        relay_url: ``https://host[:port]``.
        origin: the relay's name in URIs and postmarks.
        operator_key: the directory operator's keys.
        postmark_key: the relay's Ed25519 key.
        suite: MLS cipher suite of new groups.
        tls_ca: PEM of the only certificate authority to trust for the relay, or None for the system's.
    """

    relay_url: str
    origin: str
    operator_key: PublicKeys
    postmark_key: bytes
    suite: int = DEFAULT_SUITE
    tls_ca: str | None = None

    def to_json(self) -> str:
        """Return the profile file's text."""
        values = asdict(self) | {
            "operator_key": self.operator_key.hex(),
            "postmark_key": self.postmark_key.hex(),
        }
        return json.dumps(values, indent=2) + "\n"


def parse_profile(text: str) -> NetworkProfile:
    """Read a profile file.

    Raises:
        MisuseError: the file names no HTTPS relay or a key is not 32 bytes of hex; the message says which.
    """
    if len(text) > _MAX_PROFILE_BYTES:
        raise MisuseError("the network profile is larger than 1 MiB: this is another file")
    try:
        values = json.loads(text)
        return NetworkProfile(
            relay_url=_https_url(values["relay_url"]),
            origin=_text(values["origin"]),
            operator_key=PublicKeys.from_hex(_text(values["operator_key"])),
            postmark_key=_key(values["postmark_key"]),
            suite=_number(values.get("suite", DEFAULT_SUITE)),
            tls_ca=None if values.get("tls_ca") is None else _text(values["tls_ca"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, PeerError) as error:
        reason = f"the network profile cannot be read ({error}); ask the secretariat for a new one"
        raise MisuseError(reason) from error


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a field is not text")
    return value


def _https_url(value: object) -> str:
    url = _text(value)
    if not url.startswith("https://"):
        raise ValueError("relay_url must begin with https://")
    return url


def _key(value: object) -> bytes:
    key = bytes.fromhex(_text(value))
    if len(key) != 32:
        raise ValueError("a key is 64 hex digits")
    return key


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= 0xFFFF:
        raise ValueError("suite is a number from 1 to 65535")
    return value
