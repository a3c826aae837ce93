"""Edits an authority makes to its own entry: four eyes inside the office, two officers, two keys.

An edit is an item of the edits file with two Ed25519 signatures over the record, the path, the hashes of the
old and the new value, and when; the second covers the first. Which keys are an office's is told by the
caller: an edit counts only for the record its officers belong to.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TypeAlias

from rogatory_crypto import cbor, signing
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_directory_sync import jsonvalue, trusted_certificates
from rogatory_directory_sync.entry import Entry
from rogatory_directory_sync.finding import Findings, Voice
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, digest, list_of, object_of, text_of
from rogatory_directory_sync.local_edits import CONFIRMED_ON, LocalEdit
from rogatory_directory_sync.record_json import record_to_json
from rogatory_directory_sync.refusal import ExportRefusedError

LABEL = "DirectoryEdit"
OfficeKeys: TypeAlias = Mapping[str, frozenset[bytes]]
_OWNED_BY_PUBLISHER = frozenset(
    {"record_id", "revision", "state", "kind", "status", "provenance", "x_platform"}
)


def read_office_keys(raw: bytes, source: str = "office keys") -> OfficeKeys:
    """The keys of each office: a JSON object of record id -> list of public keys in hex.

    Raises:
        ExportRefusedError: not that.
    """
    try:
        document = object_of(jsonvalue.read(raw.decode("utf-8-sig")))
        offices = {
            record_id: frozenset(
                signing.verify_public_key(bytes.fromhex(text_of(key))) for key in list_of(keys)
            )
            for record_id, keys in document.items()
        }
    except (ValueError, PeerError) as error:
        raise ExportRefusedError(
            Code.MALFORMED, source, 0, "not an object of offices and their officers' keys", "ask who keeps it"
        ) from error
    if not offices:
        raise ExportRefusedError(Code.MALFORMED, source, 0, "no office", "ask who keeps the list")
    return offices


def _body(item: JsonObject, key: bytes, confirms: bytes) -> bytes:
    path = [text_of(part) for part in list_of(item.get("path"))]
    values = [digest(item.get("old")), digest(item.get("new"))]
    return cbor.encode(
        [text_of(item.get("record_id")), path, *values, text_of(item.get("edited_at")), key, confirms]
    )


def _sign(item: JsonObject, private: bytes, confirms: bytes) -> JsonObject:
    key = signing.public_key(private)
    signature = signing.sign(LABEL, _body(item, key, confirms), private)
    return {"key": key.hex(), "confirms": confirms.hex(), "signature": signature.hex()}


def _value_at(entry: Entry, path: Sequence[str]) -> JsonValue:
    if tuple(path) == (CONFIRMED_ON,):
        return entry.annotations.confirmed_on or None
    value: JsonValue = record_to_json(entry.record)
    for part in path:
        value = object_of(value).get(part)
    return value


def propose_edit(entry: Entry, path: Sequence[str], new: JsonValue, *, at: str, private: bytes) -> JsonObject:
    """The first officer's edit.

    Args:
        entry: as held.
        path: of the member, such as ``("languages", "accepted")``, or ``("confirmed_on",)``.
        new: its value, as the schema has it.
        at: when, RFC 3339.
        private: the officer's key, 32 bytes.

    Raises:
        MisuseError: a member that is not the office's to edit.
    """
    if not path or (path[0] in _OWNED_BY_PUBLISHER and tuple(path) != trusted_certificates.PATH):
        raise MisuseError("that part of the entry comes from the publisher: ask the directory's operator")
    item: JsonObject = {
        "record_id": entry.entry_id, "path": list(path), "old": _value_at(entry, path), "new": new,
        "edited_at": at, "by_role": "officer",
    }  # fmt: skip
    return item | {"signatures": [_sign(item, private, b"")]}


def confirm_edit(item: JsonObject, private: bytes) -> JsonObject:
    """The edit with the second officer's signature, which covers the first.

    Raises:
        MisuseError: it is not waiting for a second signature, or the same key signed it.
        PeerError: BAD_SIGNATURE where the first signature does not hold.
    """
    signatures = [object_of(signature) for signature in list_of(item.get("signatures"))]
    if len(signatures) != 1:
        raise MisuseError("this edit does not wait for a second officer")
    first, signature = _verified(item, signatures[0], b"")
    if first == signing.public_key(private):
        raise MisuseError("this key made the edit: a second officer must confirm it with another key")
    return item | {"signatures": [*signatures, _sign(item, private, sha256(signature).digest())]}


def _verified(item: JsonObject, signature: JsonObject, confirms: bytes) -> tuple[bytes, bytes]:
    """The key and the signature, if it holds over the edit and over what it confirms."""
    try:
        key, signed, stated = (
            bytes.fromhex(text_of(signature.get(n))) for n in ("key", "signature", "confirms")
        )
        body = _body(item, key, confirms)
    except (ValueError, MisuseError) as error:
        raise PeerError(Code.BAD_SIGNATURE, "an edit without a signature") from error
    if stated != confirms:
        raise PeerError(Code.BAD_SIGNATURE, "an edit whose signatures do not belong together")
    signing.verify(LABEL, body, signed, key)
    return key, signed


def verify_edit(item: JsonObject, keys: frozenset[bytes]) -> tuple[bytes, bytes]:
    """The keys of the two officers who made an edit.

    Args:
        item: of the edits file.
        keys: of the officers of the office whose entry it is.

    Raises:
        PeerError: BAD_SIGNATURE unless two different keys of the office signed, the second over the first.
    """
    signatures = [object_of(signature) for signature in list_of(item.get("signatures"))]
    if len(signatures) != 2:
        raise PeerError(Code.BAD_SIGNATURE, "an edit is signed by two officers")
    first, signed = _verified(item, signatures[0], b"")
    second, _ = _verified(item, signatures[1], sha256(signed).digest())
    if first == second or not {first, second} <= keys:
        raise PeerError(Code.BAD_SIGNATURE, "an edit is signed by two officers of its own office")
    return first, second


def signed_by_two(
    edits: Sequence[LocalEdit], office_keys: OfficeKeys, findings: Findings
) -> tuple[LocalEdit, ...]:
    """The edits two officers of their own office signed; the others are reported and left out."""
    kept: list[LocalEdit] = []
    for edit in edits:
        try:
            verify_edit(edit.item, office_keys.get(edit.record_id, frozenset()))
        except PeerError as error:
            Voice(findings, edit.record_id, 0).warn("edit_not_signed_by_two", edit.path, error.detail)
            continue
        kept.append(edit)
    return tuple(kept)


def unsigned(edits: Sequence[LocalEdit], findings: Findings) -> tuple[LocalEdit, ...]:
    """The edits that count where nobody's keys are known; certificates never do so."""
    kept = tuple(edit for edit in edits if edit.path != trusted_certificates.NAME)
    for edit in edits:
        if edit not in kept:
            Voice(findings, edit.record_id, 0).warn("edit_not_signed_by_two", edit.path, "no keys are known")
    return kept
