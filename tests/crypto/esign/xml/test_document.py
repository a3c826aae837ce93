"""Whole documents: every form passes when right, and says what is wrong when not (EN 319 102-1)."""

import pytest
from tests.crypto.esign.cms.material import NOW, authority, issued, signatory
from tests.crypto.esign.xml.material import (
    CONTENT,
    COUNTER,
    ENVELOPED,
    EXC,
    INC,
    canonical,
    certificate_reference,
    checked,
    detached,
    enveloped,
    enveloping,
    letter,
    reference,
    signature,
    signed_properties,
    stamp,
    value_of,
    with_unsigned,
)

from rogatory_crypto.esign import check
from rogatory_crypto.esign.cms.cades import UNUSED_CONTENTS
from rogatory_crypto.esign.report import Coverage, DocumentFormat
from rogatory_crypto.esign.verdict import Indication, SubIndication

PASSED, FAILED, OPEN = Indication.TOTAL_PASSED, Indication.TOTAL_FAILED, Indication.INDETERMINATE


@pytest.mark.parametrize("document", [enveloped(), enveloping()])
def test_a_right_signature_passes_and_covers_the_whole_document(document: bytes) -> None:
    report = check(document, trust=[signatory().pem], at=NOW + 60, revocation=False)
    assert report.format is DocumentFormat.XADES
    assert report.indication is PASSED, report.signatures[0].reason
    (found,) = report.signatures
    assert found.level == "XAdES-BASELINE-B"
    assert found.claimed_time == NOW
    assert found.scope.coverage is Coverage.WHOLE_DOCUMENT


def test_detached_content_is_found_by_its_digest_whatever_its_name() -> None:
    report = checked(detached(), b"something else", CONTENT)
    assert report.indication is PASSED
    assert report.signatures[0].scope.covered == ("letter.txt",)
    # The other file is not what was signed, so not all that was given is covered.
    assert report.signatures[0].scope.coverage is Coverage.PARTIAL
    assert checked(detached(), CONTENT).signatures[0].scope.coverage is Coverage.WHOLE_DOCUMENT


def test_files_given_beside_an_enveloped_signature_are_told_to_be_unused() -> None:
    (found,) = checked(enveloped(), CONTENT).signatures
    assert (found.indication, found.scope.coverage) == (PASSED, Coverage.WHOLE_DOCUMENT)
    assert UNUSED_CONTENTS in found.warnings


def test_detached_content_that_is_not_given_leaves_it_open() -> None:
    (found,) = checked(detached()).signatures
    assert (found.indication, found.sub_indication) == (OPEN, SubIndication.SIGNED_DATA_NOT_FOUND)
    assert found.scope.coverage is Coverage.PARTIAL


def test_the_one_file_given_that_is_not_the_signed_one_was_changed() -> None:
    (found,) = checked(detached(), b"other").signatures
    assert (found.indication, found.sub_indication) == (FAILED, SubIndication.HASH_FAILURE)


def test_changed_content_is_said_before_the_signature_value_is() -> None:
    broken = enveloped().replace(b"account", b"payment").replace(b'Id="v-sig">', b'Id="v-sig">AAAA')
    (found,) = checked(broken).signatures
    assert (found.indication, found.sub_indication) == (FAILED, SubIndication.HASH_FAILURE)


def test_a_signature_by_another_key_is_not_the_signers() -> None:
    other = signatory("ec", "Somebody else")
    properties = signed_properties(certificate_reference(signatory()), identifier="p-sig")
    about = reference("", canonical(letter()), [ENVELOPED, EXC])
    own = enveloped()
    start, end = own.index(b"<ds:KeyInfo>"), own.index(b"</ds:KeyInfo>")
    key_info = own[start + len(b"<ds:KeyInfo>") : end].decode()
    document = letter(signature([about], other, properties=properties, key_info=key_info)).encode()
    (found,) = checked(document).signatures
    assert (found.indication, found.sub_indication) == (FAILED, SubIndication.SIG_CRYPTO_FAILURE)


def test_every_signature_is_reported_and_the_worst_decides() -> None:
    filtered = (
        '<ds:Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2">'
        '<f:XPath xmlns:f="http://www.w3.org/2002/06/xmldsig-filter2" Filter="subtract">'
        "/descendant::ds:Signature</f:XPath></ds:Transform>"
    )
    both = [
        signature([reference("", canonical(letter()), [filtered, EXC])], identifier=name)
        for name in ("a", "b")
    ]
    report = checked(letter("".join(both)).encode())
    assert [each.identifier for each in report.signatures] == ["a", "b"]
    assert report.indication is PASSED
    broken = letter("".join(both)).replace('Id="v-b">', 'Id="v-b">AAAA').encode()
    report = checked(broken)
    assert [each.indication for each in report.signatures] == [PASSED, FAILED]
    assert report.indication is FAILED


def test_a_counter_signature_is_reported_apart_and_must_be_about_its_signature() -> None:
    document = enveloped()
    value = value_of(document)
    right = signature([reference("#v-sig", canonical(value), [EXC], kind=COUNTER)], identifier="counter")
    report = checked(with_unsigned(document, f"<xades:CounterSignature>{right}</xades:CounterSignature>"))
    assert report.indication is PASSED
    assert [each.identifier for each in report.signatures] == ["sig"]
    assert [each.indication for each in report.counter_signatures] == [PASSED]
    assert [each.countersigns for each in report.counter_signatures] == [report.signatures[0].identifier]
    wrong = signature([reference("#p-sig", b"")], identifier="counter")
    report = checked(with_unsigned(document, f"<xades:CounterSignature>{wrong}</xades:CounterSignature>"))
    assert report.counter_signatures[0].indication is FAILED


@pytest.mark.parametrize(
    "document",
    [b"<a>", b"<!DOCTYPE a><a/>", b"", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"<a/>"],
)
def test_what_holds_no_readable_signature_never_passes(document: bytes) -> None:
    report = checked(document)
    assert report.indication is not PASSED
    assert not report.signatures


def test_a_signature_time_stamp_proves_its_time() -> None:
    document = enveloped(by=issued())
    stamped = with_unsigned(document, stamp(canonical(value_of(document))))
    (found,) = checked(stamped, trust=[authority().root_pem]).signatures
    assert found.indication is PASSED, found.reason
    assert found.best_signature_time == NOW
    assert found.level == "XAdES-BASELINE-T"


def test_inclusive_canonical_form_takes_the_namespaces_around() -> None:
    # Canonical XML 1.0 section 2.4: the default namespace of an ancestor belongs to each element inside.
    inner = '<q xmlns="urn:case" Id="q"><r><s>text</s></r></q>'
    about = reference("#q", canonical(inner, exclusive=False), [INC])
    bare = inner.replace(' xmlns="urn:case"', "")
    document = f'<case xmlns="urn:case">{bare}{signature([about])}</case>'
    (found,) = checked(document.encode()).signatures
    assert found.indication is PASSED, found.reason
    assert found.scope.coverage is Coverage.PARTIAL
