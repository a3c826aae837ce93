"""The text of a proposal about a network's member: one way to write it, and a named error for all else."""

import base64
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_client.office.networks.proposal import (
    MAX_BYTES,
    PREFIX,
    NetworkProposal,
    read_network_proposal,
)
from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.chains import FIRST, Place
from rogatory_crypto.log.entry_content import NetworkAdmission
from rogatory_crypto.signing import PAIR_BYTES
from rogatory_crypto.wire.identifier import DeviceId, EntryId

ADMISSION = NetworkAdmission("WACAP", EntryId("CNA-SN-01"), admitted=True)
SIGNATURE = (bytes(range(256)) * 10)[:PAIR_BYTES]
PROPOSAL = NetworkProposal(ADMISSION, 7, b"p" * 32, DeviceId(b"d" * 16), SIGNATURE)
TEXT = PROPOSAL.to_text()


def text_of(value: object) -> str:
    return PREFIX + base64.urlsafe_b64encode(cbor.encode(value)).decode()


def test_what_is_written_is_read() -> None:
    assert TEXT.isascii()
    assert (
        read_network_proposal("\r\n ".join(TEXT[at : at + 60] for at in range(0, len(TEXT), 60))) == PROPOSAL
    )
    assert PROPOSAL.place == Place(7, b"p" * 32)
    first = NetworkProposal(ADMISSION, *FIRST, PROPOSAL.proposer, SIGNATURE)
    assert read_network_proposal(first.to_text()).place == FIRST


@given(st.text(max_size=400), st.binary(max_size=400))
def test_nothing_else_is_a_proposal(text: str, data: bytes) -> None:
    for each in (text, PREFIX + text, PREFIX + base64.urlsafe_b64encode(data).decode()):
        with pytest.raises(PeerError):
            read_network_proposal(each)


@pytest.mark.parametrize(
    ("at", "value"),
    [(0, []), (0, b""), (1, -1), (1, None), (2, b"p"), (3, b"d" * 15), (4, SIGNATURE[:-1]), (4, None)],
)
def test_a_part_that_is_not_as_it_must_be_is_refused(at: int, value: object) -> None:
    parts = cast("list[object]", cbor.decode(PROPOSAL.encode(), limit=MAX_BYTES))
    for wrong in ([*parts[:at], value, *parts[at + 1 :]], [*parts, None], parts[:-1]):
        with pytest.raises(PeerError) as refusal:
            read_network_proposal(text_of(wrong))
        assert refusal.value.code in {Code.MALFORMED, Code.WRONG_LENGTH}


def test_what_is_far_too_long_is_not_even_decoded() -> None:
    with pytest.raises(PeerError) as refusal:
        read_network_proposal(PREFIX + "A" * 2 * MAX_BYTES)
    assert refusal.value.code is Code.TOO_LARGE
