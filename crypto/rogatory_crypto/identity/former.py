"""Who answered for what before: keys and secretariats that were replaced, each with the time until which.

A log outlives the keys under which its first entries were signed. Whoever reads it from the beginning
judges each entry by who answered for it when it was appended; what is appended later under a former key is
refused. The network's trust names them (``log.root``), one a line: ``<what> <value> until <unix seconds>``.
A network that nobody ran before is named too, without an entry id: whoever runs it now may have been an
office of another network, which had it invited by officers of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.signing import PublicKeys, verify_public_key
from rogatory_crypto.wire.identifier import EntryId

MAX_FORMER: Final = 1_024
_OPERATOR, _POSTMARK, _SECRETARIAT = "directory-key", "postmark-key", "secretariat"

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Former:
    """What was replaced, each with the first unix second in which it no longer counted.

    Attributes:
        operators: the directory operator's keys.
        postmarks: the relay's postmark keys.
        secretariats: by network; None for the time in which nobody ran it.
    """

    operators: tuple[tuple[int, PublicKeys], ...] = ()
    postmarks: tuple[tuple[int, bytes], ...] = ()
    secretariats: tuple[tuple[int, str, EntryId | None], ...] = ()

    def operator(self, at: int, current: PublicKeys) -> PublicKeys:
        """Return the directory operator's keys at a time."""
        return _at(at, self.operators, current)

    def postmark(self, at: int, current: bytes) -> bytes:
        """Return the relay's postmark key at a time."""
        return _at(at, self.postmarks, current)

    def secretariat(self, network: str, at: int, current: Mapping[str, EntryId]) -> EntryId | None:
        """Return the authority that ran a network at a time, None if nobody did."""
        dated = [(until, entry_id) for until, name, entry_id in self.secretariats if name == network]
        return _at(at, dated, current.get(network))

    def is_secretariat(self, entry_id: EntryId, at: int, current: Mapping[str, EntryId]) -> bool:
        """Tell whether an authority ran any network at a time."""
        networks = {*current, *(network for _, network, _ in self.secretariats)}
        return any(self.secretariat(network, at, current) == entry_id for network in networks)

    def encode(self) -> str:
        """Return one line for each, in order."""
        lines = [
            *(f"{_OPERATOR} {keys.hex()} until {until}" for until, keys in self.operators),
            *(f"{_POSTMARK} {key.hex()} until {until}" for until, key in self.postmarks),
            *(
                f"{_SECRETARIAT} {name}{'' if entry is None else f' {entry}'} until {until}"
                for until, name, entry in self.secretariats
            ),
        ]
        return "".join(f"{line}\n" for line in lines)


NOBODY: Final = Former()


def parse_former(text: str) -> Former:
    """Read what was replaced.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, or BAD_SIGNATURE for a key that must not be one.
    """
    *lines, after = text.split("\n")
    if after:
        raise PeerError(Code.MALFORMED, "what was replaced does not end with a line")
    if len(lines) > MAX_FORMER:
        raise PeerError(Code.TOO_LARGE, f"more than {MAX_FORMER} replaced keys and secretariats")
    former = _read([line.split(" ") for line in lines])
    if former.encode() != text:
        raise PeerError(Code.MALFORMED, "what was replaced is not in order")
    return former


def _read(lines: Iterable[list[str]]) -> Former:
    operators: list[tuple[int, PublicKeys]] = []
    postmarks: list[tuple[int, bytes]] = []
    secretariats: list[tuple[int, str, EntryId | None]] = []
    for line in lines:
        match line:
            case [what, value, "until", until] if what == _OPERATOR:
                operators.append((_moment(until), PublicKeys.from_hex(value)))
            case [what, value, "until", until] if what == _POSTMARK:
                postmarks.append((_moment(until), verify_public_key(_bytes(value))))
            case [what, network, entry_id, "until", until] if what == _SECRETARIAT and network and entry_id:
                secretariats.append((_moment(until), network, EntryId(entry_id)))
            case [what, network, "until", until] if what == _SECRETARIAT and network:
                secretariats.append((_moment(until), network, None))
            case _:
                raise PeerError(Code.MALFORMED, f"not a replaced key or secretariat: {' '.join(line)[:80]}")
    return Former(tuple(operators), tuple(postmarks), tuple(secretariats))


def _at(at: int, dated: Iterable[tuple[int, Value]], current: Value) -> Value:
    """Return what counted at a time: the value that ended next after it, or the current one."""
    later = [(until, value) for until, value in dated if at < until]
    return min(later, key=lambda item: item[0])[1] if later else current


def _moment(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise PeerError(Code.MALFORMED, "until when, in unix seconds")
    return int(text)


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise PeerError(Code.MALFORMED, "a key is 64 hex digits") from error
