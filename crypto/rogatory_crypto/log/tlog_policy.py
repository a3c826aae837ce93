"""The text of a witness policy, line by line (C2SP tlog-policy, Policy file syntax and structure).

The file is octets; lines end in a newline, items stand between spaces and tabs, ``#`` begins a comment. A
name is defined before it is used and is a member of one group at most, so nothing can be circular.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.lines import read_decimal
from rogatory_crypto.log.note_key import SignatureType, VerifierKey, parse_verifier_key
from rogatory_crypto.log.witness_policy import Group, Log, Name, Policy, Witness

MAX_POLICY_BYTES: Final = 1 << 18
MAX_LOGS = MAX_WITNESSES = MAX_GROUPS = 64
_NONE: Final = b"none"
_ALLOWED: Final = frozenset((0x09, 0x0A, *range(0x20, 0x7F), *range(0x80, 0x100)))
_LOG_TYPES: Final = {SignatureType.ED25519, SignatureType.COSIGNATURE_ML_DSA_44}
_WITNESS_TYPES: Final = {SignatureType.COSIGNATURE_ED25519, SignatureType.COSIGNATURE_ML_DSA_44}


@dataclass
class _Draft:
    """What the lines so far have defined."""

    logs: list[Log] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    defined: set[Name] = field(default_factory=lambda: {_NONE})
    members: set[Name] = field(default_factory=set)
    quorum: Name | None = None

    def define(self, name: Name) -> Name:
        if name in self.defined:
            raise PeerError(Code.MALFORMED, f"the name {name!r} is defined twice")
        self.defined.add(name)
        return name

    def add_log(self, items: list[bytes]) -> None:
        key, url = _keyed(items, _LOG_TYPES)
        self.logs.append(Log(key, url))
        _check_distinct([log.key for log in self.logs], MAX_LOGS)

    def add_witness(self, items: list[bytes]) -> None:
        if not items:
            raise PeerError(Code.MALFORMED, "a witness without a name")
        key, url = _keyed(items[1:], _WITNESS_TYPES)
        self.witnesses.append(Witness(self.define(items[0]), key, url))
        _check_distinct([witness.key for witness in self.witnesses], MAX_WITNESSES)

    def add_group(self, items: list[bytes]) -> None:
        if len(items) < 3:
            raise PeerError(Code.MALFORMED, "a group has a name, a threshold and members")
        name, threshold, *members = items
        for member in members:
            self._take(member)
        self.groups.append(Group(self.define(name), _threshold(threshold, len(members)), tuple(members)))
        if len(self.groups) > MAX_GROUPS:
            raise PeerError(Code.TOO_LARGE, f"more than {MAX_GROUPS} groups")

    def _take(self, member: Name) -> None:
        if member == _NONE or member not in self.defined:
            raise PeerError(Code.MALFORMED, f"the member {member!r} is not defined before")
        if member in self.members:
            raise PeerError(Code.MALFORMED, f"{member!r} is a member twice")
        self.members.add(member)

    def set_quorum(self, items: list[bytes]) -> None:
        if len(items) != 1 or self.quorum is not None or items[0] not in self.defined:
            raise PeerError(Code.MALFORMED, "one quorum, of a name defined before")
        self.quorum = items[0]

    def policy(self) -> Policy:
        if self.quorum is None:
            raise PeerError(Code.MALFORMED, "a policy without a quorum line")
        quorum = None if self.quorum == _NONE else self.quorum
        return Policy(tuple(self.logs), tuple(self.witnesses), tuple(self.groups), quorum)


_LINES: Final[dict[bytes, Callable[[_Draft, list[bytes]], None]]] = {
    b"log": _Draft.add_log,
    b"witness": _Draft.add_witness,
    b"group": _Draft.add_group,
    b"quorum": _Draft.set_quorum,
}


def parse_policy(data: bytes) -> Policy:
    """Read a policy.

    Raises:
        PeerError: MALFORMED, TOO_LARGE beyond 256 KiB or 64 logs, witnesses or groups, UNSUPPORTED or
            BAD_SIGNATURE for a key of a wrong type or none at all.
    """
    if len(data) > MAX_POLICY_BYTES:
        raise PeerError(Code.TOO_LARGE, f"a policy of {len(data)} bytes")
    if not _ALLOWED.issuperset(data):
        raise PeerError(Code.MALFORMED, "a policy with a control character")
    *lines, after = data.split(b"\n")
    if after:
        raise PeerError(Code.MALFORMED, "the last line does not end in a newline")
    draft = _Draft()
    for line in lines:
        _read_line(draft, line)
    return draft.policy()


def encode_policy(policy: Policy) -> bytes:
    """Return the policy's text without comments; parsing it gives the same policy."""
    lines = [_joined(b"log", log.key, log.url) for log in policy.logs]
    lines += [_joined(b"witness " + item.name, item.key, item.url) for item in policy.witnesses]
    lines += [
        b" ".join((b"group", group.name, str(group.threshold).encode(), *group.members))
        for group in policy.groups
    ]
    lines.append(b"quorum " + (policy.quorum or _NONE))
    return b"".join(line + b"\n" for line in lines)


def _read_line(draft: _Draft, line: bytes) -> None:
    items = line.replace(b"\t", b" ").split(b" ")
    items = [item for item in items if item]
    if not items or items[0].startswith(b"#"):
        return
    read = _LINES.get(items[0])
    if read is None:
        raise PeerError(Code.MALFORMED, f"no policy line begins with {items[0][:16]!r}")
    read(draft, items[1:])


def _keyed(items: list[bytes], allowed: set[SignatureType]) -> tuple[VerifierKey, bytes | None]:
    if len(items) not in {1, 2}:
        raise PeerError(Code.MALFORMED, "a key, and a URL or nothing")
    try:
        text = items[0].decode()
    except UnicodeDecodeError as error:
        raise PeerError(Code.MALFORMED, "a key that is not UTF-8") from error
    key = parse_verifier_key(text)
    if key.type not in allowed:
        raise PeerError(Code.UNSUPPORTED, f"a key of type {key.type.name} in this place")
    return key, items[1] if len(items) == 2 else None


def _check_distinct(keys: list[VerifierKey], maximum: int) -> None:
    """Refuse two keys that wrap the same public key (tlog-policy, Public key representation)."""
    if len(keys) > maximum:
        raise PeerError(Code.TOO_LARGE, f"more than {maximum} keys of one kind")
    if len({key.public for key in keys}) != len(keys):
        raise PeerError(Code.MALFORMED, "the same public key twice")


def _threshold(text: bytes, members: int) -> int:
    match text:
        case b"all":
            return members
        case b"any":
            return 1
    threshold = read_decimal(text.decode("latin-1"), maximum=members)
    if threshold == 0:
        raise PeerError(Code.MALFORMED, "a threshold of 0")
    return threshold


def _joined(begin: bytes, key: VerifierKey, url: bytes | None) -> bytes:
    return b" ".join((begin, key.encode().encode(), *(() if url is None else (url,))))
