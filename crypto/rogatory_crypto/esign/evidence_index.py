"""What a piece of evidence holds, found by what a check asks for: subject, serial number, issuer.

Hostile documents carry certificates that cannot be read and more of them than anybody needs. What cannot be
read is left out here, once; it was no evidence.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice
from typing import Any, Final

from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate, CertificateList, OcspResponse
from rogatory_crypto.esign.names import comparable
from rogatory_crypto.esign.report import Origin

MAX_CARRIED: Final = 16


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an OCSP responder about one certificate (RFC 6960 section 4.2.1)."""

    basic: Any
    single: Any
    certificates: tuple[Certificate, ...]
    origin: Origin = Origin.DOCUMENT


@dataclass(frozen=True, slots=True)
class Index:
    """Evidence by what is asked for; values by their SHA-256, so that none counts twice.

    Attributes:
        certificates: by the subject's comparable form.
        answers: by the serial number of the certificate that they are about.
        crls: by the issuer's comparable form.
        indirect: those lists that may be about certificates of others than their issuer.
    """

    certificates: Mapping[str, Mapping[bytes, Certificate]]
    answers: Mapping[int, Sequence[Answer]]
    crls: Mapping[str, Mapping[bytes, CertificateList]]
    indirect: Mapping[bytes, CertificateList]


def index(
    certificates: Iterable[Certificate],
    crls: Iterable[CertificateList],
    ocsps: Iterable[OcspResponse],
    *,
    most_certificates: int,
    most_revocation_data: int,
    most_singles: int = MAX_CARRIED,
) -> Index:
    """Index evidence: so many certificates, and so many each of lists, of responses and of answers.

    Of one response so many answers count.
    """
    responses = _distinct(ocsps, most_revocation_data).values()
    answers = [answer for response in responses for answer in _answers(response, most_singles)]
    carried = (certificate for answer in answers for certificate in answer.certificates)
    lists = _distinct(crls, most_revocation_data)
    return Index(
        _by_subject(_distinct(chain(certificates, carried), most_certificates)),
        _by_serial(answers[:most_revocation_data]),
        _by_issuer(lists),
        {digest: crl for digest, crl in lists.items() if _is_indirect(crl)},
    )


def merged(indexes: Iterable[Index], most_certificates: int, most_revocation_data: int) -> Index:
    """Return several as one, within the limits of one."""
    certificates: dict[str, dict[bytes, Certificate]] = {}
    answers: dict[int, list[Answer]] = {}
    crls: dict[str, dict[bytes, CertificateList]] = {}
    indirect: dict[bytes, CertificateList] = {}
    for each in indexes:
        _add(each.certificates, certificates, most_certificates)
        _add(each.crls, crls, most_revocation_data)
        indirect |= each.indirect
        _add_answers(each.answers, answers, most_revocation_data)
    return Index(certificates, answers, crls, dict(islice(indirect.items(), most_revocation_data)))


def _add(groups: Mapping[str, Mapping[bytes, Any]], to: dict[str, dict[bytes, Any]], most: int) -> None:
    held = sum(map(len, to.values()))
    for name, group in groups.items():
        if held >= most:
            break
        own = to.setdefault(name, {})
        held -= len(own)
        own |= group
        held += len(own)


def _add_answers(groups: Mapping[int, Sequence[Answer]], to: dict[int, list[Answer]], most: int) -> None:
    held = sum(map(len, to.values()))
    for serial, group in groups.items():
        if held >= most:
            break
        to.setdefault(serial, []).extend(group)
        held += len(group)


def _distinct(values: Iterable[Any], most: int) -> dict[bytes, Any]:
    found: dict[bytes, Any] = {}
    for value in values:
        if len(found) >= most:
            break
        with suppress(*UNREADABLE):
            found.setdefault(sha256(value.dump()).digest(), value)
    return found


def _by_subject(certificates: Mapping[bytes, Certificate]) -> dict[str, dict[bytes, Certificate]]:
    found: dict[str, dict[bytes, Certificate]] = {}
    for digest, certificate in certificates.items():
        if _is_readable(certificate):
            found.setdefault(comparable(certificate.subject), {})[digest] = certificate
    return found


def _is_readable(certificate: Certificate) -> bool:
    try:
        _ = (
            comparable(certificate.subject),
            comparable(certificate.issuer),
            certificate.serial_number,
            certificate.public_key.algorithm,
            certificate.key_identifier,
            certificate.not_valid_before,
            certificate.not_valid_after,
        )
    except UNREADABLE:
        return False
    return True


def _answers(response: OcspResponse, most: int) -> list[Answer]:
    try:
        if response["response_status"].native != "successful":
            return []
        if response["response_bytes"]["response_type"].native != "basic_ocsp_response":
            return []
        basic = response["response_bytes"]["response"].parsed
        certificates = tuple(basic["certs"] or ())[:MAX_CARRIED]
        singles = list(basic["tbs_response_data"]["responses"])[:most]
        return [Answer(basic, single, certificates) for single in singles]
    except UNREADABLE:
        return []


def _by_serial(answers: Iterable[Answer]) -> dict[int, list[Answer]]:
    found: dict[int, list[Answer]] = {}
    for answer in answers:
        with suppress(*UNREADABLE):
            serial = int(answer.single["cert_id"]["serial_number"].native)
            found.setdefault(serial, []).append(answer)
    return found


def _by_issuer(crls: Mapping[bytes, CertificateList]) -> dict[str, dict[bytes, CertificateList]]:
    found: dict[str, dict[bytes, CertificateList]] = {}
    for digest, crl in crls.items():
        with suppress(*UNREADABLE):
            found.setdefault(comparable(crl.issuer), {})[digest] = crl
    return found


def _is_indirect(crl: CertificateList) -> bool:
    try:
        scope = crl.issuing_distribution_point_value
        return bool(scope is not None and scope["indirect_crl"].native)
    except UNREADABLE:
        return False
