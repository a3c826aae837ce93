"""Seals what was gathered into one container, and lets none out that a reader could not check."""

from typing import Final

from rogatory_client.bundle.gathered import Gathered
from rogatory_client.signing import Checker
from rogatory_client.signing.sign_file import sign_file
from rogatory_crypto.bundle.asic import asic_manifest, join_container
from rogatory_crypto.bundle.laying_out import lay_out
from rogatory_crypto.bundle.verification import verify_bundle
from rogatory_crypto.bundle.verification_result import Verification
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.checking import MAX_DOCUMENT_BYTES
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.log.pinned import PinnedTrust

# The archive's own headers need room below what can be checked.
MAX_BYTES: Final = MAX_DOCUMENT_BYTES - (1 << 20)


def seal_bundle(gathered: Gathered) -> tuple[bytes, Verification]:
    """Return the bundle, and what its own check says, which is that it passes.

    Raises:
        MisuseError: it is larger than can be checked, or does not pass its own check; says why.
    """
    files, now = lay_out(gathered.contents), gathered.contents.manifest.made_at
    if sum(map(len, files.values())) > MAX_BYTES:
        raise MisuseError(f"a bundle has {MAX_BYTES >> 20} MiB at most: leave out the largest documents")
    with Checker() as checker:
        signature = sign_file(asic_manifest(files), gathered.seal, now=now, checker=checker)
        document = join_container(files, signature)
        verified = check_bundle(document, gathered.pinned, now=now, checker=checker)
    wrong = [each for each in verified.findings if each.indication is not Indication.TOTAL_PASSED]
    if wrong:
        raise MisuseError(f"the bundle would not pass its check: {wrong[0].place} {wrong[0].text}".strip())
    return document, verified


def check_bundle(
    document: bytes, given: PinnedTrust | None, *, now: int, checker: Checker | None = None
) -> Verification:
    """Check a bundle; its signature in a process of its own. Arguments as for ``verify_bundle``."""
    if checker is not None:
        return verify_bundle(document, given, now=now, check=checker.check)
    with Checker() as own:
        return verify_bundle(document, given, now=now, check=own.check)
