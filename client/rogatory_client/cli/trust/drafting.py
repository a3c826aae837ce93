"""What an operator typed, as a root and a network trust to be signed.

``draft`` says what the network believes: the first time everything, later only what changes. ``rotate``
makes the next root, with the same operators or others, and renews what it says.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tuf.api.metadata import Root

from rogatory_client.bounded_file import read_bytes
from rogatory_client.cli.trust.folder import TrustFolder
from rogatory_client.cli.trust.root_key import read_public_key
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.log.ceremony import OPERATORS, renewed_trust, role_signers, version_of
from rogatory_crypto.log.note_key import VerifierKey, parse_verifier_key
from rogatory_crypto.log.root import NetworkTrust, read_network_trust
from rogatory_crypto.log.root_signing import Signers, unsigned_network_trust, unsigned_root
from rogatory_crypto.log.tlog_policy import MAX_POLICY_BYTES, encode_policy, parse_policy
from rogatory_crypto.log.witness_policy import Group, Log, Policy, Witness
from rogatory_crypto.signing import PublicKeys
from rogatory_crypto.wire.identifier import EntryId

_MAX_TEXT_BYTES: Final = 64 << 10
_QUORUM: Final = b"quorum"
# Base64 ends in "=" itself, so only what begins like an address is one.
_KEY_AND_URL: Final = re.compile(r"(?P<key>\S+?)(?:=(?P<url>https?://\S+))?")


@dataclass(frozen=True, slots=True)
class Believed:
    """What was typed about a network; None and empty leave it as it was.

    Attributes:
        replaced_at: until when what is replaced still counts, unix seconds.
    """

    directory_key: str | None
    postmark_key: str | None
    logs: Sequence[str]
    witnesses: Sequence[str]
    quorum: int | None
    policy: Path | None
    secretariats: Sequence[str]
    replaced_at: int = 0


def first_drafts(
    root_keys: Sequence[str], threshold: int | None, believed: Believed, expires_at: int
) -> tuple[bytes, bytes]:
    """Return the first root and the first network trust.

    Raises:
        MisuseError: something is missing or cannot be read; says which option.
    """
    operators = _operators(root_keys, threshold)
    root = unsigned_root(1, expires_at, operators, operators)
    _require(believed.directory_key and believed.postmark_key, "--directory-key and --postmark-key")
    _require(believed.logs or believed.policy, "--log, or --policy with a file")
    nobody = PublicKeys(b"", b"")
    empty = NetworkTrust(0, 0, nobody, b"", Policy((), (), (), None), {})
    return root, _network_trust(empty, believed, expires_at)


def next_draft(held: bytes, believed: Believed, expires_at: int) -> bytes:
    """Return the network trust that follows ``held`` with what was typed changed."""
    return _network_trust(read_network_trust(held), believed, expires_at)


def next_root(
    folder: TrustFolder, root_keys: Sequence[str], threshold: int | None, expires_at: int
) -> tuple[bytes, bytes]:
    """Return the next root, and the network trust that says under it what it said before.

    Raises:
        MisuseError: there is no signed root and network trust, or the keys and threshold do not fit.
    """
    if not folder.roots or folder.trust is None:
        raise MisuseError(f"{folder.path} holds no signed root and targets.json: sign the drafts first")
    newest = folder.roots[-1]
    version, _ = version_of(newest, Root)
    operators = role_signers(newest, OPERATORS)
    if root_keys:
        operators = _operators(root_keys, threshold)
    elif threshold is not None:
        operators = replace(operators, threshold=threshold)
    root = unsigned_root(version + 1, expires_at, operators, operators)
    return root, renewed_trust(folder.trust, expires_at)


def _operators(root_keys: Sequence[str], threshold: int | None) -> Signers:
    _require(root_keys, "--root-key, once for each operator")
    _require(threshold, "--threshold, how many operators must sign")
    keys = tuple(read_public_key(text_of(each)) for each in root_keys)
    return Signers(keys, threshold or 0)


def _network_trust(held: NetworkTrust, believed: Believed, expires_at: int) -> bytes:
    directory_key = _keys(believed.directory_key, held.directory_key)
    postmark_key = _key(believed.postmark_key, held.postmark_key)
    secretariats = _secretariats(believed.secretariats) or held.secretariats
    former = held.former
    if held.version:
        former = held.replaced_by(directory_key, postmark_key, secretariats, believed.replaced_at)
    drafted = unsigned_network_trust(
        held.version + 1,
        expires_at,
        directory_key=directory_key,
        postmark_key=postmark_key,
        policy=_policy(held.policy, believed),
        secretariats=secretariats,
        former=former,
    )
    try:
        read_network_trust(drafted)
    except PeerError as error:
        raise MisuseError(f"no network can believe this: {error.detail}") from error
    return drafted


def _keys(typed: str | None, held: PublicKeys) -> PublicKeys:
    if typed is None:
        return held
    try:
        return PublicKeys.from_hex(text_of(typed))
    except PeerError as error:
        reason = f"{typed[:70]} is no directory operator's public key: give its .pub file"
        raise MisuseError(reason) from error


def _key(typed: str | None, held: bytes) -> bytes:
    return held if typed is None else read_public_key(text_of(typed)).public_bytes_raw()


def _policy(held: Policy, believed: Believed) -> Policy:
    parts = (believed.logs, believed.witnesses, believed.quorum is not None)
    if believed.policy is not None:
        if any(parts):
            raise MisuseError("--policy is instead of --log, --witness and --quorum")
        return _judged(read_bytes(believed.policy, MAX_POLICY_BYTES))
    if not any(parts):
        return held
    if held.groups and believed.quorum is None and believed.witnesses:
        raise MisuseError("--quorum is missing: how many of these witnesses must cosign")
    logs = tuple(_log(each) for each in believed.logs) or held.logs
    witnesses = tuple(_witness(each) for each in believed.witnesses) or held.witnesses
    if believed.witnesses or believed.quorum is not None:
        return _judged(encode_policy(_with_quorum(logs, witnesses, believed.quorum)))
    return _judged(encode_policy(replace(held, logs=logs)))


def _with_quorum(logs: tuple[Log, ...], witnesses: tuple[Witness, ...], quorum: int | None) -> Policy:
    if not witnesses:
        if quorum:
            raise MisuseError("--quorum needs witnesses: name each with --witness")
        return Policy(logs, (), (), None)
    if quorum is None:
        raise MisuseError("--quorum is missing: how many of these witnesses must cosign")
    if not 0 <= quorum <= len(witnesses):
        raise MisuseError(f"--quorum {quorum} of {len(witnesses)} witnesses cannot be reached")
    if not quorum:
        return Policy(logs, witnesses, (), None)
    group = Group(_QUORUM, quorum, tuple(witness.name for witness in witnesses))
    return Policy(logs, witnesses, (group,), _QUORUM)


def _judged(text: bytes) -> Policy:
    try:
        return parse_policy(text)
    except PeerError as error:
        raise MisuseError(f"this is no policy of witnesses: {error.detail}") from error


def _log(text: str) -> Log:
    return Log(*_key_and_url(text, "--log VKEY[=URL]"))


def _witness(text: str) -> Witness:
    name, _, rest = text.partition("=")
    if not name or not rest:
        raise MisuseError(f"--witness NAME=VKEY=URL, not {text[:70]}")
    return Witness(name.encode(), *_key_and_url(rest, "--witness NAME=VKEY=URL"))


def _key_and_url(text: str, form: str) -> tuple[VerifierKey, bytes | None]:
    found = _KEY_AND_URL.fullmatch(text)
    if found is None:
        raise MisuseError(f"{form}, not {text[:70]}")
    url = found["url"]
    try:
        key = parse_verifier_key(text_of(found["key"]))
    except PeerError as error:
        raise MisuseError(f"{form}: {text[:70]} has no verifier key: {error.detail}") from error
    return key, None if url is None else url.encode()


def _secretariats(typed: Sequence[str]) -> Mapping[str, EntryId]:
    named: dict[str, EntryId] = {}
    for text in typed:
        network, _, entry_id = text.partition("=")
        if not network or not entry_id or len(text.split()) != 1:
            raise MisuseError(f"--secretariat NETWORK=ENTRY, not {text[:70]}")
        if network in named:
            raise MisuseError(f"--secretariat names {network} twice")
        named[network] = EntryId(entry_id)
    return named


def text_of(typed: str) -> str:
    """Return what was typed, or the line in the file of that name: long keys come in files."""
    path = Path(typed)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):
        return typed
    if not is_file:
        return typed
    try:
        return read_bytes(path, _MAX_TEXT_BYTES).decode().strip()
    except UnicodeDecodeError as error:
        raise MisuseError(f"{path} is no text") from error


def _require(given: object, what: str) -> None:
    if not given:
        raise MisuseError(f"the first draft needs {what}")
