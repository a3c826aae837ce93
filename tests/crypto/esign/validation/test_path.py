"""Which chains lead to trust, for what and as of when: RFC 5280 section 6.1, EN 319 102-1 clause 5.2.6."""

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from tests.crypto.esign.validation.pki import (
    DAY,
    NOW,
    OCSP_SIGNING,
    TIME_STAMPING,
    YEAR,
    Party,
    anchor,
    evidence,
    key_of,
    named,
    party,
    signature,
    stamped,
    terms,
)

from rogatory_crypto.esign.report import SignatureReport
from rogatory_crypto.esign.trust.anchor import Anchor, Anchors, Purpose, Shortcoming, SourceKind, Window
from rogatory_crypto.esign.validation.path import EXPIRED_PIN, ISSUED_OUTSIDE
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.verdict import Indication, Role, SubIndication

PASSES, FAILS, UNSURE = Indication.TOTAL_PASSED, Indication.TOTAL_FAILED, Indication.INDETERMINATE
ROOT = party("root", ca=True, country="XA")
CA = party("ca", ROOT, ca=True)
SIGNER = party("signer", CA)
NAMES = x509.NameConstraints(
    permitted_subtrees=[x509.DirectoryName(named("elsewhere"))], excluded_subtrees=None
)


def check(signer: Party, *anchors: Anchor, held: tuple[Party, ...] = (CA,), at: int = NOW) -> SignatureReport:
    asked = terms(*(anchors or (anchor(ROOT),)), at=at, revocation=False)
    return validate(signature(signer, evidence(*held), claimed=NOW), asked)


def test_chain_is_shown_from_the_signer_up() -> None:
    report = check(SIGNER)
    assert report.indication is PASSES
    assert [each.subject for each in report.chain] == ["CN=signer", "CN=ca"]
    assert report.trust_anchor is not None
    assert "root" in report.trust_anchor.certificate.subject


def test_chain_that_ends_nowhere_names_the_certificate_to_add() -> None:
    report = check(SIGNER, anchor(party("stranger", ca=True)))
    assert (report.indication, report.sub_indication) == (UNSURE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
    assert report.missing is not None
    assert (report.missing.role, report.missing.country) == (Role.SIGNER, "XA")
    assert "root" in report.missing.issuer
    alone = check(SIGNER, anchor(party("stranger", ca=True)), held=())
    assert alone.missing is not None
    assert "ca" in alone.missing.issuer


def test_list_that_could_not_be_used_is_named_where_it_could_have_answered() -> None:
    """Fail closed, and say why: a stale list is not the same as no list."""
    shortcomings = (
        Shortcoming("XA", "the list of XA is stale"),
        Shortcoming("XB", "the list of XB is stale"),
    )
    asked = replace(terms(revocation=False), anchors=Anchors((), shortcomings))
    report = validate(signature(SIGNER, evidence(CA, ROOT)), asked)
    assert report.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    assert "XA is stale" in report.reason
    assert "XB" not in report.reason


@pytest.mark.parametrize(
    ("territory", "country"), [("EL", "GR"), ("UK", "GB"), ("XA", "XA"), ("XA_T", "XA"), ("", "XA")]
)
def test_list_is_matched_to_a_country_however_its_territory_is_written(territory: str, country: str) -> None:
    """TS 119 612 clause 5.3.10: EL and UK stand for what ISO 3166-1 calls GR and GB."""
    foreign = party("signer", party("foreign root", ca=True, country=country))
    asked = replace(terms(revocation=False), anchors=Anchors((), (Shortcoming(territory, "it is stale"),)))
    assert "it is stale" in validate(signature(foreign), asked).reason


@pytest.mark.parametrize(
    ("purpose", "passes"),
    [(Purpose.ISSUER, True), (Purpose.TIMESTAMP, False), (Purpose.OCSP, False), (Purpose.SIGNER, False)],
)
def test_anchor_ends_only_chains_of_its_purpose(purpose: Purpose, *, passes: bool) -> None:
    report = check(SIGNER, anchor(ROOT, purpose))
    assert (report.indication is PASSES) is passes
    if not passes:
        assert report.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_end_entity_that_is_trusted_issues_nothing() -> None:
    """RFC 5280 section 6.1.1 ignores an anchor's extensions; a service on a list is no authority by that."""
    unit = party("unit", ROOT, purposes=(TIME_STAMPING,))
    report = check(party("signer", unit), anchor(unit, *Purpose), held=())
    assert report.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


@pytest.mark.parametrize(
    ("window", "passes"),
    [
        (Window(), True),
        (Window(until=NOW), False),
        (Window(until=NOW + 1), True),
        (Window(since=NOW + 1), False),
        (Window(since=NOW), True),
    ],
)
def test_anchor_counts_only_within_its_window(window: Window, *, passes: bool) -> None:
    """TS 119 615 clause 4.4: the status of a service is that of the time of use."""
    listed = anchor(ROOT, Purpose.ISSUER, kind=SourceKind.TRUSTED_LIST, windows=(window,))
    report = check(SIGNER, listed)
    assert (report.indication is PASSES) is passes
    if passes and window.since:
        assert ISSUED_OUTSIDE in report.warnings
    # Another entry of the same certificate with another window is another answer.
    assert check(SIGNER, listed, anchor(ROOT)).indication is PASSES


def test_pinned_signer_is_trusted_for_itself_alone() -> None:
    assert check(SIGNER, anchor(SIGNER, Purpose.SIGNER), held=()).indication is PASSES
    issued = party("other", SIGNER)
    assert check(issued, anchor(SIGNER, Purpose.SIGNER), held=()).indication is UNSURE
    same_key = party("signer", CA, ends=NOW + DAY)
    assert check(same_key, anchor(SIGNER, Purpose.SIGNER), held=()).indication is UNSURE
    for purpose in (Purpose.TIMESTAMP, Purpose.OCSP):
        assert check(SIGNER, anchor(SIGNER, purpose), held=()).indication is UNSURE


@pytest.mark.parametrize("kind", SourceKind)
def test_pinned_signer_s_word_counts_only_where_it_was_given_for_this_check(kind: SourceKind) -> None:
    """The directory and the lists say for themselves until when somebody is trusted."""
    report = check(SIGNER, anchor(SIGNER, Purpose.SIGNER, kind=kind), at=NOW + 2 * YEAR)
    given = kind is SourceKind.GIVEN
    assert report.indication is (PASSES if given else UNSURE)
    assert (EXPIRED_PIN in report.warnings) is given
    for claimed in (None, NOW - 2 * YEAR, NOW + 2 * YEAR):
        asked = terms(anchor(SIGNER, Purpose.SIGNER, kind=kind), at=NOW + 2 * YEAR, revocation=False)
        told = validate(signature(SIGNER, claimed=claimed), asked)
        assert told.sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE
    early = check(SIGNER, anchor(SIGNER, Purpose.SIGNER, kind=kind), at=NOW - 2 * YEAR)
    assert (early.indication, early.sub_indication) == (UNSURE, SubIndication.OUT_OF_BOUNDS_NO_POE)


@pytest.mark.parametrize("kind", SourceKind)
def test_list_goes_on_vouching_for_the_units_it_names(kind: SourceKind) -> None:
    """TS 119 612 clause 5.5.1.1: the unit is the service; what it issued while valid stands."""
    unit = party("tsa", purposes=(TIME_STAMPING,), ends=NOW + DAY)
    entry = anchor(unit, Purpose.TIMESTAMP, kind=kind)
    asked = terms(anchor(ROOT), entry, at=NOW + 2 * DAY, revocation=False)
    vouched = kind is not SourceKind.DIRECTORY
    report = validate(signature(SIGNER, evidence(CA), stamped(unit, NOW)), asked)
    assert (report.best_signature_time == NOW) is vouched
    late = validate(signature(SIGNER, evidence(CA), stamped(unit, NOW + DAY + 9)), asked)
    assert late.best_signature_time is None


def test_best_of_several_paths_counts() -> None:
    """RFC 4158 section 2.4: a cross certificate opens another way to trust."""
    old_root = party("old root", ca=True)
    expired = party("ca", old_root, ca=True, ends=NOW - DAY)
    anchors = (anchor(ROOT), anchor(old_root))
    assert check(SIGNER, *anchors, held=(expired, CA)).indication is PASSES
    assert check(SIGNER, *anchors, held=(CA, expired)).indication is PASSES
    report = check(SIGNER, *anchors, held=(expired,))
    assert (report.indication, report.sub_indication) == (UNSURE, SubIndication.OUT_OF_BOUNDS_NO_POE)


def test_certificates_that_certify_each_other_lead_nowhere() -> None:
    one = party("one", ca=True)
    two = party("two", one, ca=True)
    back = party("one", two, ca=True)
    report = check(party("signer", two), held=(one, two, back))
    assert report.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_a_flood_of_certificates_ends_and_does_not_hide_the_way() -> None:
    crowd = tuple(
        party("ca", ca=True, begins=NOW - YEAR - place, key=key_of(f"hostile {place % 3}"))
        for place in range(100)
    )
    assert check(SIGNER, held=(*crowd, CA)).indication is PASSES
    assert check(SIGNER, held=crowd).sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


@pytest.mark.parametrize(
    "above",
    [
        party("ca", ROOT, ca=False),
        party("ca", ROOT, ca=True, usage="sign"),
        party("ca", ROOT, ca=True, extensions=(NAMES,)),
        party("ca", ROOT, ca=True, extensions=(x509.PolicyConstraints(0, None),)),
        party("ca", party("root", ca=True, country="XA", key=key_of("impostor")), ca=True),
    ],
    ids=["no authority", "key not for it", "names", "policies", "another's key"],
)
def test_what_an_issuer_may_not_certify_does_not_count(above: Party) -> None:
    """RFC 5280 sections 4.2.1.3, 4.2.1.9 to 4.2.1.11."""
    report = check(party("signer", above), held=(above,))
    assert report.indication is UNSURE


def test_path_is_no_longer_than_its_authorities_allow() -> None:
    """RFC 5280 section 4.2.1.9, pathLenConstraint."""
    short = party("ca", ROOT, ca=True, length=0)
    below = party("below", short, ca=True)
    report = check(party("signer", below), held=(short, below))
    assert (report.indication, report.sub_indication) == (UNSURE, SubIndication.CHAIN_CONSTRAINTS_FAILURE)
    assert check(party("signer", short), held=(short,)).indication is PASSES


def test_anchor_is_held_to_what_its_certificate_says_of_itself() -> None:
    """RFC 5937 section 3: the limits that an anchor's own certificate states."""
    for narrow in (
        party("root", ca=True, country="XA", length=0),
        party("root", ca=True, country="XA", extensions=(NAMES,)),
    ):
        report = check(SIGNER, anchor(narrow))
        assert (report.indication, report.sub_indication) == (UNSURE, SubIndication.CHAIN_CONSTRAINTS_FAILURE)
    direct = party("signer", ROOT)
    assert check(direct, anchor(party("root", ca=True, country="XA", length=0))).indication is PASSES
    hosts = x509.NameConstraints(permitted_subtrees=None, excluded_subtrees=[x509.DNSName("a.example")])
    assert (
        check(direct, anchor(party("root", ca=True, country="XA", extensions=(hosts,)))).indication is PASSES
    )


@pytest.mark.parametrize(
    ("usage", "purposes", "passes"),
    [
        ("sign", (), True),
        ("commit", (), True),
        ("encipher", (), False),
        ("certify", (), False),
        ("sign", (ExtendedKeyUsageOID.EMAIL_PROTECTION,), True),
        ("sign", (TIME_STAMPING,), False),
        ("sign", (OCSP_SIGNING,), False),
    ],
)
def test_key_does_only_what_it_is_for(
    usage: str, purposes: tuple[ObjectIdentifier, ...], *, passes: bool
) -> None:
    """RFC 5280 sections 4.2.1.3 and 4.2.1.12: digitalSignature or nonRepudiation, no service's alone."""
    report = check(party("signer", CA, usage=usage, purposes=purposes))
    assert (report.indication is PASSES) is passes
    if not passes:
        assert report.sub_indication is SubIndication.CHAIN_CONSTRAINTS_FAILURE


@pytest.mark.parametrize(
    ("usage", "purposes", "kind", "passes"),
    [
        ("authenticate", (), SourceKind.GIVEN, True),
        ("authenticate", (), SourceKind.TRUSTED_LIST, False),
        ("commit", (), SourceKind.TRUSTED_LIST, True),
        ("authenticate", (ExtendedKeyUsageOID.EMAIL_PROTECTION,), SourceKind.GIVEN, True),
        ("authenticate", (ExtendedKeyUsageOID.CLIENT_AUTH,), SourceKind.GIVEN, False),
        ("sign", (ExtendedKeyUsageOID.CLIENT_AUTH,), SourceKind.GIVEN, True),
        (
            "authenticate",
            (ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION),
            SourceKind.GIVEN,
            True,
        ),
    ],
)
def test_key_for_logging_in_commits_nobody(
    usage: str, purposes: tuple[ObjectIdentifier, ...], kind: SourceKind, *, passes: bool
) -> None:
    """EN 319 412-2 clause 4.3.2: only key usages of the types A, B and F are for signatures."""
    report = check(party("signer", CA, usage=usage, purposes=purposes), anchor(ROOT, kind=kind))
    assert (report.indication is PASSES) is passes
    if not passes:
        assert report.sub_indication is SubIndication.CHAIN_CONSTRAINTS_FAILURE


def test_who_trusts_a_very_certificate_has_decided_what_it_is_for() -> None:
    odd = party("signer", CA, usage="encipher", purposes=(ExtendedKeyUsageOID.CLIENT_AUTH,))
    assert check(odd, anchor(odd, Purpose.SIGNER), held=()).indication is PASSES
    assert check(odd).indication is UNSURE
    # Whoever trusts an authority to issue has not decided that its key may sign documents.
    assert check(ROOT, held=()).sub_indication is SubIndication.CHAIN_CONSTRAINTS_FAILURE
    assert check(party("root", ca=True, usage="sign"), held=()).indication is UNSURE
    signing = party("seal", ca=True, usage="sign")
    assert check(signing, anchor(signing), held=()).indication is PASSES


@pytest.mark.parametrize(
    ("purposes", "critical", "passes"),
    [
        ((TIME_STAMPING,), True, True),
        ((TIME_STAMPING,), False, False),
        ((TIME_STAMPING, ExtendedKeyUsageOID.EMAIL_PROTECTION), True, False),
        ((), True, False),
    ],
)
def test_time_stamping_unit_is_for_time_stamps_alone_and_critically_so(
    purposes: tuple[ObjectIdentifier, ...], *, critical: bool, passes: bool
) -> None:
    """RFC 3161 section 2.3."""
    unit = party("tsa", CA, purposes=purposes, critical=critical)
    found = signature(SIGNER, evidence(CA), stamped(unit, NOW))
    (stamp,) = validate(found, terms(anchor(ROOT), at=NOW, revocation=False)).timestamps
    assert (stamp.indication is PASSES) is passes
    if not passes:
        assert stamp.sub_indication is SubIndication.CHAIN_CONSTRAINTS_FAILURE


def test_weak_key_or_digest_anywhere_in_the_path_does_not_count() -> None:
    """EN 319 102-1 clause 5.2.8 for every certificate below the anchor; TS 119 312 for the dates."""
    weak = party("ca", ROOT, ca=True, key=ec.generate_private_key(ec.SECP224R1()))
    report = check(party("signer", weak), held=(weak,))
    assert (report.indication, report.sub_indication) == (UNSURE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)
    old = party("signer", CA, digest=hashes.SHA224())
    assert check(old, at=NOW).indication is PASSES
    late = party("signer", CA, digest=hashes.SHA224(), ends=NOW + 9 * YEAR)
    long_ca = party("ca", ROOT, ca=True, ends=NOW + 9 * YEAR)
    report = check(late, held=(long_ca,), at=NOW + 4 * YEAR)
    assert report.sub_indication is SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE


def test_short_key_of_the_signer_is_judged_too() -> None:
    small = party("signer", CA, key=rsa.generate_private_key(65537, 1024))  # noqa: S505 - weak on purpose
    report = check(small)
    assert (report.indication, report.sub_indication) == (UNSURE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)
