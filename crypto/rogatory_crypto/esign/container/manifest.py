"""Reads ASiCManifest (EN 319 162-1 clause A.4): which files a signature or time-stamp token is about."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.cms.algorithm_families import described
from rogatory_crypto.esign.cms.cades import SignedFile
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, failed, indeterminate, worse
from rogatory_crypto.esign.xml.algorithms import DIGESTS
from rogatory_crypto.esign.xml.reading import read_xml

MAX_REFERENCES: Final = 4096
_ESCAPED: Final = re.compile(rb"%([0-9A-Fa-f]{2})")  # RFC 3986 section 2.1
_ASIC: Final = "{http://uri.etsi.org/02918/v1.2.1#}"
_DSIG: Final = "{http://www.w3.org/2000/09/xmldsig#}"


@dataclass(frozen=True, slots=True)
class Reference:
    """One file that a manifest lists.

    Attributes:
        name: of the file in the container.
        algorithm: by the name of ``hashlib``.
        value: digest of its content.
    """

    name: str
    algorithm: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """A list of files and the signature or token that stands for it.

    Attributes:
        name: of the manifest itself.
        signature: name of the file with the signature or token.
        references: the files.
    """

    name: str
    signature: str
    references: tuple[Reference, ...]

    @property
    def digests(self) -> frozenset[str]:
        """Every digest algorithm it rests on."""
        return frozenset(reference.algorithm for reference in self.references)


def read_manifest(name: str, document: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        PeerError: MALFORMED where it is none, UNSUPPORTED where a digest algorithm is not known here.
    """
    root = read_xml(document).root
    if root.tag != f"{_ASIC}ASiCManifest":
        raise PeerError(Code.MALFORMED, f"{name} is no manifest")
    signatures = root.findall(f"{_ASIC}SigReference")
    references = root.findall(f"{_ASIC}DataObjectReference")
    if len(signatures) != 1 or len(references) > MAX_REFERENCES:
        raise PeerError(Code.MALFORMED, f"{name} does not name exactly one signature")
    return Manifest(name, file_name(signatures[0].get("URI")), tuple(_reference(each) for each in references))


def file_name(uri: str | None) -> str:
    """Return the name of the file in the container that a URI means (EN 319 162-1 clause A.6).

    Raises:
        PeerError: MALFORMED where it means none.
    """
    try:
        name = _ESCAPED.sub(_octet, (uri or "").encode()).decode().removeprefix("./")
    except UnicodeError as error:
        raise PeerError(Code.MALFORMED, "a name that is not UTF-8") from error
    if not name:
        raise PeerError(Code.MALFORMED, "a reference that names no file")
    return name


def _octet(escaped: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escaped[1].decode())


def check_references(manifest: Manifest, files: Mapping[str, SignedFile]) -> Verdict:
    """Check the digest of every file that a manifest lists."""
    verdict = (
        PASSED if manifest.references else failed(SubIndication.FORMAT_FAILURE, "the manifest lists no file")
    )
    names = [reference.name for reference in manifest.references]
    if len(set(names)) != len(names):
        return failed(SubIndication.FORMAT_FAILURE, "the manifest lists a file twice")
    for reference in manifest.references:
        verdict = worse(verdict, _check(reference, files.get(reference.name)))
    return verdict


def _check(reference: Reference, file: SignedFile | None) -> Verdict:
    if file is None:
        return indeterminate(
            SubIndication.SIGNED_DATA_NOT_FOUND, f"the signed file {reference.name} is not there"
        )
    if file.digest(reference.algorithm) != reference.value:
        return failed(SubIndication.HASH_FAILURE, f"the file {reference.name} is not the one that was signed")
    return PASSED


def _reference(element: Any) -> Reference:  # noqa: ANN401 - untyped library
    methods, values = element.findall(f"{_DSIG}DigestMethod"), element.findall(f"{_DSIG}DigestValue")
    if len(methods) != 1 or len(values) != 1:
        raise PeerError(Code.MALFORMED, "a manifest with a file of no or two digests")
    algorithm = methods[0].get("Algorithm") or ""
    if algorithm not in DIGESTS:
        raise PeerError(Code.UNSUPPORTED, f"the digest algorithm {described(algorithm)}")
    try:
        value = base64.b64decode("".join((values[0].text or "").split()), validate=True)
    except binascii.Error as error:
        raise PeerError(Code.MALFORMED, "a manifest with a digest that is not base64") from error
    return Reference(file_name(element.get("URI")), DIGESTS[algorithm], value)
