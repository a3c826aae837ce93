"""The reader refuses what makes XML dangerous (XMLDSig 1.1 section 8, W3C XML 1.0 section 4)."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.crypto.esign.xml.material import checked, enveloped
from tests.effort import examples

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.esign.xml.reading import MAX_ATTRIBUTES, MAX_ELEMENTS, MAX_SIGNATURES, read_xml

LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
SIGNATURE = '<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"/>'


def refused(document: bytes) -> Code:
    with pytest.raises(PeerError) as caught:
        read_xml(document)
    return caught.value.code


@pytest.mark.parametrize(
    "head",
    [
        "<!DOCTYPE a>",
        '<!DOCTYPE a SYSTEM "http://dtd.example/a.dtd">',
        '<!DOCTYPE a PUBLIC "x" "file:///etc/passwd">',
        '<!DOCTYPE a [<!ATTLIST a b CDATA "c">]>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
        f'<!DOCTYPE a [<!ENTITY l0 "lol">{LAUGHS}]>',
    ],
)
def test_a_document_type_is_refused(head: str) -> None:
    assert refused(f"{head}<a/>".encode()) is Code.MALFORMED


def test_a_document_type_is_no_proof_of_forgery() -> None:
    report = checked(b"<!DOCTYPE letter>" + enveloped())
    assert report.indication is Indication.INDETERMINATE
    assert "document type" in report.reason


def test_entities_are_never_expanded() -> None:
    for inside in ("<a>&l11;</a>", '<a b="&l11;"/>'):
        code = refused(f'<!DOCTYPE a [<!ENTITY l0 "lol">{LAUGHS}]>{inside}'.encode())
        assert code is Code.MALFORMED


def test_limits_hold_before_anything_is_built() -> None:
    assert refused(b"<a>" + b"<b></b>" * (MAX_ELEMENTS + 1) + b"</a>") is Code.TOO_LARGE
    assert refused(b"<a>" * 100_000 + b"</a>" * 100_000) is Code.MALFORMED
    crowd = " ".join(f'a{i}="1"' for i in range(MAX_ATTRIBUTES + 1))
    assert refused(f"<a {crowd}/>".encode()) is Code.TOO_LARGE
    assert refused(f"<a {crowd}/>".encode("utf-16")) is Code.TOO_LARGE
    assert refused(f"<a>{SIGNATURE * (MAX_SIGNATURES + 1)}</a>".encode()) is Code.TOO_LARGE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252", "us-ascii"])
def test_common_encodings_are_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><a>case</a>'
    assert read_xml(text.encode(encoding)).root.text == "case"


def test_an_encoding_that_readers_differ_on_is_refused() -> None:
    assert refused(b'<?xml version="1.0" encoding="utf-7"?><a>case</a>') is Code.UNSUPPORTED


def test_an_id_that_is_there_twice_names_nothing() -> None:
    opened = read_xml(b'<a><b Id="x"/><c ID="x"/><d xml:id="y"/></a>')
    with pytest.raises(PeerError, match="there twice"):
        opened.by_id("x")
    assert opened.by_id("y").tag == "d"  # type: ignore[union-attr]
    assert opened.by_id("z") is None


@settings(max_examples=examples(200), deadline=None)
@given(st.binary(max_size=300))
@example(b"\xff\xfe<\0a\0/\0>\0")
@example(b"<a\0/>")
def test_any_bytes_are_read_or_refused(document: bytes) -> None:
    try:
        read_xml(document)
    except PeerError:
        return


DOCUMENT = enveloped()


@settings(max_examples=examples(150), deadline=None)
@given(data=st.data())
def test_any_change_to_a_document_ends_in_a_report(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, 1_000_000)) % len(DOCUMENT)
    length = data.draw(st.integers(0, 60))
    inserted = data.draw(
        st.sampled_from([b"", b"<", b">", b"&#0;", b'"', b"<!--", b"<ds:Signature/>", b"\xff"])
    )
    changed = DOCUMENT[:start] + inserted + DOCUMENT[start + length :]
    assert checked(changed).sentence
