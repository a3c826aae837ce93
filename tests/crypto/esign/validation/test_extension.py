"""Until when a signature holds, and what its verdict rests on: EN 319 102-1 clauses 5.5 and 5.6."""

from dataclasses import replace

import pytest
from tests.crypto.esign.validation.pki import (
    DAY,
    NOW,
    TIME_STAMPING,
    YEAR,
    anchor,
    answer,
    crl,
    evidence,
    party,
    signature,
    stamped,
    terms,
)

from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.found import TimestampKind
from rogatory_crypto.esign.report import Origin, RevocationKind, SignatureReport
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.verdict import Indication

ROOT = party("root", ca=True, ends=NOW + 9 * YEAR)
SIGNER = party("signer", ROOT)
SHORT_TSA = party("short tsa", ROOT, purposes=(TIME_STAMPING,), ends=NOW + 2 * YEAR)
LONG_TSA = party("long tsa", ROOT, purposes=(TIME_STAMPING,), ends=NOW + 4 * YEAR)
LISTS = (crl(ROOT, issued=NOW + 60),)


def check(*stamps: object, at: int = NOW + DAY, found: Evidence | None = None) -> SignatureReport:
    carried = evidence(crls=LISTS) if found is None else found
    return validate(signature(SIGNER, carried, *stamps), terms(anchor(ROOT), at=at))  # type: ignore[arg-type]


def test_a_signature_without_a_time_stamp_lasts_as_its_certificate() -> None:
    report = check(found=evidence(crls=(crl(ROOT, issued=NOW + DAY),)))
    assert report.signer is not None
    assert report.extend_before == report.signer.not_after


def test_a_time_stamp_holds_until_its_authority_expires_and_not_a_second_longer() -> None:
    end = check(stamped(SHORT_TSA, NOW)).extend_before
    assert end == NOW + 2 * YEAR
    assert check(stamped(SHORT_TSA, NOW), at=end).indication is Indication.TOTAL_PASSED
    assert check(stamped(SHORT_TSA, NOW), at=end + 1).indication is Indication.INDETERMINATE


def test_the_newest_time_stamp_decides() -> None:
    archived = stamped(LONG_TSA, NOW + 60, kind=TimestampKind.ARCHIVE)
    report = check(stamped(SHORT_TSA, NOW), archived)
    end = report.extend_before
    assert end is not None
    assert end > NOW + 2 * YEAR
    later = check(stamped(SHORT_TSA, NOW), archived, at=end)
    assert later.indication is Indication.TOTAL_PASSED
    assert check(stamped(SHORT_TSA, NOW), archived, at=end + 1).indication is not Indication.TOTAL_PASSED


def test_what_did_not_pass_has_nothing_to_extend() -> None:
    report = validate(signature(SIGNER, evidence(), stamped(SHORT_TSA, NOW)), terms(anchor(ROOT)))
    assert report.indication is Indication.INDETERMINATE
    assert report.extend_before is None
    assert report.revocation == ()


@pytest.mark.parametrize("origin", Origin)
def test_a_report_says_where_an_ocsp_answer_came_from(origin: Origin) -> None:
    data = evidence(ocsps=(answer(SIGNER, ROOT, ROOT, issued=NOW + DAY, by_name=True),))
    given, carried = (data, evidence()) if origin is Origin.GIVEN else (evidence(), data)
    asked = replace(terms(anchor(ROOT)), evidence=given)
    (told,) = validate(signature(SIGNER, carried), asked).revocation
    assert (told.kind, told.origin, told.issued_at) == (RevocationKind.OCSP, origin, NOW + DAY)
    assert (told.about, told.speaker) == ("CN=signer", "CN=root")


@pytest.mark.parametrize("origin", Origin)
def test_a_report_says_where_a_revocation_list_came_from(origin: Origin) -> None:
    data = evidence(crls=LISTS)
    given, carried = (data, evidence()) if origin is Origin.GIVEN else (evidence(), data)
    asked = replace(terms(anchor(ROOT)), evidence=given)
    report = validate(signature(SIGNER, carried, stamped(SHORT_TSA, NOW)), asked)
    for told in (*report.revocation, *report.timestamps[0].revocation):
        assert (told.kind, told.origin, told.issued_at) == (RevocationKind.CRL, origin, NOW + 60)
        assert told.speaker == "CN=root"
    assert report.timestamps[0].revocation[0].about == "CN=short tsa"
