"""Checks a bundle offline, as of the time it was made: bytes, trust and time in, findings out.

Nothing in a bundle is believed because it is there. The container's own rules come first, then whom to
believe about the log, then its entries, and then every signature by the device keys that these give.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from rogatory_crypto import esign
from rogatory_crypto.bundle import asic, correspondence
from rogatory_crypto.bundle.authorship import check_authorship
from rogatory_crypto.bundle.believing import believe
from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.bundle.device_key import device_key
from rogatory_crypto.bundle.excerpt import Excerpt, replay_excerpt
from rogatory_crypto.bundle.finding import About, Finding, passed, unclear, wrong
from rogatory_crypto.bundle.laying_out import EXCERPT, FIXED, MACHINE, READABLE, ROOT, SEAL, TRUST
from rogatory_crypto.bundle.manifest import Manifest
from rogatory_crypto.bundle.plausible_times import check_times
from rogatory_crypto.bundle.references import check_references
from rogatory_crypto.bundle.signature import CheckSignature, check_signature
from rogatory_crypto.bundle.stored_verdict import check_verdicts, verdict_file
from rogatory_crypto.bundle.verification_result import Verification
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.esign.container.archive import read_archive
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.identity.logged_seal import verify_logged_seal
from rogatory_crypto.log.audit import Audit
from rogatory_crypto.log.pinned import PinnedTrust

_FIXED: Final = frozenset({*FIXED, *asic.OF_THE_CONTAINER})
# Whoever is not believed may still be right; all else that is wrong with it contradicts itself.
_NOT_BELIEVED: Final = frozenset(
    {
        Code.BAD_SIGNATURE, Code.CONFLICT, Code.EXPIRED, Code.FORBIDDEN, Code.INVALID_CREDENTIAL,
        Code.NOT_FOUND,
    }
)  # fmt: skip


def verify_bundle(
    document: bytes, given: PinnedTrust | None, *, now: int, check: CheckSignature = esign.check
) -> Verification:
    """Check a bundle.

    Args:
        document: the whole file.
        given: what the reader believes beforehand; without it, no bundle passes.
        now: unix seconds, by the reader's clock.
        check: checks the container's signature.
    """
    manifest: Manifest | None = None
    try:
        files = _files(document)
        manifest = Manifest.decode(files[MACHINE])
        return _verify(document, files, manifest, given, now, check)
    except PeerError as error:
        return Verification(manifest, (wrong(About.CONTAINER, "", str(error)),))


def relay_of(document: bytes) -> str:
    """Return which relay a bundle says it is of, to find the trust for it; nothing is checked.

    Raises:
        PeerError: this is no bundle.
    """
    return Manifest.decode(_files(document)[MACHINE]).relay


def _files(document: bytes) -> Mapping[str, bytes]:
    files = read_archive(document).files
    if missing := sorted(_FIXED - files.keys()):
        raise PeerError(Code.MALFORMED, f"this is no bundle: {missing[0]} is missing")
    own = {name: content for name, content in files.items() if name not in asic.OF_THE_CONTAINER}
    try:
        written = asic.join_container(own, files[asic.SIGNATURE])
    except MisuseError as error:
        raise PeerError(Code.MALFORMED, str(error)) from error
    # Whatever a reader could pass over is compared here: type, order, headers, the form of the list of files.
    if written != document:
        raise PeerError(Code.MALFORMED, "the container is not as it was written")
    return files


def _verify(
    document: bytes,
    files: Mapping[str, bytes],
    manifest: Manifest,
    given: PinnedTrust | None,
    now: int,
    check: CheckSignature,
) -> Verification:
    read, findings = correspondence.read_messages(manifest, files)
    _require_exactly(manifest, files, read, complete=not any(_is_wrong(each) for each in findings))
    if manifest.to_json() != files[READABLE]:
        findings.append(wrong(About.CONTAINER, READABLE, f"it says something else than {MACHINE}"))
    findings += correspondence.check_formality(read, manifest, files)
    findings += correspondence.check_documents(read, manifest, files)
    findings += check_verdicts(manifest, read, files)
    findings += check_signature(document, files, manifest, check)
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
    return Verification(manifest, tuple(findings), believed.head.witnessed_at, authorship.provenance)


def _is_wrong(finding: Finding) -> bool:
    return finding.indication is Indication.TOTAL_FAILED


def _require_exactly(
    manifest: Manifest, files: Mapping[str, bytes], read: list[ReadMessage], *, complete: bool
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
    beside = files.keys() - expected - {each.postmark_file for each in manifest.messages}
    beside -= {each.attestation_file for each in manifest.messages}
    if missing := sorted(expected - files.keys()):
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
