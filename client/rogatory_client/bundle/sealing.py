"""Seals what was gathered into one container, and lets none out that a reader could not check."""

from pathlib import Path

from rogatory_client.bounded_file import new_large_file, opened
from rogatory_client.bundle.gathered import Gathered
from rogatory_client.signing import Checker
from rogatory_client.signing.sign_file import sign_file
from rogatory_crypto.bundle.asic import asic_manifest, join_container
from rogatory_crypto.bundle.laying_out import lay_out
from rogatory_crypto.bundle.octets import Octets, measure
from rogatory_crypto.bundle.verification import verify_bundle
from rogatory_crypto.bundle.verification_result import Verification
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.log.pinned import PinnedTrust


def seal_bundle(gathered: Gathered, path: Path) -> tuple[int, Verification]:
    """Write the bundle, and return its size and what its own check says, which is that it passes.

    It has another name until it has passed, so a file of its own name is always a whole one.

    Raises:
        MisuseError: it is larger than an archive can be, does not pass its own check, or a file of its name
            exists; says why.
        OSError: a document cannot be read, or the file not written.
    """
    try:
        with Checker() as checker:
            return _sealed(gathered, path, checker)
    except PeerError as error:
        raise MisuseError(f"a document has changed while it was read: {error.detail}") from error


def _sealed(gathered: Gathered, path: Path, checker: Checker) -> tuple[int, Verification]:
    now = gathered.contents.manifest.made_at
    files = {name: measure(each) for name, each in lay_out(gathered.contents).items()}
    signature = sign_file(asic_manifest(files), gathered.seal, now=now, checker=checker)
    with new_large_file(path, join_container(files, signature)) as written, opened(written) as document:
        verified = check_bundle(document, gathered.pinned, now=now, checker=checker)
        wrong = [each for each in verified.findings if each.indication is not Indication.TOTAL_PASSED]
        if wrong:
            said = f"the bundle would not pass its check: {wrong[0].place} {wrong[0].text}"
            raise MisuseError(said.strip())
        return document.size, verified


def check_bundle(
    document: Octets, given: PinnedTrust | None, *, now: int, checker: Checker | None = None
) -> Verification:
    """Check a bundle; its signature in a process of its own. Arguments as for ``verify_bundle``."""
    if checker is not None:
        return verify_bundle(document, given, now=now, check=checker.check)
    with Checker() as own:
        return verify_bundle(document, given, now=now, check=own.check)
