"""draft-ietf-mimi-content-08: the draft's own examples, then what they do not show."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto import cbor
from rogatory_crypto.content import mimi
from rogatory_crypto.content.mimi import Expiration, MessageId, MimiContent
from rogatory_crypto.content.nested_part import (
    Disposition,
    ExternalPart,
    MultiPart,
    NullPart,
    PartSemantics,
    SinglePart,
    walk,
)
from rogatory_crypto.errors import Code, MisuseError, PeerError

EXAMPLES = [
    *("attachment", "conferencing", "delete", "edit", "expiring", "mention", "mention-html"),
    *("multipart-1", "multipart-2", "multipart-3", "original", "reaction", "reply", "unlike"),
]
SALT = bytes(16)
WORD = SinglePart(Disposition.RENDER, "", "text/plain;charset=utf-8", b"word")

SHORT_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
BYTES = st.binary(max_size=40)
SINGLE_PARTS = st.builds(SinglePart, st.integers(0, 255), SHORT_TEXT, SHORT_TEXT, BYTES)
NULL_PARTS = st.builds(NullPart, st.integers(0, 255), SHORT_TEXT)
EXTERNAL_PARTS = st.builds(
    ExternalPart,
    disposition=st.integers(0, 255),
    language=SHORT_TEXT,
    content_type=SHORT_TEXT,
    url=SHORT_TEXT,
    expires=st.integers(0, (1 << 32) - 1),
    size=st.integers(0, (1 << 64) - 1),
    enc_alg=st.integers(0, (1 << 16) - 1),
    key=BYTES,
    nonce=BYTES,
    aad=BYTES,
    hash_alg=st.integers(0, 255),
    content_hash=BYTES,
    description=SHORT_TEXT,
    filename=SHORT_TEXT,
)
LEAF_PARTS = NULL_PARTS | SINGLE_PARTS | EXTERNAL_PARTS


def multi_parts(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[MultiPart]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(MultiPart, st.integers(0, 255), SHORT_TEXT, st.sampled_from(PartSemantics), parts)


PARTS = LEAF_PARTS | multi_parts(LEAF_PARTS | multi_parts(LEAF_PARTS | multi_parts(LEAF_PARTS)))
MESSAGE_IDS = st.binary(min_size=32, max_size=32).map(MessageId)
EXTENSION_KEYS = st.integers(3, 300) | st.integers(-5, -1) | SHORT_TEXT.filter(bool)
EXTENSION_VALUES = st.integers(0, 9) | BYTES | st.lists(st.lists(st.integers(0, 9), max_size=2), max_size=2)
CONTENTS = st.builds(
    MimiContent,
    salt=st.binary(min_size=16, max_size=16),
    nested_part=PARTS,
    replaces=st.none() | MESSAGE_IDS,
    topic_id=BYTES,
    expires=st.none() | st.builds(Expiration, st.booleans(), st.integers(0, (1 << 32) - 1)),
    in_reply_to=st.none() | MESSAGE_IDS,
    extensions=st.dictionaries(EXTENSION_KEYS, EXTENSION_VALUES, max_size=4),
)


def test_every_example_of_the_draft_is_tried(shared: Path) -> None:
    found = {path.stem for path in (shared / "vectors" / "mimi").glob("*.cbor")}
    assert found == {*EXAMPLES, "implied-original"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_its_message_id_and_reencodes_to_its_bytes(shared: Path, name: str) -> None:
    """Section 3.3 and 6.1; the id stands in the comment above each example."""
    folder = shared / "vectors" / "mimi"
    encoded = (folder / f"{name}.cbor").read_bytes()
    heading = (folder / f"{name}.edn").read_text(encoding="utf-8").partition("[\n")[0]
    expected = "".join(re.findall(r"[0-9a-f]{32}", heading))
    content = mimi.decode(encoded)
    assert content.encode() == encoded
    assert content.sender_uri
    assert content.room_uri
    assert mimi.message_id(encoded, content.sender_uri, content.room_uri).hex() == expected


def test_the_derived_values_of_the_original_name_its_id(shared: Path) -> None:
    """Section 4.6; the text beside the example is current, its compiled form still has an older id."""
    folder = shared / "vectors" / "mimi"
    derived = (folder / "implied-original.cbor").read_bytes()
    values = cbor.array(cbor.decode(derived, limit=4096), 7)
    original = (folder / "original.cbor").read_bytes()
    sender_uri, room_uri = cbor.text(values[5], maximum=255), cbor.text(values[6], maximum=255)
    text = (folder / "implied-original.edn").read_text(encoding="utf-8").partition("hubAccepted")[0]
    named = "".join(re.findall(r"[0-9a-f]{32}", text))
    assert mimi.message_id(original, sender_uri, room_uri).hex() == named
    assert cbor.encode(values) == derived


def test_the_part_index_counts_depth_first(shared: Path) -> None:
    """Appendix B.3: the nested example has eleven parts and its images are referred to by index."""
    content = mimi.decode((shared / "vectors" / "mimi" / "multipart-3.cbor").read_bytes())
    assert len(list(walk(content.nested_part))) == 11


@given(CONTENTS)
def test_content_survives_encoding(content: MimiContent) -> None:
    encoded = content.encode()
    assert mimi.decode(encoded) == content
    assert mimi.decode(encoded).encode() == encoded


@given(CONTENTS, st.data())
def test_a_changed_byte_is_other_content_or_a_peer_error(content: MimiContent, data: st.DataObject) -> None:
    encoded = bytearray(content.encode())
    encoded[data.draw(st.integers(0, len(encoded) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        changed = mimi.decode(bytes(encoded))
    except PeerError:
        return
    assert changed.encode() == bytes(encoded)


@given(st.binary(max_size=80))
def test_arbitrary_bytes_are_content_or_a_peer_error(data: bytes) -> None:
    try:
        content = mimi.decode(data)
    except PeerError:
        return
    assert content.encode() == data


def refusal_of(**changes: Any) -> Code:
    fields: dict[str, Any] = {
        "salt": SALT,
        "replaces": None,
        "topic_id": b"",
        "expires": None,
        "in_reply_to": None,
        "extensions": {},
        "part": [1, "", 0],
    }
    with pytest.raises(PeerError) as refusal:
        mimi.decode(cbor.encode(list((fields | changes).values())))
    return refusal.value.code


NESTED_TOO_DEEP: list[Any] = [1, "", 0]
for _ in range(4):
    NESTED_TOO_DEEP = [1, "", 3, 2, [NESTED_TOO_DEEP, [1, "", 0]]]


@pytest.mark.parametrize(
    "changes",
    [
        {"salt": bytes(15)},
        {"replaces": bytes(31)},
        {"topic_id": None},
        {"expires": [1, 5]},
        {"expires": [True, 1 << 32]},
        {"expires": [True]},
        {"in_reply_to": "id"},
        {"extensions": None},
        {"extensions": {1: b"sender"}},
        {"extensions": {1 << 53: 0}},
        {"extensions": {-(1 << 53): 0}},
        {"extensions": {"": 0}},
        {"extensions": {"é" * 128: 0}},
        {"extensions": {256: [[[[]]]]}},
        {"extensions": {256: {"": 1}}},
        {"extensions": dict.fromkeys(range(256, 321), 0)},
        {"part": None},
        {"part": [1, ""]},
        {"part": [256, "", 0]},
        {"part": [1, b"", 0]},
        {"part": [1, "", 4]},
        {"part": [1, "", 0, 0]},
        {"part": [1, "", 1, "text/plain", "text"]},
        {"part": [1, "", 1, "text/plain"]},
        {"part": [1, "", 2, "text/plain"]},
        {"part": [1, "", 3, 3, [[1, "", 0], [1, "", 0]]]},
        {"part": [1, "", 3, 2, [[1, "", 0]]]},
        {"part": NESTED_TOO_DEEP},
    ],
)
def test_what_the_draft_forbids_is_malformed(changes: dict[str, Any]) -> None:
    assert refusal_of(**changes) is Code.MALFORMED


@pytest.mark.parametrize(
    "changes",
    [
        {"topic_id": bytes(256)},
        {"extensions": {256: bytes(4094)}},
        {"part": [1, "x" * 256, 0]},
        {"part": [1, "", 3, 2, [[1, "", 0]] * 257]},
        {"part": [1, "", 3, 2, [[1, "", 3, 2, [[1, "", 0]] * 150]] * 2]},
    ],
)
def test_what_exceeds_a_limit_is_too_large(changes: dict[str, Any]) -> None:
    assert refusal_of(**changes) is Code.TOO_LARGE


def test_four_levels_of_parts_and_extensions_are_accepted() -> None:
    """Section 6.3."""
    inner = MultiPart(1, "", PartSemantics.PROCESS_ALL, (WORD, WORD))
    for _ in range(2):
        inner = MultiPart(1, "", PartSemantics.PROCESS_ALL, (inner, WORD))
    content = MimiContent(SALT, inner, extensions={256: [[[5]]], 257: {"a": {"b": {"c": 1}}}})
    assert mimi.decode(content.encode()) == content


def test_content_that_no_peer_would_accept_is_our_mistake() -> None:
    with pytest.raises(MisuseError):
        MimiContent(bytes(15), WORD).encode()


def test_the_id_depends_on_sender_room_and_every_byte() -> None:
    encoded = MimiContent(SALT, WORD).encode()
    ids = {
        mimi.message_id(encoded, "a", "bc"),
        mimi.message_id(encoded, "ab", "c"),
        mimi.message_id(encoded[:-1] + b"D", "a", "bc"),
        mimi.message_id(MimiContent(bytes(15) + b"1", WORD).encode(), "a", "bc"),
    }
    assert len(ids) == 4
    assert all(each[0] == 1 for each in ids)


@pytest.mark.parametrize("encoded", [b"", b"\x87\x50" + bytes(15), b"\x86\x50" + bytes(40)])
def test_what_cannot_begin_a_message_has_no_id(encoded: bytes) -> None:
    with pytest.raises(PeerError):
        mimi.message_id(encoded, "a", "b")


def test_a_uri_too_long_for_its_length_field_is_our_mistake() -> None:
    with pytest.raises(MisuseError):
        mimi.message_id(MimiContent(SALT, WORD).encode(), "a" * (1 << 16), "b")


def test_names_are_absent_where_the_content_has_none() -> None:
    content = MimiContent(SALT, WORD)
    assert content.sender_uri is None
    assert content.room_uri is None


def test_the_key_of_an_external_part_is_not_shown() -> None:
    part = ExternalPart(6, "", "", "", 0, 0, 1, b"k" * 32, b"", b"", 0, b"", "", "")
    assert "kkk" not in repr(part)


def test_as_many_items_as_the_largest_message_needs_and_no_more() -> None:
    """Integers as map keys can be chosen to collide, so a message never holds very many of them."""
    file = ExternalPart(6, "", "a/b", "u", 0, 1, 1, b"k", b"n", b"a", 1, b"h", "d", "f")
    parts = MultiPart(0, "", PartSemantics.PROCESS_ALL, (file,) * 255)
    largest = MimiContent(SALT, parts, extensions=dict.fromkeys(range(3, 67), "x"))
    assert mimi.decode(largest.encode()) == largest
    keys = dict.fromkeys(range(9_000))
    with pytest.raises(PeerError) as raised:
        mimi.decode(cbor.encode([SALT, None, b"", None, None, keys, [0, "", 0]]))
    assert raised.value.code is Code.TOO_LARGE
