"""Whom a state lets sign signs for that state alone; a time stamp proves time, whoever's it is."""

from dataclasses import replace

import pytest
from tests.crypto.esign.validation.pki import (
    NOW,
    TIME_STAMPING,
    anchor,
    crl,
    evidence,
    party,
    signature,
    stamped,
    terms,
)

from rogatory_crypto.esign.report import SignatureReport
from rogatory_crypto.esign.trust.anchor import Anchor, Anchors, Purpose, Shortcoming, SourceKind
from rogatory_crypto.esign.trust.territory import alpha2_of, alpha3_of, iso_of
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.verdict import Indication, Role, SubIndication

PASSES, UNSURE = Indication.TOTAL_PASSED, Indication.INDETERMINATE
FOREIGN = (UNSURE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
ROOT = party("root", ca=True, country="EE")
SIGNER = party("signer", ROOT)
TSA = party("tsa", ROOT, purposes=(TIME_STAMPING,))
HELD = evidence(crls=(crl(ROOT),))
LISTED, NAMED = SourceKind.TRUSTED_LIST, SourceKind.DIRECTORY


def check(state: str | None, *anchors: Anchor, stamp: bool = False) -> SignatureReport:
    found = signature(SIGNER, HELD, *((stamped(TSA, NOW),) if stamp else ()))
    return validate(found, replace(terms(*anchors, at=NOW), state=state))


def words(report: SignatureReport) -> tuple[Indication, SubIndication | None]:
    return report.indication, report.sub_indication


@pytest.mark.parametrize("kind", [LISTED, NAMED])
def test_an_issuer_of_another_state_ends_no_chain_of_a_signer(kind: SourceKind) -> None:
    of_estonia = anchor(ROOT, kind=kind, territory="EE")
    assert check(None, of_estonia).indication is PASSES
    assert check("EST", of_estonia).indication is PASSES
    report = check("FRA", of_estonia)
    assert words(report) == FOREIGN
    assert "is trusted for EE (a test), not for FRA" in report.reason
    assert "is trusted for Estonia, not for France" in report.sentence
    assert report.missing is not None
    assert (report.missing.role, report.missing.country, report.missing.trusted_for) == (
        Role.SIGNER,
        "FR",
        "EE",
    )
    assert report.trust_anchor is None


def test_a_pinned_signer_signs_for_its_own_state() -> None:
    pinned = anchor(SIGNER, Purpose.SIGNER, kind=NAMED, territory="EE")
    assert check("EST", pinned).indication is PASSES
    assert words(check("FRA", pinned)) == FOREIGN


def test_what_is_given_for_a_check_has_no_state() -> None:
    assert check("FRA", anchor(ROOT)).indication is PASSES
    assert check("FRA", anchor(ROOT, kind=LISTED, territory="EE"), anchor(ROOT)).indication is PASSES


def test_the_same_issuer_trusted_by_two_states_counts_for_each() -> None:
    both = (anchor(ROOT, kind=LISTED, territory="EE"), anchor(ROOT, kind=NAMED, territory="FR"))
    for state, territory in (("EST", "EE"), ("FRA", "FR")):
        report = check(state, *both)
        assert report.indication is PASSES
        assert report.trust_anchor is not None
        assert report.trust_anchor.source.territory == territory
    assert words(check("DEU", *both)) == FOREIGN


def test_an_entry_of_no_state_counts_for_none() -> None:
    for territory in ("", "EU", "ZZ"):
        nobody = anchor(ROOT, kind=NAMED, territory=territory)
        assert words(check("EST", nobody)) == FOREIGN
        assert check(None, nobody).indication is PASSES


def test_nothing_leads_through_an_issuer_of_another_state_to_one_of_the_own() -> None:
    """What a list says of an authority is not undone by who stands above it."""
    middle = party("middle", ROOT, ca=True)
    signer = party("below", middle)
    held = evidence(middle, crls=(crl(ROOT), crl(middle)))
    anchors = (anchor(middle, kind=LISTED, territory="EE"), anchor(ROOT, kind=LISTED, territory="FR"))
    report = validate(signature(signer, held), replace(terms(*anchors, at=NOW), state="FRA"))
    assert words(report) == FOREIGN


def test_the_time_stamp_of_another_state_proves_its_time() -> None:
    tsa = anchor(TSA, Purpose.TIMESTAMP, kind=LISTED, territory="EE")
    report = check("FRA", anchor(ROOT, Purpose.ISSUER, kind=NAMED, territory="FR"), tsa, stamp=True)
    assert report.indication is PASSES
    assert report.best_signature_time == NOW
    assert report.timestamps[0].trust_anchor is not None
    assert report.timestamps[0].trust_anchor.source.territory == "EE"


def test_a_list_of_the_state_that_could_not_be_used_is_named() -> None:
    stale = Shortcoming("FR", "the trusted list of FR was to be replaced")
    other = Shortcoming("DE", "the trusted list of DE was to be replaced")
    anchors = Anchors((anchor(ROOT, kind=LISTED, territory="EE"),), (stale, other))
    report = validate(signature(SIGNER, HELD), replace(terms(at=NOW), anchors=anchors, state="FRA"))
    assert words(report) == FOREIGN
    assert stale.reason in report.reason
    assert other.reason not in report.reason


def test_territories_of_lists_are_those_of_states() -> None:
    """TS 119 612 clause 5.3.10: EL and UK; lists for tests have a suffix."""
    for territory, state in (("EL", "GRC"), ("UK", "GBR"), ("GB", "GBR"), ("EE_T", "EST")):
        assert iso_of(territory) == alpha2_of(state)
        assert check(state, anchor(ROOT, kind=LISTED, territory=territory)).indication is PASSES


def test_what_only_begins_like_a_territory_is_none() -> None:
    """Three letters of one state begin like two of another: AUT is Austria, AU Australia."""
    for territory, state in (("AUT", "AUS"), ("ESTONIA", "ESP"), ("EEX", "EST"), ("ee", "EST")):
        assert iso_of(territory) != alpha2_of(state)
        assert words(check(state, anchor(ROOT, kind=NAMED, territory=territory))) == FOREIGN


def test_kosovo_is_asked_for_by_the_code_in_use() -> None:
    """ISO 3166-1 leaves it open: XK and XKX are what offices write, XKK is what the table has."""
    assert alpha2_of("XKX") == alpha2_of("XKK") == "XK"
    assert check("XKX", anchor(ROOT, kind=NAMED, territory="XK")).indication is PASSES


def test_codes_of_states_have_one_counterpart() -> None:
    """ISO 3166-1; those of states that were (ISO 3166-3) name nobody."""
    assert (alpha2_of("DEU"), alpha3_of("DE")) == ("DE", "DEU")
    assert (alpha2_of("MMR"), alpha3_of("MM")) == ("MM", "MMR")
    assert [alpha2_of(each) for each in ("DDR", "SUN", "ZZZ", "FR", "fra", "", "276")] == [""] * 7
    assert alpha3_of("ZZ") == ""
