"""The network profile: what an office pins before it says a word to anybody.

A small JSON file handed over with the enrolment letter: where the relay is, the root of trust with what it
says, and the cipher suite for new groups. Every key that the office believes comes from the root of trust
(``log.pinned``), none from the file itself.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from rogatory_crypto.errors import MisuseError

DEFAULT_SUITE: Final = 0xF04E
MAX_PROFILE_BYTES: Final = 4 << 20
_MAX_METADATA_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class NetworkProfile:
    """Pinned facts about one relay and its directory.

    Attributes:
        relay_url: ``https://host[:port]``.
        origin: the relay's name in URIs and postmarks.
        root: the pinned root metadata, JSON as its operators signed it.
        trust: what the network believes under that root, likewise.
        suite: MLS cipher suite of new groups.
        tls_ca: PEM of the only certificate authority to trust for the relay, or None for the system's.
    """

    relay_url: str
    origin: str
    root: bytes = field(repr=False)
    trust: bytes = field(repr=False)
    suite: int = DEFAULT_SUITE
    tls_ca: str | None = None

    def to_json(self) -> str:
        """Return the profile file's text."""
        values = {
            "relay_url": self.relay_url,
            "origin": self.origin,
            "root": self.root.decode(),
            "trust": self.trust.decode(),
            "suite": self.suite,
            "tls_ca": self.tls_ca,
        }
        return json.dumps(values, indent=2) + "\n"


def parse_profile(text: str) -> NetworkProfile:
    """Read a profile file; what it pins is judged by ``log.pinned``.

    Raises:
        MisuseError: the file names no HTTPS relay or carries no root of trust; the message says which.
    """
    if len(text) > MAX_PROFILE_BYTES:
        raise MisuseError(f"the network profile is larger than {MAX_PROFILE_BYTES >> 20} MiB: another file")
    try:
        return _read(json.loads(text))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        reason = f"the network profile cannot be read ({error}); ask the secretariat for a new one"
        raise MisuseError(reason) from error


def _read(values: Any) -> NetworkProfile:  # noqa: ANN401 - JSON of any shape
    if not isinstance(values, dict):
        raise TypeError("it is no JSON object")
    tls_ca = values.get("tls_ca")
    return NetworkProfile(
        relay_url=_https_url(values.get("relay_url")),
        origin=_text(values.get("origin"), "origin"),
        root=_metadata(values.get("root"), "root"),
        trust=_metadata(values.get("trust"), "trust"),
        suite=_number(values.get("suite", DEFAULT_SUITE)),
        tls_ca=None if tls_ca is None else _text(tls_ca, "tls_ca"),
    )


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"its {name} is no text")
    return value


def _https_url(value: object) -> str:
    url = _text(value, "relay_url")
    if not url.startswith("https://"):
        raise ValueError("its relay_url does not begin with https://")
    return url


def _metadata(value: object, name: str) -> bytes:
    if value is None:
        raise ValueError(f"it carries no {name}: it is of an older form")
    data = _text(value, name).encode()
    if len(data) > _MAX_METADATA_BYTES:
        raise ValueError(f"its {name} is larger than 1 MiB")
    return data


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= 0xFFFF:
        raise ValueError("its suite is no number from 1 to 65535")
    return value
