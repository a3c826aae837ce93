"""Which file of a container is what (EN 319 162-1 clauses 4.3.3, 4.4.3 and annex A).

Names are compared exactly, as readers that write them to a disk would: what is called ``Mimetype`` or lies in
``meta-inf`` is a file like any other, and then it has to be signed like any other.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.cms.cades import SignedFile
from rogatory_crypto.esign.container.archive import Archive
from rogatory_crypto.esign.report import DocumentFormat

MAX_SIGNING_FILES: Final = 256
MIMETYPE: Final = "mimetype"
META_INF: Final = "META-INF/"
ASIC_S: Final = "application/vnd.etsi.asic-s+zip"
ASIC_E: Final = "application/vnd.etsi.asic-e+zip"
OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."
NOT_PLAIN: Final = "the container does not begin with its type as it should"
_COMMENT: Final = b"mimetype="
_CMS: Final = re.compile(r"META-INF/[^/]*signature[^/]*\.p7s\Z")
# Some national forms of ASiC-E keep them in a folder of their own.
_XML: Final = re.compile(r"META-INF/(?:[^/]+/)?[^/]*signature[^/]*\.xml\Z")
_TOKEN: Final = re.compile(r"META-INF/[^/]*timestamp[^/]*\.tst\Z")
_RECORD: Final = re.compile(r"META-INF/[^/]*evidencerecord[^/]*\.(?:ers|xml)\Z")
_MANIFEST: Final = re.compile(r"META-INF/[^/]*ASiC(?:Archive|EvidenceRecord)?Manifest[^/]*\.xml\Z")
# Names of the OpenDocument packaging that say nothing about content (EN 319 162-1 clause A.3).
_PACKAGING: Final = frozenset({"META-INF/manifest.xml", "META-INF/container.xml", "META-INF/metadata.xml"})
TIMESTAMP: Final = "META-INF/timestamp.tst"
EVIDENCE_RECORDS: Final = frozenset({"META-INF/evidencerecord.ers", "META-INF/evidencerecord.xml"})
_SIMPLE: Final = frozenset({"META-INF/signature.p7s", "META-INF/signatures.xml", TIMESTAMP})


@dataclass(frozen=True, slots=True)
class Container:
    """The files of a container, by what they are.

    Attributes:
        form: ASiC-S or ASiC-E; OpenDocument and BDOC are forms of ASiC-E here.
        files: every file by name.
        data: names of the files that a reader sees as content; each has to be signed.
        cms, xml: names of the files with signatures.
        tokens: names of the files with time-stamp tokens.
        manifests: names of the lists of signed files.
        records: names of evidence records.
        warnings: how it differs from the standard without harm.
    """

    form: DocumentFormat
    files: Mapping[str, SignedFile]
    data: tuple[str, ...]
    cms: tuple[str, ...]
    xml: tuple[str, ...]
    tokens: tuple[str, ...]
    manifests: tuple[str, ...]
    records: tuple[str, ...]
    warnings: tuple[str, ...]


def lay_out(archive: Archive) -> Container:
    """Say which file of an archive is what.

    Raises:
        PeerError: TOO_LARGE where it has more signatures than can be checked in reasonable time.
    """
    names = tuple(archive.files)
    cms, xml, tokens, records, manifests = (
        tuple(name for name in names if kind.match(name)) for kind in (_CMS, _XML, _TOKEN, _RECORD, _MANIFEST)
    )
    if len(cms) + len(xml) + len(tokens) + len(manifests) > MAX_SIGNING_FILES:
        raise PeerError(Code.TOO_LARGE, "a container with this many signatures")
    known = {MIMETYPE, *_PACKAGING, *cms, *xml, *tokens, *records, *manifests}
    return Container(
        form=form_of(archive),
        files={name: SignedFile(name, octets) for name, octets in archive.files.items()},
        data=tuple(name for name in names if name not in known),
        cms=cms,
        xml=xml,
        tokens=tokens,
        manifests=manifests,
        records=records,
        warnings=() if archive.is_plain and _known_form(_stated(archive)) else (NOT_PLAIN,),
    )


def form_of(archive: Archive) -> DocumentFormat:
    """Tell a container's form by its type, by its comment, else by which files it has."""
    return _known_form(_stated(archive)) or _form_by_files(tuple(archive.files))


def _stated(archive: Archive) -> str:
    stated = archive.files.get(MIMETYPE, archive.files.get("Mimetype", b""))
    if not stated and archive.comment.startswith(_COMMENT):
        stated = archive.comment.removeprefix(_COMMENT)
    return stated[:128].decode("ascii", "replace").strip()


def _known_form(stated: str) -> DocumentFormat | None:
    if stated == ASIC_S:
        return DocumentFormat.ASIC_S
    return DocumentFormat.ASIC_E if stated == ASIC_E or stated.startswith(OPEN_DOCUMENT) else None


def _form_by_files(names: tuple[str, ...]) -> DocumentFormat:
    kinds = (_CMS, _XML, _TOKEN, _RECORD)
    signing = {name for name in names if any(kind.match(name) for kind in kinds)}
    if not signing:
        return DocumentFormat.ZIP
    roots = [name for name in names if "/" not in name and name != MIMETYPE]
    is_simple = signing <= _SIMPLE and len(roots) == 1 and not any(_MANIFEST.match(name) for name in names)
    return DocumentFormat.ASIC_S if is_simple else DocumentFormat.ASIC_E
