"""What OCSP responders say of a certificate, believed only where they may speak for it (RFC 6960).

Section 4.2.2.2 knows three who may: the issuer itself, a responder it has certified for this, and one that is
trusted locally (a trusted list's Certstatus/OCSP service). The library knows the first two; the third, with
its bounds, is why this is written out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate
from rogatory_crypto.esign.evidence_index import Answer
from rogatory_crypto.esign.names import brief, comparable, readable
from rogatory_crypto.esign.report import Origin
from rogatory_crypto.esign.trust.anchor import Anchor, Purpose, SourceKind
from rogatory_crypto.esign.validation.algorithm_policy import DatedAlgorithmPolicy
from rogatory_crypto.esign.validation.candidates import Candidate, find
from rogatory_crypto.esign.validation.known import Known
from rogatory_crypto.esign.validation.pkix import judge_chain, moment
from rogatory_crypto.esign.validation.standing import Gathered, Standing, Stands
from rogatory_crypto.esign.validation.use import Use
from rogatory_crypto.esign.validation.verification import signed_by, verifies
from rogatory_crypto.esign.verdict import PASSED, Role

MAX_RESPONDERS: Final = 8
_ALGORITHMS: Final = DatedAlgorithmPolicy()


@dataclass(frozen=True, slots=True)
class _Refused:
    """Why an answer does not count.

    Attributes:
        reason: the fact.
        unheard: who gave it, where trust in them is all it lacks.
        late: whether all it lacks is proof that it was given before the responder's certificate expired.
    """

    reason: str
    unheard: Certificate | None = None
    late: bool = False


def ocsp_standings(candidate: Candidate, index: int, use: Use, known: Known, stands: Stands) -> Gathered:
    """Gather what responders say of one certificate of a chain; ``index`` counts from below the anchor."""
    certificate = candidate.below[index]
    issuer = candidate.below[index - 1] if index else candidate.anchors[0].certificate
    said: list[Standing | _Refused] = []
    for answer in known.answers_about(int(certificate.serial_number)):
        try:
            if _is_about(answer, certificate, issuer):
                speaker = _speaker_of(answer, issuer, candidate.anchors[0], use, known, stands)
                said.append(_heard(answer, speaker, certificate, issuer, known))
        except UNREADABLE as error:
            said.append(_Refused(f"an OCSP answer cannot be read: {type(error).__name__}"))
    return Gathered(
        tuple(each for each in said if isinstance(each, Standing)),
        tuple(each.reason for each in said if isinstance(each, _Refused)),
        tuple(each.unheard for each in said if isinstance(each, _Refused) and each.unheard is not None),
        late=any(isinstance(each, _Refused) and each.late for each in said),
    )


def _heard(
    answer: Answer,
    speaker: Certificate | _Refused,
    certificate: Certificate,
    issuer: Certificate,
    known: Known,
) -> Standing | _Refused:
    """Return what an answer says, if who gave it may speak; what was given has no proof of its age."""
    if isinstance(speaker, _Refused):
        return speaker
    standing = _counted(answer, certificate)
    if isinstance(standing, _Refused) or standing.revoked_at is not None or answer.origin is Origin.DOCUMENT:
        return standing
    own = speaker.public_key.dump() == issuer.public_key.dump()
    if known.outlived(answer.origin, issuer if own else speaker):
        name = brief(speaker.subject)
        return _Refused(f"the certificate of the OCSP responder {name} has expired since", late=True)
    return standing


def _is_about(answer: Answer, certificate: Certificate, issuer: Certificate) -> bool:
    """Tell whether an answer is about this certificate of this issuer (RFC 6960 section 4.1.1)."""
    identifier = answer.single["cert_id"]
    algorithm = str(identifier["hash_algorithm"]["algorithm"].native)
    if algorithm not in {"sha1", "sha256"}:
        return False
    return (
        identifier["issuer_key_hash"].native == getattr(issuer.public_key, algorithm)
        and identifier["issuer_name_hash"].native == getattr(certificate.issuer, algorithm)
        and int(identifier["serial_number"].native) == int(certificate.serial_number)
    )


def _standing(answer: Answer) -> Standing | None:
    single = answer.single
    issued_at = int(single["this_update"].native.timestamp())
    following = single["next_update"].native
    next_update = None if following is None else int(following.timestamp())
    status = single["cert_status"]
    if status.name == "good":
        return Standing(issued_at, next_update, origin=answer.origin, speaker=_speaker(answer))
    if status.name != "revoked":
        return None
    reason = status.chosen["revocation_reason"].native
    revoked_at = int(status.chosen["revocation_time"].native.timestamp())
    return Standing(
        issued_at,
        next_update,
        revoked_at,
        on_hold=reason == "certificate_hold",
        origin=answer.origin,
        speaker=_speaker(answer),
    )


def _speaker(answer: Answer) -> str:
    responder = answer.basic["tbs_response_data"]["responder_id"]
    return readable(responder.chosen.untag()) if responder.name == "by_name" else ""


def _counted(answer: Answer, certificate: Certificate) -> Standing | _Refused:
    """Return what an answer says; a good one may prove nothing: responders forget what has expired.

    RFC 6960 section 4.4.4.
    """
    standing = _standing(answer)
    if standing is None:
        return _Refused("an OCSP answer does not know the certificate")
    if standing.revoked_at is not None:
        return standing
    if standing.issued_at < int(certificate.not_valid_before.timestamp()):
        return _Refused("an OCSP answer is older than the certificate")
    cutoff = _archive_cutoff(answer.single)
    expiry = int(certificate.not_valid_after.timestamp())
    if standing.issued_at > expiry and (cutoff is None or cutoff > expiry):
        return _Refused("an OCSP answer is from after the certificate expired")
    return standing


def _archive_cutoff(single: Any) -> int | None:  # noqa: ANN401 - untyped library
    for extension in single["single_extensions"] or ():
        if extension["extn_id"].native == "archive_cutoff":
            return int(extension["extn_value"].parsed.native.timestamp())
    return None


def _speaker_of(
    answer: Answer, issuer: Certificate, anchor: Anchor, use: Use, known: Known, stands: Stands
) -> Certificate | _Refused:
    """Return who gave an answer that can be believed, else why it cannot."""
    signed = answer.basic["tbs_response_data"]
    if _critical(answer.single["single_extensions"]) | _critical(signed["response_extensions"]):
        return _Refused("an OCSP answer has a critical extension that is not known here")
    refused = _Refused("the signer of an OCSP answer was not found")
    for responder in _responders(answer, issuer, known):
        algorithm = answer.basic["signature_algorithm"]
        if not verifies(answer.basic["signature"].native, signed.dump(), responder.public_key, algorithm):
            refused = _Refused("the signature of an OCSP answer does not verify")
            continue
        existed_by = moment(known.existed_by(answer.origin, use))
        allowed = _ALGORITHMS.signature_algorithm_allowed(algorithm, existed_by, responder.public_key)
        if not allowed:
            return _Refused(f"the signature of an OCSP answer is too weak: {allowed.failure_reason}")
        produced_at = int(signed["produced_at"].native.timestamp())
        if _may_speak(responder, issuer, anchor, produced_at, known, stands):
            return responder
        name = brief(responder.subject)
        refused = _Refused(f"the OCSP responder {name} is not one to speak for the issuer", responder)
    return refused


def _critical(extensions: Any) -> frozenset[str]:  # noqa: ANN401 - untyped library
    """Return the critical extensions that are not known here (RFC 6960 section 4.4)."""
    known_here = {"archive_cutoff", "nonce", "extended_revoke"}
    return frozenset(
        str(extension["extn_id"].native)
        for extension in extensions or ()
        if extension["critical"].native and extension["extn_id"].native not in known_here
    )


def _responders(answer: Answer, issuer: Certificate, known: Known) -> Iterator[Certificate]:
    """Yield who may have signed an answer, by the name or key that it states (RFC 6960 section 4.2.1)."""
    responder = answer.basic["tbs_response_data"]["responder_id"]
    at_hand = [issuer, *answer.certificates]
    if responder.name == "by_name":
        name = comparable(responder.chosen.untag())
        at_hand += [entry.certificate for entry in known.terms.anchors.named(name)]
        at_hand += known.named(name)
        stated = [each for each in at_hand if comparable(each.subject) == name]
    else:
        at_hand += [entry.certificate for entry in known.terms.anchors.for_purpose(Purpose.OCSP)]
        at_hand += known.certificates
        stated = [each for each in at_hand if each.public_key.sha1 == responder.native]
    distinct = {bytes(each.sha256): each for each in stated}
    yield from list(distinct.values())[:MAX_RESPONDERS]


def _may_speak(
    responder: Certificate, issuer: Certificate, anchor: Anchor, at: int, known: Known, stands: Stands
) -> bool:
    """Judge whether a responder may speak for an issuer (RFC 6960 section 4.2.2.2)."""
    if responder.public_key.dump() == issuer.public_key.dump() and comparable(
        responder.subject
    ) == comparable(issuer.subject):
        return True
    if any(_is_local(entry, anchor, at) for entry in known.terms.anchors.of(responder)):
        return True
    usage = responder.extended_key_usage_value
    if usage is None or "ocsp_signing" not in usage.native:
        return False
    if not responder.not_valid_before.timestamp() <= at <= responder.not_valid_after.timestamp():
        return False
    if comparable(responder.issuer) == comparable(issuer.subject) and signed_by(responder, issuer):
        return _was_not_revoked(responder, (issuer,), at, stands)
    return _is_certified_locally(responder, anchor, at, known, stands)


def _is_local(entry: Anchor, anchor: Anchor, at: int) -> bool:
    """Tell whether an entry is a responder for what the anchor stands for: one state's for no other's.

    A state's list for tests adds to its code (``EE_T``); who gives it for a check believes it as the other.
    """
    lists = {entry.source.kind, anchor.source.kind} == {SourceKind.TRUSTED_LIST}
    foreign = lists and _state(entry) != _state(anchor)
    return entry.trusted(Purpose.OCSP, at) and not foreign


def _state(entry: Anchor) -> str:
    """Return the two letters of a list's territory (TS 119 612 clause 5.3.10)."""
    return entry.source.territory.partition("_")[0]


def _is_certified_locally(
    responder: Certificate, anchor: Anchor, at: int, known: Known, stands: Stands
) -> bool:
    use = Use(Role.REVOCATION, at=at, existed_by=at, evidence_by=at)
    return any(
        judge_chain(candidate, use) == PASSED and _was_not_revoked(responder, _above(candidate), at, stands)
        for candidate in find(responder, Role.REVOCATION, known).candidates
        if candidate.below and any(_is_local(entry, anchor, at) for entry in candidate.anchors)
    )


def _above(candidate: Candidate) -> tuple[Certificate, ...]:
    return (candidate.anchors[0].certificate, *candidate.below[:-1])


def _was_not_revoked(responder: Certificate, above: tuple[Certificate, ...], at: int, stands: Stands) -> bool:
    """Tell whether a responder stood, or its issuer says not to ask (RFC 6960 section 4.2.2.2.1)."""
    return responder.ocsp_no_check_value is not None or stands(responder, above, at)
