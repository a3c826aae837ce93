"""The root of trust: which keys may say what a network believes, as The Update Framework's root metadata.

A pinned root names the operators and how many of them must agree. Root N+1 is signed by enough operators of N
and by enough of its own (TUF specification 5.3), so that people, keys and thresholds change without a new
pin. The ``targets`` role says what a network believes: directory key, postmark key, witness policy with the
log's keys, and who runs each network. Each is a target with length, hash and its content as ``custom`` data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Targets

from rogatory_crypto import signing
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity.former import NOBODY, Former, parse_former
from rogatory_crypto.log.tlog_policy import parse_policy
from rogatory_crypto.log.tuf_metadata import parse_metadata, require_current
from rogatory_crypto.log.witness_policy import Policy
from rogatory_crypto.signing import PublicKeys
from rogatory_crypto.wire.identifier import EntryId

MAX_ROTATIONS: Final = 256
DIRECTORY_KEY: Final = "directory-key"
POSTMARK_KEY: Final = "postmark-key"
WITNESS_POLICY: Final = "witness-policy"
SECRETARIATS: Final = "secretariats"
FORMER: Final = "former"
TARGETS: Final = frozenset((DIRECTORY_KEY, POSTMARK_KEY, WITNESS_POLICY, SECRETARIATS, FORMER))


@dataclass(frozen=True, slots=True)
class VerifiedRoot:
    """The newest root that a pin leads to; only ``verify_root_chain`` makes one.

    Attributes:
        version: its number; it never goes back.
        encoded: its bytes, to be pinned in place of the older one.
    """

    version: int
    encoded: bytes = field(repr=False)
    metadata: Root = field(repr=False)

    @property
    def expires_at(self) -> int:
        """When it runs out, unix seconds."""
        return int(self.metadata.expires.timestamp())


@dataclass(frozen=True, slots=True)
class NetworkTrust:
    """What a network believes; only ``verify_network_trust`` makes one to believe.

    Attributes:
        version: its number; it never goes back.
        expires_at: unix seconds.
        directory_key: the directory operator's keys.
        postmark_key: the relay's Ed25519 key.
        policy: the log's keys, its witnesses and their quorum.
        secretariats: the authority that runs each network.
        former: who answered for these before, and until when.
    """

    version: int
    expires_at: int
    directory_key: PublicKeys
    postmark_key: bytes
    policy: Policy
    secretariats: Mapping[str, EntryId]
    former: Former = NOBODY

    def replaced_by(
        self, directory_key: PublicKeys, postmark_key: bytes, secretariats: Mapping[str, EntryId], until: int
    ) -> Former:
        """Return what was replaced before and is replaced now by others, which count from ``until`` on."""
        former = self.former
        if directory_key != self.directory_key:
            operators = (*former.operators, (until, self.directory_key))
            former = replace(former, operators=operators)
        if postmark_key != self.postmark_key:
            former = replace(former, postmarks=(*former.postmarks, (until, self.postmark_key)))
        gone: list[tuple[int, str, EntryId | None]] = [
            (until, network, self.secretariats.get(network))
            for network in {**self.secretariats, **secretariats}
            if secretariats.get(network) != self.secretariats.get(network)
        ]
        return replace(former, secretariats=(*former.secretariats, *gone))

    def operator_at(self, at: int) -> PublicKeys:
        """Return the directory operator's keys at a time, unix seconds."""
        return self.former.operator(at, self.directory_key)

    def postmark_at(self, at: int) -> bytes:
        """Return the relay's postmark key at a time, unix seconds."""
        return self.former.postmark(at, self.postmark_key)


def verify_root_chain(pinned: bytes, updates: Sequence[bytes], *, now: int | None) -> VerifiedRoot:
    """Follow the roots from a pinned one to the newest (TUF specification 5.3).

    Args:
        pinned: the root this side trusts already.
        updates: those that follow it, each one version further.
        now: unix seconds. Only the last must still be valid: whoever was away for years can follow. None
            judges signatures only, for a pin that may have run out.

    Raises:
        PeerError: BAD_SIGNATURE where too few operators of a root or of the one before it signed, REPLAYED
            for a version out of turn, EXPIRED, or what ``parse_metadata`` says.
    """
    if len(updates) > MAX_ROTATIONS:
        raise PeerError(Code.TOO_LARGE, f"more than {MAX_ROTATIONS} roots at once")
    current = parse_metadata(pinned, Root)
    _verify_root(current, None)
    for data in updates:
        following = parse_metadata(data, Root)
        _verify_root(following, current.signed)
        current = following
    if now is not None:
        require_current(current.signed, now)
    return VerifiedRoot(current.signed.version, current.to_bytes(), current.signed)


def verify_network_trust(
    root: VerifiedRoot, data: bytes, *, now: int | None, held_version: int = 0
) -> NetworkTrust:
    """Check what a network believes (TUF specification 5.6).

    Args:
        root: the newest root.
        data: the ``targets`` metadata.
        now: unix seconds; None for a pin that may have run out.
        held_version: the newest version seen so far; an older one is refused.

    Raises:
        PeerError: BAD_SIGNATURE where too few signed, REPLAYED for an older version, EXPIRED, HASH_MISMATCH
            where a content is not that of its target, or what its parts say.
    """
    metadata = parse_metadata(data, Targets)
    signed = metadata.signed
    try:
        root.metadata.verify_delegate(Targets.type, metadata.signed_bytes, metadata.signatures)
    except (RepositoryError, ValueError) as error:
        raise PeerError(Code.BAD_SIGNATURE, str(error)) from error
    if signed.version < held_version:
        raise PeerError(Code.REPLAYED, f"network trust {signed.version} after {held_version}")
    if now is not None:
        require_current(signed, now)
    return _network_trust(signed)


def read_network_trust(data: bytes) -> NetworkTrust:
    """Return what metadata says before enough have signed it, for operators to read; nobody else believes it.

    Raises:
        PeerError: HASH_MISMATCH, or what its parts say.
    """
    return _network_trust(parse_metadata(data, Targets).signed)


def _verify_root(root: Metadata[Root], previous: Root | None) -> None:
    try:
        result = root.signed.get_root_verification_result(previous, root.signed_bytes, root.signatures)
    except ValueError as error:
        raise PeerError(Code.REPLAYED, str(error)) from error
    if not result:
        missing = f"{result.second.missing} of its operators"
        if previous is not None:
            missing = f"{result.first.missing} of the operators before, {missing}"
        raise PeerError(Code.BAD_SIGNATURE, f"root {root.signed.version} lacks signatures: {missing}")


def _network_trust(signed: Targets) -> NetworkTrust:
    contents = _contents(signed)
    return NetworkTrust(
        signed.version,
        int(signed.expires.timestamp()),
        PublicKeys.from_hex(contents[DIRECTORY_KEY]),
        _key(contents[POSTMARK_KEY]),
        parse_policy(contents[WITNESS_POLICY].encode()),
        _secretariats(contents[SECRETARIATS]),
        parse_former(contents[FORMER]),
    )


def _contents(targets: Targets) -> dict[str, str]:
    if set(targets.targets) != TARGETS or targets.delegations is not None:
        raise PeerError(Code.MALFORMED, f"not the targets {', '.join(sorted(TARGETS))}")
    contents = {}
    for path, target in targets.targets.items():
        custom = target.custom
        content = custom.get("content") if isinstance(custom, dict) else None
        if not isinstance(content, str):
            raise PeerError(Code.MALFORMED, f"the target {path} has no content")
        try:
            target.verify_length_and_hashes(content.encode())
        except (RepositoryError, ValueError) as error:
            raise PeerError(Code.HASH_MISMATCH, f"the target {path}: {error}") from error
        contents[path] = content
    return contents


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError as error:
        raise PeerError(Code.MALFORMED, "a key is 64 hex digits") from error
    if key.hex() != text:
        raise PeerError(Code.MALFORMED, "a key is 64 lower-case hex digits")
    return signing.verify_public_key(key)


def _secretariats(text: str) -> Mapping[str, EntryId]:
    """Read one ``<network> <entry id>`` a line."""
    *lines, after = text.split("\n")
    pairs = [line.split(" ") for line in lines]
    if after or any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise PeerError(Code.MALFORMED, "a secretariat is a network and an entry id on one line")
    named = {network: EntryId(entry_id) for network, entry_id in pairs}
    if len(named) != len(pairs):
        raise PeerError(Code.MALFORMED, "two secretariats for one network")
    return MappingProxyType(named)
