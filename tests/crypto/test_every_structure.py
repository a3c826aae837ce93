"""Everything that travels as a CBOR array: any bytes are a value that encodes to them, or ``PeerError``.

The structures are found, not listed: a new one is under test from its first day.
"""

import importlib
import pkgutil
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import examples

import rogatory_crypto
from rogatory_crypto import cbor, signing
from rogatory_crypto.errors import PeerError
from rogatory_crypto.wire.frame import read_code
from rogatory_crypto.wire.structure import Structure

for _module in pkgutil.walk_packages(rogatory_crypto.__path__, "rogatory_crypto."):
    importlib.import_module(_module.name)

KEY = signing.public_key(bytes(32))
WORDS = ("", "x", "CNA-SN-01", "relay.example", "WACAP", "head", "lost", "added", "not-found", "á" * 300)
SIZES = (0, 1, 4, 8, 16, 20, 24, 32, 64, 100, 1_312, 2_420, 2_484, 70_000)
NUMBERS = (0, 1, 2, 7, 255, 65_536, 1_790_000_000, 1 << 40, (1 << 63) - 1, 1 << 63)
LEAVES = (*map(bytes, SIZES), KEY, *WORDS, *NUMBERS, None, True, False, -1)


def structures(base: type[Structure] = Structure) -> list[type[Structure]]:
    # A dataclass with slots is a class of its own beside the one that was written.
    is_real = getattr(sys.modules[base.__module__], base.__name__, None) is base
    found = [base] if is_real and base.__dict__.get("READERS") else []
    return found + [each for kind in base.__subclasses__() for each in structures(kind)]


def name_of(kind: type[Structure]) -> str:
    return f"{kind.__module__.removeprefix('rogatory_crypto.')}.{kind.__name__}"


_FITTING: dict[type[Structure], tuple[tuple[object, ...], ...]] = {}
EVERY = sorted(set(structures()), key=name_of)


def fitting(kind: type[Structure]) -> tuple[tuple[object, ...], ...]:
    """For each field, plain values that its reader takes: so that examples come far into the decoder."""
    nested = tuple([list(item)] for item in ((), *((leaf,) for leaf in LEAVES)))
    candidates = (*LEAVES, [], *nested, *([leaf, leaf] for leaf in LEAVES))
    if kind not in _FITTING:
        readers = kind.READERS
        _FITTING[kind] = tuple(tuple(item for item in candidates if takes(each, item)) for each in readers)
    return _FITTING[kind]


def takes(reader: object, item: object) -> bool:
    try:
        reader(item)  # type: ignore[operator]  # a reader is called
    except PeerError:
        return False
    return True


def plain_of(kind: type[Structure]) -> st.SearchStrategy[list[object]]:
    """Arrays of the right length whose fields are mostly those that fit."""
    anything = st.sampled_from(LEAVES) | st.lists(st.sampled_from(LEAVES), max_size=3)
    fields = [st.sampled_from(field) | anything if field else anything for field in fitting(kind)]
    exact = st.tuples(*fields).map(list)
    return exact | exact.map(lambda items: items[:-1]) | exact.map(lambda items: [*items, 0])


def value_or_refusal(kind: type[Structure], data: bytes) -> None:
    try:
        value = kind.decode(data)
    except PeerError:
        return
    if read_code not in kind.READERS:  # an unknown code of a newer relay is read as an internal error
        assert value.encode() == data
    assert kind.decode(value.encode()) == value


def test_there_are_structures() -> None:
    assert len(EVERY) > 60


@pytest.mark.parametrize(
    "kind", EVERY, ids=lambda kind: f"{kind.__module__.split('.', 1)[1]}.{kind.__name__}"
)
@settings(max_examples=examples(40), deadline=None)
@given(data=st.data())
def test_any_array_is_a_value_or_refused(kind: type[Structure], data: st.DataObject) -> None:
    value_or_refusal(kind, cbor.encode(data.draw(plain_of(kind))))


@pytest.mark.parametrize(
    "kind", EVERY, ids=lambda kind: f"{kind.__module__.split('.', 1)[1]}.{kind.__name__}"
)
@settings(max_examples=examples(20), deadline=None)
@given(data=st.data())
def test_spoilt_bytes_are_a_value_or_refused(kind: type[Structure], data: st.DataObject) -> None:
    encoded = bytearray(cbor.encode(data.draw(plain_of(kind))))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(encoded) - 1))
        encoded[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(encoded)))
    value_or_refusal(kind, bytes(encoded))
    value_or_refusal(kind, bytes(encoded[:cut]))


@pytest.mark.parametrize(
    "kind", EVERY, ids=lambda kind: f"{kind.__module__.split('.', 1)[1]}.{kind.__name__}"
)
def test_more_bytes_than_allowed_are_refused_unread(kind: type[Structure]) -> None:
    with pytest.raises(PeerError):
        kind.decode(b"\x9f" + bytes(kind.LIMIT))
