"""The text of a proposal: one way to write it, and nothing but a named error for everything else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_client.office.admission.proposal import MAX_BYTES, PREFIX, Proposal, read_proposal
from rogatory_crypto import cbor, signing
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Invitation
from rogatory_crypto.signing import PAIR_BYTES
from rogatory_crypto.wire.identifier import DeviceId, EntryId

KEY = signing.public_key(bytes(32))
INVITATION = Invitation(
    "relay.example", EntryId("CNA-SN-01"), KEY, 1, 2, "WACAP", DeviceId(bytes(16)), DeviceId(b"\1" * 16)
)
PROPOSAL = Proposal(INVITATION, bytes(range(256)) * 9 + bytes(PAIR_BYTES - 2304))
TEXT = PROPOSAL.to_text()


def text_of(value: object) -> str:
    return PREFIX + base64.urlsafe_b64encode(cbor.encode(value)).decode()


def test_what_is_written_is_read() -> None:
    assert TEXT.isascii()
    assert len(TEXT) < 4 * MAX_BYTES // 3
    assert read_proposal(TEXT) == PROPOSAL


def test_blanks_and_line_breaks_do_not_matter() -> None:
    broken = "\r\n  ".join(TEXT[at : at + 60] for at in range(0, len(TEXT), 60))
    assert read_proposal(broken) == PROPOSAL


@given(st.text(max_size=400))
def test_nothing_else_is_a_proposal(text: str) -> None:
    for each in (text, PREFIX + text):
        with pytest.raises(PeerError):
            read_proposal(each)


@given(st.binary(max_size=400))
def test_no_other_bytes_are_a_proposal(data: bytes) -> None:
    with pytest.raises(PeerError):
        read_proposal(PREFIX + base64.urlsafe_b64encode(data).decode())


@given(st.integers(0, len(TEXT) - 1), st.characters(codec="ascii", exclude_categories=("Cc", "Zs")))
def test_a_changed_character_is_noticed_or_changes_what_is_signed(at: int, character: str) -> None:
    changed = TEXT[:at] + character + TEXT[at + 1 :]
    try:
        assert (read_proposal(changed) == PROPOSAL) is (changed == TEXT)
    except PeerError:
        assert changed != TEXT


@pytest.mark.parametrize(
    "value",
    [
        [INVITATION.encode()],
        [INVITATION.encode(), bytes(64)],
        [INVITATION.encode(), bytes(PAIR_BYTES), None],
        [b"", bytes(PAIR_BYTES)],
        [Invitation("relay.example", EntryId("CNA-SN-01"), KEY, 1, 2).encode(), bytes(PAIR_BYTES)],
    ],
)
def test_parts_that_are_missing_or_too_many_are_refused(value: object) -> None:
    with pytest.raises(PeerError) as refusal:
        read_proposal(text_of(value))
    assert refusal.value.code in {Code.MALFORMED, Code.WRONG_LENGTH}


def test_what_is_far_too_long_is_not_even_decoded() -> None:
    with pytest.raises(PeerError) as refusal:
        read_proposal(PREFIX + "A" * 2 * MAX_BYTES)
    assert refusal.value.code is Code.TOO_LARGE


def test_no_secret_of_it_is_in_its_repr() -> None:
    assert PROPOSAL.signature.hex()[:32] not in repr(PROPOSAL)
