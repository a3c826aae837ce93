"""Form and cryptography of a time-stamp token (RFC 3161 section 2.4.2); path and time are not judged."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from asn1crypto import core, tsp  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import Certificate, SignedData
from rogatory_crypto.esign.cms import oids
from rogatory_crypto.esign.cms.attributes import ESCAPING
from rogatory_crypto.esign.cms.carried import carried_evidence
from rogatory_crypto.esign.cms.digests import digest, digest_name
from rogatory_crypto.esign.cms.signed_data import (
    content_type,
    encapsulated_content,
    evidence_in,
    signer_infos,
)
from rogatory_crypto.esign.cms.signer import CheckedSigner, as_verdict, find_signer
from rogatory_crypto.esign.evidence import NOTHING, Evidence
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, failed, indeterminate, worse


@dataclass(frozen=True, slots=True)
class CheckedToken:
    """What the bytes of a token say.

    Attributes:
        verdict: PASSED where it is well formed, signed by its certificate, and about what it should cover.
        time: what it states, unix seconds, the fraction cut off; absent where unreadable.
        certificate: of the time-stamping unit; absent where none was found.
        digests: every digest algorithm it rests on, that of the imprint included.
        evidence: what it carries to check its chain.
    """

    verdict: Verdict
    time: int | None = None
    certificate: Certificate | None = None
    digests: frozenset[str] = frozenset()
    evidence: Evidence = NOTHING


def check_token(
    token: SignedData, imprint: Callable[[str], bytes], certificates: Iterable[Certificate] = ()
) -> CheckedToken:
    """Check everything about a token that needs neither trust nor time.

    Args:
        token: the token.
        imprint: the digest of what it must cover, by the name that ``hashlib`` gives the algorithm.
        certificates: further certificates that may be the time-stamping unit's, beside those carried.
    """
    try:
        info, octets = _tst_info(token)
        time, name = time_of_info(info), digest_name(info["message_imprint"]["hash_algorithm"])
        (signer_info,) = signer_infos(token)
    except ESCAPING as error:
        return CheckedToken(as_verdict(error))
    signer = find_signer(token, signer_info, lambda algorithm: digest(algorithm, octets), certificates)
    covered = _covers(info, name, imprint)
    return CheckedToken(
        # A token over something else is no proof whoever signed it, so that is said first.
        verdict=worse(worse(covered, signer.verdict), _form(signer)),
        time=time,
        certificate=signer.certificate,
        digests=signer.digests | {name},
        evidence=evidence_in(token) + carried_evidence(signer_info),
    )


def time_of(token: SignedData) -> int:
    """Return the time a token states, unix seconds.

    Raises:
        PeerError: MALFORMED where it states none.
    """
    try:
        return time_of_info(_tst_info(token)[0])
    except ESCAPING as error:
        raise PeerError(Code.MALFORMED, "a time-stamp token without a time") from error


def message_imprint(token: SignedData) -> bytes:
    """Return the digest that a token is about.

    Raises:
        PeerError: MALFORMED where it states none.
    """
    try:
        return bytes(_tst_info(token)[0]["message_imprint"]["hashed_message"].native)
    except ESCAPING as error:
        raise PeerError(Code.MALFORMED, "a time-stamp token without an imprint") from error


def imprint_algorithm(token: SignedData) -> str:
    """Return the name that ``hashlib`` gives the digest that a token is about.

    Raises:
        PeerError: UNSUPPORTED where it is not known here, MALFORMED where it states none.
    """
    try:
        return digest_name(_tst_info(token)[0]["message_imprint"]["hash_algorithm"])
    except PeerError:
        raise
    except ESCAPING as error:
        raise PeerError(Code.MALFORMED, "a time-stamp token without an imprint") from error


def time_of_info(info: Any) -> int:  # noqa: ANN401 - untyped library
    """Return the time a TSTInfo states, unix seconds."""
    return int(info["gen_time"].native.timestamp())


def _tst_info(token: SignedData) -> tuple[Any, bytes]:
    if content_type(token) != oids.TST_INFO:
        raise PeerError(Code.MALFORMED, "a time-stamp token without time-stamp information")
    octets = encapsulated_content(token)
    if octets is None:
        raise PeerError(Code.MALFORMED, "a time-stamp token without its content")
    info = tsp.TSTInfo.load(octets, strict=True)
    if info["version"].native != "v1":
        raise PeerError(Code.UNSUPPORTED, "a time-stamp token of another version")
    return info, octets


def _covers(info: Any, name: str, imprint: Callable[[str], bytes]) -> Verdict:  # noqa: ANN401 - untyped library
    try:
        stated, expected = info["message_imprint"]["hashed_message"].native, imprint(name)
    except ESCAPING as error:
        return as_verdict(error)
    if expected != stated:
        return failed(SubIndication.HASH_FAILURE, "the time stamp is not about this content")
    return PASSED


def _form(signer: CheckedSigner) -> Verdict:
    if signer.references_certificate:
        return PASSED
    # RFC 3161 section 2.4.2 with RFC 5816: the token must refer to its certificate.
    return indeterminate(
        SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "the time stamp does not refer to its certificate"
    )


def is_token(signed_data: SignedData) -> bool:
    """Tell whether SignedData is a time-stamp token by what it says is signed."""
    return content_type(signed_data) == oids.TST_INFO and not isinstance(
        signed_data["encap_content_info"]["content"], core.Void
    )
