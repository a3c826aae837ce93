"""Signed notes (C2SP signed-note): their form, known and unknown signatures, limits."""

import pytest
from tests.crypto.log.log_world import COSIGNER, ED25519, LOG_KEY, WITNESS_KEYS, signing_key
from tests.crypto.log.test_note_key import EXAMPLE as EXAMPLE_KEY

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.note_key import parse_verifier_key
from rogatory_crypto.log.signed_note import (
    MAX_SIGNATURES,
    NoteSignature,
    SignedNote,
    parse_note,
    sign_note,
    verify_note,
    verify_text,
)

# The specification's own example.
EXAMPLE = (
    "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlT"
    "gK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
OTHER_KEY = signing_key("other.example", ED25519)
TEXT = "a line\n\nafter an empty line é\n"
NOTE = SignedNote(TEXT, (sign_note(TEXT, LOG_KEY), sign_note(TEXT, OTHER_KEY)))


def refusal(data: bytes) -> Code:
    with pytest.raises(PeerError) as raised:
        parse_note(data)
    return raised.value.code


def test_the_example_of_the_specification() -> None:
    note = parse_note(EXAMPLE)
    key = parse_verifier_key(EXAMPLE_KEY)
    assert verify_note(note, [key]) == (key,)
    assert note.encode() == EXAMPLE
    with pytest.raises(PeerError):
        verify_note(parse_note(EXAMPLE.replace(b"example message", b"exemple message")), [key])


def test_the_last_empty_line_divides() -> None:
    assert parse_note(NOTE.encode()) == NOTE
    assert verify_note(NOTE, [LOG_KEY.verifier]) == (LOG_KEY.verifier,)
    both = verify_note(NOTE, [OTHER_KEY.verifier, LOG_KEY.verifier])
    assert set(both) == {LOG_KEY.verifier, OTHER_KEY.verifier}


def test_a_note_that_no_known_key_signed_is_refused() -> None:
    for keys in ([], [signing_key("stranger.example", ED25519).verifier]):
        with pytest.raises(PeerError) as raised:
            verify_note(NOTE, keys)
        assert raised.value.code is Code.BAD_SIGNATURE


def test_signatures_of_unknown_keys_are_ignored_even_with_a_known_name_or_id() -> None:
    ours = LOG_KEY.verifier
    unknown = (
        NoteSignature(ours.name, b"\x00\x00\x00\x00", b"x" * 64),
        NoteSignature("stranger.example", ours.key_id, b"x" * 64),
        NoteSignature("stranger.example", b"1234", b"a signature of another algorithm"),
    )
    note = parse_note(SignedNote(TEXT, unknown + NOTE.signatures).encode())
    assert verify_note(note, [ours]) == (ours,)
    with pytest.raises(PeerError):
        verify_note(SignedNote(TEXT, unknown), [ours])


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    ours = LOG_KEY.verifier
    for wrong in (b"x" * 64, b"x", NOTE.signatures[1].signature, NOTE.signatures[0].signature + b"x"):
        line = NoteSignature(ours.name, ours.key_id, wrong)
        for lines in ((line, *NOTE.signatures), (*NOTE.signatures, line)):
            with pytest.raises(PeerError) as raised:
                verify_note(SignedNote(TEXT, lines), [ours, OTHER_KEY.verifier])
            assert raised.value.code is Code.BAD_SIGNATURE


def test_a_line_twice_counts_once() -> None:
    note = SignedNote(TEXT, (NOTE.signatures[0], NOTE.signatures[0]))
    assert verify_note(parse_note(note.encode()), [LOG_KEY.verifier]) == (LOG_KEY.verifier,)


LINE = NOTE.signatures[0].encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text\n",
        "text\n\n",
        "text" + "\n" + LINE,
        "text\n\n" + LINE[:-1],
        "text\n\n" + LINE + "\n",
        "text\n\n" + LINE + "x",
        "text\n\n" + LINE.replace("\u2014", "-"),
        "text\n\n" + LINE.replace("\u2014 ", "\u2014"),
        "text\n\n" + LINE.replace("\u2014 ", "\u2014  "),
        "text\n\n" + LINE.replace("network ", "network  "),
        "text\n\n" + LINE.replace("network", "net+work"),
        "text\n\n" + LINE.replace("network", "net\u00a0work"),
        "text\n\n\u2014 name\n",
        "text\n\n\u2014 name \n",
        "text\n\n\u2014 name AAAAAA==\n",
        "text\n\n\u2014 name AAAAAAB=\n",
        "text\n\n\u2014 name AAAA AAAA\n",
        "te\rxt\n\n" + LINE,
        "te\txt\n\n" + LINE,
        "te\x00xt\n\n" + LINE,
        "text\n\n" + LINE.replace("\n", "\r\n"),
    ],
)
def test_what_is_no_note(text: str) -> None:
    assert refusal(text.encode()) is Code.MALFORMED


def test_text_that_is_not_utf8_is_no_note() -> None:
    assert refusal(b"te\xffxt\n\n" + LINE.encode()) is Code.MALFORMED
    assert refusal(b"te\xed\xa0\x80xt\n\n" + LINE.encode()) is Code.MALFORMED


def test_other_characters_that_unicode_calls_line_ends_are_text() -> None:
    note = parse_note("one\u2028line\x85\x7f\n\n".encode() + LINE.encode())
    assert note.text == "one\u2028line\x85\x7f\n"


def test_sixteen_signatures_must_be_accepted_and_very_many_are_not() -> None:
    assert len(parse_note(("text\n\n" + LINE * 16).encode()).signatures) == 16
    assert len(parse_note(("text\n\n" + LINE * MAX_SIGNATURES).encode()).signatures) == MAX_SIGNATURES
    assert refusal(("text\n\n" + LINE * (MAX_SIGNATURES + 1)).encode()) is Code.TOO_LARGE
    assert refusal(b"x" * (1 << 18) + b"\n\n" + LINE.encode()) is Code.TOO_LARGE


def test_a_cosigners_key_signs_and_verifies_no_text() -> None:
    cosigner = next(key for key in WITNESS_KEYS if key.type is COSIGNER)
    with pytest.raises(MisuseError):
        sign_note(TEXT, cosigner)
    with pytest.raises(MisuseError):
        verify_text(cosigner.verifier, TEXT, bytes(64))


@pytest.mark.parametrize("text", ["", "no end", "a\tb\n", "a\rb\n"])
def test_text_that_is_no_notes_is_not_signed(text: str) -> None:
    with pytest.raises(MisuseError):
        sign_note(text, LOG_KEY)
