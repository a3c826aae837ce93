"""Signed statements conform to the CDDL, survive the round trip, and any changed byte is noticed."""

from dataclasses import replace
from importlib.resources import files
from typing import Any

import pycddl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.bindings import crypto_core_ed25519_add
from tests.crypto.identity.enrolled_office import NOW, EnrolledOffice, keys, new_registry

from rogatory_crypto import cbor, signing
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Invitation, Role, SignedStatement, decode_statement

CDDL = files("rogatory_crypto.wire").joinpath("wire.cddl").read_text()
RULES = {
    1: "invitation",
    2: "authority-entry",
    3: "device-entry",
    4: "revocation",
    5: "key-succession",
    6: "renewal",
    7: "hand-over",
}
SCHEMAS = {rule: pycddl.Schema(f"start = {rule}\n{CDDL}") for rule in RULES.values()}

# A point of order 8, and a good key with it added.
_SMALL_ORDER = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
_MIXED_ORDER = crypto_core_ed25519_add(signing.public_key(bytes(32)), _SMALL_ORDER)


def every_statement() -> list[SignedStatement]:
    office = EnrolledOffice()
    invitation = office.invitation()
    return [
        invitation,
        office.enrolment(invitation),
        office.device(),
        office.device("second", officer="head", role=Role.HEAD),
        office.device("third", officer="third", role=Role.HEAD),
        office.renewal(),
        office.succession(keys("next")),
        office.hand_over("first", "third", "first", "second"),
        office.invite(EnrolledOffice("CNA-GH-01"), "WACAP", "second", "third"),
        office.revocation("third"),
    ]


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
    registry = new_registry({"WACAP": EnrolledOffice().entry_id})
    for signed in listed[:chosen]:
        registry.apply(signed.encoded, NOW, index=registry.size)
    with pytest.raises(PeerError):
        registry.apply(bytes(encoded), NOW, index=chosen)
    assert registry.size == chosen


@given(st.binary(max_size=200))
def test_random_bytes_are_a_peer_error(data: bytes) -> None:
    with pytest.raises(PeerError):
        decode_statement(data)


@pytest.mark.parametrize("torsion", [_SMALL_ORDER, _MIXED_ORDER], ids=["small order", "mixed order"])
@pytest.mark.parametrize("chosen", [0, 1, 2, 6])
def test_a_key_outside_the_main_subgroup_is_never_listed(chosen: int, torsion: bytes) -> None:
    """Verifiers differ on what such a key has signed (RFC 8032 section 5.1.7), and evidence must not."""
    statement: Any = every_statement()[chosen].statement
    if isinstance(statement, Invitation):
        body = replace(statement, code_key=torsion).encode()
    else:
        body = replace(statement, keys=replace(statement.keys, ed25519=torsion)).encode()
    signatures = every_statement()[chosen].signatures
    with pytest.raises(PeerError) as raised:
        decode_statement(cbor.encode([statement.TYPE, body, signatures]))
    assert raised.value.code is Code.BAD_SIGNATURE


def test_an_unknown_kind_of_statement_is_unsupported() -> None:
    with pytest.raises(PeerError) as raised:
        decode_statement(cbor.encode([99, b"", []]))
    assert raised.value.code is Code.UNSUPPORTED


def test_an_unknown_revocation_reason_is_malformed() -> None:
    body = cbor.encode(["CNA-SN-01", bytes(16), "bored", NOW, 0, None])
    with pytest.raises(PeerError) as raised:
        decode_statement(cbor.encode([4, body, [bytes(64)]]))
    assert raised.value.code is Code.MALFORMED
