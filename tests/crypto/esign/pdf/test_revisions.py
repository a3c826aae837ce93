"""A reader can look at each signed revision as it was signed (ISO 32000-1 section 7.5.6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.esign.pdf.builder import plain, size, updated, written
from tests.crypto.esign.pdf.long_term import archived, signed
from tests.crypto.esign.pdf.material import office, sealed

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.pdf.revisions import signed_revision, signed_revisions


def test_each_signature_has_the_revision_it_was_made_over() -> None:
    first = sealed(office(), document=written(plain()))
    second = sealed(office(), document=first, field="Second")
    assert [each.signature for each in signed_revisions(second)] == ["Signature", "Second"]
    assert signed_revision(second) == first
    assert signed_revision(second, "Second") == second
    later = updated(second, {size(second): b"null"})
    assert signed_revision(later, "Signature") == first
    assert signed_revisions(later)[0].revisions == signed_revisions(second)[0].revisions + 1


def test_document_time_stamps_are_listed_but_not_taken_for_the_first_signature() -> None:
    document = archived(signed())
    stamp = signed_revisions(document)[-1]
    assert stamp.is_timestamp
    assert stamp.end > len(signed())
    assert len(signed_revision(document)) < len(signed())


def test_document_without_a_signature_has_no_signed_revision() -> None:
    with pytest.raises(PeerError) as refused:
        signed_revision(written(plain()))
    assert refused.value.code is Code.NOT_FOUND


@given(st.binary(max_size=300))
def test_what_is_no_pdf_is_refused(noise: bytes) -> None:
    with pytest.raises(PeerError) as refused:
        signed_revisions(b"%PDF-1.7\n" + noise)
    assert refused.value.code is Code.MALFORMED
