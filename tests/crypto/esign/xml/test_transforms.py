"""Transforms: the spellings that signing software writes mean what they say, and nothing else is done."""

import pytest
from tests.crypto.esign.xml.material import (
    BASE64,
    BODY,
    CONTENT,
    DS,
    ENVELOPED,
    EXC,
    FILTER2,
    INC,
    XPATH,
    canonical,
    checked,
    letter,
    reference,
    signature,
    transform,
)

from rogatory_crypto.esign.report import Coverage, SignatureReport
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.esign.xml.references import MAX_REFERENCES
from rogatory_crypto.esign.xml.transforms import MAX_TRANSFORMS

PASSED, FAILED, OPEN = Indication.TOTAL_PASSED, Indication.TOTAL_FAILED, Indication.INDETERMINATE


def only(document: str, *contents: bytes) -> SignatureReport:
    (found,) = checked(document.encode(), *contents).signatures
    return found


def filtered(expression: str, kind: str = "subtract") -> str:
    inside = f'<f:XPath xmlns:f="{FILTER2}" Filter="{kind}">{expression}</f:XPath>'
    return transform(FILTER2, inside)


def xpath(expression: str) -> str:
    return transform(XPATH, f"<ds:XPath>{expression}</ds:XPath>")


@pytest.mark.parametrize(
    "step",
    [
        transform(ENVELOPED),
        filtered("/descendant::ds:Signature"),
        filtered("//ds:Signature"),
        filtered("/*/ds:Signature"),
        filtered("here()/ancestor::ds:Signature[1]"),
        filtered("/descendant::*[name()='ds:Signature']"),
        xpath("not(ancestor-or-self::ds:Signature)"),
        xpath(" not( ancestor-or-self::ds:Signature ) "),
        xpath("not(ancestor-or-self::*[name()='ds:Signature'])"),
    ],
)
@pytest.mark.parametrize("uri", ["", "#xpointer(/)", "#letter", "#xpointer(id('letter'))"])
def test_each_spelling_takes_the_signature_out(uri: str, step: str) -> None:
    found = only(letter(signature([reference(uri, canonical(letter()), [step, EXC])])))
    assert found.indication is PASSED, found.reason
    assert found.scope.coverage is Coverage.WHOLE_DOCUMENT
    changed = letter(signature([reference(uri, canonical(letter()), [step, EXC])]), BODY + "<p/>")
    assert only(changed).indication is FAILED


@pytest.mark.parametrize(
    "step",
    [
        transform("http://www.w3.org/TR/1999/REC-xslt-19991116", "<x/>"),
        transform("urn:nothing"),
        transform("http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithoutComments"),
        filtered("//*[starts-with(local-name(),'p')]"),
        filtered("//p"),
        filtered("/descendant::x:Signature"),
        filtered("/descendant::ds:Signature", "union"),
        filtered("id('nothing')/ds:a[1]", "intersect"),
        xpath("true()"),
        xpath("not(ancestor-or-self::x:Signature)"),
        xpath("not(ancestor-or-self::ds:Signature) and not(self::p)"),
    ],
)
def test_any_other_transform_is_named_and_leaves_it_open(step: str) -> None:
    found = only(letter(signature([reference("", canonical(letter()), [step, EXC])])))
    assert found.indication is OPEN
    assert "not supported" in found.reason


def test_an_intersection_keeps_what_it_names_and_no_more() -> None:
    inner = '<q xmlns="" Id="q"><a>kept</a></q>'
    step = filtered("//*[@Id='q']", "intersect")
    about = reference("", canonical(inner), [step, EXC])
    found = only(letter(signature([about]), BODY + inner))
    assert (found.indication, found.scope.coverage) == (PASSED, Coverage.PARTIAL)
    assert only(letter(signature([about]), BODY + inner.replace("kept", "lost"))).indication is FAILED


def test_comments_belong_to_a_pointer_and_not_to_a_name() -> None:
    with_comments = f"{EXC}WithComments"
    commented = letter(body="<!--a-->" + BODY)
    named = reference("", canonical(letter()), [ENVELOPED, with_comments])
    assert only(commented.replace("</letter>", f"{signature([named])}</letter>")).indication is PASSED
    full = letter(body="<!--a-->" + BODY).encode()
    pointed = reference("#xpointer(/)", full, [ENVELOPED, with_comments])
    assert only(commented.replace("</letter>", f"{signature([pointed])}</letter>")).indication is PASSED
    other = commented.replace("<!--a-->", "<!--b-->")
    assert only(other.replace("</letter>", f"{signature([pointed])}</letter>")).indication is FAILED


def test_processing_instructions_around_the_root_are_signed() -> None:
    document = letter(signature([reference("", canonical(letter()), [ENVELOPED, EXC])]))
    assert only(document).indication is PASSED
    assert only(f'<?xml-stylesheet href="evil.xsl"?>{document}').indication is FAILED


def test_inclusive_form_takes_the_language_around() -> None:
    inner = '<q Id="q"><r></r></q>'
    signed = (
        inner.replace("<q ", '<q xml:lang="fr" ')
        .encode()
        .replace(b'<q xml:lang="fr" Id="q">', b'<q Id="q" xml:lang="fr">')
    )
    about = reference("#q", signed, [INC])
    document = f'<case xml:lang="fr">{inner}{signature([about])}</case>'
    assert only(document).indication is PASSED, only(document).reason
    assert only(document.replace('xml:lang="fr"', 'xml:lang="en"')).indication is FAILED


def test_inclusive_prefixes_of_the_exclusive_form_are_kept_to() -> None:
    listed = f'<e:InclusiveNamespaces xmlns:e="{EXC}" PrefixList="k"></e:InclusiveNamespaces>'
    inner = '<q xmlns:k="urn:k" Id="q"></q>'
    about = reference("#q", inner.encode(), [transform(EXC, listed)])
    found = only(f'<case xmlns:k="urn:k"><q Id="q"></q>{signature([about])}</case>')
    assert found.indication is PASSED, found.reason


def test_base64_is_one_spelling_only() -> None:
    document = signature(
        [reference("#data", CONTENT[:10], [BASE64])],
        objects='<ds:Object Id="data">UmVjb3JkcyBvZg==</ds:Object>',
    )
    assert only(document).indication is PASSED, only(document).reason
    # Unused bits of the last letter decode to the same bytes.
    assert only(document.replace("BvZg==", "BvZh==")).indication is FAILED


def test_there_is_a_limit_to_references_and_transforms() -> None:
    one = reference("", canonical(letter()), [ENVELOPED, EXC])
    assert only(letter(signature([one] * (MAX_REFERENCES + 1)))).indication is OPEN
    steps = [ENVELOPED] * (MAX_TRANSFORMS + 1)
    assert only(letter(signature([reference("", canonical(letter()), steps)]))).indication is OPEN


def test_much_content_signed_often_is_refused_not_done() -> None:
    body = "".join(f'<a Id="i{number}">' for number in range(200)) + "x" * 200_000 + "</a>" * 200
    many = [reference(f"#i{number}", b"", [INC]) for number in range(200)]
    found = only(letter(signature(many), body))
    assert found.indication is not PASSED


def test_a_relative_namespace_is_not_canonicalized() -> None:
    document = letter(signature([reference("", b"", [ENVELOPED, EXC])])).replace(
        "<letter", '<letter xmlns="rel"'
    )
    assert only(document).indication is OPEN


def test_transforms_are_applied_to_files_too() -> None:
    text = '<a b="1"  c="2"><d/></a>'
    about = reference("a.xml", canonical(text), [EXC])
    assert only(signature([about]), text.encode()).indication is PASSED
    # A file that is no XML is not the one that was signed; that is not the signature's fault.
    assert only(signature([about]), b"\x00", text.encode()).indication is PASSED
    assert only(signature([about]), b"\x00").indication is FAILED
    assert only(signature([about]), b"\x00", b"\x01").indication is OPEN
    enveloped = reference("a.xml", canonical(text), [ENVELOPED, EXC])
    assert only(signature([enveloped]), text.encode()).indication is OPEN
    assert f'xmlns:ds="{DS}"' in signature([about])
