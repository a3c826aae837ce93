"""What is at hand to build and judge paths: certificates by subject, revocation data, within limits.

Hostile documents carry certificates that cannot be read and more of them than anybody needs. What cannot be
read is left out here, once; it was no evidence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm

from rogatory_crypto.esign.asn1_types import Certificate, CertificateList
from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.names import comparable
from rogatory_crypto.esign.report import Origin
from rogatory_crypto.esign.terms import Terms

MAX_CERTIFICATES: Final = 512
MAX_REVOCATION_DATA: Final = 256
UNREADABLE: Final = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    UnsupportedAlgorithm,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an OCSP responder about one certificate (RFC 6960 section 4.2.1)."""

    basic: Any
    single: Any
    certificates: tuple[Certificate, ...]
    origin: Origin = Origin.DOCUMENT


@dataclass(frozen=True, slots=True)
class Known:
    """Terms and evidence, indexed."""

    terms: Terms
    by_subject: Mapping[str, tuple[Certificate, ...]]
    answers: Mapping[int, tuple[Answer, ...]]
    crls: tuple[CertificateList, ...]

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """Every certificate at hand that can be read."""
        return tuple(certificate for group in self.by_subject.values() for certificate in group)

    def origin_of(self, crl: CertificateList) -> Origin:
        """Return where a revocation list came from."""
        return Origin.GIVEN if any(crl is each for each in self.terms.evidence.crls) else Origin.DOCUMENT


def known(terms: Terms, evidence: Evidence, *, beside: Iterable[Certificate] = ()) -> Known:
    """Index what a check may use; ``beside`` are certificates of the one signature or token."""
    whole = evidence + terms.evidence
    first_given = len(evidence.ocsps)
    answers = [
        answer
        for place, response in enumerate(whole.ocsps[:MAX_REVOCATION_DATA])
        for answer in _answers(response, Origin.DOCUMENT if place < first_given else Origin.GIVEN)
    ]
    carried = (certificate for answer in answers for certificate in answer.certificates)
    return Known(
        terms=terms,
        by_subject=_by_subject([*beside, *whole.certificates, *carried]),
        answers=_by_serial(answers[:MAX_REVOCATION_DATA]),
        crls=_distinct(whole.crls[:MAX_REVOCATION_DATA]),
    )


def _by_subject(certificates: list[Certificate]) -> dict[str, tuple[Certificate, ...]]:
    found: dict[str, dict[bytes, Certificate]] = {}
    for certificate in certificates[:MAX_CERTIFICATES]:
        if _is_readable(certificate):
            found.setdefault(comparable(certificate.subject), {})[bytes(certificate.sha256)] = certificate
    # In one order whatever the document's: a verdict must not depend on how its evidence was shuffled.
    return {name: tuple(each[key] for key in sorted(each)) for name, each in found.items()}


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


def _answers(response: Any, origin: Origin) -> list[Answer]:  # noqa: ANN401 - untyped library
    try:
        if response["response_status"].native != "successful":
            return []
        if response["response_bytes"]["response_type"].native != "basic_ocsp_response":
            return []
        basic = response["response_bytes"]["response"].parsed
        certificates = tuple(basic["certs"] or ())[:16]
        singles = list(basic["tbs_response_data"]["responses"])[:16]
        return [Answer(basic, single, certificates, origin) for single in singles]
    except UNREADABLE:
        return []


def _by_serial(answers: list[Answer]) -> dict[int, tuple[Answer, ...]]:
    found: dict[int, tuple[Answer, ...]] = {}
    for answer in answers:
        try:
            serial = int(answer.single["cert_id"]["serial_number"].native)
        except UNREADABLE:
            continue
        found[serial] = (*found.get(serial, ()), answer)
    return found


def _distinct(crls: Iterable[CertificateList]) -> tuple[CertificateList, ...]:
    found: dict[bytes, CertificateList] = {}
    for crl in crls:
        try:
            found[bytes(crl.sha256)] = crl
        except UNREADABLE:
            continue
    return tuple(found[key] for key in sorted(found))
