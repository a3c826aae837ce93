"""No change to what is signed or shown of a PDF is survived; a change that is survived shows the same."""

import re
from collections.abc import Callable, Mapping
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.misc import PdfError
from tests.crypto.esign.mutation import MASKS, flipped, passing
from tests.crypto.esign.pdf.builder import plain, written
from tests.crypto.esign.pdf.long_term import LATER, archived, authority, signed
from tests.effort import examples

from rogatory_client.signing import SealKey, SignaturePurpose, sign_pdf
from rogatory_crypto.esign import Indication, Report, check
from rogatory_crypto.esign.pdf.objects import elements, entry
from rogatory_crypto.esign.pdf.reading import open_pdf

PLACES = st.integers(0, 1_000_000)


@cache
def basic() -> bytes:
    key = SealKey(authority().signer_pkcs12, b"x")
    return sign_pdf(written(plain()), key, SignaturePurpose("Head of unit", "Request"), now=LATER)


BUILT: Mapping[str, Callable[[], bytes]] = {
    "B": basic,
    "LT": cache(signed),
    "LTA": cache(lambda: archived(signed())),
}


def checked(document: bytes) -> Report:
    return check(document, trust=[authority().root_pem], at=LATER + 60, revocation=False)


@cache
def untouched(document: bytes) -> Report:
    return checked(document)


def seen(document: bytes) -> list[object]:
    """What the pages of the last revision show, and what lies on them."""
    try:
        return read_pages(document, strict=True)
    except PdfError:
        return read_pages(document, strict=False)


def read_pages(document: bytes, *, strict: bool) -> list[object]:
    reader = open_pdf(document, strict=strict)
    last = reader.get_historical_resolver(reader.xrefs.total_revisions - 1)
    pages = [last(page) for page in last.pages()]
    return [
        (
            entry(page, "/Contents").data,
            str(entry(page, "/MediaBox")),
            str(entry(page, "/Resources")),
            [str(entry(each.get_object(), "/Rect")) for each in elements(entry(page, "/Annots"))],
        )
        for page in pages
    ]


def survives_wrongly(document: bytes, changed: bytes) -> bool:
    report, before = checked(changed), untouched(document)
    if report.indication is not Indication.TOTAL_PASSED:
        return False
    told = [[(each.signer, each.claimed_time) for each in one.signatures] for one in (report, before)]
    times = {each.best_signature_time for each in before.signatures} | {None}
    proven = {each.best_signature_time for each in report.signatures}
    return told[0] != told[1] or not proven <= times or seen(changed) != seen(document)


def signed_regions(document: bytes) -> list[range]:
    """The two parts of the first byte range."""
    numbers = re.findall(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", document)[0]
    first, second, rest = (int(number) for number in numbers)
    return [range(first), range(second, second + rest)]


def thinned(places: range, least: int) -> range:
    return range(places.start, places.stop, max(1, len(places) // examples(least)))


@pytest.mark.parametrize("level", BUILT)
def test_no_byte_that_is_signed_may_change(level: str) -> None:
    document = BUILT[level]()
    assert checked(document).indication is Indication.TOTAL_PASSED
    for part in signed_regions(document):
        assert not list(passing(document, thinned(part, 60), checked))


@pytest.mark.parametrize("level", BUILT)
def test_no_digit_of_the_signature_that_is_changed_shows_something_else(level: str) -> None:
    document = BUILT[level]()
    before, behind = signed_regions(document)
    for place in passing(document, thinned(range(before.stop, behind.start), 80), checked):
        assert not survives_wrongly(document, flipped(document, place, MASKS[place % len(MASKS)])), place


@pytest.mark.parametrize("level", ["LT", "LTA"])
def test_no_byte_behind_what_is_signed_that_is_changed_shows_something_else(level: str) -> None:
    document = BUILT[level]()
    behind = range(signed_regions(document)[1].stop, len(document))
    for place in passing(document, thinned(behind, 150), checked):
        assert not survives_wrongly(document, flipped(document, place, MASKS[place % len(MASKS)])), place


def test_no_byte_under_the_document_time_stamp_may_change() -> None:
    """What it covers is proven to have existed; a file that changed there is not what was proven."""
    document = BUILT["LTA"]()
    numbers = re.findall(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", document)[-1]
    first, second, rest = (int(number) for number in numbers)
    covered = range(signed_regions(document)[1].stop, first)
    for part in (covered, range(second, second + rest)):
        assert not list(passing(document, thinned(part, 60), checked))


@pytest.mark.parametrize("number", [2, 3])
def test_a_document_time_stamp_whose_range_is_shortened_is_not_set_aside(number: int) -> None:
    """It would say of itself that it is older than the signature, and so prove nothing about it."""
    document = BUILT["LTA"]()
    place = list(re.finditer(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", document))[-1].start(number)
    shortened = document[:place] + b"0" + document[place + 1 :]
    report = checked(shortened)
    assert report.indication is not Indication.TOTAL_PASSED
    assert report.timestamps[0].indication is Indication.TOTAL_FAILED
    assert report.timestamps[0] in report.signatures[0].timestamps


@pytest.mark.parametrize("level", BUILT)
@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_any_change_is_noticed_or_shows_the_same(level: str, data: st.DataObject) -> None:
    document = BUILT[level]()
    changed = document
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(PLACES) % len(document)
        changed = flipped(changed, place, data.draw(st.integers(1, 255)))
    assert not survives_wrongly(document, changed)


@pytest.mark.parametrize("level", BUILT)
@settings(max_examples=examples(30), deadline=None)
@given(data=st.data())
def test_anything_cut_out_or_put_in_is_noticed_or_shows_the_same(level: str, data: st.DataObject) -> None:
    document = BUILT[level]()
    place = data.draw(PLACES) % len(document)
    put = data.draw(st.binary(max_size=20))
    cut = data.draw(st.integers(0 if put else 1, 40))
    changed = document[:place] + put + document[place + cut :]
    if changed != document:
        assert not survives_wrongly(document, changed)
