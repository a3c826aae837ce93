"""Finds the paths from a certificate to what is trusted, within limits (RFC 4158, RFC 5280 section 6.1).

A step is taken only where the signature verifies under the issuer's key, so that certificates which merely
claim each other's names lead nowhere; loops and floods of certificates end at the limits. Whether the
certificates on a path were valid, and whether they may issue, is judged afterwards.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate
from rogatory_crypto.esign.names import comparable
from rogatory_crypto.esign.trust.anchor import Anchor, Purpose, SourceKind, may_issue
from rogatory_crypto.esign.trust.territory import alpha2_of, iso_of
from rogatory_crypto.esign.validation.known import Known
from rogatory_crypto.esign.validation.verification import signed_by
from rogatory_crypto.esign.verdict import Role

MAX_DEPTH: Final = 8
MAX_PATHS: Final = 16
MAX_STEPS: Final = 256
ISSUERS: Final = {
    Role.SIGNER: frozenset({Purpose.ISSUER}),
    Role.TIMESTAMP: frozenset({Purpose.ISSUER, Purpose.TIMESTAMP}),
    Role.REVOCATION: frozenset({Purpose.OCSP}),
}
THEMSELVES: Final = {
    Role.SIGNER: frozenset({Purpose.SIGNER, Purpose.ISSUER}),
    Role.TIMESTAMP: frozenset({Purpose.TIMESTAMP}),
    Role.REVOCATION: frozenset({Purpose.OCSP}),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One chain of verified signatures: the anchors it may end in, then certificates down to the leaf.

    Attributes:
        anchors: every trusted entry of the one certificate on top, with a purpose that fits.
        below: what stands below it, the leaf last; empty where the leaf itself is trusted.
    """

    anchors: tuple[Anchor, ...]
    below: tuple[Certificate, ...]


@dataclass(slots=True)
class _Search:
    known: Known
    role: Role
    steps: int = 0
    ends: list[Certificate] = field(default_factory=list)
    unfit: list[Anchor] = field(default_factory=list)
    foreign: list[Anchor] = field(default_factory=list)
    defect: str = ""

    def fitting(self, entries: Iterable[Anchor], purposes: frozenset[Purpose]) -> tuple[Anchor, ...]:
        """Return the entries trusted for one of these purposes, and for the state where that is asked for."""
        fitting = tuple(entry for entry in entries if entry.purposes & purposes)
        own = tuple(entry for entry in fitting if _is_of_state(entry, self.role, self.known.terms.state))
        if fitting and not own:
            self.foreign.extend(fitting)
        elif not fitting:
            self.unfit.extend(entries)
        return own


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to.

    Attributes:
        candidates: complete chains, the shortest first.
        ends: the topmost certificates of chains that lead nowhere.
        unfit: trusted certificates on the way that are not trusted for this, or may not issue.
        foreign: those that are trusted for signers, but of another state than was asked for.
        defect: what could not be read of a certificate, if so.
    """

    candidates: tuple[Candidate, ...]
    ends: tuple[Certificate, ...]
    unfit: tuple[Anchor, ...]
    foreign: tuple[Anchor, ...]
    defect: str


def find(leaf: Certificate, role: Role, known: Known) -> Found:
    """Find chains of verified signatures from a certificate up to what is trusted for a role."""
    search = _Search(known, role)
    found: list[Candidate] = []
    try:
        found.extend(_themselves(leaf, search))
        for candidate in _climb((leaf,), search):
            found.append(candidate)
            if len(found) >= MAX_PATHS:
                break
    except UNREADABLE as error:
        search.defect = f"{type(error).__name__}: {error}"
    found.sort(key=_length)
    return Found(tuple(found), tuple(search.ends), tuple(search.unfit), tuple(search.foreign), search.defect)


def issuers_of(certificate: Certificate, known: Known) -> tuple[Certificate, ...]:
    """Return the certificates at hand, trusted or not, whose key signed this one; itself is left out."""
    name = comparable(certificate.issuer)
    at_hand = [anchor.certificate for anchor in known.terms.anchors.named(name)]
    search = _Search(known, Role.REVOCATION)
    found = {
        bytes(issuer.sha256): issuer
        for issuer in (*at_hand, *known.named(name))
        if issuer.sha256 != certificate.sha256 and _step(certificate, issuer, search)
    }
    return tuple(found.values())


def _is_of_state(entry: Anchor, role: Role, state: str | None) -> bool:
    """Tell whether an entry counts for a state; a time stamp proves time, whoever's, and no authority."""
    if state is None or role is not Role.SIGNER or entry.source.kind is SourceKind.GIVEN:
        return True
    return iso_of(entry.source.territory) == alpha2_of(state)


def _length(candidate: Candidate) -> int:
    return len(candidate.below)


def _themselves(leaf: Certificate, search: _Search) -> Iterator[Candidate]:
    entries = tuple(search.known.terms.anchors.of(leaf))
    if fitting := search.fitting(entries, THEMSELVES[search.role]):
        yield Candidate(fitting, ())


def _climb(below: tuple[Certificate, ...], search: _Search) -> Iterator[Candidate]:
    top = below[0]
    name = comparable(top.issuer)
    reached = False
    for anchors in _issuing_anchors(top, name, search):
        reached = True
        yield Candidate(anchors, below)
    if len(below) < MAX_DEPTH:
        for issuer in _issuers(below, name, search):
            reached = True
            yield from _climb((issuer, *below), search)
    if not reached:
        search.ends.append(top)


def _issuing_anchors(top: Certificate, name: str, search: _Search) -> Iterator[tuple[Anchor, ...]]:
    grouped: dict[bytes, list[Anchor]] = {}
    for anchor in search.known.terms.anchors.named(name):
        grouped.setdefault(bytes(anchor.certificate.sha256), []).append(anchor)
    for entries in grouped.values():
        if not _step(top, entries[0].certificate, search):
            continue
        if not may_issue(entries[0].certificate):
            search.unfit.extend(entries)
        elif fitting := search.fitting(entries, ISSUERS[search.role]):
            yield fitting


def _issuers(below: tuple[Certificate, ...], name: str, search: _Search) -> Iterator[Certificate]:
    used = {bytes(certificate.sha256) for certificate in below}
    for issuer in search.known.named(name):
        trusted = next(search.known.terms.anchors.of(issuer), None) is not None
        if not trusted and bytes(issuer.sha256) not in used and _step(below[0], issuer, search):
            yield issuer


def _step(certificate: Certificate, issuer: Certificate, search: _Search) -> bool:
    """Tell whether one certificate issued the other; bounded, because each question costs a verification."""
    if search.steps >= MAX_STEPS:
        return False
    try:
        wanted, held = certificate.authority_key_identifier, issuer.key_identifier
        if wanted and held and wanted != held:
            return False
        search.steps += 1
        return signed_by(certificate, issuer)
    except UNREADABLE as error:
        search.defect = f"{type(error).__name__}: {error}"
        return False
