"""What kind of signed document some bytes are, told by content and never by a name.

A PDF header may stand anywhere in the first 1024 bytes (ISO 32000-1 annex H, note 13); containers announce
themselves by their first, stored entry ``mimetype`` (EN 319 162-1 clause A.1).
"""

import base64
import binascii
import re

from rogatory_crypto.esign.report import DocumentFormat

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_EVIDENCE_RECORD = bytes.fromhex("020101")
_XMLDSIG = b"http://www.w3.org/2000/09/xmldsig#"
_ASICS = b"application/vnd.etsi.asic-s+zip"
_ASICE = b"application/vnd.etsi.asic-e+zip"
_PDF_WINDOW_BYTES = 1024
# A SEQUENCE of more than 127 bytes, or of a length not said, in base64.
_BASE64 = re.compile(rb"MI[A-Za-z0-9+/\r\n]{62}")
_COMPACT_JWS = re.compile(rb"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\Z")


def detect(document: bytes) -> DocumentFormat:
    """The format of a document by its first bytes."""
    head = document[:_PDF_WINDOW_BYTES]
    if document.startswith(b"PK\x03\x04"):
        return _container(head)
    if document.startswith(b"\x30"):
        return _der(document[:64])
    if b"%PDF-" in head:
        return DocumentFormat.PADES
    return _textual(document, head.lstrip(b"\xef\xbb\xbf \t\r\n"))


def _container(head: bytes) -> DocumentFormat:
    if _ASICE in head:
        return DocumentFormat.ASIC_E
    return DocumentFormat.ASIC_S if _ASICS in head else DocumentFormat.ZIP


def _der(head: bytes) -> DocumentFormat:
    if _SIGNED_DATA in head:
        return DocumentFormat.CADES
    # RFC 4998 section 3: EvidenceRecord ::= SEQUENCE { version INTEGER { v1(1) }, digestAlgorithms ...
    return DocumentFormat.EVIDENCE_RECORD if _EVIDENCE_RECORD in head[:8] else DocumentFormat.UNKNOWN


def _textual(document: bytes, head: bytes) -> DocumentFormat:
    if head.startswith((b"-----BEGIN PKCS7-----", b"-----BEGIN CMS-----")):
        return DocumentFormat.CADES
    if _BASE64.match(head):
        return _der(_decoded(head))
    if head.startswith(b"<") and (_XMLDSIG in document or b"<!DOCTYPE" in document):
        return DocumentFormat.XADES
    if _COMPACT_JWS.match(document.strip()) or (head.startswith(b"{") and b'"signature' in document):
        return DocumentFormat.JADES
    return DocumentFormat.UNKNOWN


def _decoded(head: bytes) -> bytes:
    text = head.translate(None, b" \t\r\n")[:64]
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
