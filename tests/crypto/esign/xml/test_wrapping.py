"""Signature wrapping: signed content moved to where nobody looks, and other content in its place."""

import pytest
from tests.crypto.esign.cms.material import signatory
from tests.crypto.esign.xml.material import (
    BASE64,
    BODY,
    CONTENT,
    DS,
    ENVELOPED,
    EXC,
    MANIFEST,
    OBJECT,
    PROPERTIES,
    XADES,
    canonical,
    certificate_reference,
    checked,
    data_object,
    enveloped,
    enveloping,
    letter,
    reference,
    signature,
    signed_properties,
)

from rogatory_crypto.esign.report import Coverage, SignatureReport
from rogatory_crypto.esign.verdict import Indication, SubIndication
from rogatory_crypto.esign.xml.coverage import PARTIAL, UNSIGNED_OBJECT

PASSED, FAILED, OPEN = Indication.TOTAL_PASSED, Indication.TOTAL_FAILED, Indication.INDETERMINATE
NOT_FOUND = (OPEN, SubIndication.SIGNED_DATA_NOT_FOUND)


def only(document: str | bytes, *contents: bytes) -> SignatureReport:
    octets = document if isinstance(document, bytes) else document.encode()
    (found,) = checked(octets, *contents).signatures
    return found


def verdict(document: str | bytes, *contents: bytes) -> tuple[Indication, SubIndication | None]:
    found = only(document, *contents)
    return found.indication, found.sub_indication


def test_an_object_must_be_a_part_of_the_signature_itself() -> None:
    right = enveloping().decode()
    assert verdict(right) == (PASSED, None)
    moved = right.replace(
        data_object(), f"<ds:Object><w>{data_object()}</w>{data_object(b'x', 'evil')}</ds:Object>"
    )
    assert verdict(moved) == NOT_FOUND
    outside = f"<r>{right.replace(data_object(), '')}{data_object()}</r>"
    assert verdict(outside.replace("<ds:Object Id", f'<ds:Object xmlns:ds="{DS}" Id')) == NOT_FOUND


def manifest(identifier: str = "m", content: bytes = CONTENT) -> str:
    listed = reference("letter.txt", content)
    return f'<ds:Manifest xmlns:ds="{DS}" Id="{identifier}">{listed}</ds:Manifest>'


def test_a_manifest_is_checked_and_must_be_a_part_of_the_signature_itself() -> None:
    about = reference("#m", canonical(manifest()), [EXC], kind=MANIFEST)
    right = signature([about], objects=f"<ds:Object>{manifest()}</ds:Object>")
    assert verdict(right, CONTENT) == (PASSED, None)
    assert verdict(right, b"other") == (FAILED, SubIndication.HASH_FAILURE)
    assert verdict(right) == NOT_FOUND
    wrapped = f"<ds:Object><w><ds:Object>{manifest()}</ds:Object></w></ds:Object>"
    assert verdict(signature([about], objects=wrapped), CONTENT) == NOT_FOUND


def test_signed_properties_must_be_those_of_the_signature_itself() -> None:
    right = enveloped().decode()
    start, end = right.index("<xades:SignedProperties"), right.index("</xades:QualifyingProperties>")
    mine = right[start:end]
    evil = mine.replace('Id="p-sig"', 'Id="evil"').replace("2026", "2025")
    wrapped = f'<ds:Object><w xmlns:xades="{XADES}">{mine}</w></ds:Object></ds:Signature>'
    moved = (right[:start] + evil + right[end:]).replace("</ds:Signature>", wrapped)
    found = only(moved)
    assert found.indication is OPEN
    assert found.claimed_time is None


def test_an_id_that_is_there_twice_is_refused() -> None:
    about = reference("#letter", canonical(letter()), [ENVELOPED, EXC])
    right = letter(signature([about]))
    assert verdict(right) == (PASSED, None)
    assert verdict(f'<evil Id="letter">{right}</evil>') == (FAILED, SubIndication.FORMAT_FAILURE)


def test_a_signed_part_of_a_document_is_called_a_part() -> None:
    about = reference("#letter", canonical(letter()), [ENVELOPED, EXC])
    whole = only(letter(signature([about])))
    assert (whole.indication, whole.scope.coverage) == (PASSED, Coverage.WHOLE_DOCUMENT)
    part = only(f"<evil><p>Pay at once.</p>{letter(signature([about]))}</evil>")
    assert (part.indication, part.scope.coverage) == (PASSED, Coverage.PARTIAL)
    assert PARTIAL in part.warnings


def test_what_a_signature_carries_unsigned_is_told() -> None:
    found = only(enveloping().replace(b"</ds:Signature>", b"<ds:Object>evil</ds:Object></ds:Signature>"))
    assert found.scope.coverage is Coverage.PARTIAL
    assert UNSIGNED_OBJECT in found.warnings


def test_content_hidden_in_another_signature_element_is_no_passed_document() -> None:
    filtered = (
        '<ds:Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2">'
        '<f:XPath xmlns:f="http://www.w3.org/2002/06/xmldsig-filter2" Filter="subtract">'
        "/descendant::ds:Signature</f:XPath></ds:Transform>"
    )
    right = letter(signature([reference("", canonical(letter()), [filtered, EXC])]))
    assert verdict(right) == (PASSED, None)
    hidden = right.replace(BODY, f'{BODY}<s:Signature xmlns:s="{DS}"><p>Pay at once.</p></s:Signature>')
    report = checked(hidden.encode())
    assert report.indication is FAILED


def test_an_enveloped_signature_covers_nothing_inside_of_itself() -> None:
    # XMLDSig 1.1 section 6.6.4: the transform takes the whole signature out, whatever the reference names.
    moved = letter(body="<p>signed</p>").replace('Id="letter"', 'Id="moved"')
    about = reference("#moved", canonical(moved), [ENVELOPED, EXC])
    evil = f'<letter Id="letter">{signature([about], objects=f"<ds:Object>{moved}</ds:Object>")}</letter>'
    assert verdict(evil) == (FAILED, SubIndication.HASH_FAILURE)


def test_a_signature_without_content_says_nothing() -> None:
    assert verdict(letter(signature([]))) == NOT_FOUND
    key_info = '<ds:KeyInfo Id="k">'
    document = letter(signature([reference("#k", b"", [EXC])])).replace("<ds:KeyInfo>", key_info)
    assert verdict(document)[0] is not PASSED


def test_a_signature_over_nothing_but_itself_says_nothing() -> None:
    # All of the document is the signature, so that nothing is left once it is taken out.
    empty = signature([reference("", b"", [ENVELOPED, EXC])])
    assert verdict(empty) == NOT_FOUND
    assert verdict(empty, CONTENT) == NOT_FOUND
    note = f'<x:note xmlns:x="{XADES}" Id="n">text</x:note>'
    unsigned = f"<xades:Other>{note}</xades:Other>"
    about = reference("#n", canonical(note), [EXC])
    assert verdict(signature([about], unsigned=unsigned)) == NOT_FOUND
    properties = f'<ds:SignatureProperties xmlns:ds="{DS}" Id="s"></ds:SignatureProperties>'
    own = reference("#s", canonical(properties), [EXC])
    assert verdict(signature([own], objects=f"<ds:Object>{properties}</ds:Object>")) == NOT_FOUND


def test_a_comment_or_element_inside_a_value_is_refused() -> None:
    for evil in ("<!--x-->", "<?x?>", "<x/>"):
        document = enveloped().decode().replace("</ds:DigestValue>", f"{evil}</ds:DigestValue>", 1)
        assert verdict(document)[0] is FAILED


@pytest.mark.parametrize("extra", ["<ds:SignedInfo/>", "<ds:SignatureValue/>", "<evil/>"])
def test_a_part_that_stands_twice_or_out_of_place_is_refused(extra: str) -> None:
    document = enveloped().decode().replace("</ds:Signature>", f"{extra}</ds:Signature>")
    assert verdict(document) == (FAILED, SubIndication.FORMAT_FAILURE)


def test_properties_signed_under_another_name_are_not_signed_properties() -> None:
    properties = signed_properties(certificate_reference(signatory()), identifier="p-sig")
    about = reference("", canonical(letter()), [ENVELOPED, EXC])
    untyped = reference("#p-sig", canonical(properties), [EXC])
    document = letter(signature([about, untyped], properties=properties))
    assert verdict(document) == (PASSED, None)
    unnamed = document.replace(f' Type="{PROPERTIES}"', "")
    assert verdict(unnamed)[0] is FAILED  # the signature value covers the type


def test_the_type_of_a_reference_is_kept_to_only_in_the_document() -> None:
    # A file of its own may be called an Object (EN 319 132-1 clause 4.4.2 says nothing against it).
    assert verdict(signature([reference("letter.txt", CONTENT, kind=OBJECT)]), CONTENT) == (PASSED, None)
    base = reference("letter.txt", CONTENT, [BASE64])
    encoded = b"UmVjb3JkcyBvZiB0aGUgYWNjb3VudCBhcmUgcmVxdWVzdGVkLgo="
    assert verdict(signature([base]), encoded) == (PASSED, None)
