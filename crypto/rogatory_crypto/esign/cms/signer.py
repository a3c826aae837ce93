"""Judges one SignerInfo by its own bytes: form, content, certificate and signature (RFC 5652 section 5.3).

It asks neither for trust nor for time. The order of EN 319 102-1 clause 5.2 holds: form, signing certificate,
then cryptography with the content's digest before the signature.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import Certificate, SignedData, SignerInfo
from rogatory_crypto.esign.cms import attributes, oids
from rogatory_crypto.esign.cms.digests import digest, digest_name, shown
from rogatory_crypto.esign.cms.signature_algorithm import (
    SignatureAlgorithm,
    read_signature_algorithm,
    verify_signature,
)
from rogatory_crypto.esign.cms.signed_attributes import attributes_stand_once, signed_octets
from rogatory_crypto.esign.cms.signed_data import certificates_in, content_type
from rogatory_crypto.esign.cms.signing_certificate import find_signing_certificate, refers
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, failed, indeterminate, worse

DigestOfContent = Callable[[str], bytes]
"""The digest of the signed content, by the name that ``hashlib`` gives the algorithm."""

_VERSIONS: Final = frozenset({"v1", "v3", "v4", "v5"})
_SIGNER_VERSIONS: Final = {"issuer_and_serial_number": "v1", "subject_key_identifier": "v3"}
_WITH_OWN_DIGEST: Final = frozenset({"rsassa-pss", "ed25519", "ed448"})
_SUB_INDICATIONS: Final = {
    Code.MALFORMED: SubIndication.FORMAT_FAILURE,
    Code.BAD_SIGNATURE: SubIndication.SIG_CRYPTO_FAILURE,
    Code.HASH_MISMATCH: SubIndication.HASH_FAILURE,
}


@dataclass(frozen=True, slots=True)
class CheckedSigner:
    """What the bytes of one SignerInfo say.

    Attributes:
        verdict: FORMAT_FAILURE, HASH_FAILURE, SIG_CRYPTO_FAILURE, SIGNED_DATA_NOT_FOUND,
            NO_SIGNING_CERTIFICATE_FOUND, SIG_CONSTRAINTS_FAILURE or GENERIC; PASSED where it is intact.
        certificate: the signing certificate; absent where none was found.
        digests: every digest algorithm it rests on, by the names of ``hashlib``.
        claimed_time: what the signer's computer said, unix seconds.
        references_certificate: whether a signed attribute names the certificate (RFC 5035), as CAdES asks.
    """

    verdict: Verdict
    certificate: Certificate | None = None
    digests: frozenset[str] = frozenset()
    claimed_time: int | None = None
    references_certificate: bool = False


def find_signer(
    signed_data: SignedData,
    info: SignerInfo,
    digest_of_content: DigestOfContent | None,
    certificates: Iterable[Certificate] = (),
    *,
    carried: tuple[Certificate, ...] | None = None,
) -> CheckedSigner:
    """Find the signing certificate of a SignerInfo and check everything that needs neither trust nor time.

    Args:
        signed_data: the SignedData it stands in.
        info: one of its SignerInfos.
        digest_of_content: digest of what is signed; absent where the content is not there.
        certificates: further certificates that may be the signer's, beside those carried.
        carried: what ``certificates_in`` the SignedData is, where it was asked before.
    """
    try:
        frame = _frame(signed_data, info)
        expected = content_type(signed_data)
    except PeerError as error:
        return CheckedSigner(as_verdict(error))
    known = (*(certificates_in(signed_data) if carried is None else carried), *certificates)
    checked = check_signer(info, digest_of_content, known, expected)
    return CheckedSigner(
        worse(frame, checked.verdict),
        checked.certificate,
        checked.digests,
        checked.claimed_time,
        checked.references_certificate,
    )


def check_signer(
    info: SignerInfo,
    digest_of_content: DigestOfContent | None,
    certificates: Iterable[Certificate],
    expected_type: str | None,
) -> CheckedSigner:
    """Check a SignerInfo whatever it stands in; a counter-signature's content has no type (``None``)."""
    certificate, reference = find_signing_certificate(info, tuple(certificates))
    try:
        name, algorithm = _algorithms(info)
    except attributes.ESCAPING as error:
        # Whoever is named is shown, though nobody here can tell whether it was they.
        return CheckedSigner(as_verdict(error), certificate, claimed_time=attributes.signing_time(info))
    verdict = PASSED
    for step in (
        lambda: attributes_stand_once(info, expected_type),
        lambda: _content(info, name, digest_of_content),
        lambda: _cryptography(
            info, algorithm, certificate if reference == PASSED else None, digest_of_content
        ),
        lambda: reference,
        lambda: _constraints(info, name, algorithm),
    ):
        verdict = worse(verdict, _answer(step))
    return CheckedSigner(
        verdict=verdict,
        certificate=certificate,
        digests=frozenset({name, algorithm.digest}),
        claimed_time=attributes.signing_time(info),
        references_certificate=refers(info),
    )


def _algorithms(info: SignerInfo) -> tuple[str, SignatureAlgorithm]:
    """Return the digest and the signature algorithm; the latter is named first where neither is known."""
    try:
        name = digest_name(info["digest_algorithm"])
    except PeerError as error:
        if error.code is Code.UNSUPPORTED:
            read_signature_algorithm(info["signature_algorithm"], "")
        raise
    return name, read_signature_algorithm(info["signature_algorithm"], name)


def as_verdict(error: Exception) -> Verdict:
    """Return the verdict on a signature in which something was refused."""
    if not isinstance(error, PeerError):
        reason = f"the signature cannot be read: {type(error).__name__}: {error}"[:300]
        return failed(SubIndication.FORMAT_FAILURE, reason)
    if error.code in _SUB_INDICATIONS:
        return failed(_SUB_INDICATIONS[error.code], error.detail)
    if error.code is Code.NOT_FOUND:
        return indeterminate(SubIndication.SIGNED_DATA_NOT_FOUND, error.detail)
    return indeterminate(SubIndication.GENERIC, f"{error.detail} is not supported"[:300])


def message_digest(info: SignerInfo) -> bytes | None:
    """Return the digest that the signature states of its content (RFC 5652 section 11.2).

    Raises:
        PeerError: MALFORMED where it is there twice or is no octet string.
    """
    value = attributes.only_value(attributes.signed(info), oids.MESSAGE_DIGEST)
    return None if value is None else attributes.octets(value)


def _answer(step: Callable[[], Verdict]) -> Verdict:
    try:
        return step()
    except attributes.ESCAPING as error:
        return as_verdict(error)


def _frame(signed_data: SignedData, info: SignerInfo) -> Verdict:
    algorithms = {algorithm["algorithm"].dotted for algorithm in signed_data["digest_algorithms"]}
    version = info["version"].native
    if (
        signed_data["version"].native not in _VERSIONS
        or version != _SIGNER_VERSIONS[info["sid"].name]
        or info["digest_algorithm"]["algorithm"].dotted not in algorithms
    ):
        return failed(SubIndication.FORMAT_FAILURE, "the signature's frame contradicts its inside")
    return PASSED


def _content(info: SignerInfo, name: str, digest_of_content: DigestOfContent | None) -> Verdict:
    if digest_of_content is None:
        return indeterminate(SubIndication.SIGNED_DATA_NOT_FOUND, _wanted(info, name))
    if not attributes.signed(info):
        return PASSED
    stated = message_digest(info)
    if stated is None:
        return failed(SubIndication.FORMAT_FAILURE, "the signature does not state its content's digest")
    if stated != digest_of_content(name):
        return failed(SubIndication.HASH_FAILURE, "the content is not the one that was signed")
    return PASSED


def _wanted(info: SignerInfo, name: str) -> str:
    """Say which file has to be given beside a detached signature."""
    reason = "the signed content is not there: it stands in a file of its own, which has to be given as well"
    stated = message_digest(info)
    return reason if stated is None else f"{reason}; its {shown(name)} is {stated.hex()}"


def _cryptography(
    info: SignerInfo,
    algorithm: SignatureAlgorithm,
    certificate: Certificate | None,
    digest_of_content: DigestOfContent | None,
) -> Verdict:
    if certificate is None:
        return PASSED
    signature = bytes(info["signature"].native)
    if attributes.signed(info):
        _verify_attributes(info, algorithm, certificate, signature)
    elif digest_of_content is not None:
        verify_signature(certificate, algorithm, signature, digest_of_content)
    return PASSED


def _verify_attributes(
    info: SignerInfo, algorithm: SignatureAlgorithm, certificate: Certificate, signature: bytes
) -> None:
    refused: PeerError | None = None
    for message in signed_octets(info):
        try:
            verify_signature(certificate, algorithm, signature, _digest_of(message), message)
        except PeerError as error:
            refused = error
        else:
            return
    raise refused or PeerError(Code.MALFORMED, "no signed attributes")


def _digest_of(message: bytes) -> DigestOfContent:
    return lambda name: digest(name, message)


def _constraints(info: SignerInfo, name: str, algorithm: SignatureAlgorithm) -> Verdict:
    constraints = SubIndication.SIG_CONSTRAINTS_FAILURE
    if not attributes.signed(info):
        return indeterminate(constraints, "the signature has no signed attributes")
    # RFC 8933 section 3.1: content and attributes are digested alike. Where the signature algorithm does not
    # carry its own digest, what it signs is the other one, so that it cannot be right.
    if algorithm.digest == name:
        return PASSED
    reason = "the content and the signed attributes were not digested alike"
    if algorithm.scheme in _WITH_OWN_DIGEST:
        return indeterminate(constraints, reason)
    return failed(SubIndication.SIG_CRYPTO_FAILURE, reason)
