"""No change to what is signed or shown of an XML signature is survived (EN 319 102-1 clause 5.2.7)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.esign.cms.material import authority, issued
from tests.crypto.esign.mutation import MASKS, flipped, passing, region, survives_wrongly
from tests.crypto.esign.xml.material import (
    BODY,
    CONTENT,
    canonical,
    checked,
    data_object,
    detached,
    enveloped,
    enveloping,
    stamp,
    value_of,
    with_unsigned,
)
from tests.effort import examples

from rogatory_crypto.esign.report import Report
from rogatory_crypto.esign.verdict import Indication

DOCUMENTS = {"enveloped": enveloped(), "enveloping": enveloping(), "detached": detached()}
PARTS = {
    "signed info": ("<ds:SignedInfo", "</ds:SignedInfo>"),
    "signature value": ('Id="v-sig">', "</ds:SignatureValue>"),
    "signed properties": ("<xades:SignedProperties", "</xades:SignedProperties>"),
}
# Letters drawn are places in a document whose length differs from run to run.
PLACES = st.integers(0, 1_000_000)


def check(document: bytes) -> Report:
    return checked(document, CONTENT) if b"letter.txt" in document else checked(document)


def part(document: bytes, name: str) -> range:
    start, end = (mark.encode() for mark in PARTS[name])
    first = document.index(start) + (len(start) if start.endswith(b">") else 0)
    return range(first, document.index(end, first))


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("form", DOCUMENTS)
def test_no_byte_of_what_is_signed_may_change(form: str, name: str) -> None:
    document = DOCUMENTS[form]
    assert check(document).indication is Indication.TOTAL_PASSED
    places = part(document, name)
    for place in passing(document, places[:: max(1, len(places) // 150)], check):
        # Other quotation marks or white space between attributes are the same document in other letters.
        changed = flipped(document, place, MASKS[place % len(MASKS)])
        assert canonical(changed.decode()) == canonical(document.decode())


def test_no_byte_of_the_content_may_change() -> None:
    for document, content in (
        (DOCUMENTS["enveloped"], f'<letter Id="letter">{BODY}'),
        (DOCUMENTS["enveloping"], data_object().partition(">")[2].partition("<")[0]),
    ):
        assert not list(passing(document, region(document, content.encode()), check))
    for place in range(len(CONTENT)):
        report = checked(DOCUMENTS["detached"], flipped(CONTENT, place, 1))
        assert report.indication is Indication.TOTAL_FAILED


@pytest.mark.parametrize("form", DOCUMENTS)
@settings(max_examples=examples(60), deadline=None)
@given(place=PLACES, mask=st.integers(1, 255))
def test_any_flipped_byte_is_noticed_or_shows_the_same(form: str, place: int, mask: int) -> None:
    document = DOCUMENTS[form]
    changed = flipped(document, place % len(document), mask)
    assert not survives_wrongly(document, changed, check)


@pytest.mark.parametrize("form", DOCUMENTS)
@settings(max_examples=examples(40), deadline=None)
@given(data=st.data())
def test_any_piece_taken_out_or_doubled_is_noticed_or_shows_the_same(form: str, data: st.DataObject) -> None:
    document = DOCUMENTS[form]
    start = data.draw(PLACES) % len(document)
    end = min(len(document), start + data.draw(st.integers(1, 80)))
    doubled = data.draw(st.booleans())
    changed = document[:end] + document[start:] if doubled else document[:start] + document[end:]
    assert not survives_wrongly(document, changed, check)


BARE = enveloped(by=issued())
STAMPED = with_unsigned(BARE, stamp(canonical(value_of(BARE))))


def check_stamped(document: bytes) -> Report:
    return checked(document, trust=[authority().root_pem])


@settings(max_examples=examples(60), deadline=None)
@given(place=PLACES, mask=st.integers(1, 255))
def test_any_change_to_a_time_stamped_signature_is_noticed_or_shows_the_same(place: int, mask: int) -> None:
    assert not survives_wrongly(STAMPED, flipped(STAMPED, place % len(STAMPED), mask), check_stamped)
