"""The files of a bundle conform to ``bundle.cddl`` (RFC 8610), and other shapes do not."""

from functools import cache
from importlib.resources import files

import pycddl
import pytest

from rogatory_crypto import cbor
from rogatory_crypto.bundle.excerpt import Excerpt, ProvenEntry
from rogatory_crypto.bundle.manifest import BundledMessage, DocumentLeftOut, Manifest
from rogatory_crypto.bundle.stored_verdict import BundledVerdict
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId
from rogatory_crypto.wire.structure import Structure

TEXT = files("rogatory_crypto.bundle").joinpath("bundle.cddl").read_text()
ID, HASH, DEVICE = MessageId(b"\x01" * 32), b"\x02" * 32, DeviceId(b"\x03" * 16)
OFFICE = EntryId("CNA-SN-01")
MESSAGE = BundledMessage(ID, OFFICE, "head", DEVICE, 1_790_000_000_000, None, HASH, left_out=True)
MANIFEST = Manifest(
    version=1,
    relay="relay.example",
    group_id=GroupId(bytes(32)),
    made_at=1_790_000_000,
    maker=OFFICE,
    officer="head",
    device_id=DEVICE,
    seal_sha256=HASH,
    messages=(MESSAGE,),
    documents_left_out=(DocumentLeftOut(ID, 1, HASH),),
    receipts=2,
    verdicts=0,
)
STRUCTURES: dict[str, Structure] = {
    "manifest": MANIFEST,
    "excerpt": Excerpt(b"note", (ProvenEntry(7, b"entry", (HASH, HASH)),)),
    "stored-verdict": BundledVerdict(ID, 0, HASH, 1_790_000_000, 1_790_000_000, "{}"),
}


@cache
def schema(rule: str) -> pycddl.Schema:
    return pycddl.Schema(f"start = {rule}\n{TEXT}")


@pytest.mark.parametrize("rule", STRUCTURES)
def test_a_file_conforms_and_reads_as_what_was_written(rule: str) -> None:
    structure = STRUCTURES[rule]
    encoded = structure.encode()
    schema(rule).validate_cbor(encoded)
    assert type(structure).decode(encoded) == structure


@pytest.mark.parametrize("rule", STRUCTURES)
def test_a_file_of_another_shape_does_not(rule: str) -> None:
    structure = STRUCTURES[rule]
    shorter = cbor.encode(structure.plain()[:-1])
    with pytest.raises(pycddl.ValidationError):
        schema(rule).validate_cbor(shorter)
    with pytest.raises(PeerError):
        type(structure).decode(shorter)


def test_a_bundle_of_a_later_version_is_not_guessed_at() -> None:
    with pytest.raises(PeerError) as raised:
        Manifest.from_plain([2, *MANIFEST.plain()[1:]])
    assert raised.value.code is Code.UNSUPPORTED
