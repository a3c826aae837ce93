"""Whatever comes in ends as a value or as ``PeerError``, in bounded memory and work (rules A, Q01, Q02).

What decodes encodes to the same bytes. The bytes are our own, spoilt (``spoilt_bytes``), and other people's.
"""

import json
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import pytest
from tests.conftest import absent
from tests.crypto.mls.decoder_corpus import Door, doors
from tests.crypto.mls.decoder_limits import DENSE, LIMITS
from tests.crypto.mls.spoilt_bytes import Spoiler, spans_of
from tests.effort import examples

from rogatory_crypto.codec import length_prefix
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import BasicCredential

DOORS = {door.name: door for door in doors()}
EVERY_DOOR = pytest.mark.parametrize("name", DOORS)
CALLS_A_BYTE, CALLS_AT_ALL = 40, 4_000
BYTES_A_BYTE, BYTES_AT_ALL = 64, 256 << 10
DEPTH = 60
# What these do after decoding is not bounded by their input.
VERIFIERS = {"process", "join_group", "join_external", "key_package_identity"}


def outcome(door: Door, data: bytes) -> object:
    """Return what comes out; anything else than a value or ``PeerError`` goes through."""
    try:
        value = door.decode(data)
    except PeerError as error:
        return error
    if door.encode is not None:
        assert door.encode(value) == data
    return value


@EVERY_DOOR
def test_honest_bytes_come_back_as_they_were(name: str) -> None:
    door = DOORS[name]
    assert door.seeds
    outcomes = [outcome(door, data) for data in door.seeds]
    assert any(not isinstance(value, PeerError) for value in outcomes)


@EVERY_DOOR
def test_spoilt_bytes_give_a_value_or_a_peer_error(name: str) -> None:
    # A02 A03 A04 A05 A07
    door = DOORS[name]
    spoiler = Spoiler(name, door.seeds, lambda data: outcome(door, data))
    refused = 0
    for _ in range(examples(400)):
        data = spoiler.spoilt()
        try:
            refused += isinstance(outcome(door, data), PeerError)
        except Exception as error:
            error.add_note(data.hex())
            raise
    assert refused


@pytest.mark.parametrize("name", sorted(set(DOORS) - {"decode_group"}))  # which is made of two others
def test_every_single_byte_may_be_wrong(name: str) -> None:
    # A01 A04: presence octets, enumerations, switches and tags, none of which is left to chance
    door = DOORS[name]
    data = min(door.seeds, key=len)
    for position, octet in enumerate(data):
        for other in {255} if len(data) > 1000 else {(octet + 1) % 256, 255}:
            outcome(door, data[:position] + bytes([other]) + data[position + 1 :])


# Limits


@pytest.mark.parametrize("name", LIMITS)
def test_a_decoder_reads_as_much_as_its_limit_says_and_no_more(name: str) -> None:
    # A07 Q01 Q02 Q03 Q04 Q05
    limit = LIMITS[name]
    limit.decode(limit.made(limit.most))
    with pytest.raises(PeerError) as caught:
        limit.decode(limit.made(limit.most + 1))
    assert caught.value.code is Code.TOO_LARGE


@pytest.mark.parametrize("size", [63, 64, 16_383, 16_384])
def test_lengths_at_the_boundaries_of_their_forms_are_read(size: int) -> None:
    # A02, OpenMLS 2147
    credential = BasicCredential(bytes(size))
    assert BasicCredential.decode(credential.encode()) == credential


# Memory and work


def peak_of(decode: Callable[[bytes], object], data: bytes) -> int:
    """Return how many bytes were allocated at most while decoding, beyond the input."""
    tracemalloc.start()
    try:
        kept = quietly(decode, data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    del kept
    return peak


def quietly(decode: Callable[[bytes], object], data: bytes) -> object:
    try:
        return decode(data)
    except PeerError as error:
        return error


@dataclass
class Work:
    """Calls of functions, and how deep they were nested."""

    calls: int = 0
    depth: int = 0
    deepest: int = 0

    def note(self, _frame: FrameType, event: str, _argument: object) -> None:
        if event in {"call", "c_call"}:
            self.calls += 1
        if event == "call":
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)
        elif event == "return":
            self.depth -= 1


@contextmanager
def counted() -> Iterator[Work]:
    work, before = Work(), sys.getprofile()
    sys.setprofile(work.note)
    try:
        yield work
    finally:
        sys.setprofile(before)


def work_of(decode: Callable[[bytes], object], data: bytes) -> Work:
    with counted() as work:
        quietly(decode, data)
    return work


@pytest.mark.parametrize("name", DENSE)
def test_the_densest_bytes_take_bounded_memory_and_work(name: str) -> None:
    # A07: each byte may cost so many bytes and calls, and all of them together no more nesting
    decode, data = DENSE[name]
    decode(data)
    assert peak_of(decode, data) <= BYTES_A_BYTE * len(data) + BYTES_AT_ALL
    work = work_of(decode, data)
    assert work.calls <= CALLS_A_BYTE * len(data) + CALLS_AT_ALL
    assert work.deepest <= DEPTH


@EVERY_DOOR
def test_a_claim_of_a_huge_vector_costs_nothing(name: str) -> None:
    # A07: every vector in turn says that it has 2^30 - 1 bytes, or twice what remains
    door = DOORS[name]
    data = min(door.seeds, key=len)
    honest = work_of(door.decode, data).calls
    for span in spans_of(lambda honest: outcome(door, honest), data):
        for prefix in (b"\xbf\xff\xff\xff", length_prefix(2 * (len(data) - span.body) + 1)):
            claimed = data[: span.start] + prefix + data[span.body :]
            assert isinstance(outcome(door, claimed), PeerError)
            assert peak_of(door.decode, claimed) <= BYTES_A_BYTE * len(data) + BYTES_AT_ALL
            assert work_of(door.decode, claimed).calls <= honest + CALLS_AT_ALL


@pytest.mark.parametrize("name", sorted(set(DOORS) - VERIFIERS))
def test_spoilt_bytes_take_bounded_memory_and_work(name: str) -> None:
    # A07
    door = DOORS[name]
    spoiler = Spoiler(f"{name}, measured", door.seeds, lambda data: outcome(door, data))
    for _ in range(examples(12)):
        data = spoiler.spoilt()
        assert peak_of(door.decode, data) <= BYTES_A_BYTE * len(data) + BYTES_AT_ALL
        work = work_of(door.decode, data)
        assert work.calls <= CALLS_A_BYTE * len(data) + CALLS_AT_ALL
        assert work.deepest <= DEPTH


# Other people's bytes


def official(shared: Path) -> list[dict[str, str]]:
    path = shared / "vectors" / "mls" / "messages.json"
    if not path.is_file():
        absent("the official vectors messages.json")
    cases: list[dict[str, str]] = json.loads(path.read_text())
    return cases


OFFICIAL = {
    "mls_welcome": "decode_message",
    "mls_group_info": "decode_message",
    "mls_key_package": "decode_message",
    "public_message_application": "decode_message",
    "public_message_proposal": "decode_message",
    "public_message_commit": "decode_message",
    "private_message": "decode_message",
    "ratchet_tree": "RatchetTree",
    "group_secrets": "GroupSecrets",
    "add_proposal": "Add",
    "update_proposal": "Update",
    "remove_proposal": "Remove",
    "pre_shared_key_proposal": "PreSharedKey",
    "re_init_proposal": "ReInit",
    "external_init_proposal": "ExternalInit",
    "group_context_extensions_proposal": "GroupContextExtensions",
    "commit": "Commit",
}


@pytest.mark.parametrize("kind", OFFICIAL)
def test_official_messages_come_back_and_survive_spoiling(kind: str, shared: Path) -> None:
    door = DOORS[OFFICIAL[kind]]
    seeds = [bytes.fromhex(case[kind]) for case in official(shared)]
    assert len(seeds) >= 300
    for data in seeds:
        assert not isinstance(outcome(door, data), PeerError)
    spoiler = Spoiler(f"official {kind}", seeds[::30], lambda data: outcome(door, data))
    assert any(isinstance(outcome(door, spoiler.spoilt()), PeerError) for _ in range(examples(100)))
