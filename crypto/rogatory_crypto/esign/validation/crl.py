"""What revocation lists say of a certificate (RFC 5280 section 6.3).

The plain case, a complete list signed with the issuer's own key, is answered here: nearly every case is, and
lists grow to a hundred thousand entries, which only a compiled parser reads in time. Indirect lists, deltas
and lists for some reasons alone go to the library, within a limit of size.
"""

from datetime import timedelta
from typing import Any, Final

from asn1crypto import core  # type: ignore[import-untyped]
from cryptography import x509
from pyhanko_certvalidator.errors import RevokedError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy, FreshnessReqType
from pyhanko_certvalidator.registry import CertificateRegistry
from pyhanko_certvalidator.revinfo.validate_crl import verify_crl

from rogatory_crypto.esign.asn1_types import Certificate, CertificateList
from rogatory_crypto.esign.names import comparable
from rogatory_crypto.esign.validation import offline
from rogatory_crypto.esign.validation.algorithm_policy import DatedAlgorithmPolicy
from rogatory_crypto.esign.validation.candidates import Candidate, verifies
from rogatory_crypto.esign.validation.known import UNREADABLE, Known
from rogatory_crypto.esign.validation.pkix import ESCAPING, context, library_path, moment
from rogatory_crypto.esign.validation.standing import Gathered, Standing, Stands
from rogatory_crypto.esign.validation.use import Use

MAX_LIBRARY_BYTES: Final = 1024 * 1024
MAX_LIBRARY_LISTS: Final = 16
_ALGORITHMS: Final = DatedAlgorithmPolicy()
_ANY_AGE: Final = CertRevTrustPolicy(
    NO_REVOCATION,
    freshness=timedelta(days=36_500),
    freshness_req_type=FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION,
)
_EXPIRED_CERTS_ON_CRL: Final = "2.5.29.60"
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


def crl_standings(candidate: Candidate, index: int, use: Use, known: Known, stands: Stands) -> Gathered:
    """Gather what lists say of one certificate of a chain; ``index`` counts from below the anchor."""
    certificate = candidate.below[index]
    issuer = candidate.below[index - 1] if index else candidate.anchors[0].certificate
    standings: list[Standing] = []
    refused: list[str] = []
    others: list[CertificateList] = []
    for crl in known.crls:
        try:
            if not _is_plain(crl, certificate, issuer):
                others.append(crl)
                continue
            problem = _problem(crl, issuer, use)
            standing = _standing(crl, certificate)
            problem = problem or _out_of_period(crl, standing, certificate)
        except UNREADABLE as error:
            refused.append(f"a revocation list cannot be read: {type(error).__name__}")
            continue
        if problem:
            refused.append(problem)
        else:
            standings.append(standing)
    if others and not standings:
        standings.extend(_by_library(candidate, index, others, use, known, stands))
    return Gathered(tuple(standings), tuple(refused))


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


def _problem(crl: CertificateList, issuer: Certificate, use: Use) -> str:
    """Return why a list cannot be believed; empty where it can."""
    if crl.critical_extensions - _KNOWN_EXTENSIONS:
        return "a revocation list has a critical extension that is not known here"
    usage = issuer.key_usage_value
    if usage is not None and "crl_sign" not in usage.native:
        return "the issuer's key is not one to sign revocation lists with"
    allowed = _ALGORITHMS.signature_algorithm_allowed(
        crl["signature_algorithm"], moment(use.evidence_by), issuer.public_key
    )
    return "" if allowed else f"the signature of a revocation list is too weak: {allowed.failure_reason}"


def _standing(crl: CertificateList, certificate: Certificate) -> Standing:
    issued_at, next_update = _updates(crl)
    listed = x509.load_der_x509_crl(crl.dump()).get_revoked_certificate_by_serial_number(
        int(certificate.serial_number)
    )
    if listed is None:
        return Standing(issued_at, next_update)
    revoked_at = int(listed.revocation_date_utc.timestamp())
    return Standing(issued_at, next_update, revoked_at, on_hold=_is_on_hold(listed))


def _is_on_hold(listed: x509.RevokedCertificate) -> bool:
    try:
        reason = listed.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, ValueError):
        return False
    return reason is x509.ReasonFlags.certificate_hold


def _updates(crl: CertificateList) -> tuple[int, int | None]:
    body = crl["tbs_cert_list"]
    following = body["next_update"].native
    return int(body["this_update"].native.timestamp()), None if following is None else int(
        following.timestamp()
    )


def _out_of_period(crl: CertificateList, standing: Standing, certificate: Certificate) -> str:
    """Tell why a list that names no revocation proves nothing: lists may forget what has expired."""
    if standing.revoked_at is not None:
        return ""
    if standing.issued_at < int(certificate.not_valid_before.timestamp()):
        return "a revocation list is older than the certificate"
    expiry = int(certificate.not_valid_after.timestamp())
    if standing.issued_at > expiry and not _keeps_expired(crl, expiry):
        return "a revocation list is from after the certificate expired"
    return ""


def _keeps_expired(crl: CertificateList, expiry: int) -> bool:
    """Tell whether a list keeps what expired at that time (X.509 extension expiredCertsOnCRL)."""
    for extension in crl["tbs_cert_list"]["crl_extensions"] or ():
        if extension["extn_id"].dotted == _EXPIRED_CERTS_ON_CRL:
            since = core.GeneralizedTime.load(bytes(extension["extn_value"])).native
            return bool(since.timestamp() <= expiry)
    return False


def _by_library(
    candidate: Candidate, index: int, crls: list[CertificateList], use: Use, known: Known, stands: Stands
) -> list[Standing]:
    """Ask the library about lists that are not plain: each alone, then all where reasons are split."""
    small = [crl for crl in crls if len(crl.dump()) <= MAX_LIBRARY_BYTES][:MAX_LIBRARY_LISTS]
    deltas = [crl for crl in small if _is_delta(crl)]
    complete = [crl for crl in small if crl not in deltas and _may_concern(crl, candidate.below[index])]
    found = [
        standing
        for crl in complete
        if (standing := _ask_library(candidate, index, [crl, *deltas], use, known, stands)) is not None
    ]
    if not found and len(complete) > 1:
        together = _ask_library(candidate, index, [*complete, *deltas], use, known, stands)
        return [] if together is None else [together]
    return found


def _is_delta(crl: CertificateList) -> bool:
    try:
        return crl.delta_crl_indicator_value is not None
    except UNREADABLE:
        return False


def _may_concern(crl: CertificateList, certificate: Certificate) -> bool:
    """Tell whether the library could find a list to be about a certificate: by its issuer or as indirect."""
    try:
        scope = crl.issuing_distribution_point_value
        return comparable(crl.issuer) == comparable(certificate.issuer) or bool(
            scope and scope["indirect_crl"].native
        )
    except UNREADABLE:
        return False


def _ask_library(
    candidate: Candidate, index: int, crls: list[CertificateList], use: Use, known: Known, stands: Stands
) -> Standing | None:
    """Return what lists say together; absent where they say nothing that can be believed."""
    issued_at, next_update = _updates(min(crls, key=lambda crl: _updates(crl)[0]))
    above = Candidate(candidate.anchors, candidate.below[: index + 1])
    certificate = candidate.below[index]
    try:
        asked = _library_context(above, crls, use, known)
        offline.run(verify_crl(certificate, library_path(above), asked))
    except RevokedError as error:
        reason = error.reason.native
        revoked_at = int(error.revocation_dt.timestamp())
        return Standing(issued_at, next_update, revoked_at, on_hold=reason == "certificate_hold")
    except ESCAPING:
        return None
    if not all(_lister_stood(asked, crl, above, issued_at, stands) for crl in crls):
        return None
    standing = Standing(issued_at, next_update)
    return None if any(_out_of_period(crl, standing, certificate) for crl in crls) else standing


def _lister_stood(
    asked: Any,  # noqa: ANN401 - untyped library
    crl: CertificateList,
    above: Candidate,
    at: int,
    stands: Stands,
) -> bool:
    """Tell whether who signed a list, if nobody on the chain, is one the chain certified and not revoked."""
    lister = asked.revinfo_manager.check_crl_issuer(crl)
    chain = (above.anchors[0].certificate, *above.below[:-1])
    if lister is None or any(lister.public_key.dump() == each.public_key.dump() for each in chain):
        return True
    places = [place for place, each in enumerate(chain) if each.subject == lister.issuer]
    return bool(places) and stands(lister, chain[: places[-1] + 1], at)


def _library_context(above: Candidate, crls: list[CertificateList], use: Use, known: Known) -> Any:  # noqa: ANN401 - untyped library
    anchor = above.anchors[0].certificate
    registry = CertificateRegistry.build([anchor, *above.below, *known.certificates])
    asked = context(
        use.existed_by, revinfo_policy=_ANY_AGE, crls=crls, ocsps=(), certificate_registry=registry
    )
    # What stands above was judged already, and is judged for itself; only the lists are in question here.
    asked.record_validation(anchor, ValidationPath(library_path(above).trust_anchor, [], None))
    for place in range(len(above.below) - 1):
        higher = Candidate(above.anchors, above.below[: place + 1])
        asked.record_validation(above.below[place], library_path(higher))
    return asked
