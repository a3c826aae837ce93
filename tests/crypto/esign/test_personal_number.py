import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.client.validation_report.examples import PASSED, SIGNER, WHOLE
from tests.conformance.esign_corpus import reports

from rogatory_client.validation_report.etsi_xml import write_etsi_xml
from rogatory_client.validation_report.html import write_html
from rogatory_client.validation_report.outline import outline
from rogatory_crypto.esign import DocumentFormat, Indication, Report, SignatureReport, SubIndication
from rogatory_crypto.esign.document_report import document_report
from rogatory_crypto.esign.personal_number import HIDDEN, mask, masked
from rogatory_crypto.esign.verdict import MissingTrust, Role
from rogatory_crypto.esign.wording import wording

# How states write the number of a person into a certificate; the letters are part of it in some.
FORMS = (
    "serialNumber=PNOEE-{}",
    "serialNumber=IDCKZ-{}",
    "serialNumber=PASXX-{}",
    "serialNumber=TINES-{}",
    "serialNumber=IIN{}",
    "OU=BIN{}",
    "CN=OFFICER\\,AN\\,{}",
    "serialNumber=GHA-{}",
    "emailAddress={}@people.example",
    "serialNumber={}",
)
DIGITS = st.text("0123456789", min_size=9, max_size=14)
NUMBERS = (
    DIGITS
    | DIGITS.map(lambda digits: f"X{digits[:7]}L")
    | DIGITS.map(lambda digits: f"{digits[:9]}-{digits[8]}")
)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("serialNumber=PNOEE-10000000001,CN=An officer", "10000000001"),
        ("CN=OFFICER\\,AN\\,10000000001", "10000000001"),
        ("serialNumber=PASXX-A12345678Z", "A12345678Z"),
        ("serialNumber=TINES-00000000T,C=ES", "00000000T"),
        ("CN=An officer 850101-1234", "850101-1234"),
        ("CN=An officer 85/01/01 12", "85/01/01 12"),
        ("serialNumber=IDCKZ-000000000A", "000000000A"),
        ("serialNumber=IIN850101300123,OU=BIN123456789012", "850101300123"),
        ("serialNumber=IIN850101300123,OU=BIN123456789012", "123456789012"),
        ("serialNumber=10101198500123", "10101198500123"),
        ("serialNumber=GHA-000000000-0", "000000000-0"),
        ("CN=RSSMRA85T10A562S", "85T10A562S"),
    ],
)
def test_numbers_of_persons_are_hidden(name: str, number: str) -> None:
    # EN 319 412-1 clause 5.1.3, and what older certificates write into the common name.
    assert number not in mask(name)
    assert HIDDEN in mask(name)


def test_names_stay() -> None:
    assert mask("CN=Head of office 12,C=ML") == "CN=Head of office 12,C=ML"
    assert mask("serialNumber=PNOEE-10000000001,C=EE") == f"serialNumber=PNOEE-{HIDDEN},C=EE"


def told_everywhere(number: str, form: str) -> Report:
    """A report in which a signer's name, with its number, stands wherever a report names a certificate."""
    name = f"C=XX,{form.format(number)},CN=An officer"
    signer = replace(SIGNER, subject=name, issuer=name)
    reason = f"{name} was revoked at 2026-09-21 14:13:20 UTC"
    signature: SignatureReport = replace(
        PASSED,
        identifier=f"Signature_{number}",
        reason=reason,
        sentence=f"Add the certificate {name} as trusted.",
        signer=signer,
        chain=(signer,),
        scope=replace(
            PASSED.scope,
            changed_after=(f"revision 2 of 2: form fields: {number}",),
            covered=(f"{number}.txt",),
        ),
        warnings=(reason,),
        blocks=tuple(replace(each, reason=reason) for each in PASSED.blocks),
        missing=MissingTrust(Role.SIGNER, name, "XX"),
        revocation=tuple(replace(each, about=name, speaker=name) for each in PASSED.revocation),
    )
    stamps = tuple(
        replace(each, reason=reason, missing=MissingTrust(Role.TIMESTAMP, name)) for each in WHOLE.timestamps
    )
    return replace(
        WHOLE, reason=reason, sentence=reason, warnings=(reason,),
        signatures=(replace(signature, timestamps=stamps),), counter_signatures=(signature,),
        timestamps=stamps,
    )  # fmt: skip


def written(report: Report) -> list[str]:
    """Every form in which a report leaves the program."""
    pages = [outline(report, "a.pdf", wording(each), numbers_hidden=True) for each in ("en", "ar")]
    return [
        json.dumps(report.as_dict(), ensure_ascii=False),
        write_etsi_xml(report, bytes(32)).decode(),
        *(write_html(page).decode() for page in pages),
        *map(repr, pages),
    ]


@settings(deadline=None, max_examples=40)
@given(NUMBERS, st.sampled_from(FORMS))
def test_no_output_holds_a_number_of_a_signer(number: str, form: str) -> None:
    # A number of noughts or of the digits of an instant stands in other places too.
    named = f"N{number}" if form.startswith("serialNumber=PAS") else number
    before, after = told_everywhere(named, form), masked(told_everywhere(named, form))
    for clear, hidden in zip(written(before), written(after), strict=True):
        assert clear.count(named) > hidden.count(named)
        assert named not in re.sub(r"[0-9a-f]{64}", "", hidden)
    assert "An officer" in after.sentence
    assert after.signatures[0].trust_anchor == before.signatures[0].trust_anchor


@given(DIGITS, st.integers(4, 8))
def test_a_number_that_was_cut_off_is_hidden_too(number: str, length: int) -> None:
    name = f"serialNumber=PNOEE-{number}"
    signature = replace(
        PASSED, signer=replace(SIGNER, subject=name), reason=f"no data on {name}"[: -(len(number) - length)]
    )
    assert number[:length] not in masked(replace(WHOLE, signatures=(signature,))).signatures[0].reason


@given(DIGITS, st.integers(52, 64))
def test_no_piece_of_a_number_is_left_of_a_long_name_of_a_signature(number: str, before: int) -> None:
    signer = replace(SIGNER, subject=f"serialNumber=PNOEE-{number}")
    failed = replace(
        PASSED,
        identifier=f"{'n' * before}.{number}",
        signer=signer,
        indication=Indication.TOTAL_FAILED,
        sub_indication=SubIndication.HASH_FAILURE,
    )
    report = document_report(DocumentFormat.PADES, 1, [PASSED, failed])
    assert report.sentence.startswith("Signature nnnn")
    assert number[:4] not in masked(report).sentence


def test_what_is_no_number_of_a_person_stays() -> None:
    shown = masked(WHOLE)
    for before, after in zip(WHOLE.signatures, shown.signatures, strict=True):
        assert after.claimed_time == before.claimed_time
        assert [each.sha256 for each in after.chain] == [each.sha256 for each in before.chain]
        assert after.scope == before.scope


def test_no_number_of_the_signers_of_a_corpus_is_shown(shared: Path) -> None:
    hidden = 0
    for report in reports(shared / "esign/manifest.json"):
        signers = [each.signer.subject for each in report.signatures if each.signer]
        numbers = {each for name in signers for each in re.findall(r"(?:PNO|IDC)[A-Z]{2}-(\w+)", name)}
        numbers |= {each for name in signers for each in re.findall(r"\d{9,}", name)}
        text = json.dumps(masked(report).as_dict(), ensure_ascii=False)
        assert not [each for each in numbers if each in re.sub(r"[0-9a-f]{20,}", "", text)]
        hidden += len(numbers)
    assert hidden > 10
