"""What revocation lists say of a certificate (RFC 5280 section 6.3).

The plain case, a complete list signed with the issuer's own key, is answered here: nearly every case is, and
lists grow to a hundred thousand entries, which only a compiled parser reads in time. Indirect lists, deltas
and lists for some reasons alone go to the library, within a limit of size.
"""

from dataclasses import replace
from typing import Any, Final

from cryptography import x509

from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate, CertificateList
from rogatory_crypto.esign.names import brief, comparable, readable
from rogatory_crypto.esign.report import RevocationKind
from rogatory_crypto.esign.validation.algorithm_policy import DatedAlgorithmPolicy
from rogatory_crypto.esign.validation.candidates import Candidate
from rogatory_crypto.esign.validation.crl_dates import forgets, updates
from rogatory_crypto.esign.validation.crl_library import ask_library
from rogatory_crypto.esign.validation.known import Known
from rogatory_crypto.esign.validation.pkix import moment
from rogatory_crypto.esign.validation.standing import Gathered, Standing, Stands
from rogatory_crypto.esign.validation.use import Use
from rogatory_crypto.esign.validation.verification import verifies

_ALGORITHMS: Final = DatedAlgorithmPolicy()
_KNOWN_EXTENSIONS: Final = frozenset(
    {
        "issuer_alt_name",
        "crl_number",
        "issuing_distribution_point",
        "authority_key_identifier",
        "freshest_crl",
        "authority_information_access",
    }
)


class _RefusedError(Exception):
    """A list that says nothing that counts, and why."""


def crl_standings(candidate: Candidate, index: int, use: Use, known: Known, stands: Stands) -> Gathered:
    """Gather what lists say of one certificate of a chain; ``index`` counts from below the anchor."""
    certificate = candidate.below[index]
    issuer = candidate.below[index - 1] if index else candidate.anchors[0].certificate
    standings: list[Standing] = []
    refused: list[str] = []
    late = False
    plain: list[CertificateList] = []
    lists = known.lists_about(comparable(certificate.issuer))
    for crl in lists:
        try:
            if _is_plain(crl, certificate, issuer):
                plain.append(crl)
                origin = known.origin_of(crl)
                counted = _counted(crl, certificate, issuer, known.existed_by(origin, use))
                if counted.revoked_at is None and known.outlived(origin, issuer):
                    late = True
                    refused.append(f"the certificate of the issuer {brief(issuer.subject)} has expired since")
                else:
                    standings.append(replace(counted, origin=origin))
        except _RefusedError as error:
            refused.append(str(error))
        except UNREADABLE as error:
            refused.append(f"a revocation list cannot be read: {type(error).__name__}")
    others = [crl for crl in lists if not any(crl is each for each in plain)]
    by_library = ask_library(candidate, index, plain, others, use, known, stands)
    return Gathered((*standings, *by_library.standings), (*refused, *by_library.refused), late=late)


def _is_plain(crl: CertificateList, certificate: Certificate, issuer: Certificate) -> bool:
    """Tell whether a list is complete, by the issuer's own key, and about this certificate."""
    if comparable(crl.issuer) != comparable(certificate.issuer) or crl.delta_crl_indicator_value is not None:
        return False
    if any(point["crl_issuer"].native is not None for point in _points(certificate)):
        return False
    scope = crl.issuing_distribution_point_value
    if scope is not None and not _is_in_scope(scope, certificate):
        return False
    return verifies(
        crl["signature"].native, crl["tbs_cert_list"].dump(), issuer.public_key, crl["signature_algorithm"]
    )


def _is_in_scope(scope: Any, certificate: Certificate) -> bool:  # noqa: ANN401 - untyped library
    """Tell whether a list with this issuing distribution point speaks of a certificate (section 5.2.5)."""
    if scope["indirect_crl"].native or scope["only_some_reasons"].native is not None:
        return False
    if scope["only_contains_attribute_certs"].native:
        return False
    if scope["only_contains_user_certs"].native and certificate.ca:
        return False
    if scope["only_contains_ca_certs"].native and not certificate.ca:
        return False
    place = scope["distribution_point"]
    if place.native is None:
        return True
    if place.name != "full_name":
        return False
    places = {name.dump() for name in place.chosen}
    return any(
        point["distribution_point"].native is not None
        and point["distribution_point"].name == "full_name"
        and any(name.dump() in places for name in point["distribution_point"].chosen)
        for point in _points(certificate)
    )


def _points(certificate: Certificate) -> Any:  # noqa: ANN401 - untyped library
    return certificate.crl_distribution_points_value or ()


def _counted(
    crl: CertificateList, certificate: Certificate, issuer: Certificate, existed_by: int
) -> Standing:
    """Return what a plain list says that is proven to exist by a time.

    Raises:
        _RefusedError: it cannot be believed, or proves nothing.
    """
    standing = _standing(crl, certificate)
    problem = _problem(crl, issuer, existed_by) or forgets(crl, standing, certificate)
    if problem:
        raise _RefusedError(problem)
    return standing


def _problem(crl: CertificateList, issuer: Certificate, existed_by: int) -> str:
    """Return why a list cannot be believed; empty where it can."""
    if crl.critical_extensions - _KNOWN_EXTENSIONS:
        return "a revocation list has a critical extension that is not known here"
    usage = issuer.key_usage_value
    if usage is not None and "crl_sign" not in usage.native:
        return "the issuer's key is not one to sign revocation lists with"
    allowed = _ALGORITHMS.signature_algorithm_allowed(
        crl["signature_algorithm"], moment(existed_by), issuer.public_key
    )
    return "" if allowed else f"the signature of a revocation list is too weak: {allowed.failure_reason}"


def _standing(crl: CertificateList, certificate: Certificate) -> Standing:
    issued_at, next_update = updates(crl)
    speaker = readable(crl.issuer)
    listed = x509.load_der_x509_crl(crl.dump()).get_revoked_certificate_by_serial_number(
        int(certificate.serial_number)
    )
    if listed is None:
        return Standing(issued_at, next_update, kind=RevocationKind.CRL, speaker=speaker)
    revoked_at = int(listed.revocation_date_utc.timestamp())
    return Standing(
        issued_at,
        next_update,
        revoked_at,
        on_hold=_is_on_hold(listed),
        kind=RevocationKind.CRL,
        speaker=speaker,
    )


def _is_on_hold(listed: x509.RevokedCertificate) -> bool:
    try:
        reason = listed.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, ValueError):
        return False
    return reason is x509.ReasonFlags.certificate_hold
