from collections.abc import Callable
from typing import Any

import pytest
from asn1crypto import algos, cms, core  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tests.crypto.esign.cms.material import (
    CONTENT,
    Signatory,
    attribute,
    raw_rsa,
    signatory,
    signed_attributes,
    signed_data,
    signer_info,
    signing_certificate,
)

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.cms.signature_algorithm import SignatureAlgorithm, read_signature_algorithm
from rogatory_crypto.esign.cms.signed_data import read_signed_data, signer_infos
from rogatory_crypto.esign.cms.signer import CheckedSigner, find_signer
from rogatory_crypto.esign.verdict import PASSED, Indication, SubIndication

BY = signatory()
RSA = signatory("rsa")
OTHER = signatory("ec", "Somebody else")
FAILED, OPEN = Indication.TOTAL_FAILED, Indication.INDETERMINATE
Attributes = list[cms.CMSAttribute]


def checked(
    info: cms.SignerInfo, by: Signatory = BY, content: bytes | None = CONTENT, **changes: Any
) -> CheckedSigner:
    whole = read_signed_data(signed_data([info], [by.certificate], **changes))
    (standing,) = signer_infos(whole)
    return find_signer(
        whole, standing, None if content is None else lambda name: digest(name, content or b"")
    )


def right(by: Signatory = BY, name: str = "sha256") -> Attributes:
    return signed_attributes(by, CONTENT, name)


@pytest.mark.parametrize("kind", ["ec", "rsa", "ed25519"])
def test_right_signatures_pass(kind: str) -> None:
    by = signatory(kind)
    name = "sha512" if kind == "ed25519" else "sha256"
    found = checked(signer_info(by, right(by, name), name=name), by)
    assert found.verdict == PASSED
    assert found.certificate is not None
    assert found.certificate.dump() == by.certificate.dump()
    assert found.references_certificate
    assert name in found.digests


def test_the_digest_of_a_pss_signature_is_that_of_its_parameters() -> None:
    parameters = algos.RSASSAPSSParams(
        {
            "hash_algorithm": {"algorithm": "sha256"},
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": "sha256"}},
            "salt_length": 32,
        }
    )
    algorithm = {"algorithm": "rsassa_pss", "parameters": parameters}
    assert checked(signer_info(RSA, right(RSA), algorithm=algorithm), RSA).verdict == PASSED


def test_pss_with_other_parameters_than_signed_with_fails() -> None:
    info = signer_info(
        RSA,
        right(RSA),
        algorithm={
            "algorithm": "rsassa_pss",
            "parameters": algos.RSASSAPSSParams(
                {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": "sha256"}},
                    "salt_length": 20,
                }
            ),
        },
    )
    assert checked(info, RSA).verdict.sub_indication is SubIndication.SIG_CRYPTO_FAILURE


def test_content_and_attributes_not_digested_alike_are_open_where_the_algorithm_has_its_own_digest() -> None:
    # RFC 8933 section 3.1, RFC 8419 section 3.1
    by = signatory("ed25519")
    verdict = checked(signer_info(by, right(by)), by).verdict
    assert verdict.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE


def digest_info(message: bytes, *, null: bytes, tail: bytes = b"") -> bytes:
    def sequence(contents: bytes) -> bytes:
        return bytes([0x30, len(contents)]) + contents

    identifier = algos.DigestAlgorithmId("sha256").dump()
    value = core.OctetString(digest("sha256", message)).dump()
    return sequence(sequence(identifier + null) + value) + tail


@pytest.mark.parametrize(
    ("null", "tail", "passes"),
    [(b"\x05\x00", b"", True), (b"", b"", True), (b"\x05\x00", b"\x00", False), (b"\x04\x00", b"", False)],
)
def test_a_digest_info_has_null_or_nothing_and_never_something_behind_it(
    null: bytes,
    tail: bytes,
    passes: bool,  # noqa: FBT001 - a column of the table
) -> None:
    # RFC 8017 appendix A.2.4
    message = cms.CMSAttributes(right(RSA)).dump()
    info = signer_info(RSA, right(RSA), signature=raw_rsa(RSA, digest_info(message, null=null, tail=tail)))
    assert (checked(info, RSA).verdict == PASSED) is passes


def test_sha3_with_rsa_is_verified() -> None:
    info = signer_info(RSA, right(RSA, "sha3_256"), name="sha3_256")
    assert checked(info, RSA).verdict == PASSED


def without(kind: str, attributes: Attributes) -> Attributes:
    return [each for each in attributes if each["type"].native != kind]


WRONG: dict[str, tuple[Callable[[], cms.SignerInfo], Indication, SubIndication]] = {
    "another content": (
        lambda: signer_info(BY, signed_attributes(BY, b"another")),
        FAILED,
        SubIndication.HASH_FAILURE,
    ),
    "another key": (
        lambda: signer_info(BY, right(), signature=signer_info(OTHER, right())["signature"].native),
        FAILED,
        SubIndication.SIG_CRYPTO_FAILURE,
    ),
    "signing-time twice": (
        lambda: signer_info(BY, [*right(), right()[2]]),
        FAILED,
        SubIndication.FORMAT_FAILURE,
    ),
    "message-digest twice": (
        lambda: signer_info(BY, [*right(), attribute("message_digest", b"\x00" * 32)]),
        FAILED,
        SubIndication.FORMAT_FAILURE,
    ),
    "two values in message-digest": (
        lambda: signer_info(
            BY,
            [
                *without("message_digest", right()),
                attribute("message_digest", digest("sha256", CONTENT), b"\x00" * 32),
            ],
        ),
        FAILED,
        SubIndication.FORMAT_FAILURE,
    ),
    "no content-type": (
        lambda: signer_info(BY, without("content_type", right())),
        FAILED,
        SubIndication.FORMAT_FAILURE,
    ),
    "another content-type": (
        lambda: signer_info(BY, signed_attributes(BY, CONTENT, content_type="signed_data")),
        FAILED,
        SubIndication.FORMAT_FAILURE,
    ),
    "no message-digest": (
        lambda: signer_info(BY, without("message_digest", right())),
        FAILED,
        SubIndication.FORMAT_FAILURE,
    ),
    "a version that is not that of the identifier": (
        lambda: signer_info(BY, right(), version="v3"),
        FAILED,
        SubIndication.FORMAT_FAILURE,
    ),
    "a reference to another certificate": (
        lambda: signer_info(
            BY, [*without("signing_certificate_v2", right()), signing_certificate(OTHER.certificate)]
        ),
        OPEN,
        SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
    ),
    "a reference with another serial number": (
        lambda: signer_info(
            BY,
            [
                *without("signing_certificate_v2", right()),
                signing_certificate(BY.certificate, serial_number=7),
            ],
        ),
        OPEN,
        SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
    ),
    "no certificate": (
        lambda: signer_info(OTHER, signed_attributes(OTHER, CONTENT)),
        OPEN,
        SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
    ),
    "an unknown signature algorithm": (
        lambda: signer_info(BY, right(), signature_algorithm={"algorithm": "1.2.3.4"}),
        OPEN,
        SubIndication.GENERIC,
    ),
    "an algorithm of another kind of key": (
        lambda: signer_info(BY, right(), signature_algorithm={"algorithm": "sha256_rsa"}),
        FAILED,
        SubIndication.SIG_CRYPTO_FAILURE,
    ),
    "content and attributes not digested alike": (
        lambda: signer_info(
            BY,
            right(),
            signature_algorithm={"algorithm": "sha512_ecdsa"},
            signature=BY.key.sign(cms.CMSAttributes(right()).dump(), ec.ECDSA(hashes.SHA512())),
        ),
        FAILED,
        SubIndication.SIG_CRYPTO_FAILURE,
    ),
    "algorithms that are not those that were signed": (
        lambda: signer_info(BY, [*right(), protection("sha512_ecdsa")]),
        FAILED,
        SubIndication.FORMAT_FAILURE,
    ),
}


def protection(signature: str) -> cms.CMSAttribute:
    return attribute(
        "cms_algorithm_protection",
        cms.CMSAlgorithmProtection(
            {
                "digest_algorithm": {"algorithm": "sha256"},
                "signature_algorithm": {"algorithm": signature},
            }
        ),
    )


def test_algorithm_protection_that_holds_passes() -> None:
    assert checked(signer_info(BY, [*right(), protection("sha256_ecdsa")])).verdict == PASSED


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_named(what: str) -> None:
    build, indication, sub_indication = WRONG[what]
    verdict = checked(build()).verdict
    assert (verdict.indication, verdict.sub_indication) == (indication, sub_indication)
    assert verdict.reason


def test_a_signature_without_its_content_is_open_and_its_attributes_still_verified() -> None:
    assert checked(signer_info(BY, right()), content=None).verdict.sub_indication is (
        SubIndication.SIGNED_DATA_NOT_FOUND
    )
    forged = signer_info(BY, right(), signature=signer_info(OTHER, right())["signature"].native)
    assert checked(forged, content=None).verdict.sub_indication is SubIndication.SIG_CRYPTO_FAILURE


def test_a_signature_without_signed_attributes_is_no_cades_signature() -> None:
    info = signer_info(BY, [], octets=CONTENT)
    assert checked(info).verdict.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE
    forged = signer_info(BY, [], octets=b"another")
    assert checked(forged).verdict.sub_indication is SubIndication.SIG_CRYPTO_FAILURE


def test_a_digest_algorithm_that_the_frame_does_not_name_fails() -> None:
    info = signer_info(BY, right())
    verdict = checked(info, digest_algorithms=[algos.DigestAlgorithm({"algorithm": "sha512"})]).verdict
    assert verdict.sub_indication is SubIndication.FORMAT_FAILURE


@pytest.mark.parametrize("size", [10, 5000])
def test_attributes_in_another_order_than_der_count_as_they_were_signed(size: int) -> None:
    # RFC 5652 section 5.4: signed is the DER encoding, whichever order they stand in.
    signed = [*right(), attribute("1.3.6.1.4.1.55555.1", core.OctetString(bytes(size)))]
    standing = signer_info(BY, signed).dump()
    attributes = cms.CMSAttributes(signed).dump()
    inside = cms.CMSAttributes.load(attributes).contents
    parts = [each.dump() for each in cms.CMSAttributes.load(attributes)]
    turned = standing.replace(inside, b"".join(reversed(parts)))
    assert turned != standing
    assert checked(cms.SignerInfo.load(turned)).verdict == PASSED


def test_signing_certificate_named_twice_leaves_the_signature_open() -> None:
    """RFC 5035 section 5.4: one attribute with one value; both name the certificate."""
    twice = [*right(), signing_certificate(BY.certificate)]
    assert checked(signer_info(BY, twice)).verdict.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE


def test_a_product_s_own_attribute_may_stand_there_twice() -> None:
    """RFC 5652 section 5.3 leaves what such attributes may be to those who define them."""
    own = [attribute("1.3.6.1.4.1.55555.1", core.Integer(number)) for number in (1, 2)]
    assert checked(signer_info(BY, [*right(), *own])).verdict == PASSED


def test_protected_algorithms_are_compared_as_they_are_written() -> None:
    """RFC 6211 section 3: in DER, which leaves defaults out (X.690 section 11.5)."""
    hashed = {"algorithm": "sha256"}
    mask = {"algorithm": "mgf1", "parameters": hashed}
    parameters = algos.RSASSAPSSParams(
        {"hash_algorithm": hashed, "mask_gen_algorithm": mask, "salt_length": 32}
    )
    inside = parameters.dump()[2:] + bytes.fromhex("a303020101")
    written_out = algos.RSASSAPSSParams.load(bytes([0x30, len(inside)]) + inside, strict=True)
    outside = {"algorithm": "rsassa_pss", "parameters": written_out}
    protection = cms.CMSAlgorithmProtection(
        {
            "digest_algorithm": hashed,
            "signature_algorithm": {"algorithm": "rsassa_pss", "parameters": parameters},
        }
    )
    protected = [*right(RSA), attribute("cms_algorithm_protection", protection)]
    same = {"algorithm": "rsassa_pss", "parameters": parameters}
    assert checked(signer_info(RSA, protected, algorithm=same), RSA).verdict == PASSED
    assert checked(signer_info(RSA, protected, algorithm=outside), RSA).verdict.indication is FAILED


def test_plain_ecdsa_may_repeat_the_curve_beside_the_algorithm() -> None:
    """BSI TR-03111 section 5.2.1.1; other algorithms have no parameters (RFC 5758 section 3.2)."""
    curve = bytes.fromhex("06092b2403030208010107")
    plain = algos.SignedDigestAlgorithm.load(bytes.fromhex("3017060a04007f00070101040103") + curve)
    assert read_signature_algorithm(plain, "sha256") == SignatureAlgorithm("plain-ecdsa", "sha256")
    usual = algos.SignedDigestAlgorithm.load(bytes.fromhex("301506082a8648ce3d040302") + curve)
    with pytest.raises(PeerError):
        read_signature_algorithm(usual, "sha256")
