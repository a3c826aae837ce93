"""Which OCSP answers are believed (RFC 6960, RFC 9654), made by OpenSSL's responder."""

import os
import time
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import OCSPNonce, ocsp
from tests.client.revocation.openssl_ca import OpensslCa

from rogatory_client.revocation import Source
from rogatory_client.revocation.answers import NONCE_BYTES, Question, read_answer
from rogatory_client.revocation.sources import read_certificate
from rogatory_client.revocation.statement import Kind, Status, refuse_step_back
from rogatory_crypto.errors import Code, PeerError

# Lists and answers are made at the real time, up to hours after this module was read, and hold for a day.
NOW = int(time.time()) + 4 * 3600


@pytest.fixture
def question(ca: OpensslCa, issuer: Source) -> Question:
    return Question(issuer, ca.serial("signer"), os.urandom(NONCE_BYTES))


def refused(raw: bytes, question: Question, now: int = NOW) -> Code:
    with pytest.raises(PeerError) as caught:
        read_answer(raw, question, now)
    return caught.value.code


def test_a_question_names_the_certificate_and_nothing_else(ca: OpensslCa, question: Question) -> None:
    # RFC 9654 section 2.1: a nonce of 32 octets.
    request = ocsp.load_der_ocsp_request(question.encode())
    assert request.serial_number == ca.serial("signer")
    assert [each.value for each in request.extensions] == [OCSPNonce(question.nonce)]
    assert b"signer" not in question.encode()


def test_good_then_revoked(ca: OpensslCa, question: Question) -> None:
    good = read_answer(ca.answer(question.encode()), question, NOW)
    assert (good.kind, good.status) == (Kind.OCSP, Status.GOOD)
    assert good.next_update is not None
    ca.revoke("signer")
    revoked = read_answer(ca.answer(question.encode()), question, NOW)
    assert revoked.status is Status.REVOKED
    refuse_step_back(revoked, good)
    # RFC 6960 section 2.2: revoked is final; whoever says otherwise later is not believed here.
    with pytest.raises(PeerError) as caught:
        refuse_step_back(replace(good, this_update=revoked.this_update + 1), revoked)
    assert caught.value.code is Code.CONFLICT


def test_a_hold_may_end(ca: OpensslCa, question: Question) -> None:
    good = read_answer(ca.answer(question.encode()), question, NOW)
    ca.revoke("signer", "certificateHold")
    held = read_answer(ca.answer(question.encode()), question, NOW)
    assert held.status is Status.ON_HOLD
    refuse_step_back(replace(good, this_update=held.this_update + 1), held)


def test_the_issuer_may_answer_itself(ca: OpensslCa, question: Question) -> None:
    assert read_answer(ca.answer(question.encode(), signer="ca"), question, NOW).status is Status.GOOD


def test_whom_the_issuer_did_not_certify_for_this_may_not(ca: OpensslCa, question: Question) -> None:
    # RFC 6960 section 4.2.2.2: any other certificate of the issuer is no responder.
    answer = ca.answer(question.encode(), signer="signer")
    assert refused(answer, question) is Code.INVALID_CREDENTIAL
    named = read_certificate(ca.path("signer.pem").read_bytes())
    vouched = replace(question, source=replace(question.source, signers=(named,)))
    assert read_answer(answer, vouched, NOW).status is Status.GOOD


def test_an_answer_of_another_authority_of_the_same_name_is_refused(
    question: Question, stranger: OpensslCa
) -> None:
    elsewhere = replace(question, source=Source(read_certificate(stranger.pem)))
    assert refused(stranger.answer(elsewhere.encode()), question) in {
        Code.BAD_SIGNATURE,
        Code.INVALID_CREDENTIAL,
    }


def test_the_answer_to_another_question_is_refused(ca: OpensslCa, question: Question) -> None:
    other = replace(question, nonce=os.urandom(NONCE_BYTES))
    assert refused(ca.answer(other.encode()), question) is Code.REPLAYED
    about = replace(question, serial=ca.serial("responder"))
    assert refused(ca.answer(about.encode()), question) is Code.MALFORMED


def test_an_answer_made_before_any_question_counts_while_it_is_current(
    ca: OpensslCa, question: Question
) -> None:
    answer = ca.answer(question.encode())
    without = replace(question, nonce=b"\x00" * NONCE_BYTES)
    unasked = ca.answer(_without_nonce(question))
    assert refused(answer, without) is Code.REPLAYED
    assert read_answer(unasked, question, NOW).status is Status.GOOD
    assert refused(unasked, question, NOW + 2 * 86_400) is Code.EXPIRED
    assert refused(unasked, question, NOW - 5 * 3600) is Code.MALFORMED


def _without_nonce(question: Question) -> bytes:
    asked = ocsp.load_der_ocsp_request(question.encode())
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        asked.issuer_name_hash, asked.issuer_key_hash, asked.serial_number, asked.hash_algorithm
    )
    return builder.build().public_bytes(Encoding.DER)


def test_who_does_not_know_the_certificate_says_nothing(ca: OpensslCa, question: Question) -> None:
    unknown = replace(question, serial=0x7777)
    assert refused(ca.answer(unknown.encode()), unknown) is Code.NOT_FOUND


def test_a_refusal_of_the_responder_is_told(question: Question) -> None:
    # RFC 6960 section 4.2.1: tryLater (3), unauthorized (6).
    for status in (3, 6):
        assert refused(bytes([0x30, 3, 0x0A, 1, status]), question) is Code.UNAVAILABLE


@pytest.mark.parametrize("raw", [b"", b"<html></html>", b"\x30\x03\x0a\x01\x00"])
def test_what_is_no_answer_is_refused(question: Question, raw: bytes) -> None:
    assert refused(raw, question) is Code.MALFORMED


def test_a_list_in_the_place_of_an_answer_is_refused(ca: OpensslCa, question: Question) -> None:
    assert refused(ca.crl(), question) is Code.MALFORMED


def test_an_answer_with_one_bit_changed_is_refused(ca: OpensslCa, question: Question) -> None:
    whole = ca.answer(question.encode())
    said = read_answer(whole, question, NOW)
    for place in range(0, len(whole), 5):
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        try:
            again = read_answer(changed, question, NOW)
        except PeerError:
            continue
        # Certificates that come along are not signed; what is said is.
        assert replace(again, document=b"") == replace(said, document=b"")
