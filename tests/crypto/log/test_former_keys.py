"""A log that outlives its keys: each entry is judged by who answered for it when it was appended."""

from dataclasses import replace

from tests.crypto.identity.enrolled_office import NOW, OPERATOR, EnrolledOffice, keys, public, seed
from tests.crypto.log.written_log import SECRETARIAT, TRUST, WrittenLog
from tests.trusted_network import TrustedNetwork

from rogatory_crypto import signing
from rogatory_crypto.identity.former import Former
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.entry_content import Change, DirectoryChange
from rogatory_crypto.log.replay import Fault, replay
from rogatory_crypto.wire.identifier import EntryId

LATER = NOW + 100
NEWER = keys("the next operator")
ROTATED = replace(TRUST, operator_key=public(NEWER), former=Former(operators=((LATER, TRUST.operator_key),)))


def change(number: int) -> DirectoryChange:
    return DirectoryChange(EntryId(f"CNA-{number}"), Change.ADDED, bytes(32))


def test_what_the_former_operator_signed_in_its_time_holds() -> None:
    log = WrittenLog()
    log.by_operator(change(0))
    log.at = LATER
    log.content(change(1), {b"": NEWER})
    assert not replay(log.entries, ROTATED).findings


def test_what_the_former_operator_signs_afterwards_is_refused() -> None:
    log = WrittenLog(at=LATER)
    log.by_operator(change(0))
    (finding,) = replay(log.entries, ROTATED).findings
    assert finding.fault is Fault.SIGNATURE_REFUSED


def test_the_next_operator_cannot_sign_before_its_time() -> None:
    log = WrittenLog()
    log.content(change(0), {b"": NEWER})
    (finding,) = replay(log.entries, ROTATED).findings
    assert finding.fault is Fault.SIGNATURE_REFUSED


def test_nothing_is_dated_back_into_the_time_of_the_former_operator() -> None:
    """Its holder and the relay together could otherwise begin a secretariat anew."""
    log, secretariat = WrittenLog(), EnrolledOffice(SECRETARIAT)
    log.at = LATER
    log.batch(seed("batch"))
    log.at = NOW
    log.begin(secretariat)
    log.by_operator(change(0))
    result = replay(log.entries, ROTATED)
    assert {(finding.fault, finding.index) for finding in result.findings} == {
        (Fault.TIME_REVERSED, index) for index in range(1, len(log.entries))
    }
    assert not result.audit.registry.invitations
    assert not result.audit.records


def test_a_former_postmark_key_lists_nothing_afterwards_whatever_time_it_states() -> None:
    log = WrittenLog()
    log.batch(seed("in time"))
    early = LogEntry.decode(log.entries[0])
    again = LogEntry(EntryType.POSTMARK_BATCH, *log.place("postmarks"), early.body, LATER)
    log.add(again)
    former = Former(postmarks=((LATER, TRUST.postmark_key),))
    rotated = replace(TRUST, postmark_key=signing.public_key(seed("the next")), former=former)
    (finding,) = replay(log.entries, rotated).findings
    assert (finding.index, finding.fault) == (1, Fault.SIGNATURE_REFUSED)


def test_a_former_secretariat_has_admitted_whom_it_admitted() -> None:
    log, secretariat = WrittenLog(), EnrolledOffice(SECRETARIAT)
    log.begin(secretariat)
    log.enrol(EnrolledOffice("CNA-SN-01"), secretariat)
    former = Former(secretariats=((LATER, "WACAP", EntryId(SECRETARIAT)),))
    succeeded = replace(TRUST, secretariats={"WACAP": EntryId("NET-OTHER")}, former=former)
    assert not replay(log.entries, succeeded).findings
    assert replay(log.entries, replace(succeeded, former=Former())).findings
    assert OPERATOR != NEWER


def test_an_office_that_comes_to_run_a_network_was_an_office_before() -> None:
    """Its letter was of another network's officers, and no secretariat's is."""
    log, secretariat, office = WrittenLog(), EnrolledOffice(SECRETARIAT), EnrolledOffice("CNA-SN-01")
    log.begin(secretariat)
    log.enrol(office, secretariat)
    network = TrustedNetwork(secretariats=TRUST.secretariats).pinned.trust
    wider = {**TRUST.secretariats, "LATE": office.entry_id}
    former = network.replaced_by(network.directory_key, network.postmark_key, wider, LATER)
    assert not replay(log.entries, replace(TRUST, secretariats=wider, former=former)).findings
    log.at = LATER
    log.statement(secretariat.invite(office, "WACAP", at=LATER))
    (finding,) = replay(log.entries, replace(TRUST, secretariats=wider, former=former)).findings
    assert "a secretariat is invited by the directory operator" in finding.detail
