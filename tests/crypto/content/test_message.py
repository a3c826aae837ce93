"""What our rooms add to MIMI content, before sending and on receipt alike."""

from dataclasses import replace

import pytest

from rogatory_crypto.content import mimi
from rogatory_crypto.content.message import verify_message
from rogatory_crypto.content.mimi import Expiration, Extension, MimiContent
from rogatory_crypto.content.nested_part import Disposition, MultiPart, NestedPart, PartSemantics, SinglePart
from rogatory_crypto.errors import Code, PeerError

SENDER = "mimi://directory.example/u/CNA-SN-01"
ROOM = "mimi://directory.example/r/cm9vbQ"
WORD = SinglePart(Disposition.RENDER, "fr", "text/plain;charset=utf-8", b"Bonjour")
CONTENT = MimiContent(bytes(16), WORD, extensions={Extension.SENDER_URI: SENDER, Extension.ROOM_URI: ROOM})


def multi(semantics: PartSemantics, *parts: NestedPart) -> MultiPart:
    return MultiPart(Disposition.RENDER, "", semantics, parts)


def refusal_of(content: MimiContent) -> Code:
    with pytest.raises(PeerError) as refusal:
        verify_message(content.encode(), sender_uri=SENDER, room_uri=ROOM)
    return refusal.value.code


def test_an_admitted_message_carries_its_id_and_bytes() -> None:
    encoded = CONTENT.encode()
    message = verify_message(encoded, sender_uri=SENDER, room_uri=ROOM)
    assert message.message_id == mimi.message_id(encoded, SENDER, ROOM)
    assert message.encoded == encoded
    assert message.content == CONTENT
    assert "Bonjour" not in repr(message) + repr(CONTENT)


@pytest.mark.parametrize(
    "extensions",
    [
        {},
        {Extension.SENDER_URI: SENDER},
        {Extension.ROOM_URI: ROOM},
        {Extension.SENDER_URI: SENDER + "x", Extension.ROOM_URI: ROOM},
        {Extension.SENDER_URI: SENDER, Extension.ROOM_URI: ROOM + "x"},
    ],
)
def test_another_sender_or_room_than_authenticated_is_forbidden(extensions: dict[int | str, object]) -> None:
    assert refusal_of(replace(CONTENT, extensions=extensions)) is Code.FORBIDDEN


def test_a_message_that_expires_is_forbidden() -> None:
    assert refusal_of(replace(CONTENT, expires=Expiration(relative=True, time=60))) is Code.FORBIDDEN


def test_a_choice_between_parts_is_forbidden_at_any_depth() -> None:
    choice = multi(PartSemantics.CHOOSE_ONE, WORD, WORD)
    assert refusal_of(replace(CONTENT, nested_part=choice)) is Code.FORBIDDEN
    deep = multi(PartSemantics.PROCESS_ALL, WORD, multi(PartSemantics.SINGLE_UNIT, WORD, choice))
    assert refusal_of(replace(CONTENT, nested_part=deep)) is Code.FORBIDDEN


def test_parts_for_everybody_are_admitted() -> None:
    both = multi(PartSemantics.PROCESS_ALL, WORD, multi(PartSemantics.SINGLE_UNIT, WORD, WORD))
    content = replace(CONTENT, nested_part=both)
    assert verify_message(content.encode(), sender_uri=SENDER, room_uri=ROOM).content == content


def test_what_is_no_message_is_malformed() -> None:
    with pytest.raises(PeerError) as refusal:
        verify_message(b"\x00", sender_uri=SENDER, room_uri=ROOM)
    assert refusal.value.code is Code.MALFORMED
