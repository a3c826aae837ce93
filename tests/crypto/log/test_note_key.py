"""Keys of signed notes (C2SP signed-note, Verifier keys) as text, and what is none."""

from base64 import b64encode

import pytest
from tests.crypto.log.log_world import COSIGNER, ED25519, LOG_KEY, ML_DSA, WITNESS_KEYS, signing_key

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.note_key import (
    SigningKey,
    VerifierKey,
    parse_signing_key,
    parse_verifier_key,
    read_name,
)

# The specification's own example.
EXAMPLE = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
KEYS = [signing_key("key.example/é", kind) for kind in (ED25519, COSIGNER, ML_DSA)]


def refusal(text: str) -> Code:
    with pytest.raises(PeerError) as raised:
        parse_verifier_key(text)
    return raised.value.code


def test_the_example_of_the_specification() -> None:
    key = parse_verifier_key(EXAMPLE)
    assert (key.name, key.type, key.key_id.hex()) == ("example.com/foo", ED25519, "530d903a")
    assert key.encode() == EXAMPLE


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.type.name)
def test_keys_come_back_from_their_text(key: SigningKey) -> None:
    assert parse_verifier_key(key.verifier.encode()) == key.verifier
    assert parse_signing_key(key.encode()) == key
    assert parse_signing_key(key.encode()).encode() == key.encode()


def test_one_key_has_another_id_for_each_name_and_type() -> None:
    seed = KEYS[0].seed
    keys = [SigningKey(name, kind, seed) for name in ("a", "b") for kind in (ED25519, COSIGNER, ML_DSA)]
    assert len({key.verifier.key_id for key in keys}) == 6


def test_a_private_key_is_not_shown() -> None:
    for key in KEYS:
        assert key.seed.hex() not in repr(key)
        assert repr(key.seed) not in repr(key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        EXAMPLE.replace("530d903a", "530d903b"),
        EXAMPLE.replace("530d903a", "530D903A"),
        EXAMPLE.replace("foo", "fo o"),
        EXAMPLE.replace("foo", "bar"),
        EXAMPLE + "=",
        EXAMPLE[:-4],
        EXAMPLE[:-1] + "l",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "\ud800+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        EXAMPLE.replace("Aeky", "Aek\u00fc"),
    ],
)
def test_what_is_no_key(text: str) -> None:
    assert refusal(text) in {Code.MALFORMED, Code.BAD_SIGNATURE}


def test_a_type_we_do_not_use_is_unsupported() -> None:
    for kind in (b"", b"\x02", b"\x05", b"\xff"):
        assert refusal(f"a+00000000+{b64encode(kind + bytes(32)).decode()}") is Code.UNSUPPORTED


def test_a_key_of_small_order_is_refused_with_its_right_id() -> None:
    identity = VerifierKey("a", ED25519, b"\x01" + bytes(31))
    assert refusal(identity.encode()) is Code.BAD_SIGNATURE
    short = VerifierKey("a", ML_DSA, bytes(1311))
    assert refusal(short.encode()) is Code.MALFORMED


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "a\u00a0b", "a\u2003b", "a\tb", "a\nb", "a\x1fb", "a\u2028b"]
)
def test_what_is_no_key_name(name: str) -> None:
    with pytest.raises(PeerError) as raised:
        read_name(name)
    assert raised.value.code is Code.MALFORMED


def test_a_name_has_room_in_a_cosigned_message() -> None:
    assert read_name("é" * 127)
    with pytest.raises(PeerError) as raised:
        read_name("é" * 128)
    assert raised.value.code is Code.TOO_LARGE


def test_what_is_no_signing_key_is_our_mistake_and_never_repeated() -> None:
    text = LOG_KEY.encode()
    secret = text.rpartition("+")[2]
    wrong_id = text.replace(LOG_KEY.verifier.key_id.hex(), "00000000")
    for wrong in (text[1:], wrong_id, text[:-4], WITNESS_KEYS[0].verifier.encode(), text + "\ud800"):
        with pytest.raises(MisuseError) as raised:
            parse_signing_key(wrong)
        assert secret not in str(raised.value)
        assert raised.value.__cause__ is None
