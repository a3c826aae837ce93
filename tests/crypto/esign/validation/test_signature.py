"""Time first, then the signature as of it: EN 319 102-1 clauses 5.3 to 5.6."""

import pytest
from tests.crypto.esign.validation.pki import (
    DAY,
    NOW,
    TIME_STAMPING,
    YEAR,
    Party,
    anchor,
    crl,
    evidence,
    party,
    signature,
    stamped,
    terms,
)

from rogatory_crypto.esign.found import TimestampKind
from rogatory_crypto.esign.report import Block, SignatureReport
from rogatory_crypto.esign.trust.anchor import Purpose, SourceKind
from rogatory_crypto.esign.validation.signature import (
    MAX_TIMESTAMPS,
    NO_TIMESTAMP,
    UNTRUSTED_TIMESTAMP,
    validate,
)
from rogatory_crypto.esign.validation.timestamp import validate_timestamp
from rogatory_crypto.esign.verdict import Indication, SubIndication, failed, indeterminate

PASSES, FAILS, UNSURE = Indication.TOTAL_PASSED, Indication.TOTAL_FAILED, Indication.INDETERMINATE
LONG = NOW + 9 * YEAR
ROOT = party("root", ca=True, ends=LONG)
SIGNER = party("signer", ROOT)
TSA = party("tsa", ROOT, purposes=(TIME_STAMPING,), ends=LONG)
OTHER_ROOT = party("other root", ca=True, ends=LONG)
OTHER_TSA = party("other tsa", OTHER_ROOT, purposes=(TIME_STAMPING,), ends=LONG)


def lists(*revoked: tuple[Party, int], issued: int = NOW + 60) -> tuple[object, ...]:
    return (crl(ROOT, dict(revoked), issued=issued), crl(OTHER_ROOT, issued=issued))


def check(found: object, *more: object, at: int = NOW + DAY, revocation: bool = True) -> SignatureReport:
    return validate(found, terms(anchor(ROOT), *more, at=at, revocation=revocation))  # type: ignore[arg-type]


def test_signature_with_time_and_evidence_passes() -> None:
    report = check(signature(SIGNER, evidence(crls=lists()), stamped(TSA, NOW)))
    assert (report.indication, report.sub_indication) == (PASSES, None)
    assert (report.best_signature_time, report.level) == (NOW, "CAdES-BASELINE-LT")
    assert {block.indication for block in report.blocks} == {PASSES}
    assert [block.block for block in report.blocks] == list(Block)
    assert report.warnings == ()


def test_without_a_time_stamp_the_time_is_only_claimed() -> None:
    report = check(signature(SIGNER, evidence(crls=lists(issued=NOW + DAY))))
    assert report.indication is PASSES
    assert report.best_signature_time is None
    assert report.warnings == (NO_TIMESTAMP,)
    assert report.level == "CAdES-BASELINE-B"


def test_revocation_after_the_proven_time_may_pass() -> None:
    """EN 319 102-1 clause 5.5.4: the revocation is posterior to the best signature time."""
    data = evidence(crls=lists((SIGNER, NOW + 30)))
    report = check(signature(SIGNER, data, stamped(TSA, NOW)))
    assert report.indication is PASSES
    assert any("revoked after" in warning for warning in report.warnings)


@pytest.mark.parametrize("proven", [True, False])
def test_revocation_before_the_proven_time_is_never_intact_proof(*, proven: bool) -> None:
    """Clause 5.5.4: without proof that the signature is older it stays undecided, not failed."""
    data = evidence(crls=lists((SIGNER, NOW - 30)))
    tokens = (stamped(TSA, NOW),) if proven else ()
    report = check(signature(SIGNER, data, *tokens))
    assert (report.indication, report.sub_indication) == (UNSURE, SubIndication.REVOKED_NO_POE)
    certificate = next(block for block in report.blocks if block.block is Block.CERTIFICATE_VALIDATION)
    assert certificate.sub_indication is SubIndication.REVOKED_NO_POE


def test_content_time_stamp_after_the_revocation_proves_that_it_was_signed_later() -> None:
    """Clause 5.5.4: a content time stamp is older than the signature, so the key was used when revoked."""
    data = evidence(crls=lists((SIGNER, NOW - 60)))
    tokens = (stamped(TSA, NOW - 30, TimestampKind.CONTENT), stamped(TSA, NOW))
    report = check(signature(SIGNER, data, *tokens))
    assert (report.indication, report.sub_indication) == (FAILS, SubIndication.REVOKED)


def test_content_time_stamp_after_expiry_proves_that_it_was_signed_later() -> None:
    gone = party("signer", ROOT, ends=NOW - DAY)
    tokens = (stamped(TSA, NOW - 30, TimestampKind.CONTENT), stamped(TSA, NOW))
    report = check(signature(gone, evidence(crls=lists()), *tokens))
    assert (report.indication, report.sub_indication) == (FAILS, SubIndication.EXPIRED)


def test_certificate_expired_since_the_proven_time_counts_as_of_then() -> None:
    brief = party("signer", ROOT, ends=NOW + DAY)
    data = evidence(crls=lists(issued=NOW + 60))
    proven = signature(brief, data, stamped(TSA, NOW))
    assert check(proven, at=NOW + 30 * DAY).indication is PASSES
    report = check(signature(brief, data), at=NOW + 30 * DAY)
    assert (report.indication, report.sub_indication) == (UNSURE, SubIndication.OUT_OF_BOUNDS_NOT_REVOKED)


def test_proof_that_it_existed_before_its_certificate_fails_it() -> None:
    """EN 319 102-1 table 5: NOT_YET_VALID."""
    late = party("signer", ROOT, begins=NOW + 60)
    report = check(signature(late, evidence(crls=lists()), stamped(TSA, NOW)))
    assert (report.indication, report.sub_indication) == (FAILS, SubIndication.NOT_YET_VALID)


def test_untrusted_time_stamp_is_set_aside_and_names_who_is_missing() -> None:
    data = evidence(crls=lists(issued=NOW + DAY))
    report = check(signature(SIGNER, data, stamped(OTHER_TSA, NOW)))
    assert report.indication is PASSES
    assert report.best_signature_time is None
    assert UNTRUSTED_TIMESTAMP in report.warnings
    (stamp,) = report.timestamps
    assert stamp.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    assert stamp.missing is not None
    assert (stamp.missing.role, stamp.missing.issuer) == ("timestamp", "CN=other root")


def test_damaged_time_stamp_spoils_its_signature() -> None:
    token = stamped(TSA, NOW, covered=b"something else")
    report = check(signature(SIGNER, evidence(crls=lists()), token))
    assert report.timestamps[0].indication is FAILS
    assert report.timestamps[0].sub_indication is SubIndication.HASH_FAILURE
    assert (report.indication, report.sub_indication) == (UNSURE, SubIndication.HASH_FAILURE)


@pytest.mark.parametrize(
    ("content", "signed", "archived", "ordered"),
    [
        (NOW, NOW + 1, NOW + 2, True),
        (NOW, NOW, NOW, True),
        (NOW + 9, NOW + 1, NOW + 20, False),
        (NOW, NOW + 9, NOW + 2, False),
    ],
)
def test_time_stamps_come_in_the_order_in_which_they_cover(
    content: int, signed: int, archived: int, *, ordered: bool
) -> None:
    """EN 319 102-1 clause 5.5.4: content before signature before archive."""
    tokens = (
        stamped(TSA, content, TimestampKind.CONTENT),
        stamped(TSA, signed),
        stamped(TSA, archived, TimestampKind.ARCHIVE),
    )
    report = check(signature(SIGNER, evidence(crls=lists(issued=NOW + 60)), *tokens))
    if ordered:
        assert (report.indication, report.level) == (PASSES, "CAdES-BASELINE-LTA")
    else:
        assert (report.indication, report.sub_indication) == (UNSURE, SubIndication.TIMESTAMP_ORDER_FAILURE)


def test_untrusted_time_stamp_out_of_order_is_no_order_failure() -> None:
    tokens = (stamped(OTHER_TSA, NOW + 900), stamped(TSA, NOW + 2, TimestampKind.ARCHIVE))
    report = check(signature(SIGNER, evidence(crls=lists()), *tokens))
    assert report.indication is PASSES
    assert report.best_signature_time == NOW + 2


def test_archive_time_stamps_carry_older_ones_over_their_authority_s_end() -> None:
    """Clause 5.6: each is judged as of what the newer ones prove; without the newest nothing stands."""
    brief = party("brief tsa", ROOT, purposes=(TIME_STAMPING,), ends=NOW + YEAR)
    later = NOW + YEAR - DAY
    data = evidence(crls=(*lists(), *lists(issued=later + 60)))
    first, archive = stamped(brief, NOW), stamped(TSA, later, TimestampKind.ARCHIVE)
    renewed = check(signature(SIGNER, data, first, archive), at=NOW + 3 * YEAR)
    assert (renewed.indication, renewed.best_signature_time) == (PASSES, NOW)
    left = check(signature(SIGNER, data, first), at=NOW + 3 * YEAR)
    assert (left.indication, left.best_signature_time) == (UNSURE, None)
    assert left.timestamps[0].sub_indication is SubIndication.OUT_OF_BOUNDS_NOT_REVOKED


@pytest.mark.parametrize("kind", SourceKind)
def test_time_stamp_does_not_outlive_the_end_of_its_authority_s_anchor(kind: SourceKind) -> None:
    """Clause 5.6: an anchor that has ended proves nothing newer, unless a trusted list goes on naming it."""
    brief_root = party("brief root", ca=True, ends=NOW + DAY)
    unit = party("tsa", brief_root, purposes=(TIME_STAMPING,), ends=LONG)
    held = evidence(crls=(*lists(issued=NOW + 3 * DAY), crl(brief_root, issued=NOW + 60)))
    report = check(
        signature(SIGNER, held, stamped(unit, NOW)), anchor(brief_root, kind=kind), at=NOW + 2 * DAY
    )
    listed = kind is SourceKind.TRUSTED_LIST
    assert (report.best_signature_time == NOW) is listed
    if not listed:
        assert report.timestamps[0].sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE


def test_covering_time_stamp_of_the_document_is_proof_as_well() -> None:
    brief = party("signer", ROOT, ends=NOW + DAY)
    data = evidence(crls=lists())
    asked = terms(anchor(ROOT), at=NOW + 30 * DAY)
    covering = validate_timestamp(stamped(TSA, NOW, TimestampKind.DOCUMENT), asked, data, asked.at)
    report = validate(signature(brief, data), asked, [covering])
    assert (report.indication, report.best_signature_time) == (PASSES, NOW)
    assert report.level == "CAdES-BASELINE-LTA"
    assert report.timestamps == (covering,)


@pytest.mark.parametrize(
    ("integrity", "block"),
    [
        (failed(SubIndication.HASH_FAILURE, "changed"), Block.CRYPTOGRAPHIC_VERIFICATION),
        (failed(SubIndication.FORMAT_FAILURE, "odd"), Block.FORMAT_CHECKING),
        (indeterminate(SubIndication.SIG_CONSTRAINTS_FAILURE, "odd"), Block.SIGNATURE_ACCEPTANCE),
        (indeterminate(SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "no"), Block.SIGNING_CERTIFICATE),
    ],
)
def test_what_the_format_found_stands_whoever_is_trusted(integrity: object, block: Block) -> None:
    found = signature(SIGNER, evidence(crls=lists()), stamped(TSA, NOW), integrity=integrity)  # type: ignore[arg-type]
    report = check(found)
    assert report.indication is integrity.indication  # type: ignore[attr-defined]
    assert [each.block for each in report.blocks if each.sub_indication] == [block]


def test_signature_without_a_certificate_says_so() -> None:
    report = check(signature(None))
    assert (report.indication, report.sub_indication) == (UNSURE, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
    assert report.signer is None


def test_digest_is_judged_as_of_the_proven_time() -> None:
    """EN 319 102-1 clause 5.2.8 and ETSI TS 119 312: SHA-1 ended before this signature was made."""
    found = signature(SIGNER, evidence(crls=lists()), stamped(TSA, NOW), digests=frozenset({"sha1"}))
    report = check(found)
    assert (report.indication, report.sub_indication) == (UNSURE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)


def test_time_stamping_unit_may_be_trusted_itself() -> None:
    """TS 119 612 clause 5.5.1.1, TSA/QTST: the listed certificate is the unit's own."""
    data = evidence(crls=lists(issued=NOW + DAY))
    report = check(signature(SIGNER, data, stamped(OTHER_TSA, NOW)), anchor(OTHER_TSA, Purpose.TIMESTAMP))
    assert (report.indication, report.best_signature_time) == (PASSES, NOW)


def test_no_more_time_stamps_are_judged_than_can_be_in_reasonable_time() -> None:
    """What is not looked at must not pass: one of those beyond the limit could be damaged."""
    token = stamped(TSA, NOW)
    held = evidence(crls=lists())
    assert check(signature(SIGNER, held, *[token] * MAX_TIMESTAMPS)).indication is PASSES
    report = check(signature(SIGNER, held, *[token] * (MAX_TIMESTAMPS + 1)))
    assert (report.indication, report.sub_indication) == (UNSURE, SubIndication.GENERIC)
