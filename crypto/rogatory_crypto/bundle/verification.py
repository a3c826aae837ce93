"""Checks a bundle offline, as of the time it was made: bytes, trust and time in, findings out.

Nothing in a bundle is believed because it is there. The container's own rules come first, then whom to
believe about the log, then its entries, and then every signature by the device keys that these give.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rogatory_crypto import esign
from rogatory_crypto.bundle import asic, correspondence
from rogatory_crypto.bundle.authorship import check_authorship
from rogatory_crypto.bundle.believing import believe
from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.bundle.device_key import device_key
from rogatory_crypto.bundle.excerpt import Excerpt, replay_excerpt
from rogatory_crypto.bundle.finding import About, Finding, passed, unclear, wrong
from rogatory_crypto.bundle.laying_out import DOCUMENTS, EXCERPT, FIXED, MACHINE, READABLE, ROOT, SEAL, TRUST
from rogatory_crypto.bundle.manifest import Manifest
from rogatory_crypto.bundle.octets import Measured, Octets, read_whole
from rogatory_crypto.bundle.plausible_times import check_times
from rogatory_crypto.bundle.references import check_references
from rogatory_crypto.bundle.signature import CheckSignature, check_signature
from rogatory_crypto.bundle.stored_verdict import check_verdicts, verdict_file
from rogatory_crypto.bundle.verification_result import Verification
from rogatory_crypto.bundle.zip_writing import sections_of
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.identity.logged_seal import verify_logged_seal
from rogatory_crypto.log.audit import Audit
from rogatory_crypto.log.pinned import PinnedTrust

_FIXED: Final = frozenset({*FIXED, *asic.OF_THE_CONTAINER})
# Messages, receipts, the log, the index: they are held in memory while they are checked.
MAX_PAPERS_BYTES: Final = 48 << 20
# Whoever is not believed may still be right; all else that is wrong with it contradicts itself.
_NOT_BELIEVED: Final = frozenset(
    {
        Code.BAD_SIGNATURE, Code.CONFLICT, Code.EXPIRED, Code.FORBIDDEN, Code.INVALID_CREDENTIAL,
        Code.NOT_FOUND,
    }
)  # fmt: skip


def verify_bundle(
    document: Octets, given: PinnedTrust | None, *, now: int, check: CheckSignature = esign.check
) -> Verification:
    """Check a bundle, in memory that its documents have no part in.

    Args:
        document: the whole file, which is read three times.
        given: what the reader believes beforehand; without it, no bundle passes.
        now: unix seconds, by the reader's clock.
        check: checks the container's signature.
    """
    manifest: Manifest | None = None
    try:
        container = _files(document)
        manifest = Manifest.decode(container.files[MACHINE])
        return _verify(container, manifest, given, now, check)
    except PeerError as error:
        return Verification(manifest, (wrong(About.CONTAINER, "", str(error)),))


def relay_of(document: Octets) -> str:
    """Return which relay a bundle says it is of, to find the trust for it; nothing is checked.

    Raises:
        PeerError: this is no bundle.
    """
    sections = sections_of(document)
    if MACHINE not in sections:
        raise PeerError(Code.MALFORMED, f"this is no bundle: {MACHINE} is missing")
    return Manifest.decode(read_whole(sections[MACHINE], Manifest.LIMIT)).relay


@dataclass(frozen=True, slots=True)
class _Container:
    """What is in a container: documents where they lie, all else in memory."""

    files: Mapping[str, bytes]
    documents: Mapping[str, Measured]


def _files(document: Octets) -> _Container:
    if missing := sorted(_FIXED - sections_of(document).keys()):
        raise PeerError(Code.MALFORMED, f"this is no bundle: {missing[0]} is missing")
    found = asic.read_container(document)
    documents = {name: each for name, each in found.items() if name.startswith(DOCUMENTS)}
    others = {name: each.octets for name, each in found.items() if name not in documents}
    if sum(each.size for each in others.values()) > MAX_PAPERS_BYTES:
        raise PeerError(Code.TOO_LARGE, f"more than {MAX_PAPERS_BYTES >> 20} MiB beside its documents")
    return _Container({name: read_whole(each, each.size) for name, each in others.items()}, documents)


def _verify(
    container: _Container,
    manifest: Manifest,
    given: PinnedTrust | None,
    now: int,
    check: CheckSignature,
) -> Verification:
    files, documents = container.files, container.documents
    read, findings = correspondence.read_messages(manifest, files)
    found = frozenset({*files, *documents})
    _require_exactly(manifest, found, read, complete=not any(_is_wrong(each) for each in findings))
    if manifest.to_json() != files[READABLE]:
        findings.append(wrong(About.CONTAINER, READABLE, f"it says something else than {MACHINE}"))
    findings += correspondence.check_formality(read, manifest, files)
    findings += correspondence.check_documents(read, manifest, documents)
    findings += check_verdicts(manifest, read, files, documents)
    findings += check_signature(files, manifest, check)
    excerpt = Excerpt.decode(files[EXCERPT])
    try:
        believed = believe(
            files[ROOT], files[TRUST], excerpt.checkpoint, given, relay=manifest.relay, now=now
        )
    except PeerError as error:
        return Verification(manifest, (*findings, _not_believed(error)))
    findings.append(believed.finding)
    try:
        replayed = replay_excerpt(excerpt.entries, believed.head.checkpoint, believed.pinned.measure())
    except PeerError as error:
        return Verification(manifest, (*findings, wrong(About.LOG, EXCERPT, str(error))))
    said = f"{len(excerpt.entries)} entries are proven to stand in the log of {believed.head.checkpoint.size}"
    findings += (passed(About.LOG, EXCERPT, each) for each in (said, *replayed.refused))
    audit = replayed.audit
    findings += check_times(manifest, believed.head.witnessed_at, now)
    findings += _check_seal(manifest, audit)
    authorship = check_authorship(read, manifest, files, audit.registry)
    findings += authorship.findings
    findings += check_references(read, manifest)
    findings += correspondence.check_postmarks(manifest, files, believed.pinned.trust)
    witnessed_at, provenance = believed.head.witnessed_at, authorship.provenance
    return Verification(manifest, tuple(findings), witnessed_at, provenance, tuple(read))


def _is_wrong(finding: Finding) -> bool:
    return finding.indication is Indication.TOTAL_FAILED


def _require_exactly(
    manifest: Manifest, found: frozenset[str], read: list[ReadMessage], *, complete: bool
) -> None:
    """Nothing may be missing, and nothing may lie beside what is checked."""
    ids = [each.message_id for each in manifest.messages]
    if len(set(ids)) != len(ids):
        raise PeerError(Code.CONFLICT, "a message is named twice")
    left_out = {(each.message_id, each.number) for each in manifest.documents_left_out}
    documents = [document for each in read for document in each.documents]
    expected = {
        *_FIXED,
        *(each.file for each in manifest.messages if not each.left_out),
        *(each.name for each in documents if (each.message_id, each.number) not in left_out),
        *map(correspondence.receipt_file, range(manifest.receipts)),
        *map(verdict_file, range(manifest.verdicts)),
    }
    beside = found - expected - {each.postmark_file for each in manifest.messages}
    beside -= {each.attestation_file for each in manifest.messages}
    if missing := sorted(expected - found):
        raise PeerError(Code.NOT_FOUND, f"{missing[0]} is missing")
    if beside and complete:
        raise PeerError(Code.CONFLICT, f"{min(beside)} is nothing that the manifest names")


def _not_believed(error: PeerError) -> Finding:
    if error.code in _NOT_BELIEVED:
        return unclear(About.TRUST, "", f"nobody whom you believe vouches for its log: {error.detail}")
    return wrong(About.LOG, EXCERPT, str(error))


def _check_seal(manifest: Manifest, audit: Audit) -> Iterator[Finding]:
    try:
        device_key(audit.registry, manifest.maker, manifest.officer, manifest.device_id, manifest.made_at)
        verify_logged_seal(manifest.seal_sha256, manifest.maker, audit.seals, manifest.made_at)
    except PeerError as error:
        yield wrong(About.SEAL, SEAL, error.detail)
    else:
        yield passed(About.SEAL, SEAL, f"{manifest.maker} has entered this seal in the log")
