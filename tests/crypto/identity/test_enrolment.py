"""Enrolment codes survive paper and typing, and a mistyped one is noticed before anything is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto import signing
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity.enrolment import EnrolmentCode, generate_code, nobodys_key, parse_code
from rogatory_crypto.signing import verify_public_key

codes = st.binary(min_size=20, max_size=20).map(EnrolmentCode)


@given(codes)
def test_a_printed_code_reads_back(code: EnrolmentCode) -> None:
    assert parse_code(code.printable()) == code


@given(codes)
def test_case_spaces_and_look_alikes_do_not_matter(code: EnrolmentCode) -> None:
    typed = code.printable().lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    assert parse_code(typed) == code


@given(codes, st.integers(0, 35), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_character_is_noticed(code: EnrolmentCode, at: int, wrong: str) -> None:
    characters = list(code.printable().replace("-", ""))
    if characters[at] == wrong:
        return
    characters[at] = wrong
    with pytest.raises(PeerError) as raised:
        parse_code("".join(characters))
    assert raised.value.code is Code.MALFORMED


@given(st.text(max_size=60))
def test_any_text_is_a_code_or_a_peer_error(text: str) -> None:
    try:
        code = parse_code(text)
    except PeerError:
        return
    assert parse_code(code.printable()) == code


def test_a_code_carries_160_bits_and_hides_them() -> None:
    code = generate_code(lambda count: b"\x07" * count)
    assert len(code.secret) * 8 == 160
    assert code.printable() not in repr(code)
    assert "\\x07" not in repr(code)


def test_the_public_half_belongs_to_the_private_one() -> None:
    code = EnrolmentCode(bytes(20))
    assert signing.public_key(code.private_key()) == code.public_key()
    assert code.private_key() != EnrolmentCode(bytes(19) + b"\x01").private_key()


def test_a_key_that_is_nobodys_is_told_from_any_other_and_could_sign() -> None:
    ended = generate_code(bytes).public_key()
    made = [nobodys_key(ended, at) for at in range(40)]
    assert made == [nobodys_key(ended, at) for at in range(40)]
    assert len({*made, nobodys_key(bytes(32), 0)}) == 41
    assert [verify_public_key(each) for each in made] == made
