"""Revocation lists that are not plain: indirect ones, deltas, and such for some reasons alone.

RFC 5280 section 6.3.3 in full is the library's part. It is asked about lists up to a size; who signed one
must be on the chain, or be certified by it and not revoked.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from pyhanko_certvalidator.errors import RevokedError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy, FreshnessReqType
from pyhanko_certvalidator.registry import CertificateRegistry
from pyhanko_certvalidator.revinfo.validate_crl import verify_crl

from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate, CertificateList
from rogatory_crypto.esign.names import comparable, readable
from rogatory_crypto.esign.report import RevocationKind
from rogatory_crypto.esign.validation import offline
from rogatory_crypto.esign.validation.algorithm_policy import DatedAlgorithmPolicy
from rogatory_crypto.esign.validation.candidates import Candidate
from rogatory_crypto.esign.validation.crl_dates import forgets, updates
from rogatory_crypto.esign.validation.known import Known
from rogatory_crypto.esign.validation.pkix import ESCAPING, context, library_path, moment
from rogatory_crypto.esign.validation.standing import Gathered, Standing, Stands
from rogatory_crypto.esign.validation.use import Use

_ALGORITHMS: Final = DatedAlgorithmPolicy()
MAX_BYTES: Final = 1024 * 1024
MAX_LISTS: Final = 16
_UNUSABLE: Final = "a revocation list is not about the certificate, or not by who may speak for its issuer"
_ANY_AGE: Final = CertRevTrustPolicy(
    NO_REVOCATION,
    freshness=timedelta(days=36_500),
    freshness_req_type=FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION,
)


def ask_library(
    candidate: Candidate,
    index: int,
    plain: list[CertificateList],
    others: list[CertificateList],
    use: Use,
    known: Known,
    stands: Stands,
) -> Gathered:
    """Gather what lists that are not plain say, each alone, then all where reasons are split.

    Args:
        candidate: the chain.
        index: which certificate of it, from below the anchor.
        plain: lists already answered for; asked again only where there is a delta to one of them.
        others: every other list at hand.
        use: when the key was used.
        known: what is at hand.
        stands: whether who signed a list was not revoked.
    """
    certificate = candidate.below[index]
    concerned = _heard([crl for crl in others if _may_concern(crl, certificate)], certificate, known)
    deltas = [crl for crl in concerned if crl.delta_crl_indicator_value is not None]
    complete = [crl for crl in concerned if crl not in deltas]
    asked = complete + [crl for crl in plain if deltas and len(crl.dump()) <= MAX_BYTES]
    said = [
        _ask(candidate, index, [crl, *beside], use, known, stands)
        for crl in asked
        for beside in _beside(crl, deltas, known)
    ]
    if len(complete) > 1 and not any(said):
        said.append(_ask(candidate, index, [*complete, *deltas], use, known, stands))
    standings = tuple(each for each in said if each is not None)
    return Gathered(standings, (_UNUSABLE,) * (bool(complete) and not standings))


def _heard(crls: list[CertificateList], certificate: Certificate, known: Known) -> list[CertificateList]:
    """Return the lists that are asked about, so many given and so many carried: a document may carry any."""
    name = comparable(certificate.issuer)
    given = [crl for crl in crls if known.was_given(crl)]
    given.sort(key=lambda crl: comparable(crl.issuer) != name)
    carried = [crl for crl in crls if not known.was_given(crl)]
    return given[:MAX_LISTS] + carried[:MAX_LISTS]


def _beside(crl: CertificateList, deltas: list[CertificateList], known: Known) -> list[list[CertificateList]]:
    """Return the deltas to ask about together with a list: the library looks at one that fits, true or not.

    So each that was given is asked about alone, and those that a document carries stand for no other.
    """
    given = [[delta] for delta in deltas if known.was_given(delta)]
    carried = [delta for delta in deltas if not known.was_given(delta)]
    none = [[]] if not given and (not carried or known.was_given(crl)) else list[list[CertificateList]]()
    return [*none, *given, *([carried] if carried else [])]


def _may_concern(crl: CertificateList, certificate: Certificate) -> bool:
    """Tell whether the library could find a list to be about a certificate: by its issuer or as indirect."""
    try:
        updates(crl)
        scope = crl.issuing_distribution_point_value
        own = comparable(crl.issuer) == comparable(certificate.issuer)
        return len(crl.dump()) <= MAX_BYTES and (own or bool(scope and scope["indirect_crl"].native))
    except UNREADABLE:
        return False


def _ask(
    candidate: Candidate, index: int, crls: list[CertificateList], use: Use, known: Known, stands: Stands
) -> Standing | None:
    """Return what lists say together; absent where they say nothing that can be believed."""
    oldest = min(crls, key=lambda crl: updates(crl)[0])
    issued_at, next_update = updates(oldest)
    found = Standing(
        issued_at,
        next_update,
        kind=RevocationKind.CRL,
        origin=known.origin_of(oldest),
        speaker=readable(oldest.issuer),
    )
    above = Candidate(candidate.anchors, candidate.below[: index + 1])
    certificate = candidate.below[index]
    try:
        asked = _library_context(above, crls, use, known)
        offline.run(verify_crl(certificate, library_path(above), asked))
    except RevokedError as error:
        reason = error.reason.native
        revoked_at = int(error.revocation_dt.timestamp())
        return replace(found, revoked_at=revoked_at, on_hold=reason == "certificate_hold")
    except ESCAPING:
        return None
    if not all(_may_list(asked, crl, above, use, known, issued_at, stands) for crl in crls):
        return None
    return None if any(forgets(crl, found, certificate) for crl in crls) else found


def _may_list(
    asked: Any,  # noqa: ANN401 - untyped library
    crl: CertificateList,
    above: Candidate,
    use: Use,
    known: Known,
    issued_at: int,
    stands: Stands,
) -> bool:
    """Tell whether a strong enough key signed a list, on the chain or certified by it and not revoked."""
    lister = asked.revinfo_manager.check_crl_issuer(crl)
    if lister is None:
        return crl.delta_crl_indicator_value is not None
    if known.outlived(known.origin_of(crl), lister):
        return False
    if not _ALGORITHMS.signature_algorithm_allowed(
        crl["signature_algorithm"], moment(known.existed_by(known.origin_of(crl), use)), lister.public_key
    ):
        return False
    chain = (above.anchors[0].certificate, *above.below[:-1])
    if any(lister.public_key.dump() == each.public_key.dump() for each in chain):
        return True
    name = comparable(lister.issuer)
    places = [place for place, each in enumerate(chain) if comparable(each.subject) == name]
    return bool(places) and stands(lister, chain[: places[-1] + 1], issued_at)


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
