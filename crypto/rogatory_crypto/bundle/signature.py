"""The signature of a bundle's container: one, by the seal that it names, with nothing loose beside it."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Protocol

from asn1crypto import cms  # type: ignore[import-untyped]

from rogatory_crypto.bundle.asic import MANIFEST, SIGNATURE
from rogatory_crypto.bundle.finding import About, Finding, wrong
from rogatory_crypto.bundle.laying_out import ISSUER, SEAL
from rogatory_crypto.bundle.manifest import Manifest
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.esign.report import DocumentFormat, Report


class CheckSignature(Protocol):
    """``esign.check``, here or in a process of its own."""

    def __call__(
        self, document: bytes, *, trust: Sequence[bytes], contents: Sequence[bytes], at: int, revocation: bool
    ) -> Report:
        """Return the report on a detached signature."""
        ...


def check_signature(
    files: Mapping[str, bytes], manifest: Manifest, check: CheckSignature
) -> Iterator[Finding]:
    """Check that the seal which the manifest names has signed the list of all files.

    That the list is of these very files, and the container nothing else, is known from reading it. So the
    signature is checked over the list alone, and no checker has to take a document in. The certificate is
    taken as pinned here; that it is the office's, only the log can say.
    """
    certificate = files[SEAL]
    if sha256(certificate).digest() != manifest.seal_sha256:
        yield wrong(About.SEAL, SEAL, "it is not the certificate that the manifest names")
        return
    try:
        _require_nothing_loose(files[SIGNATURE], (certificate, files[ISSUER]))
    except PeerError as error:
        yield wrong(About.CONTAINER, SIGNATURE, error.detail)
        return
    try:
        report = check(
            files[SIGNATURE],
            trust=[certificate],
            contents=[files[MANIFEST]],
            at=manifest.made_at,
            revocation=False,
        )
    except MisuseError as error:  # it is the bundle that brings the certificate
        yield wrong(About.SEAL, SEAL, str(error))
        return
    signers = [each.signer.sha256 for each in report.signatures if each.signer is not None]
    if report.format is not DocumentFormat.CADES or signers != [manifest.seal_sha256.hex()]:
        yield wrong(About.CONTAINER, SIGNATURE, "it is not sealed once, with the seal that it names")
        return
    said = report.signatures[0].reason or report.reason or "the seal's signature covers every file"
    yield Finding(About.CONTAINER, report.indication, SIGNATURE, said)


def _require_nothing_loose(signature: bytes, known: tuple[bytes, bytes]) -> None:
    """No signature covers the certificates beside it (RFC 5652 section 5.1), so they are compared here."""
    try:
        content = cms.ContentInfo.load(signature, strict=True)["content"]
        beside: bytes = content["certificates"].contents
        lists = len(content["crls"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise PeerError(Code.MALFORMED, "the signature cannot be read") from error
    first, second = known
    if beside not in {first + second, second + first} or lists:
        raise PeerError(Code.CONFLICT, "there is something beside the signature that nobody signed")
