"""Every entry that a log has, and evidence against it, conforms to ``log.cddl`` (RFC 8610)."""

from functools import cache
from importlib.resources import files

import pycddl
import pytest
from tests.crypto.log.log_world import World
from tests.crypto.log.written_log import Story

from rogatory_crypto import cbor
from rogatory_crypto.errors import PeerError
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.entry_body import SignedBody, to_be_signed
from rogatory_crypto.log.split_view import SplitView

TEXT = files("rogatory_crypto.log").joinpath("log.cddl").read_text()
ENTRIES = Story().tell().log.entries
CONTENTS = {
    EntryType.DIRECTORY_SNAPSHOT: "directory-snapshot",
    EntryType.DIRECTORY_CHANGE: "directory-change",
    EntryType.OFFICE_SEAL: "office-seal",
    EntryType.REVOCATION: "revocation",
    EntryType.NETWORK_ADMISSION: "network-admission",
}


@cache
def schema(rule: str) -> pycddl.Schema:
    return pycddl.Schema(f"start = {rule}\n{TEXT}")


def test_every_type_of_entry_conforms_in_every_layer() -> None:
    entries = list(map(LogEntry.decode, ENTRIES))
    assert {entry.type for entry in entries} == set(EntryType)
    for entry in entries:
        schema("log-entry").validate_cbor(entry.encode())
        if entry.type is EntryType.POSTMARK_BATCH:
            schema("postmark-batch").validate_cbor(entry.body)
        elif entry.type is not EntryType.IDENTITY_STATEMENT:
            four_eyes = entry.type is EntryType.NETWORK_ADMISSION
            schema("signed-by-officers" if four_eyes else "signed-by-one").validate_cbor(entry.body)
            schema(CONTENTS[entry.type]).validate_cbor(SignedBody.decode(entry.body).content)


def test_what_a_signature_covers_conforms() -> None:
    for previous in (None, bytes(32)):
        covered = to_be_signed("log.example", EntryType.OFFICE_SEAL, 1, previous, b"content")
        schema("to-be-signed").validate_cbor(covered)


def test_evidence_conforms() -> None:
    world = World().grow(9)
    proof = world.tree.prove_consistency(4)
    view = SplitView(world.signed(4).encode(), world.signed().encode(), world.tree.root(4), proof)
    schema("split-view").validate_cbor(view.encode())


@pytest.mark.parametrize("data", ENTRIES[:8])
def test_an_entry_of_another_shape_does_not(data: bytes) -> None:
    kind, sequence, previous, body, at = cbor.array(cbor.decode(data, limit=1 << 16), 5)
    for wrong in (
        [8, sequence, previous, body, at],
        [kind, -1, previous, body, at],
        [kind, sequence, b"short", body, at],
        [kind, sequence, previous, "text", at],
        [kind, sequence, previous, body],
        [kind, sequence, previous, body, "now"],
    ):
        with pytest.raises(pycddl.ValidationError):
            schema("log-entry").validate_cbor(cbor.encode(wrong))
        with pytest.raises(PeerError):
            LogEntry.decode(cbor.encode(wrong))
