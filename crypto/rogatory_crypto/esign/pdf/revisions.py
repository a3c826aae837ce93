"""The revisions of a PDF file, and the bytes that each signature was made over.

A file shows its last revision; a signature speaks for the one it came with. So a reader must be able to look
at each signed revision as it was signed (ISO 32000-1 section 7.5.6).
"""

from dataclasses import dataclass

from pyhanko.pdf_utils.misc import PdfError

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.pdf.embedded import Embedded, find_signatures
from rogatory_crypto.esign.pdf.placement import placed_wrongly
from rogatory_crypto.esign.pdf.reading import Reader, open_pdf


@dataclass(frozen=True, slots=True)
class SignedRevision:
    """One revision that a signature or a document time stamp covers.

    Attributes:
        signature: the name of the signature's field.
        is_timestamp: whether it is a document time stamp.
        number: of the revision, counted from 1.
        revisions: how many the file has.
        end: the revision is the file's first this many bytes.
    """

    signature: str
    is_timestamp: bool
    number: int
    revisions: int
    end: int


def signed_revisions(document: bytes) -> tuple[SignedRevision, ...]:
    """List every signed revision of a PDF, in the order of signing; nothing is said of their validity.

    Raises:
        PeerError: MALFORMED where the file cannot be read.
    """
    try:
        reader, found = _read(document)
        revisions = reader.xrefs.total_revisions
    except (Exception, RecursionError) as error:
        raise PeerError(Code.MALFORMED, f"the file cannot be read as a PDF: {error}"[:300]) from error
    return tuple(
        SignedRevision(item.name, item.is_timestamp, item.revision + 1, revisions, item.end)
        for item in found
        if not placed_wrongly(document, item)
    )


def signed_revision(document: bytes, signature: str | None = None) -> bytes:
    """Return the bytes of the revision that a signature covers, as it was signed.

    Args:
        document: a PDF.
        signature: the name of its field; without it, the first that is no time stamp.

    Raises:
        PeerError: MALFORMED where the file cannot be read, NOT_FOUND where there is no such signature.
    """
    for revision in signed_revisions(document):
        if signature == revision.signature or (signature is None and not revision.is_timestamp):
            return document[: revision.end]
    raise PeerError(Code.NOT_FOUND, f"no signature {signature or 'at all'} covers a revision of its own")


def _read(document: bytes) -> tuple[Reader, list[Embedded]]:
    try:
        reader = open_pdf(document, strict=True)
        return reader, find_signatures(reader)[0]
    except (PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        reader = open_pdf(document, strict=False)
        return reader, find_signatures(reader)[0]
