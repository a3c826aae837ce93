"""Writes a revision of a PDF as of a given time: the library reads the clock, and draws the file's new id.

Import late: it loads the signing library.
"""

from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.metadata.model import DocumentMetadata

_ID_BYTES: Final = 16


class _DatedMetadata(DocumentMetadata):
    """Says of a revision that it was made at one time, whatever the library wants to say."""

    def __setattr__(self, name: str, value: Any) -> None:  # noqa: ANN401 - any field
        if name != "last_modified" or isinstance(value, datetime):
            super().__setattr__(name, value)


class DatedWriter(IncrementalPdfFileWriter):
    """An incremental update whose dates are ``now`` and whose id follows from the document and ``now``.

    Args:
        document: a PDF.
        now: unix seconds.
    """

    def __init__(self, document: bytes, now: int) -> None:
        super().__init__(BytesIO(document))
        self._meta = _DatedMetadata(last_modified=datetime.fromtimestamp(now, UTC))
        # ISO 32000-1 section 14.4: the first part stays, the second is of this revision.
        digest = sha256(document + now.to_bytes(8)).digest()
        self._document_id = ArrayObject([self._document_id[0], ByteStringObject(digest[:_ID_BYTES])])
