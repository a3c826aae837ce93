"""Finds every signature in CMS (EN 319 122-1) and checks a document that is CMS.

The content may be inside or given beside; which of the files given it is, is told by its digest and never by
a name. Counter-signatures are signatures on signatures (RFC 5652 section 11.4): they are reported apart and
decide nothing about what they countersign.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Final

from asn1crypto import cms  # type: ignore[import-untyped]

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign.asn1_types import Certificate, SignedData, SignerInfo
from rogatory_crypto.esign.cms import attributes, oids
from rogatory_crypto.esign.cms.carried import carried_evidence
from rogatory_crypto.esign.cms.digests import digest_name
from rogatory_crypto.esign.cms.signature_timestamps import digest_of, find_timestamps
from rogatory_crypto.esign.cms.signed_data import (
    encapsulated_content,
    evidence_in,
    signer_infos,
)
from rogatory_crypto.esign.cms.signer import (
    CheckedSigner,
    DigestOfContent,
    as_verdict,
    check_signer,
    find_signer,
    message_digest,
)
from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.found import FoundSignature
from rogatory_crypto.esign.report import Coverage, Scope
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.verdict import Verdict, worse

MAX_COUNTER_SIGNATURES: Final = 16
UNUSED_CONTENTS: Final = "a file that was given is not what this signature is about"
_UNEVALUATED: Final = {
    oids.ESCAPED_TIME_STAMP: "a time stamp on references",
    oids.ARCHIVE_TIME_STAMP: "an archive time stamp of the first form",
    oids.ARCHIVE_TIME_STAMP_V2: "an archive time stamp of the second form",
    oids.EVIDENCE_RECORD_INTERNAL: "an evidence record",
    oids.EVIDENCE_RECORD_EXTERNAL: "an evidence record",
}


@dataclass(frozen=True)
class SignedFile:
    """A file that signatures may be about; each of its digests is made once."""

    name: str
    octets: bytes = field(repr=False)

    @cached_property
    def digest(self) -> DigestOfContent:
        """The digest of the content, by the name that ``hashlib`` gives the algorithm."""
        return digest_of(self.octets)


def find_signatures(
    signed_data: SignedData, files: Sequence[SignedFile], terms: Terms, name: str = ""
) -> tuple[FoundSignature, ...]:
    """Find every signature of a SignedData.

    Args:
        signed_data: what was read.
        files: what a detached signature may be about.
        terms: of the check.
        name: of the file it stands in, for the identifiers; empty where it is the document itself.
    """
    octets = encapsulated_content(signed_data)
    inside = None if octets is None else SignedFile("", octets)
    infos, frame = signer_infos(signed_data), _Frame(signed_data, terms)
    return tuple(
        _readable(_identifier(name, number, len(infos)), partial(_found, frame, info, inside, files))
        for number, info in enumerate(infos, 1)
    )


def find_signature_over(
    signed_data: SignedData,
    info: SignerInfo,
    name: str,
    digest_of_content: DigestOfContent,
    scope: Scope,
    terms: Terms,
) -> FoundSignature:
    """Find one signature whose content stands around it, as in a PDF file."""

    def find(identifier: str) -> FoundSignature:
        frame = _Frame(signed_data, terms)
        checked = frame.signer(info, digest_of_content)
        return _signature(_Place(frame, info, identifier), checked, digest_of_content, scope)

    return _readable(name, find)


def _readable(identifier: str, find: Callable[[str], FoundSignature]) -> FoundSignature:
    """Return what is found, or what stands for it where the decoder stumbles over its attributes."""
    try:
        return find(identifier)
    except attributes.ESCAPING as error:
        return unreadable_signature(identifier, as_verdict(error))


def find_counter_signatures(
    signed_data: SignedData, terms: Terms, name: str = ""
) -> tuple[FoundSignature, ...]:
    """Find every counter-signature on the signatures of a SignedData."""
    infos, frame = signer_infos(signed_data), _Frame(signed_data, terms)
    return tuple(
        found
        for number, info in enumerate(infos, 1)
        for found in _counter_signatures(frame, info, _identifier(name, number, len(infos)))
    )


@dataclass(frozen=True)
class _Frame:
    """What all signatures of a SignedData share, read once."""

    signed_data: SignedData
    terms: Terms

    @cached_property
    def carried(self) -> Evidence:
        """What it carries to check them."""
        return evidence_in(self.signed_data)

    @cached_property
    def others(self) -> tuple[Certificate, ...]:
        """Certificates that may be a signer's although it does not carry them."""
        anchors = (anchor.certificate for anchor in self.terms.anchors.anchors)
        return (*anchors, *self.terms.evidence.certificates)

    def signer(self, info: SignerInfo, digest_of_content: DigestOfContent | None) -> CheckedSigner:
        """Find and check the signer of one of its SignerInfos."""
        certificates = self.carried.certificates
        return find_signer(self.signed_data, info, digest_of_content, self.others, carried=certificates)


@dataclass(frozen=True, slots=True)
class _Place:
    """One SignerInfo and where it stands."""

    frame: _Frame
    info: SignerInfo
    identifier: str


def _identifier(name: str, number: int, total: int) -> str:
    counted = f"signature {number}"
    if not name:
        return counted
    return name if total == 1 else f"{name}, {counted}"


def _found(
    frame: _Frame, info: SignerInfo, inside: SignedFile | None, files: Sequence[SignedFile], identifier: str
) -> FoundSignature:
    file = inside or _chosen(info, files)
    digest_of_content = None if file is None else file.digest
    checked = frame.signer(info, digest_of_content)
    # A signature is about one file: whoever gives more of them must not take it for one on all.
    unused = inside is None and len(files) > 1
    coverage = Coverage.PARTIAL if unused else Coverage.WHOLE_DOCUMENT
    covered = Scope(coverage, covered=(file.name,) if file and file.name else ())
    scope = Scope(Coverage.UNCLEAR) if file is None else covered
    found = _signature(_Place(frame, info, identifier), checked, digest_of_content, scope)
    return replace(found, warnings=(*found.warnings, *(UNUSED_CONTENTS,) * unused))


def _signature(
    place: _Place, checked: CheckedSigner, digest_of_content: DigestOfContent | None, scope: Scope
) -> FoundSignature:
    timestamps, unreadable = find_timestamps(place.frame.signed_data, place.info, digest_of_content)
    return FoundSignature(
        identifier=place.identifier,
        family="CAdES-BASELINE" if checked.references_certificate else "CMS",
        integrity=worse(checked.verdict, unreadable),
        signer=checked.certificate,
        digests=checked.digests,
        claimed_time=checked.claimed_time,
        scope=scope,
        timestamps=timestamps,
        evidence=place.frame.carried + carried_evidence(place.info),
        warnings=tuple(_unevaluated(place.info)),
    )


def _chosen(info: SignerInfo, files: Sequence[SignedFile]) -> SignedFile | None:
    """Return the file whose digest the signature states; else the first, which then does not match."""
    try:
        stated, name = message_digest(info), digest_name(info["digest_algorithm"])
        matching = (file for file in files if file.digest(name) == stated)
        return next(matching, files[0] if files else None)
    except PeerError:
        return files[0] if files else None


def _unevaluated(info: SignerInfo) -> Iterator[str]:
    policy = attributes.signature_policy(info)
    if policy:
        yield f"it was signed under the signature policy {policy}, whose rules are not checked"
    kinds = {attribute["type"].dotted for attribute in attributes.unsigned(info)}
    for identifier, what in _UNEVALUATED.items():
        if identifier in kinds:
            yield f"the signature has {what}, which is not supported here and proves nothing"


def _counter_signatures(frame: _Frame, info: SignerInfo, identifier: str) -> Iterator[FoundSignature]:
    values = attributes.encoded_values(attributes.unsigned(info), oids.COUNTER_SIGNATURE)
    known = (*frame.carried.certificates, *frame.others)
    digest_of_signature = digest_of(bytes(info["signature"].native))

    def find(value: bytes, name: str) -> FoundSignature:
        counter = cms.SignerInfo.load(value, strict=True)
        checked = check_signer(counter, digest_of_signature, known, None)
        place = _Place(frame, counter, name)
        return _signature(place, checked, digest_of_signature, Scope(Coverage.PARTIAL))

    for number, value in enumerate(values[:MAX_COUNTER_SIGNATURES], 1):
        found = _readable(f"{identifier}, counter-signature {number}", partial(find, value))
        yield replace(found, is_counter_signature=True, countersigns=identifier)


def unreadable_signature(identifier: str, verdict: Verdict) -> FoundSignature:
    """Return what stands for a signature that cannot be read: leaving it out would hide it."""
    return FoundSignature(identifier, "CMS", verdict, None, frozenset(), None, Scope(Coverage.UNCLEAR))
