"""What each time stamp of a signature has to cover (EN 319 132-1 clauses 5.2.8, 5.3, 5.5.2 and A.1.5)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]
from tests.crypto.esign.cms.material import NOW, authority, issued
from tests.crypto.esign.xml.material import (
    CONTENT,
    DS,
    ENVELOPED,
    EXC,
    XADES,
    XADES_141,
    canonical,
    certificate_reference,
    checked,
    detached,
    enveloped,
    letter,
    reference,
    signature,
    signed_properties,
    stamp,
    value_of,
    with_unsigned,
)
from tests.effort import examples

from rogatory_crypto.esign.report import SignatureReport
from rogatory_crypto.esign.verdict import Indication, SubIndication

PASSED, FAILED, OPEN = Indication.TOTAL_PASSED, Indication.TOTAL_FAILED, Indication.INDETERMINATE
BY = issued()


def only(document: bytes, *contents: bytes) -> SignatureReport:
    (found,) = checked(document, *contents, trust=[authority().root_pem]).signatures
    return found


def stamps(found: SignatureReport) -> list[tuple[str, Indication]]:
    return [(each.kind, each.indication) for each in found.timestamps]


def canonical_part(document: bytes, start: str, end: str) -> bytes:
    """Return an element of a document in its canonical form; its namespaces are those used here."""
    text = document.decode()
    inside = text[text.index(start) : text.index(end) + len(end)]
    wrapped = f'<w xmlns:ds="{DS}" xmlns:xades="{XADES}" xmlns:xades141="{XADES_141}">{inside}</w>'
    made: bytes = etree.tostring(etree.fromstring(wrapped)[0], method="c14n", exclusive=True, with_tail=False)
    return made


def test_a_time_stamp_on_another_signature_spoils_it() -> None:
    found = only(with_unsigned(enveloped(by=BY), stamp(b"another signature")))
    assert stamps(found) == [("signature", FAILED)]
    assert found.indication is OPEN


def test_a_time_stamp_that_cannot_be_read_spoils_it() -> None:
    broken = stamp(b"").split(">MII")[0]
    unreadable = f"{broken}>AAAA</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>"
    found = only(with_unsigned(enveloped(by=BY), unreadable))
    assert (found.indication, found.sub_indication) == (OPEN, SubIndication.SIG_CONSTRAINTS_FAILURE)


def content_stamped(covered: bytes, name: str = "AllDataObjectsTimeStamp", inside: str = "") -> bytes:
    made = stamp(covered, name, inside=inside)
    data = f"<xades:SignedDataObjectProperties>{made}</xades:SignedDataObjectProperties>"
    properties = signed_properties(certificate_reference(BY), data=data, identifier="p-sig")
    about = reference("letter.txt", CONTENT, identifier="r1")
    return signature([about], BY, properties=properties).encode()


def test_a_content_time_stamp_covers_what_is_signed() -> None:
    assert stamps(only(content_stamped(CONTENT), CONTENT)) == [("content", PASSED)]
    assert stamps(only(content_stamped(b"other"), CONTENT)) == [("content", FAILED)]
    assert stamps(only(content_stamped(CONTENT))) == [("content", OPEN)]


def test_a_content_time_stamp_on_some_of_it_lists_what_it_covers() -> None:
    name = "IndividualDataObjectsTimeStamp"
    listed = '<xades:Include URI="#r1" referencedData="true"></xades:Include>'
    assert stamps(only(content_stamped(CONTENT, name, listed), CONTENT)) == [("content", PASSED)]
    unlisted = listed.replace("#r1", "#r2")
    assert stamps(only(content_stamped(CONTENT, name, unlisted), CONTENT)) == [("content", OPEN)]
    assert stamps(only(content_stamped(CONTENT, name), CONTENT)) == [("content", OPEN)]


@pytest.mark.parametrize("namespace", [XADES, XADES_141])
def test_an_archive_time_stamp_covers_all_that_was_there_before(namespace: str) -> None:
    document = detached(by=BY)
    found = only(archived(document, namespace), CONTENT)
    assert stamps(found) == [("signature", PASSED), ("archive", PASSED)]
    assert found.indication is PASSED, found.reason
    assert found.best_signature_time == NOW


def archived(document: bytes, namespace: str, *, content: bytes = CONTENT) -> bytes:
    before = with_unsigned(document, stamp(canonical(value_of(document))))
    ends = "</xades:SignatureTimeStamp>"
    parts = (
        ("<xades:SignedProperties", "</xades:SignedProperties>"),
        ("<ds:SignedInfo", "</ds:SignedInfo>"),
        ("<ds:SignatureValue", "</ds:SignatureValue>"),
        ("<ds:KeyInfo", "</ds:KeyInfo>"),
        ("<xades:SignatureTimeStamp", ends),
    )
    covered = content + b"".join(canonical_part(before, *part) for part in parts)
    return before.replace(
        ends.encode(), f"{ends}{stamp(covered, 'ArchiveTimeStamp', namespace=namespace)}".encode()
    )


def test_what_an_archive_time_stamp_covers_may_not_change() -> None:
    document = archived(detached(by=BY), XADES_141)
    added = document.replace(b"<ds:KeyInfo>", b"<ds:KeyInfo><ds:KeyName>x</ds:KeyName>")
    assert stamps(only(added, CONTENT)) == [("signature", PASSED), ("archive", FAILED)]
    more = document.replace(
        b"<xades:SignatureTimeStamp", b"<xades:CompleteRevocationRefs/><xades:SignatureTimeStamp"
    )
    assert stamps(only(more, CONTENT)) == [("signature", PASSED), ("archive", FAILED)]


def test_what_came_after_an_archive_time_stamp_does_not_matter() -> None:
    document = archived(detached(by=BY), XADES_141)
    end = b"</xades:UnsignedSignatureProperties>"
    later = document.replace(end, b"<xades:CompleteRevocationRefs/>" + end)
    assert stamps(only(later, CONTENT)) == [("signature", PASSED), ("archive", PASSED)]


def test_an_archive_time_stamp_without_the_content_proves_nothing() -> None:
    assert stamps(only(archived(detached(by=BY), XADES_141)))[1] == ("archive", OPEN)


def test_a_time_stamp_on_signature_and_references_covers_both() -> None:
    document = enveloped(by=BY)
    refs = f'<xades:CompleteRevocationRefs xmlns:xades="{XADES}"></xades:CompleteRevocationRefs>'
    covered = canonical(value_of(document)) + canonical(refs)
    found = only(with_unsigned(document, refs + stamp(covered, "SigAndRefsTimeStamp")))
    assert stamps(found) == [("signature", PASSED)]
    before = only(with_unsigned(document, stamp(covered, "SigAndRefsTimeStamp") + refs))
    assert stamps(before) == [("signature", FAILED)]


def test_a_time_stamp_on_references_alone_proves_nothing_and_says_so() -> None:
    document = enveloped(by=BY)
    found = only(with_unsigned(document, stamp(b"", "RefsOnlyTimeStamp")))
    assert found.best_signature_time is None
    assert any("RefsOnlyTimeStamp" in each and "proves nothing" in each for each in found.warnings)


def test_the_canonical_form_is_the_one_that_the_time_stamp_names() -> None:
    document = letter(signature([reference("", canonical(letter()), [ENVELOPED, EXC])], BY)).encode()
    other = stamp(canonical(value_of(document))).replace(f'Algorithm="{EXC}"', 'Algorithm="urn:other"')
    assert stamps(only(with_unsigned(document, other))) == [("signature", OPEN)]


ARCHIVED = archived(detached(by=BY), XADES_141)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@settings(max_examples=examples(120), deadline=None)
@given(place=st.integers(0, 1_000_000), letter_=st.sampled_from(LETTERS))
def test_a_damaged_token_is_judged_beside_the_signature(place: int, letter_: str) -> None:
    start = ARCHIVED.index(b"<xades:EncapsulatedTimeStamp") + 70
    token = ARCHIVED.index(b"</xades:EncapsulatedTimeStamp>", start) - start
    at = start + place % token
    changed = ARCHIVED[:at] + letter_.encode() + ARCHIVED[at + 1 :]
    found = only(changed, CONTENT)
    assert found.claimed_time == NOW
    assert found.indication in {PASSED, OPEN}
