"""The text of a checkpoint (C2SP tlog-checkpoint) and its signatures by the log."""

from dataclasses import replace

import pytest
from tests.crypto.log.log_world import (
    LOG_KEY,
    LOG_KEY_PQ,
    NOW,
    ORIGIN,
    WITNESS_KEYS,
    World,
    signing_key,
)

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.checkpoint import MAX_EXTENSIONS, Checkpoint, parse_checkpoint
from rogatory_crypto.log.note_key import SigningKey
from rogatory_crypto.log.signed_checkpoint import (
    parse_signed_checkpoint,
    sign_checkpoint,
    verify_log,
)
from rogatory_crypto.log.signed_note import NoteSignature

# The specification's own example.
EXAMPLE = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
HEAD = World().grow(9).checkpoint()


def test_the_example_of_the_specification() -> None:
    checkpoint = parse_checkpoint(EXAMPLE)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex().startswith("0ac5186a91863e8e1d90c808014aa89b")
    assert checkpoint.encode() == EXAMPLE


def test_extension_lines_and_the_empty_tree_are_read() -> None:
    for text in (EXAMPLE + "one\ntwo é\n", EXAMPLE.replace("20852163", "0")):
        assert parse_checkpoint(text).encode() == text
    assert parse_checkpoint(EXAMPLE + "one\ntwo é\n").extensions == ("one", "two é")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        EXAMPLE[:-1],
        EXAMPLE + "\n",
        EXAMPLE + "one\n\ntwo\n",
        "\n".join(EXAMPLE.split("\n")[1:]),
        "\n" + EXAMPLE,
        EXAMPLE.replace("20852163", "020852163"),
        EXAMPLE.replace("20852163", "00"),
        EXAMPLE.replace("20852163", "+20852163"),
        EXAMPLE.replace("20852163", "-1"),
        EXAMPLE.replace("20852163", "20 852163"),
        EXAMPLE.replace("20852163", "2085216\u0663"),
        EXAMPLE.replace("20852163", "0x10"),
        EXAMPLE.replace("20852163", str(1 << 63)),
        EXAMPLE.replace("20852163", "9" * 5000),
        EXAMPLE.replace("2I=", "2J="),
        EXAMPLE.replace("2I=", "2I"),
        EXAMPLE.replace("CsUY", ""),
        EXAMPLE.replace("CsUY", "CsU-"),
        EXAMPLE.replace("sofa", "so\tfa"),
        EXAMPLE.replace("sofa", "so\ud800fa"),
        EXAMPLE + "mo\ud800re\n",
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(PeerError) as raised:
        parse_checkpoint(text)
    assert raised.value.code is Code.MALFORMED


def test_the_limits() -> None:
    assert parse_checkpoint(EXAMPLE.replace("20852163", str((1 << 63) - 1))).size == (1 << 63) - 1
    assert len(parse_checkpoint(EXAMPLE + "x\n" * MAX_EXTENSIONS).extensions) == MAX_EXTENSIONS
    for text in (
        EXAMPLE + "x\n" * (MAX_EXTENSIONS + 1),
        EXAMPLE.replace("sofa", "s" * 250),
        EXAMPLE + "x" * 1025 + "\n",
    ):
        with pytest.raises(PeerError) as raised:
            parse_checkpoint(text)
        assert raised.value.code is Code.TOO_LARGE


@pytest.mark.parametrize(
    "wrong",
    [
        replace(HEAD, origin=""),
        replace(HEAD, origin="a\nb"),
        replace(HEAD, origin="a\tb"),
        replace(HEAD, size=-1),
        replace(HEAD, root=bytes(31)),
        replace(HEAD, extensions=("",)),
        replace(HEAD, extensions=("a\nb",)),
        replace(HEAD, origin="é" * 200),
    ],
)
def test_what_has_no_place_in_a_checkpoint_is_our_mistake(wrong: Checkpoint) -> None:
    with pytest.raises(MisuseError):
        wrong.encode()


@pytest.mark.parametrize("keys", [(LOG_KEY,), (LOG_KEY_PQ,), (LOG_KEY, LOG_KEY_PQ)], ids=len)
def test_a_log_signs_with_either_kind_of_key_or_both(keys: tuple[SigningKey, ...]) -> None:
    signed = parse_signed_checkpoint(sign_checkpoint(HEAD, keys, NOW).encode())
    verified = verify_log(signed, [LOG_KEY.verifier, LOG_KEY_PQ.verifier])
    assert verified.checkpoint == HEAD
    assert verified.log_keys == tuple(key.verifier for key in keys)


@pytest.mark.parametrize("key", [LOG_KEY, LOG_KEY_PQ], ids=lambda key: key.type.name)
def test_a_signature_over_another_head_is_refused(key: SigningKey) -> None:
    lines = sign_checkpoint(HEAD, [key], NOW).note.signatures
    for other in (
        replace(HEAD, size=10),
        replace(HEAD, root=bytes(32)),
        replace(HEAD, origin=ORIGIN + "/x"),
    ):
        forged = parse_signed_checkpoint(
            other.encode().encode() + b"\n" + "".join(line.encode() for line in lines).encode()
        )
        with pytest.raises(PeerError) as raised:
            verify_log(forged, [key.verifier])
        assert raised.value.code is Code.BAD_SIGNATURE


def test_without_a_known_key_of_the_log_nothing_is_verified() -> None:
    signed = sign_checkpoint(HEAD, [WITNESS_KEYS[0]], NOW)
    stranger = signing_key("stranger.example", LOG_KEY.type).verifier
    for keys in ([], [LOG_KEY.verifier], [stranger]):
        with pytest.raises(PeerError) as raised:
            verify_log(signed, keys)
        assert raised.value.code is Code.BAD_SIGNATURE


def test_one_wrong_signature_of_the_log_spoils_the_right_one() -> None:
    key = LOG_KEY_PQ.verifier
    signed = sign_checkpoint(HEAD, [LOG_KEY], NOW)
    for junk in (b"x", bytes(8) + b"x", bytes(8 + 2420)):
        wrong = signed.with_signatures([NoteSignature(key.name, key.key_id, junk)])
        assert verify_log(wrong, [LOG_KEY.verifier]).checkpoint == HEAD
        with pytest.raises(PeerError):
            verify_log(wrong, [LOG_KEY.verifier, key])


def test_extension_lines_need_a_signature_that_covers_them() -> None:
    extended = replace(HEAD, extensions=("more",))
    covered = verify_log(sign_checkpoint(extended, [LOG_KEY], NOW), [LOG_KEY.verifier])
    assert covered.checkpoint == extended
    uncovered = sign_checkpoint(extended, [LOG_KEY_PQ], NOW)
    with pytest.raises(PeerError) as raised:
        verify_log(uncovered, [LOG_KEY_PQ.verifier])
    assert raised.value.code is Code.BAD_SIGNATURE


def test_a_checkpoint_is_signed_by_somebody() -> None:
    with pytest.raises(MisuseError):
        sign_checkpoint(HEAD, [], NOW)
