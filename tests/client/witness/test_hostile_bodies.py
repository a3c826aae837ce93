"""Bodies that no log would send: each has one of the protocol's answers, and none moves the witness."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.client.witness.running_witness import NAME, request
from tests.crypto.log.log_world import LOG_KEY, NOW, ORIGIN, World, signing_key

from rogatory_client.witness.cosigner import Cosigner
from rogatory_client.witness.store import WitnessStore
from rogatory_crypto.log.add_checkpoint import AddCheckpoint
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.note_key import SignatureType
from rogatory_crypto.log.signed_checkpoint import sign_checkpoint

WORLD = World().grow(40)
GOOD = request(20, 33, world=WORLD)
KEYS = [signing_key(NAME, SignatureType.COSIGNATURE_ED25519)]
REFUSALS = {400, 403, 404, 409, 422}
hashes = st.binary(min_size=32, max_size=32)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WitnessStore]:
    folder: Path = tmp_path_factory.mktemp("witness")
    opened = WitnessStore(folder / "witness.db")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def cosigner(store: WitnessStore) -> Cosigner:
    made = Cosigner(store, KEYS, {ORIGIN: [LOG_KEY.verifier]}, lambda: NOW)
    assert made.add_checkpoint(request(0, 20, world=WORLD)).status == 200
    return made


def refused(cosigner: Cosigner, store: WitnessStore, body: bytes) -> None:
    reply = cosigner.add_checkpoint(body)
    assert reply.status in REFUSALS
    assert reply.body == (b"20\n" if reply.status == 409 else b"")
    newest = store.newest(ORIGIN)
    assert newest is not None
    assert newest.checkpoint == WORLD.checkpoint(20)


@given(body=st.binary(max_size=2000))
def test_any_bytes(cosigner: Cosigner, store: WitnessStore, body: bytes) -> None:
    refused(cosigner, store, body)


@given(at=st.integers(0, len(GOOD) - 1), bit=st.integers(0, 7))
def test_any_bit_of_a_good_request_turned(cosigner: Cosigner, store: WitnessStore, at: int, bit: int) -> None:
    turned = bytearray(GOOD)
    turned[at] ^= 1 << bit
    refused(cosigner, store, bytes(turned))


@given(first=st.integers(0, len(GOOD)), second=st.integers(0, len(GOOD)))
def test_any_part_of_a_good_request_left_out(
    cosigner: Cosigner, store: WitnessStore, first: int, second: int
) -> None:
    start, end = sorted((first, second))
    if start < end:
        refused(cosigner, store, GOOD[:start] + GOOD[end:])


@given(
    old=st.integers(0, 2**63 - 1),
    size=st.integers(0, 2**63 - 1),
    root=hashes,
    proof=st.lists(hashes, max_size=64).map(tuple),
)
def test_whatever_the_log_itself_signs_without_a_proof(
    cosigner: Cosigner, store: WitnessStore, old: int, size: int, root: bytes, proof: tuple[bytes, ...]
) -> None:
    """The log's own key, in the hands of somebody who wants another history."""
    signed = sign_checkpoint(Checkpoint(ORIGIN, size, root), [LOG_KEY], NOW)
    for said in (old, 20):
        refused(cosigner, store, AddCheckpoint(said, proof, signed).encode())


def test_evidence_has_a_limit(tmp_path: Path) -> None:
    """A log that signs anything, or a stranger with its checkpoints, cannot fill the disk."""
    store = WitnessStore(tmp_path / "witness.db")
    made = Cosigner(store, KEYS, {ORIGIN: [LOG_KEY.verifier]}, lambda: NOW)
    made.add_checkpoint(request(0, 20, world=WORLD))
    for number in range(200):
        for size in (20, 21 + number):
            signed = sign_checkpoint(Checkpoint(ORIGIN, size, number.to_bytes(32)), [LOG_KEY], NOW)
            assert made.add_checkpoint(AddCheckpoint(20, (), signed).encode()).status == 422
    kept = store.evidence()
    store.close()
    assert len(kept) <= 128
    assert sum(each.is_proof for each in kept) == 64
