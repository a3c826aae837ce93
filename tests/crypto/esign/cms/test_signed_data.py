import pytest
from asn1crypto import cms  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.esign.cms.material import (
    CONTENT,
    attached,
    authority,
    detached,
    signatory,
    signed_attributes,
    signed_data,
    signer_info,
)
from tests.effort import examples

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.cms.signed_data import (
    MAX_SIGNERS,
    certificates_in,
    encapsulated_content,
    evidence_in,
    load_crl,
    read_signed_data,
    signer_infos,
)

BY = signatory()


def test_content_and_certificates_are_read() -> None:
    whole = read_signed_data(attached())
    assert encapsulated_content(whole) == CONTENT
    assert [each.dump() for each in certificates_in(whole)] == [BY.certificate.dump()]
    assert len(signer_infos(whole)) == 1
    assert encapsulated_content(read_signed_data(detached())) is None


def test_indefinite_lengths_are_read() -> None:
    # BER (X.690 section 8.1.3.6), as many signing products write the outer frame.
    encoded = attached()
    inner = encoded[encoded.index(b"\xa0") :]
    header = 4 if inner[1] == 0x82 else 3 if inner[1] == 0x81 else 2
    identifier = encoded[: encoded.index(b"\xa0")]
    opened = b"\x30\x80" + identifier[identifier.index(b"\x06") :] + b"\xa0\x80" + inner[header:] + bytes(4)
    whole = read_signed_data(opened)
    assert encapsulated_content(whole) == CONTENT


def test_revocation_lists_beside_the_signature_are_evidence() -> None:
    crl = load_crl(authority().crl)
    info = signer_info(BY, signed_attributes(BY, CONTENT))
    whole = signed_data([info], [BY.certificate], crls=[cms.RevocationInfoChoice("crl", crl)])
    assert [each.dump() for each in evidence_in(read_signed_data(whole)).crls] == [authority().crl]


def test_certificates_that_cannot_be_read_are_left_out() -> None:
    broken = BY.certificate.dump().replace(b"Head of the central", b"\xff" * 19)
    encoded = attached().replace(BY.certificate.dump(), broken)
    assert certificates_in(read_signed_data(encoded)) == ()


def test_other_kinds_of_cms_are_unsupported() -> None:
    encoded = cms.ContentInfo({"content_type": "data", "content": b"text"}).dump()
    with pytest.raises(PeerError) as caught:
        read_signed_data(encoded)
    assert caught.value.code is Code.UNSUPPORTED


def test_too_many_signatures_are_refused() -> None:
    attributes = signed_attributes(BY, CONTENT)
    infos = [signer_info(BY, attributes, signature=bytes([number])) for number in range(MAX_SIGNERS + 1)]
    with pytest.raises(PeerError) as caught:
        read_signed_data(signed_data(infos, [BY.certificate]))
    assert caught.value.code is Code.TOO_LARGE


@pytest.mark.parametrize("tail", [b"\x00", b"\n", attached()])
def test_something_behind_it_is_refused(tail: bytes) -> None:
    with pytest.raises(PeerError):
        read_signed_data(attached() + tail)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(PeerError):
        read_signed_data(b"\x30\x80" * 20_000)


@settings(max_examples=examples(200), deadline=None)
@given(st.binary(max_size=100) | st.builds(lambda cut: attached()[:cut], st.integers(0, 800)))
def test_any_bytes_are_read_or_refused(encoded: bytes) -> None:
    with pytest.raises(PeerError):
        read_signed_data(encoded)
