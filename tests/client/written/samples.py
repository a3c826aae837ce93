"""Files as other tools write them, made from their formats: a request with its parts under headings."""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from xml.sax.saxutils import escape

LINES = (
    "Our reference: MLA/2026/31",
    "1. Facts",
    "Two transfers were made from Dakar to Tema.",
    "The account was opened with a forged passport.",
    "2. Assistance requested:",
    "Copies of the statements of the account.",
    "3) Purpose of the request",
    "Evidence in the trial before the court in Dakar.",
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


def package(parts: Mapping[str, str | bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return target.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    return f'<w:p><w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def docx(body: str = "", parts: Mapping[str, str | bytes] | None = None) -> bytes:
    said = "".join(map(paragraph, LINES)) + body
    document = f'<?xml version="1.0"?><w:document xmlns:w="{WORD}"><w:body>{said}</w:body></w:document>'
    return package({"[Content_Types].xml": _TYPES, "word/document.xml": document, **(parts or {})})


def odt(body: str = "", parts: Mapping[str, str | bytes] | None = None) -> bytes:
    said = "".join(f"<text:p>{escape(line)}</text:p>" for line in LINES) + body
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{OFFICE}" xmlns:text="{TEXT}" '
        'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink"><office:body><office:text>{said}</office:text>'
        "</office:body></office:document-content>"
    )
    return package(
        {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **(parts or {})}
    )


def rtf(more: str = "") -> bytes:
    said = "".join(line.replace("\\", "\\\\") + "\\par\n" for line in LINES)
    return ("{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Times;}}\\f0 " + said + more + "}").encode("cp1252")


def html(more: str = "") -> bytes:
    said = "".join(f"<p>{escape(line)}</p>" for line in LINES)
    page = (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>x</title></head><body>{said}{more}</body>"
    )
    return f"{page}</html>".encode()
