"""PDF: its text by pypdf, what else is in it by the check before signing, the answers in a letter of ours."""

from collections.abc import Iterator
from io import BytesIO
from typing import Final

from pypdf import PdfReader

from rogatory_client.written.extraction import MAX_TEXT, WrittenFile
from rogatory_client.written.file_kind import FileKind
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.pdf.hidden_content import find_hidden_content

MAX_PAGES: Final = 500
# As the template of the letter names the file inside it.
_ANSWERS_NAME: Final = "request.json"
_MAX_ANSWERS_BYTES: Final = 4 << 20


def read_pdf(content: bytes) -> WrittenFile:
    """Return the text of a PDF.

    Raises:
        MisuseError: it is under a password.
        PeerError: it is no PDF that can be read.
        Exception: as pypdf raises at a damaged file.
    """
    reader = PdfReader(BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise MisuseError("the PDF is under a password: save it without one")
    warnings = [each.sentence for each in find_hidden_content(content)]
    text = "\n".join(_pages(reader)).strip()
    if len(reader.pages) > MAX_PAGES:
        warnings.append(f"it has more than {MAX_PAGES} pages: the others were not read")
    return WrittenFile(FileKind.PDF, text, tuple(warnings), _answers(reader))


def _pages(reader: PdfReader) -> Iterator[str]:
    collected = 0
    for page in reader.pages[:MAX_PAGES]:
        said = page.extract_text()
        collected += len(said)
        yield said
        if collected > MAX_TEXT:
            return


def _answers(reader: PdfReader) -> str:
    """What a letter made here carries for machines."""
    held = reader.attachments.get(_ANSWERS_NAME, [])
    if len(held) != 1 or len(held[0]) > _MAX_ANSWERS_BYTES:
        return ""
    return held[0].decode("utf-8", "replace")
