from functools import partial

import pytest
from asn1crypto import cms, tsp  # type: ignore[import-untyped]
from tests.crypto.esign.cms.material import (
    CONTENT,
    NOW,
    Signatory,
    attribute,
    signatory,
    signed_attributes,
    signer_info,
    token,
)

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.cms.signed_data import read_signed_data
from rogatory_crypto.esign.cms.token import CheckedToken, check_token, is_token, message_imprint, time_of
from rogatory_crypto.esign.verdict import PASSED, SubIndication

BY = signatory()


def of(content: bytes, name: str) -> bytes:
    return digest(name, content)


def checked(encoded: bytes, content: bytes = CONTENT) -> CheckedToken:
    return check_token(read_signed_data(encoded), partial(of, content))


def info_over(content: bytes = CONTENT, **changes: object) -> bytes:
    fields = {
        "version": "v1",
        "policy": "1.2.3",
        "message_imprint": {
            "hash_algorithm": {"algorithm": "sha256"},
            "hashed_message": digest("sha256", content),
        },
        "serial_number": 1,
        "gen_time": cms.GeneralizedTime("20260921141320Z"),
    }
    return bytes(tsp.TSTInfo({**fields, **changes}).dump())


def made(
    info: bytes,
    *,
    by: Signatory = BY,
    signers: int = 1,
    reference: bool = True,
    content_type: str = "tst_info",
) -> bytes:
    kept = signed_attributes(by, info, content_type=content_type)
    signed = [each for each in kept if reference or each["type"].native != "signing_certificate_v2"]
    one = signer_info(by, signed)
    whole = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": content_type, "content": cms.ParsableOctetString(info)},
            "certificates": [cms.CertificateChoices("certificate", by.certificate)],
            "signer_infos": [one, signer_info(by, [*signed, attribute("1.2.3.4", cms.Integer(1))])][:signers],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": whole}).dump())


def test_a_right_token_passes_and_says_its_time() -> None:
    stamp = token(digest("sha256", CONTENT)).dump()
    found = checked(stamp)
    assert (found.verdict, found.time) == (PASSED, NOW)
    assert found.certificate is not None
    assert "sha256" in found.digests
    assert time_of(read_signed_data(stamp)) == NOW
    assert message_imprint(read_signed_data(stamp)) == digest("sha256", CONTENT)
    assert is_token(read_signed_data(stamp))


def test_our_own_token_passes() -> None:
    assert checked(made(info_over())).verdict == PASSED


def test_a_token_on_something_else_is_not_intact_whoever_signed_it() -> None:
    assert checked(made(info_over()), b"another").verdict.sub_indication is SubIndication.HASH_FAILURE


def test_a_token_has_exactly_one_signer() -> None:
    # RFC 3161 section 2.4.2
    assert checked(made(info_over(), signers=2)).verdict.sub_indication is SubIndication.FORMAT_FAILURE


def test_a_token_refers_to_its_certificate() -> None:
    # RFC 3161 section 2.4.2, RFC 5816
    found = checked(made(info_over(), reference=False)).verdict
    assert found.sub_indication is SubIndication.NO_SIGNING_CERTIFICATE_FOUND


def test_a_changed_time_is_noticed() -> None:
    changed = made(info_over()).replace(b"20260921141320Z", b"20250921141320Z")
    assert checked(changed).verdict.sub_indication is SubIndication.HASH_FAILURE


def test_other_content_is_no_token() -> None:
    encoded = made(info_over(), content_type="data")
    assert checked(encoded).verdict.sub_indication is SubIndication.FORMAT_FAILURE
    assert not is_token(read_signed_data(encoded))
    with pytest.raises(PeerError):
        time_of(read_signed_data(encoded))


def test_an_imprint_that_cannot_be_made_leaves_it_open() -> None:
    imprint = {"hash_algorithm": {"algorithm": "md2"}, "hashed_message": bytes(16)}
    found = checked(made(info_over(message_imprint=imprint)))
    assert found.verdict.sub_indication is SubIndication.GENERIC
