"""The codec of carried files: what was made is read, and all else is refused, in bounded memory (Q01 R02)."""

from dataclasses import replace
from hashlib import sha256
from importlib.resources import files as files_of
from random import Random

import pycddl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto import cbor, signing
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.wire import carried
from rogatory_crypto.wire.carried import CarriedFile, CarriedMessage, CarryManifest, PartPlace

CDDL = files_of("rogatory_crypto.wire").joinpath("wire.cddl").read_text()
MANIFEST, PLACE = (pycddl.Schema(f"start = {rule}\n{CDDL}") for rule in ("carry-manifest", "part-place"))
PRIVATE = b"p" * 32
PUBLIC = signing.public_key(PRIVATE)
hashes = st.binary(min_size=32, max_size=32)
ids = st.binary(min_size=16, max_size=16)
groups = st.binary(min_size=16, max_size=64)
times = st.integers(0, carried.MAX_CLAIMED_S)
messages = st.lists(
    st.builds(CarriedMessage, groups, ids, st.integers(0, 99), times, st.integers(1, 1 << 20), hashes),
    min_size=1,
    max_size=6,
    unique_by=(lambda each: each.submission_id, lambda each: each.sha256),
).map(tuple)
files = st.lists(
    st.builds(CarriedFile, ids, groups, st.integers(1, 1 << 36), hashes),
    max_size=4,
    unique_by=lambda each: each.blob_id,
).map(tuple)
manifests = st.builds(CarryManifest, st.just(1), st.just("relay.example"), ids, times, messages, files)


def code_of(data: bytes) -> Code:
    with pytest.raises(PeerError) as refusal:
        carried.read_head(data)
    return refusal.value.code


def one(number: int = 1) -> CarriedMessage:
    return CarriedMessage(b"g" * 32, bytes([number]) * 16, 1, 5, 10, bytes([number]) * 32)  # type: ignore[arg-type]  # plain ids


def manifest(*held: CarriedMessage) -> CarryManifest:
    return CarryManifest(1, "relay.example", b"d" * 16, 7, held or (one(),), ())  # type: ignore[arg-type]  # plain ids


@given(manifests)
def test_what_was_signed_is_read_and_verified(made: CarryManifest) -> None:
    head = carried.sign_head(made, PRIVATE)
    assert carried.head_bytes(head.encoded[: carried.PREFIX_BYTES]) == len(head.encoded)
    read = carried.read_head(head.encoded)
    assert read == head
    read.verify(PUBLIC)
    assert carried.sign_head(made, PRIVATE).encoded == head.encoded
    assert read.total_bytes - len(head.encoded) == made.content_bytes


@given(manifests, st.data())
def test_no_byte_of_a_head_is_free(made: CarryManifest, data: st.DataObject) -> None:
    encoded = bytearray(carried.sign_head(made, PRIVATE).encoded)
    encoded[data.draw(st.integers(0, len(encoded) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(PeerError):
        carried.read_head(bytes(encoded)).verify(PUBLIC)


@given(manifests, st.data())
def test_a_head_that_is_cut_or_goes_on_is_refused(made: CarryManifest, data: st.DataObject) -> None:
    encoded = carried.sign_head(made, PRIVATE).encoded
    assert code_of(encoded[: data.draw(st.integers(0, len(encoded) - 1))]) in {
        Code.MALFORMED,
        Code.WRONG_LENGTH,
    }
    assert code_of(encoded + b"\x00") is Code.WRONG_LENGTH


@given(st.binary(max_size=200))
def test_anything_else_is_refused(data: bytes) -> None:
    for read in (carried.read_head, carried.read_place, carried.head_bytes, carried.place_bytes):
        with pytest.raises(PeerError):
            read(data)
        with pytest.raises(PeerError):
            read(carried.PART_MAGIC[:-1] + data)


def test_another_device_did_not_sign_it() -> None:
    head = carried.sign_head(manifest(), PRIVATE)
    with pytest.raises(PeerError) as refusal:
        head.verify(signing.public_key(b"q" * 32))
    assert refusal.value.code is Code.BAD_SIGNATURE


def test_a_list_of_a_million_is_refused_before_it_is_read() -> None:
    prefix = carried.MAGIC + (100_000_000).to_bytes(4)
    with pytest.raises(PeerError) as refusal:
        carried.head_bytes(prefix)
    assert refusal.value.code is Code.TOO_LARGE
    many = cbor.encode([1, "relay.example", b"d" * 16, 7, [[]] * 1_000_000, []])[: CarryManifest.LIMIT]
    encoded = carried.MAGIC + len(many).to_bytes(4) + many + bytes(64)
    assert code_of(encoded) in {Code.TOO_LARGE, Code.MALFORMED}


@pytest.mark.parametrize(
    "held",
    [
        (one(), one()),
        (one(), replace(one(2), submission_id=one().submission_id)),
        (one(), replace(one(2), sha256=one().sha256)),
    ],
)
def test_nothing_is_named_twice(held: tuple[CarriedMessage, ...]) -> None:
    with pytest.raises(MisuseError, match="twice"):
        carried.sign_head(manifest(*held), PRIVATE)
    body = manifest(*held).encode()
    signature = signing.sign(carried.LABEL, body, PRIVATE)
    assert code_of(carried.MAGIC + len(body).to_bytes(4) + body + signature) is Code.MALFORMED


def test_another_version_says_what_to_do() -> None:
    body = cbor.encode([2, "relay.example", b"d" * 16, 7, [], []])
    with pytest.raises(PeerError, match="update") as refusal:
        carried.read_head(carried.MAGIC + len(body).to_bytes(4) + body + bytes(64))
    assert refusal.value.code is Code.UNSUPPORTED


@given(manifests, st.integers(200, 5_000_000), st.randoms())
def test_parts_in_any_order_make_the_file(made: CarryManifest, size: int, chance: Random) -> None:
    head = carried.sign_head(made, PRIVATE)
    if head.total_bytes > size * 100:
        size = head.total_bytes // 50 + 200
    places = list(carried.cut(head, size))
    for each in places:
        encoded = carried.encode_place(each)
        assert carried.is_part(encoded)
        assert carried.read_place(encoded) == each
        assert len(encoded) + each.size <= size
    assert sum(each.size for each in places) == head.total_bytes
    assert {each.head_sha256 for each in places} == {sha256(head.encoded).digest()}
    chance.shuffle(places)
    again = [*places, places[0]]
    assert [again[index].number for index in carried.order_parts(again)] == list(range(1, len(places) + 1))


@given(manifests)
def test_manifests_and_places_conform(made: CarryManifest) -> None:
    MANIFEST.validate_cbor(made.encode())
    head = carried.sign_head(made, PRIVATE)
    for each in carried.cut(head, head.total_bytes // 3 + 500):
        PLACE.validate_cbor(each.encode())


def place(number: int, count: int = 2, offset: int = 0, digest: bytes = bytes(32)) -> PartPlace:
    return PartPlace(digest, number, count, offset, 10)


@pytest.mark.parametrize(
    ("places", "code", "said"),
    [
        ([], Code.MALFORMED, "one file"),
        ([place(1)], Code.WRONG_LENGTH, "missing: 2"),
        ([place(1), place(2, offset=10, digest=b"x" * 32)], Code.MALFORMED, "different"),
        ([place(1), place(1, offset=3), place(2, offset=10)], Code.MALFORMED, "differ"),
        ([place(1), place(2, offset=11)], Code.WRONG_OFFSET, "part 2"),
        ([place(1), place(2, offset=10), place(3, offset=20)], Code.WRONG_OFFSET, "part 3"),
    ],
)
def test_parts_that_do_not_fit_are_named(places: list[PartPlace], code: Code, said: str) -> None:
    with pytest.raises(PeerError, match=said) as refusal:
        carried.order_parts(places)
    assert refusal.value.code is code


def test_parts_too_small_to_hold_anything_are_a_mistake() -> None:
    head = carried.sign_head(manifest(), PRIVATE)
    for size in (0, 100, carried.PREFIX_BYTES + carried.MAX_PLACE_BYTES):
        with pytest.raises(MisuseError):
            carried.cut(head, size)
