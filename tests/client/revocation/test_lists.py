"""Which revocation lists are believed (RFC 5280 section 5), made by OpenSSL."""

import time
from dataclasses import replace

import pytest
from tests.client.revocation.openssl_ca import OpensslCa

from rogatory_client.revocation import Source
from rogatory_client.revocation.lists import read_list
from rogatory_client.revocation.sources import read_certificate
from rogatory_client.revocation.statement import Kind, refuse_step_back
from rogatory_crypto.errors import Code, PeerError

# Lists and answers are made at the real time, up to hours after this module was read, and hold for a day.
NOW = int(time.time()) + 4 * 3600


def refused(raw: bytes, source: Source, now: int = NOW) -> Code:
    with pytest.raises(PeerError) as caught:
        read_list(raw, source, now)
    return caught.value.code


def test_a_list_of_the_issuer_is_read_from_pem_and_der(ca: OpensslCa, issuer: Source) -> None:
    first = read_list(ca.crl(), issuer, NOW)
    assert (first.kind, first.number, first.scope) == (Kind.CRL, 0x10, "")
    assert first.next_update == first.this_update + 2 * 86_400
    assert read_list(first.document, issuer, NOW) == first


def test_a_list_of_another_authority_of_the_same_name_is_refused(issuer: Source, stranger: OpensslCa) -> None:
    assert refused(stranger.crl(), issuer) is Code.BAD_SIGNATURE


def test_a_list_of_who_was_named_beside_the_issuer_is_believed(issuer: Source, stranger: OpensslCa) -> None:
    named = replace(issuer, signers=(read_certificate(stranger.pem),))
    assert read_list(stranger.crl(), named, NOW).number == 0x10


def test_a_list_of_a_key_that_may_not_sign_lists_is_refused(ca: OpensslCa, issuer: Source) -> None:
    crl = ca.crl()
    for name in ("signer", "responder"):
        other = replace(issuer, issuer=read_certificate(ca.path(f"{name}.pem").read_bytes()))
        assert refused(crl, other) is Code.INVALID_CREDENTIAL


def test_a_list_with_one_bit_changed_is_refused(ca: OpensslCa, issuer: Source) -> None:
    whole = read_list(ca.crl(), issuer, NOW).document
    codes = {
        refused(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :], issuer)
        for place in range(0, len(whole), 7)
    }
    assert codes <= {Code.BAD_SIGNATURE, Code.MALFORMED, Code.INVALID_CREDENTIAL, Code.UNSUPPORTED}


@pytest.mark.parametrize("raw", [b"", b"<html>maintenance</html>", b"0\x80", b"\x30\x03\x02\x01\x01"])
def test_what_is_no_list_is_refused(issuer: Source, raw: bytes) -> None:
    assert refused(raw, issuer) is Code.MALFORMED


def test_a_certificate_in_the_place_of_a_list_is_refused(ca: OpensslCa, issuer: Source) -> None:
    assert refused(ca.pem, issuer) is Code.MALFORMED
    assert refused(ca.crl() + ca.pem, issuer) is Code.MALFORMED


def test_a_list_of_a_time_to_come_is_refused(ca: OpensslCa, issuer: Source) -> None:
    assert refused(ca.crl(), issuer, NOW - 5 * 3600) is Code.MALFORMED


def test_a_weak_signature_is_refused(ca: OpensslCa, issuer: Source) -> None:
    # ETSI TS 119 312: nothing signed with SHA-1 may be relied on by now.
    assert refused(ca.crl("-md", "sha1"), issuer) is Code.UNSUPPORTED


def test_nothing_older_takes_the_place_of_what_is_held(ca: OpensslCa, issuer: Source) -> None:
    first, second = (read_list(ca.crl(), issuer, NOW) for _ in range(2))
    refuse_step_back(second, first)
    with pytest.raises(PeerError) as caught:
        refuse_step_back(first, second)
    assert caught.value.code is Code.REPLAYED
    # A number that goes on cannot hide an earlier time.
    with pytest.raises(PeerError) as caught:
        refuse_step_back(replace(second, this_update=first.this_update - 1), first)
    assert caught.value.code is Code.REPLAYED
    with pytest.raises(PeerError) as caught:
        refuse_step_back(replace(second, scope="30"), first)
    assert caught.value.code is Code.CONFLICT
