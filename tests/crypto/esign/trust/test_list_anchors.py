import pytest
from tests.crypto.esign.trust.list_builder import (
    DAY,
    EU_GENERIC,
    ISSUED_AT,
    OTHER_STATE,
    Entry,
    ListDraft,
    Party,
)

from rogatory_crypto.esign.trust.anchor import Anchor, Purpose, Window
from rogatory_crypto.esign.trust.list_anchors import list_source, service_anchors
from rogatory_crypto.esign.trust.list_reading import open_list, read_trusted_list
from rogatory_crypto.esign.trust.list_words import EIDAS_BEGIN

CA = Party("Issuer of state XA")
OTHER = Party("Another key")
GRANTED = ISSUED_AT - 300 * DAY
WITHDRAWN = ISSUED_AT - 100 * DAY
NAMESPACE = "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#"


def anchors(*services: list[Entry], list_type: str = EU_GENERIC) -> list[Anchor]:
    trusted = read_trusted_list(open_list(ListDraft(services, list_type=list_type).xml()))
    return list(service_anchors(trusted, list_source(trusted, "given for this check")))


@pytest.mark.parametrize(
    ("kind", "purpose"),
    [
        ("CA/QC", Purpose.ISSUER),
        ("CA/PKC", Purpose.ISSUER),
        ("TSA/QTST", Purpose.TIMESTAMP),
        ("TSA", Purpose.TIMESTAMP),
        ("TSA/TSS-QC", Purpose.TIMESTAMP),
        ("Certstatus/OCSP", Purpose.OCSP),
        ("Certstatus/OCSP/QC", Purpose.OCSP),
    ],
)
def test_a_service_ends_what_its_type_says_and_nothing_else(kind: str, purpose: Purpose) -> None:
    # TS 119 612 clause 5.5.1
    (anchor,) = anchors([Entry("granted", GRANTED, [CA.der], kind=kind)])
    assert anchor.purposes == {purpose}
    assert anchor.certificate.dump() == CA.der


@pytest.mark.parametrize("kind", ["NationalRootCA-QC", "IdV", "Certstatus/CRL", "CA/QC/x", "unspecified"])
def test_other_services_end_nothing(kind: str) -> None:
    assert not anchors([Entry("granted", GRANTED, [CA.der], kind=kind)])


@pytest.mark.parametrize(
    "status", ["withdrawn", "deprecatedatnationallevel", "supervisionrevoked", "Granted", ""]
)
def test_other_statuses_are_not_trust(status: str) -> None:
    # TS 119 612 clause 5.5.4
    assert not anchors([Entry(status, GRANTED, [CA.der])])


def test_history_names_the_key_and_the_current_certificate_stands_for_it() -> None:
    # TS 119 612 clause 5.6: a history instance names the key without its certificate.
    (anchor,) = anchors(
        [
            Entry("withdrawn", WITHDRAWN, [CA.der]),
            Entry("granted", GRANTED, key_identifiers=[CA.key_identifier]),
        ]
    )
    assert anchor.windows == (Window(GRANTED, WITHDRAWN),)
    assert not anchor.trusted(Purpose.ISSUER, WITHDRAWN)
    assert anchor.trusted(Purpose.ISSUER, WITHDRAWN - 1)
    assert not anchor.trusted(Purpose.ISSUER, GRANTED - 1)


def test_history_by_subject_alone_is_of_the_current_certificate() -> None:
    (anchor,) = anchors([Entry("withdrawn", WITHDRAWN, [CA.der]), Entry("granted", GRANTED)])
    assert anchor.windows == (Window(GRANTED, WITHDRAWN),)


def test_history_of_another_key_does_not_count_for_the_current_one() -> None:
    assert not anchors(
        [
            Entry("withdrawn", WITHDRAWN, [CA.der]),
            Entry("granted", GRANTED, key_identifiers=[OTHER.key_identifier]),
        ]
    )
    (anchor,) = anchors([Entry("withdrawn", WITHDRAWN, [CA.der]), Entry("granted", GRANTED, [OTHER.der])])
    assert anchor.certificate.dump() == OTHER.der


@pytest.mark.parametrize("damaged", [b"", b"\0" * 200])
def test_an_identifier_that_is_none_names_no_key(damaged: bytes) -> None:
    assert not anchors(
        [Entry("withdrawn", WITHDRAWN, [CA.der]), Entry("granted", GRANTED, key_identifiers=[damaged])]
    )


def test_the_usual_hash_names_a_key_whose_certificate_states_none() -> None:
    plain = Party("Without identifier", states_identifier=False)
    (anchor,) = anchors(
        [
            Entry("withdrawn", WITHDRAWN, [plain.der]),
            Entry("granted", GRANTED, key_identifiers=[plain.key_identifier]),
        ]
    )
    assert anchor.windows == (Window(GRANTED, WITHDRAWN),)


def test_every_certificate_of_one_key_counts_in_every_period() -> None:
    renewed = Party(CA.name, ISSUED_AT - 50 * DAY)
    object.__setattr__(renewed, "key", CA.key)
    found = anchors([Entry("granted", WITHDRAWN, [renewed.der]), Entry("granted", GRANTED, [CA.der])])
    assert {anchor.certificate.dump() for anchor in found} == {renewed.der, CA.der}
    assert {anchor.windows for anchor in found} == {(Window(GRANTED),)}


def test_supervision_ended_with_the_regulation_in_the_union_only() -> None:
    # Regulation (EU) 910/2014; other states' lists go on with the older words.
    before = EIDAS_BEGIN - 900 * DAY
    for status in ("undersupervision", "accredited", "supervisionincessation"):
        (union,) = anchors([Entry(status, before, [CA.der])])
        (elsewhere,) = anchors([Entry(status, before, [CA.der])], list_type=OTHER_STATE)
        assert union.windows == (Window(before, EIDAS_BEGIN),)
        assert elsewhere.windows == (Window(before),)


def test_a_service_that_changed_its_type_was_each_in_its_time() -> None:
    found = anchors(
        [
            Entry("granted", WITHDRAWN, [CA.der], kind="TSA/QTST"),
            Entry("granted", GRANTED, key_identifiers=[CA.key_identifier], kind="CA/QC"),
        ]
    )
    windows = {next(iter(anchor.purposes)): anchor.windows for anchor in found}
    assert windows == {Purpose.TIMESTAMP: (Window(WITHDRAWN),), Purpose.ISSUER: (Window(GRANTED, WITHDRAWN),)}


def test_a_report_can_say_which_service_of_which_provider() -> None:
    extensions = (
        "<ServiceInformationExtensions><Extension Critical='true'><AdditionalServiceInformation>"
        "<URI xml:lang='en'>http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForeSignatures</URI>"
        "</AdditionalServiceInformation></Extension><Extension Critical='true'>"
        f"<q:Qualifications xmlns:q='{NAMESPACE}'><q:QualificationElement><q:Qualifiers>"
        "<q:Qualifier uri='http://uri.etsi.org/x/QCWithQSCD'/></q:Qualifiers></q:QualificationElement>"
        "</q:Qualifications></Extension></ServiceInformationExtensions>"
    )
    (anchor,) = anchors([Entry("granted", GRANTED, [CA.der], extensions=extensions)])
    assert anchor.source.provider == "Provider"
    assert anchor.source.service == "Service (CA/QC, ForeSignatures, QCWithQSCD)"
    assert (anchor.source.territory, anchor.source.sequence) == ("XA", 7)
    assert anchor.source.name == "trusted list of XA, number 7, given for this check"
