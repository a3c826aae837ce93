"""The text of a file that was written with another tool; runs only inside a process that is confined.

What is not read by people is not text: hidden runs, deleted passages, comments. That it is there is said.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from rogatory_client.casework.answers.text import without_refused
from rogatory_client.written.file_kind import FileKind, kind_of

MAX_TEXT: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """What a file says.

    Attributes:
        kind: of the file.
        text: as people read it, at most ``MAX_TEXT`` characters; paragraphs are lines.
        warnings: what else is in it, and what was not read; one sentence each.
        answers: what a letter of ours carries for machines, JSON; empty elsewhere.
    """

    kind: FileKind
    text: str = field(repr=False)
    warnings: tuple[str, ...] = ()
    answers: str = field(default="", repr=False)


def extract(content: bytes) -> WrittenFile:
    """Return what a file says.

    Raises:
        MisuseError: it is of no kind that can be read, or is damaged or protected.
        Exception: whatever a parser raises at a hostile file; the process ends with it.
    """
    kind = kind_of(content)
    read = _readers()[kind](content)
    text, warnings = read.text[:MAX_TEXT], list(read.warnings)
    if len(read.text) > MAX_TEXT:
        warnings.append(f"the text is longer than {MAX_TEXT} characters: only its beginning was read")
    cleaned = without_refused(text)
    if not cleaned.strip():
        warnings.append(
            "no text was found in it, as where there are only pictures: what it says was not read"
        )
    if len(cleaned) < len(text):
        left_out = len(text) - len(cleaned)
        warnings.append(f"{left_out} characters were left out that are not seen or reorder text")
    return WrittenFile(kind, cleaned, tuple(dict.fromkeys(warnings)), read.answers)


def _readers() -> Mapping[FileKind, Callable[[bytes], WrittenFile]]:
    from rogatory_client.written import office_package, pdf_file, rich_text, web_page

    return {
        FileKind.PDF: pdf_file.read_pdf,
        FileKind.DOCX: office_package.read_docx,
        FileKind.ODT: office_package.read_odt,
        FileKind.RTF: rich_text.read_rtf,
        FileKind.HTML: web_page.read_html,
    }
