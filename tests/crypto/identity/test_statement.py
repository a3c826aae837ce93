"""Signed statements conform to the CDDL, survive the round trip, and any changed byte is noticed."""

from importlib.resources import files

import pycddl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.identity.enrolled_office import NOW, EnrolledOffice, new_registry

from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import SignedStatement, decode_statement

CDDL = files("rogatory_crypto.wire").joinpath("wire.cddl").read_text()
RULES = {1: "invitation", 2: "authority-entry", 3: "device-entry", 4: "revocation"}
SCHEMAS = {rule: pycddl.Schema(f"start = {rule}\n{CDDL}") for rule in RULES.values()}


def every_statement() -> list[SignedStatement]:
    office = EnrolledOffice()
    invitation = office.invitation()
    return [invitation, office.enrolment(invitation), office.device(), office.revocation()]


@pytest.mark.parametrize("signed", every_statement(), ids=lambda signed: type(signed.statement).__name__)
def test_a_statement_conforms_and_returns(signed: SignedStatement) -> None:
    SCHEMAS[RULES[signed.statement.TYPE]].validate_cbor(signed.statement.encode())
    assert decode_statement(signed.encoded) == signed


@given(st.data())
def test_any_changed_byte_is_refused(data: st.DataObject) -> None:
    listed = every_statement()
    chosen = data.draw(st.integers(0, len(listed) - 1))
    encoded = bytearray(listed[chosen].encoded)
    at = data.draw(st.integers(0, len(encoded) - 1))
    encoded[at] ^= data.draw(st.integers(1, 255))
    registry = new_registry()
    for signed in listed[:chosen]:
        registry.apply(signed.encoded, NOW)
    with pytest.raises(PeerError):
        registry.apply(bytes(encoded), NOW)
    assert registry.size == chosen


@given(st.binary(max_size=200))
def test_random_bytes_are_a_peer_error(data: bytes) -> None:
    with pytest.raises(PeerError):
        decode_statement(data)


def test_an_unknown_kind_of_statement_is_unsupported() -> None:
    with pytest.raises(PeerError) as raised:
        decode_statement(cbor.encode([99, b"", []]))
    assert raised.value.code is Code.UNSUPPORTED


def test_an_unknown_revocation_reason_is_malformed() -> None:
    body = cbor.encode(["CNA-SN-01", bytes(16), "bored", NOW, 0, None])
    with pytest.raises(PeerError) as raised:
        decode_statement(cbor.encode([4, body, [bytes(64)]]))
    assert raised.value.code is Code.MALFORMED
