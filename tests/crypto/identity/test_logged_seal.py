"""A signing certificate is an office's seal where the log says so: its own, live, and at that time."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.identity.enrolled_office import NOW, EnrolledOffice, keys, seed
from tests.crypto.identity.made_seal import OF_SEAL, made_seal
from tests.crypto.log.written_log import SECRETARIAT, TRUST, WrittenLog

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import EnrolmentCode
from rogatory_crypto.identity.logged_seal import seal_content, verify_logged_seal
from rogatory_crypto.log.audit import LoggedSeal
from rogatory_crypto.log.entry import LogEntry
from rogatory_crypto.log.entry_content import OfficeSeal, Revocation
from rogatory_crypto.log.replay import Fault, replay
from rogatory_crypto.wire.identifier import EntryId

OFFICE, OTHER = EntryId("CNA-SN-01"), EntryId("CNA-GH-01")
CERTIFICATE = made_seal().certificate
HASH = sha256(CERTIFICATE).digest()
SEALS = {seed("leaf"): LoggedSeal(seal_content(OFFICE, CERTIFICATE), NOW)}


def refused(certificate_sha256: bytes, entry_id: EntryId, at: int) -> Code:
    with pytest.raises(PeerError) as caught:
        verify_logged_seal(certificate_sha256, entry_id, SEALS, at)
    return caught.value.code


def test_the_entry_says_what_the_certificate_says() -> None:
    assert seal_content(OFFICE, CERTIFICATE) == OfficeSeal(
        OFFICE, HASH, OF_SEAL.not_before, OF_SEAL.not_after
    )


@pytest.mark.parametrize("at", [OF_SEAL.not_before, NOW, OF_SEAL.not_after])
def test_a_live_seal_of_the_office_is_verified(at: int) -> None:
    verified = verify_logged_seal(HASH, OFFICE, SEALS, at)
    assert (verified.seal, verified.leaf) == (SEALS[seed("leaf")].seal, seed("leaf"))


def test_what_the_log_does_not_name_is_no_seal() -> None:
    # Same issuer, same name, never logged.
    assert refused(sha256(made_seal(name="other").certificate).digest(), OFFICE, NOW) is Code.NOT_FOUND


def test_another_offices_seal_is_refused() -> None:
    assert refused(HASH, OTHER, NOW) is Code.FORBIDDEN


@pytest.mark.parametrize("at", [OF_SEAL.not_before - 1, OF_SEAL.not_after + 1])
def test_a_seal_counts_within_its_time_only(at: int) -> None:
    assert refused(HASH, OFFICE, at) is Code.EXPIRED


def test_a_certificate_that_another_office_logged_too_stays_its_owners() -> None:
    # Anybody can log a hash; that must not take the seal from its office.
    seals = {seed("thief"): LoggedSeal(seal_content(OTHER, CERTIFICATE), NOW), **SEALS}
    assert verify_logged_seal(HASH, OFFICE, seals, NOW).leaf == seed("leaf")


def sealed_log() -> tuple[WrittenLog, EnrolledOffice, EnrolledOffice, LogEntry]:
    log, office = WrittenLog(), EnrolledOffice()
    secretariat = EnrolledOffice(SECRETARIAT)
    log.begin(secretariat)
    log.enrol(office, secretariat)
    sealed = log.by_office(office, seal_content(office.entry_id, CERTIFICATE))
    assert verify_logged_seal(HASH, OFFICE, seals_of(log), NOW).leaf == sealed.leaf
    return log, office, secretariat, sealed


def seals_of(log: WrittenLog) -> dict[bytes, LoggedSeal]:
    result = replay(log.entries, TRUST)
    assert result.findings == []
    return result.audit.seals


def test_what_was_sealed_stays_sealed_and_nothing_more_is_once_it_was_taken_back() -> None:
    log, office, _, sealed = sealed_log()
    log.at += 1_000
    log.by_office(office, Revocation(office.entry_id, sealed.leaf, "key lost"))
    seals = seals_of(log)
    ended = seals[sealed.leaf].ended_at
    assert ended is not None
    assert verify_logged_seal(HASH, OFFICE, seals, ended - 1).leaf == sealed.leaf
    with pytest.raises(PeerError) as caught:
        verify_logged_seal(HASH, OFFICE, seals, ended)
    assert caught.value.code is Code.REVOKED


def test_a_seal_is_taken_back_once() -> None:
    log, office, _, sealed = sealed_log()
    for _ in range(2):
        log.by_office(office, Revocation(office.entry_id, sealed.leaf, "key lost"))
    assert [each.fault for each in replay(log.entries, TRUST).findings] == [Fault.CONTRADICTION]


def test_seals_of_before_end_where_an_office_enrols_anew() -> None:
    log, office, secretariat, sealed = sealed_log()
    log.at += 1_000
    office.code, office.office_private = EnrolmentCode(seed("next code")[:20]), keys("next office keys")
    invitation = secretariat.invite(office, "WACAP", at=log.at)
    log.statement(invitation)
    log.statement(office.enrolment(invitation))
    seals = seals_of(log)
    assert (seals[sealed.leaf].logged_at, seals[sealed.leaf].ended_at) == (NOW, log.at)


@given(st.binary(max_size=400))
def test_what_is_no_certificate_is_misuse(noise: bytes) -> None:
    with pytest.raises(MisuseError):
        seal_content(OFFICE, noise)


@given(st.integers(0, len(CERTIFICATE) - 1), st.integers(1, 255))
def test_a_damaged_certificate_is_content_or_misuse(at: int, flip: int) -> None:
    damaged = CERTIFICATE[:at] + bytes([CERTIFICATE[at] ^ flip]) + CERTIFICATE[at + 1 :]
    try:
        content = seal_content(OFFICE, damaged)
    except MisuseError:
        return
    assert content.certificate_sha256 == sha256(damaged).digest() != HASH
