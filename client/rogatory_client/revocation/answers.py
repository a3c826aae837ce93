"""Questions to OCSP responders and their answers (RFC 6960, nonces by RFC 9654).

A certificate is named by its serial number and two hashes of its issuer; nothing else of it is told.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha1
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import OCSPNonce, ocsp

from rogatory_client.revocation.signers import is_delegate, named_signers, refuse_weak
from rogatory_client.revocation.sources import Source
from rogatory_client.revocation.statement import CLOCKS_DIFFER_S, Kind, Statement, Status, refuse_future
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate
from rogatory_crypto.esign.given_evidence import read_evidence
from rogatory_crypto.esign.names import comparable
from rogatory_crypto.esign.validation.verification import verifies

NONCE_BYTES: Final = 32
MAX_ANSWER_BYTES: Final = 1 << 20
MAX_SERIAL_BYTES: Final = 20
_MAX_CERTIFICATES: Final = 16
_MAX_SINGLES: Final = 16


@dataclass(frozen=True, slots=True)
class Question:
    """One certificate of an issuer, asked about once.

    Attributes:
        source: the issuer.
        serial: of the certificate.
        nonce: 32 random bytes.
    """

    source: Source
    serial: int
    nonce: bytes

    def encode(self) -> bytes:
        """Return the request, DER; issuers are named by SHA-1, which every responder knows (RFC 5019)."""
        name, key = _issuer_hashes(self.source.certificate)
        builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
            name, key, self.serial, hashes.SHA1()  # noqa: S303 - it names the issuer; what is signed decides
        )  # fmt: skip
        request = builder.add_extension(OCSPNonce(self.nonce), critical=False).build()
        return request.public_bytes(Encoding.DER)


def read_answer(raw: bytes, question: Question, now: int) -> Statement:
    """Verify an answer to a question.

    Args:
        raw: DER.
        question: what was asked.
        now: unix seconds.

    Raises:
        PeerError: NOT_FOUND where the responder does not know the certificate, UNAVAILABLE where it refuses;
            else it is no answer to this question, or not signed by who may.
    """
    try:
        return _read(raw, question, now)
    except UNREADABLE as error:
        raise PeerError(Code.MALFORMED, f"the answer cannot be read: {type(error).__name__}") from error


def _read(raw: bytes, question: Question, now: int) -> Statement:
    response = _one_response(raw)
    said = str(response["response_status"].native)
    if said != "successful":
        raise PeerError(Code.UNAVAILABLE, f"the responder answers: {said.replace('_', ' ')}")
    if response["response_bytes"]["response_type"].native != "basic_ocsp_response":
        raise PeerError(Code.UNSUPPORTED, "the answer is of no kind that is known here")
    basic = response["response_bytes"]["response"].parsed
    _refuse_forgery(basic, question.source, now)
    _refuse_replay(basic, question.nonce)
    return _statement(bytes(response.dump()), _about(basic, question), now)


def _one_response(raw: bytes) -> Any:  # noqa: ANN401 - untyped library
    try:
        evidence = read_evidence([raw])
    except PeerError as error:
        raise PeerError(error.code, "what came is no OCSP answer") from error
    if len(evidence.ocsps) != 1 or evidence.certificates or evidence.crls:
        raise PeerError(Code.MALFORMED, "what came is not one OCSP answer")
    return evidence.ocsps[0]


def _refuse_forgery(basic: Any, source: Source, now: int) -> None:  # noqa: ANN401 - untyped library
    signed = basic["tbs_response_data"]
    produced_at = int(signed["produced_at"].native.timestamp())
    verified = False
    for responder in _responders(basic, source):
        algorithm = basic["signature_algorithm"]
        if not verifies(basic["signature"].native, signed.dump(), responder.public_key, algorithm):
            continue
        verified = True
        if _is_named(responder, source) or is_delegate(responder, source, produced_at):
            refuse_weak(algorithm, responder, now)
            return
    if verified:
        raise PeerError(Code.INVALID_CREDENTIAL, "the responder is not one to speak for this issuer")
    raise PeerError(Code.BAD_SIGNATURE, "the signature of the answer is of nobody who may give it")


def _responders(basic: Any, source: Source) -> Iterator[Certificate]:  # noqa: ANN401 - untyped library
    stated = basic["tbs_response_data"]["responder_id"]
    for each in (*named_signers(source), *list(basic["certs"] or ())[:_MAX_CERTIFICATES]):
        if stated.name == "by_name":
            fits = comparable(each.subject) == comparable(stated.chosen.untag())
        else:
            fits = each.public_key.sha1 == stated.native
        if fits:
            yield each


def _is_named(responder: Certificate, source: Source) -> bool:
    return any(responder.dump() == each.dump() for each in named_signers(source))


def _refuse_replay(basic: Any, nonce: bytes) -> None:  # noqa: ANN401 - untyped library
    """Refuse an answer to another question; one without a nonce was made before any was asked."""
    for extension in basic["tbs_response_data"]["response_extensions"] or ():
        if extension["extn_id"].native == "nonce":
            given = bytes(extension["extn_value"].parsed.native)
            if not hmac.compare_digest(given, nonce):
                raise PeerError(Code.REPLAYED, "it is the answer to another question")


def _about(basic: Any, question: Question) -> Any:  # noqa: ANN401 - untyped library
    asked = (*_issuer_hashes(question.source.certificate), question.serial)
    for single in list(basic["tbs_response_data"]["responses"])[:_MAX_SINGLES]:
        named = single["cert_id"]
        said = (
            named["issuer_name_hash"].native,
            named["issuer_key_hash"].native,
            named["serial_number"].native,
        )
        if named["hash_algorithm"]["algorithm"].native == "sha1" and said == asked:
            return single
    raise PeerError(Code.MALFORMED, "the answer is about another certificate")


def _statement(document: bytes, single: Any, now: int) -> Statement:  # noqa: ANN401 - untyped library
    status = single["cert_status"]
    if status.name == "unknown":
        raise PeerError(Code.NOT_FOUND, "the responder does not know the certificate")
    this_update = int(single["this_update"].native.timestamp())
    following = single["next_update"].native
    next_update = None if following is None else int(following.timestamp())
    refuse_future(this_update, now)
    if next_update is not None and next_update < now - CLOCKS_DIFFER_S:
        raise PeerError(Code.EXPIRED, "the answer was to be replaced by now")
    return Statement(Kind.OCSP, document, this_update, next_update, status=_status(status))


def _status(status: Any) -> Status:  # noqa: ANN401 - untyped library
    if status.name == "good":
        return Status.GOOD
    on_hold = status.chosen["revocation_reason"].native == "certificate_hold"
    return Status.ON_HOLD if on_hold else Status.REVOKED


def _issuer_hashes(issuer: Certificate) -> tuple[bytes, bytes]:
    return sha1(issuer.subject.dump()).digest(), issuer.public_key.sha1  # noqa: S324 - as in ``encode``
