"""Every decoder of the log under mutation: a value that re-encodes to the same bytes, or ``PeerError``."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.log.log_world import LOG_KEY, NOW, POLICY, WITNESS_KEYS, World
from tests.crypto.log.test_root import FIRST, trust
from tests.crypto.log.written_log import Story
from tuf.api.metadata import Root, Targets

from rogatory_crypto.errors import PeerError
from rogatory_crypto.log import (
    add_checkpoint,
    checkpoint,
    entry_bundle,
    log_proof,
    note_key,
    signed_checkpoint,
    signed_note,
    split_view,
    tiles,
    tlog_policy,
    tuf_metadata,
)
from rogatory_crypto.log.entry import LogEntry
from rogatory_crypto.log.entry_body import decode_body
from rogatory_crypto.log.merkle import HASH_BYTES

WORLD = World().grow(23)
SIGNED = WORLD.witnessed()
PROOF = log_proof.LogProof(3, WORLD.tree.prove_inclusion(3), SIGNED, b"extra")
REQUEST = add_checkpoint.AddCheckpoint(9, WORLD.tree.prove_consistency(9), WORLD.signed())
SPLIT = split_view.SplitView(SIGNED.encode(), WORLD.signed(9).encode(), bytes(HASH_BYTES), PROOF.path)
ENTRIES = Story().tell().log.entries


@dataclass(frozen=True)
class Door:
    """One decoder; ``encode`` is None where the value is not its bytes."""

    decode: Callable[[bytes], Any]
    encode: Callable[[Any], bytes] | None
    seeds: tuple[bytes, ...]


def as_text(read: Callable[[str], Any]) -> Callable[[bytes], Any]:
    return lambda data: read(data.decode("utf-8", "surrogateescape"))


DOORS: dict[str, Door] = {
    "verifier key": Door(
        as_text(note_key.parse_verifier_key),
        lambda key: key.encode().encode(),
        tuple(key.verifier.encode().encode() for key in (LOG_KEY, *WITNESS_KEYS[:2])),
    ),
    "note": Door(
        signed_note.parse_note,
        lambda note: note.encode(),
        (SIGNED.encode(), b"x\n\n\xe2\x80\x94 a AAAAAAA=\n"),
    ),
    "checkpoint": Door(
        as_text(checkpoint.parse_checkpoint),
        lambda head: head.encode().encode(),
        (WORLD.checkpoint().encode().encode(), WORLD.checkpoint(0).encode().encode() + b"more\n"),
    ),
    "signed checkpoint": Door(
        signed_checkpoint.parse_signed_checkpoint, lambda signed: signed.encode(), (SIGNED.encode(),)
    ),
    "log proof": Door(log_proof.parse_log_proof, lambda proof: proof.encode(), (PROOF.encode(),)),
    "add-checkpoint": Door(
        add_checkpoint.parse_add_checkpoint, lambda request: request.encode(), (REQUEST.encode(),)
    ),
    "cosignatures": Door(
        add_checkpoint.parse_cosignatures,
        add_checkpoint.encode_cosignatures,
        (add_checkpoint.encode_cosignatures(SIGNED.note.signatures),),
    ),
    "policy": Door(tlog_policy.parse_policy, None, (tlog_policy.encode_policy(POLICY),)),
    "split view": Door(split_view.SplitView.decode, lambda view: view.encode(), (SPLIT.encode(),)),
    "tile path": Door(
        as_text(tiles.parse_path),
        lambda tile: tile.path().encode(),
        (b"tile/0/x001/234.p/17", b"tile/entries/000", b"tile/63/x999/999"),
    ),
    "entry bundle": Door(
        lambda data: entry_bundle.decode_bundle(data, 3),
        entry_bundle.encode_bundle,
        (entry_bundle.encode_bundle([b"one", b"", b"three"]),),
    ),
    "entry": Door(LogEntry.decode, lambda entry: entry.encode(), tuple(ENTRIES)),
    "root": Door(
        lambda data: tuf_metadata.parse_metadata(data, Root), lambda metadata: metadata.to_bytes(), (FIRST,)
    ),
    "network trust": Door(
        lambda data: tuf_metadata.parse_metadata(data, Targets),
        lambda metadata: metadata.to_bytes(),
        (trust(signed_by=[]),),
    ),
}
EACH = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())


@EACH
def test_the_seeds_decode_and_come_back(door: Door) -> None:
    for seed in door.seeds:
        value = door.decode(seed)
        assert door.encode is None or door.encode(value) == seed


@st.composite
def mutated(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """Cut, insert, overwrite, repeat or splice, up to four times."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 8)))
        piece = draw(
            st.binary(max_size=4)
            | st.sampled_from(
                [b"\n", b"\n\n", b" ", b"0", b"=", b"+", b"\xe2\x80\x94 ", b"\xc2\xa0", b"\xff"]
            )
            | st.just(bytes(data[start : start + 40]) * 2)
        )
        data[start:end] = piece
    return bytes(data)


@EACH
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_changed_bytes_are_a_value_or_refused(door: Door, data: st.DataObject) -> None:
    changed = data.draw(mutated(door.seeds) | st.binary(max_size=200))
    with suppress(PeerError):
        value = door.decode(changed)
        if door.encode is not None:
            assert door.encode(value) == changed


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_changed_bodies_are_a_value_or_refused(data: st.DataObject) -> None:
    entry = LogEntry.decode(data.draw(st.sampled_from(ENTRIES)))
    changed = data.draw(mutated((entry.body,)))
    with suppress(PeerError):
        decode_body(LogEntry(entry.type, entry.sequence, entry.previous, changed, NOW))


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_a_policy_that_parses_says_the_same_without_its_comments(data: st.DataObject) -> None:
    with suppress(PeerError):
        policy = tlog_policy.parse_policy(data.draw(mutated((tlog_policy.encode_policy(POLICY),))))
        assert tlog_policy.parse_policy(tlog_policy.encode_policy(policy)) == policy
