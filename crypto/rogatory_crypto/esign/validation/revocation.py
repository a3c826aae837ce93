"""Whether the certificates of a chain were revoked, as of a time (EN 319 102-1 clauses 5.2.5 and 5.2.6).

Freshness is judged against the time of use, never against now: best are data issued after it, then, with a
warning, data that were current at it. A revocation counts from its own date; one on hold can be taken back by
newer data, any other is final, whatever is newer.
"""

from dataclasses import dataclass, replace
from typing import Final

from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.names import brief, readable
from rogatory_crypto.esign.report import RevocationData
from rogatory_crypto.esign.trust.anchor import ALWAYS, Anchor, Source, SourceKind
from rogatory_crypto.esign.validation.candidates import Candidate, issuers_of
from rogatory_crypto.esign.validation.crl import crl_standings
from rogatory_crypto.esign.validation.known import Known
from rogatory_crypto.esign.validation.missing import missing_responder
from rogatory_crypto.esign.validation.ocsp import ocsp_standings
from rogatory_crypto.esign.validation.pkix import moment
from rogatory_crypto.esign.validation.standing import Gathered, Standing, Stands
from rogatory_crypto.esign.validation.use import Use
from rogatory_crypto.esign.verdict import PASSED, Role, SubIndication, Verdict, failed, indeterminate

OLDER_REVOCATION_DATA: Final = (
    "the proof that the certificate was not revoked was issued before the time of the signature"
)
PINNED: Final = "the certificate itself was given as trusted, so no proof was asked that it was not revoked"
REVOKED_LATER: Final = "the certificate was revoked after the signature is proven to have existed"
_MAX_RESPONDERS_DEEP: Final = 2
_WITHIN: Final = Source(SourceKind.GIVEN, "a certificate of the chain in question")


@dataclass(frozen=True, slots=True)
class Revocation:
    """Whether something was revoked.

    Attributes:
        verdict: PASSED where it is proven that it was not.
        warnings: what a careful reader wants to know.
        data: what the proof rests on.
    """

    verdict: Verdict
    warnings: tuple[str, ...] = ()
    data: tuple[RevocationData, ...] = ()


def judge_revocation(candidate: Candidate, use: Use, known: Known) -> Revocation:
    """Judge every certificate below the anchor, the highest first."""
    judged: list[Revocation] = []
    for index in range(len(candidate.below)):
        gathered = _gather(candidate, index, use, known, depth=0)
        judged.append(_weigh(candidate, index, gathered, use))
        if judged[-1].verdict != PASSED:
            return judged[-1]
    warnings = dict.fromkeys(warning for each in judged for warning in each.warnings)
    return Revocation(PASSED, tuple(warnings), tuple(each for one in reversed(judged) for each in one.data))


def judge_known_revocation(candidate: Candidate, use: Use, known: Known) -> Verdict:
    """Judge only whether a certificate below the anchor is known to be revoked.

    Where no proof is asked for, as of what is trusted itself, what is at hand still counts against it.
    """
    for index, certificate in enumerate(candidate.below):
        gathered = _gather(candidate, index, use, known, depth=0)
        revoked = _revoked(gathered.standings, use.existed_by)
        if revoked is not None:
            name = brief(certificate.subject)
            return _revoked_verdict(revoked, name, use, is_leaf=index == len(candidate.below) - 1)
    return PASSED


def judge_trusted_itself(certificate: Certificate, use: Use, known: Known) -> Verdict:
    """Judge whether a certificate that is trusted itself is known to be revoked by who issued it."""
    for issuer in issuers_of(certificate, known):
        candidate = Candidate((Anchor(issuer, frozenset(), _WITHIN, ALWAYS),), (certificate,))
        verdict = judge_known_revocation(candidate, use, known)
        if verdict != PASSED:
            return verdict
    return PASSED


def _gather(candidate: Candidate, index: int, use: Use, known: Known, *, depth: int) -> Gathered:
    stands = _stands(known, depth)
    by_responders = ocsp_standings(candidate, index, use, known, stands)
    by_lists = crl_standings(candidate, index, use, known, stands)
    return Gathered(
        by_responders.standings + by_lists.standings,
        by_responders.refused + by_lists.refused,
        by_responders.unheard,
        by_responders.late or by_lists.late,
    )


def _stands(known: Known, depth: int) -> Stands:
    """Return the question whether a responder was itself not revoked; asked only so deep."""

    def stands(responder: Certificate, above: tuple[Certificate, ...], at: int) -> bool:
        if depth >= _MAX_RESPONDERS_DEEP:
            return False
        top = Anchor(above[0], frozenset(), _WITHIN, ALWAYS)
        candidate = Candidate((top,), (*above[1:], responder))
        use = Use(Role.REVOCATION, at=at, existed_by=at, evidence_by=known.terms.at)
        index = len(candidate.below) - 1
        gathered = _gather(candidate, index, use, known, depth=depth + 1)
        return _weigh(candidate, index, gathered, use).verdict == PASSED

    return stands


def _weigh(candidate: Candidate, index: int, gathered: Gathered, use: Use) -> Revocation:
    certificate = candidate.below[index]
    is_leaf = index == len(candidate.below) - 1
    name = brief(certificate.subject)
    revoked = _revoked(gathered.standings, use.existed_by)
    if revoked is not None:
        return Revocation(_revoked_verdict(revoked, name, use, is_leaf=is_leaf))
    good = [each for each in gathered.standings if not _counts(each, use.existed_by)]
    later = (REVOKED_LATER,) * any(each.revoked_at is not None for each in good)
    if after := [each for each in good if each.issued_at >= use.at]:
        return Revocation(PASSED, later, (_told(min(after, key=_issued_at), certificate),))
    if before := [each for each in good if each.speaks_for(use.at)]:
        data = _told(max(before, key=_issued_at), certificate)
        return Revocation(PASSED, (OLDER_REVOCATION_DATA,), (data,))
    if good:
        newest = moment(max(each.issued_at for each in good))
        reason = f"the newest revocation data on {name} are of {newest:%Y-%m-%d %H:%M} UTC, before its use"
        return Revocation(indeterminate(SubIndication.TRY_LATER, reason))
    return Revocation(_nothing_counts(gathered, name))


def _told(standing: Standing, certificate: Certificate) -> RevocationData:
    return RevocationData(
        standing.kind,
        standing.origin,
        readable(certificate.subject),
        standing.speaker,
        standing.issued_at,
        standing.next_update,
    )


def _issued_at(standing: Standing) -> int:
    return standing.issued_at


def _nothing_counts(gathered: Gathered, name: str) -> Verdict:
    reason = "; ".join(dict.fromkeys(gathered.refused)) or "none came with the document nor was given"
    late, unproven = (
        SubIndication.REVOCATION_OUT_OF_BOUNDS_NO_POE,
        SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE,
    )
    verdict = indeterminate(
        late if gathered.late else unproven, f"no usable revocation data on {name}: {reason}"[:500]
    )
    if not gathered.unheard:
        return verdict
    return replace(verdict, missing=missing_responder(gathered.unheard[0]))


def _counts(standing: Standing, existed_by: int) -> bool:
    return standing.revoked_at is not None and standing.revoked_at <= existed_by


def _revoked(standings: tuple[Standing, ...], existed_by: int) -> Standing | None:
    """Return the revocation that counts, if any: a hold ends with newer data that do not know it any more."""
    counting = [each for each in standings if _counts(each, existed_by)]
    final = [each for each in counting if not each.on_hold]
    if final:
        return min(final, key=_revoked_at)
    newest_good = max((each.issued_at for each in standings if not _counts(each, existed_by)), default=None)
    held = [each for each in counting if newest_good is None or each.issued_at >= newest_good]
    return min(held, key=_revoked_at, default=None)


def _revoked_at(standing: Standing) -> int:
    return standing.revoked_at or 0


def _revoked_verdict(revoked: Standing, name: str, use: Use, *, is_leaf: bool) -> Verdict:
    since = _revoked_at(revoked)
    reason = f"{name} was revoked at {moment(since):%Y-%m-%d %H:%M:%S} UTC"
    if not is_leaf:
        return indeterminate(SubIndication.REVOKED_CA_NO_POE, reason)
    if use.not_before is not None and since <= use.not_before:
        # EN 319 102-1 clause 5.5.4: a content time stamp proves that the key was used after that.
        return failed(SubIndication.REVOKED, reason)
    return indeterminate(SubIndication.REVOKED_NO_POE, reason)
