import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]
from tests.crypto.esign.trust.list_builder import ISSUED_AT, TSL, Entry, ListDraft, Party, sign

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.trust.given_lists import read_signed_list

OPERATOR = Party("Operator")
STRANGER = Party("Stranger")
CA = Party("Issuer")
LIST = ListDraft([[Entry("granted", ISSUED_AT, [CA.der])]])
DS = "http://www.w3.org/2000/09/xmldsig#"
SIGNED = LIST.signed(OPERATOR)
CONTENT = read_signed_list(SIGNED).content


def refused(document: bytes) -> Code:
    with pytest.raises(PeerError) as caught:
        read_signed_list(document)
    return caught.value.code


def test_who_signed_is_told() -> None:
    assert read_signed_list(SIGNED).signer == OPERATOR.der
    assert read_signed_list(LIST.xml()).signer is None
    # TS 119 612 annex B: the reference may be empty or name the root.
    assert read_signed_list(sign(LIST.xml(), OPERATOR, reference="#L1")).signer == OPERATOR.der


def test_a_list_has_one_signature() -> None:
    assert refused(sign(SIGNED, STRANGER)) is Code.MALFORMED


def test_a_signature_over_a_broken_digest_proves_nothing() -> None:
    assert refused(sign(LIST.xml(), OPERATOR, digest="sha1")) is Code.BAD_SIGNATURE


def _status(document: bytes) -> bytes:
    return document.replace(b"Svcstatus/granted", b"Svcstatus/withdrawn")


def _other_certificate(document: bytes) -> bytes:
    root = etree.fromstring(document)
    other = etree.fromstring(LIST.signed(STRANGER))
    name = f".//{{{DS}}}X509Certificate"
    root.find(name).text = other.find(name).text
    return bytes(etree.tostring(root))


def _no_certificate(document: bytes) -> bytes:
    root = etree.fromstring(document)
    info = root.find(f".//{{{DS}}}KeyInfo")
    info.getparent().remove(info)
    return bytes(etree.tostring(root))


def _moved_inside(document: bytes) -> bytes:
    root = etree.fromstring(document)
    root.find(f"{{{TSL}}}SchemeInformation").append(root.find(f"{{{DS}}}Signature"))
    return bytes(etree.tostring(root))


def _wrapped(document: bytes) -> bytes:
    """The signed list as a part of another one with the same Id."""
    inner = etree.fromstring(document)
    outer = etree.fromstring(ListDraft([[Entry("granted", ISSUED_AT, [STRANGER.der])]]).xml())
    signature = inner.find(f"{{{DS}}}Signature")
    outer.append(inner)
    outer.append(signature)
    return bytes(etree.tostring(outer))


def _transform(document: bytes) -> bytes:
    return document.replace(b"/2000/09/xmldsig#enveloped-signature", b"/TR/1999/REC-xpath-19991116")


@pytest.mark.parametrize(
    "change", [_status, _other_certificate, _no_certificate, _moved_inside, _wrapped, _transform]
)
def test_a_signature_that_does_not_cover_this_list_is_refused(change: Callable[[bytes], bytes]) -> None:
    changed = change(SIGNED)
    assert changed != SIGNED
    assert refused(changed) is Code.BAD_SIGNATURE


def test_a_part_of_a_list_signed_alone_signs_no_list() -> None:
    document = LIST.xml().replace(b"<SchemeInformation>", b'<SchemeInformation Id="S">')
    assert refused(sign(document, OPERATOR, reference="#S")) is Code.BAD_SIGNATURE


def test_a_signature_refers_to_the_list_and_to_itself_alone() -> None:
    document = SIGNED.replace(b"<SchemeInformation>", b'<SchemeInformation Id="S">')
    changed = re.sub(rb'URI="#P[0-9a-f]+"', b'URI="#S"', document)
    with pytest.raises(PeerError, match="beside the list"):
        read_signed_list(changed)


def test_a_comment_cannot_cut_a_text_short() -> None:
    # Comments are not signed; read as two texts, "67" would be number 6.
    document = ListDraft(LIST.services, sequence=67).signed(OPERATOR)
    commented = document.replace(b"<TSLSequenceNumber>67<", b"<TSLSequenceNumber>6<!-- -->7<")
    assert commented != document
    assert read_signed_list(commented).content.sequence == 67


@given(st.integers(0, len(SIGNED) - 1), st.binary(max_size=12), st.integers(0, 12))
def test_what_its_operator_signed_is_what_is_read(place: int, inserted: bytes, removed: int) -> None:
    changed = SIGNED[:place] + inserted + SIGNED[place + removed :]
    try:
        found = read_signed_list(changed)
    except PeerError:
        return
    # Whoever can change a list can also take its signature away; then it is told as nobody's word.
    assert found.signer is None or (found.signer == OPERATOR.der and found.content == CONTENT)


@given(st.sampled_from(sorted({match.end() for match in re.finditer(rb">", SIGNED[:-30])})), st.booleans())
def test_comments_and_instructions_change_nothing_that_is_read(place: int, is_comment: bool) -> None:  # noqa: FBT001
    inserted = b"<!-- 1 -->" if is_comment else b"<?hide 1?>"
    try:
        found = read_signed_list(SIGNED[:place] + inserted + SIGNED[place:])
    except PeerError:
        return
    assert found.content == CONTENT
