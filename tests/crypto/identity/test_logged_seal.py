"""A signing certificate is an office's seal where the log says so: its own, live, and at that time."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.identity.enrolled_office import NOW, EnrolledOffice, seed
from tests.crypto.identity.made_seal import OF_SEAL, made_seal
from tests.crypto.log.written_log import SECRETARIAT, TRUST, WrittenLog

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity.logged_seal import seal_content, verify_logged_seal
from rogatory_crypto.log.entry_content import OfficeSeal, Revocation
from rogatory_crypto.log.replay import replay
from rogatory_crypto.wire.identifier import EntryId

OFFICE, OTHER = EntryId("CNA-SN-01"), EntryId("CNA-GH-01")
CERTIFICATE = made_seal().certificate
HASH = sha256(CERTIFICATE).digest()
SEALS = {seed("leaf"): seal_content(OFFICE, CERTIFICATE)}


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
    assert (verified.seal, verified.leaf) == (SEALS[seed("leaf")], seed("leaf"))


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
    seals = {seed("thief"): seal_content(OTHER, CERTIFICATE), **SEALS}
    assert verify_logged_seal(HASH, OFFICE, seals, NOW).leaf == seed("leaf")


def test_a_seal_is_live_in_the_log_until_its_office_takes_it_back() -> None:
    log, office = WrittenLog(), EnrolledOffice()
    secretariat = EnrolledOffice(SECRETARIAT)
    log.begin(secretariat)
    log.enrol(office, secretariat)
    sealed = log.by_office(office, seal_content(office.entry_id, CERTIFICATE))
    before = replay(log.entries, TRUST)
    assert before.findings == []
    assert verify_logged_seal(HASH, OFFICE, before.audit.seals, NOW).leaf == sealed.leaf
    log.by_office(office, Revocation(office.entry_id, sealed.leaf, "key lost"))
    after = replay(log.entries, TRUST)
    assert after.findings == []
    with pytest.raises(PeerError) as caught:
        verify_logged_seal(HASH, OFFICE, after.audit.seals, NOW)
    assert caught.value.code is Code.NOT_FOUND


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
