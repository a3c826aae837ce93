"""No change to what is signed or shown of a CMS signature is survived (EN 319 102-1 clause 5.2.7)."""

from functools import partial

import pytest
from asn1crypto import core  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.esign.cms.material import (
    CONTENT,
    NOW,
    attached,
    authority,
    detached,
    issued,
    signatory,
    signed_attributes,
    signed_data,
    signer_info,
    stamped,
)
from tests.crypto.esign.mutation import flipped, passing, region, survives_wrongly
from tests.effort import examples

from rogatory_crypto.esign.cms.document import check_cms
from rogatory_crypto.esign.cms.signed_data import read_signed_data, signer_infos
from rogatory_crypto.esign.report import Report
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.trust.given import read_anchors
from rogatory_crypto.esign.verdict import Indication

BY = signatory()
ATTACHED, DETACHED, ISSUED = attached(), detached(), attached(issued())


def terms(*contents: bytes, root: bool = False) -> Terms:
    trust = [authority().root_pem] if root else [BY.pem]
    return Terms(read_anchors(trust, NOW), NOW + 60, revocation=False, contents=contents)


def checked(document: bytes, under: Terms) -> Report:
    return check_cms(document, under)


def protected(document: bytes) -> dict[str, bytes]:
    """The parts of a signature that its value depends on."""
    (info,) = signer_infos(read_signed_data(document))
    return {
        "digest algorithm": info["digest_algorithm"].dump() + info["signed_attrs"].dump()[:2],
        "signed attributes": info["signed_attrs"].dump(),
        "signature algorithm": info["signature_algorithm"].dump() + info["signature"].dump()[:2],
        "signature": info["signature"].dump(),
    }


@pytest.mark.parametrize("part", [*protected(ATTACHED), "content"])
def test_no_byte_of_what_is_signed_may_change_in_an_attached_signature(part: str) -> None:
    document = ATTACHED
    parts = {**protected(document), "content": core.OctetString(CONTENT).dump()}
    check = partial(checked, under=terms())
    assert checked(document, terms()).indication is Indication.TOTAL_PASSED
    assert not list(passing(document, region(document, parts[part]), check))


@pytest.mark.parametrize("part", protected(DETACHED))
def test_no_byte_of_what_is_signed_may_change_in_a_detached_signature(part: str) -> None:
    document = DETACHED
    check = partial(checked, under=terms(CONTENT))
    assert check(document).indication is Indication.TOTAL_PASSED
    assert not list(passing(document, region(document, protected(document)[part]), check))


def test_no_byte_of_detached_content_may_change() -> None:
    document = DETACHED
    for place in range(len(CONTENT)):
        report = checked(document, terms(flipped(CONTENT, place, 1)))
        assert report.indication is Indication.TOTAL_FAILED


def test_no_byte_of_the_certificate_that_is_shown_may_change() -> None:
    places = region(ISSUED, issued().certificate.dump())[::3]
    assert not list(passing(ISSUED, places, partial(checked, under=terms(root=True))))


def test_what_frames_a_signature_may_change_only_without_a_change_of_what_is_shown() -> None:
    document = ATTACHED
    parts = [region(document, part) for part in (*protected(document).values(), BY.certificate.dump())]
    inside = {place for part in parts for place in part}
    check = partial(checked, under=terms())
    for place in set(range(len(document))) - inside:
        changed = flipped(document, place, 1 << place % 8)
        assert not survives_wrongly(document, changed, check), place


STAMPED = signed_data(
    [stamped(signer_info(issued(), signed_attributes(issued(), CONTENT)))], [issued().certificate]
)


# Keys and so lengths differ from run to run, but what is drawn must not.
PLACES = st.integers(0, 1_000_000)


@settings(max_examples=examples(100), deadline=None)
@given(place=PLACES, mask=st.integers(1, 255))
def test_any_change_to_a_time_stamped_signature_is_noticed_or_shows_the_same(place: int, mask: int) -> None:
    check = partial(checked, under=terms(root=True))
    assert not survives_wrongly(STAMPED, flipped(STAMPED, place % len(STAMPED), mask), check)


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_any_piece_taken_out_or_doubled_is_noticed_or_shows_the_same(data: st.DataObject) -> None:
    document = ATTACHED
    start = data.draw(PLACES) % len(document)
    end = min(len(document), start + data.draw(st.integers(1, 80)))
    doubled = data.draw(st.booleans())
    changed = document[:end] + document[start:] if doubled else document[:start] + document[end:]
    assert not survives_wrongly(document, changed, partial(checked, under=terms()))
