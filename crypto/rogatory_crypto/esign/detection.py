"""What kind of signed document some bytes are, told by content and never by a name.

A PDF header may stand anywhere in the first 1024 bytes (ISO 32000-1 annex H, note 13); containers announce
themselves by their first, stored entry ``mimetype`` (EN 319 162-1 clause A.1).
"""

import base64
import binascii
import re

from rogatory_crypto.esign.report import DocumentFormat

# ContentInfo of any kind begins with one of these arcs: PKCS #7, S/MIME, and SM2 of China (GM/T 0010).
_CONTENT_TYPES = tuple(
    map(bytes.fromhex, ("06092a864886f70d0107", "060b2a864886f70d01091001", "060a2a811ccf550601040202"))
)
_PKI_STATUS = re.compile(rb"\x02\x01[\x00-\x05]")
_EVIDENCE_RECORD = bytes.fromhex("020101")
_XMLDSIG = b"http://www.w3.org/2000/09/xmldsig#"
_ASICS = b"application/vnd.etsi.asic-s+zip"
_ASICE = b"application/vnd.etsi.asic-e+zip"
_PDF_WINDOW_BYTES = 1024
# A SEQUENCE of more than 127 bytes, or of a length not said, in base64.
_BASE64 = re.compile(rb"MI[A-Za-z0-9+/\r\n]{62}")
PEM_LABELS = (b"PKCS7", b"CMS", b"PKCS #7 SIGNED DATA")
_HEADERS_BYTES = 64 * 1024
_HEADER = re.compile(rb"[!-9;-~]{1,76}:|From ")
# RFC 8551 section 3.10.
_SIGNED_MAIL = re.compile(
    rb"^content-type:[ \t\n]*(?:multipart/signed|application/(?:x-)?pkcs7-)", re.IGNORECASE | re.MULTILINE
)
_COMPACT_JWS = re.compile(rb"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\Z")


def detect(document: bytes) -> DocumentFormat:
    """The format of a document by its first bytes."""
    head = document[:_PDF_WINDOW_BYTES]
    if document.startswith(b"PK\x03\x04"):
        return _container(head)
    if document.startswith(b"\x30") and (found := _der(document[:64])) is not DocumentFormat.UNKNOWN:
        return found
    if b"%PDF-" in head:
        return DocumentFormat.PADES
    return _textual(document, head.lstrip(b"\xef\xbb\xbf \t\r\n"))


def _container(head: bytes) -> DocumentFormat:
    if _ASICE in head:
        return DocumentFormat.ASIC_E
    return DocumentFormat.ASIC_S if _ASICS in head else DocumentFormat.ZIP


def _der(head: bytes) -> DocumentFormat:
    if _inside(head).startswith(_CONTENT_TYPES) or is_time_stamp_response(head):
        return DocumentFormat.CADES
    # RFC 4998 section 3: EvidenceRecord ::= SEQUENCE { version INTEGER { v1(1) }, digestAlgorithms ...
    return DocumentFormat.EVIDENCE_RECORD if _EVIDENCE_RECORD in head[:8] else DocumentFormat.UNKNOWN


def is_time_stamp_response(head: bytes) -> bool:
    """Tell by its beginning whether DER is what a time-stamping authority answers (RFC 3161 section 2.4.2).

    A revocation list begins alike, but behind its version names an algorithm.
    """
    status = _inside(head)
    if not status.startswith(b"\x30"):
        return False
    if not (number := _PKI_STATUS.match(_inside(status))):
        return False
    rest = _inside(status)[number.end() :]
    is_alone = status[1:2] == b"\x03" or rest.startswith(b"\x00\x00")
    return is_alone or rest[:1] == b"\x03" or (rest[:1] == b"\x30" and _inside(rest)[:1] == b"\x0c")


def _inside(encoded: bytes) -> bytes:
    """Return what stands behind the identifier and the length of an element."""
    octets = encoded[1] - 0x80 if len(encoded) > 1 and encoded[1] > 0x80 else 0
    return encoded[2 + min(octets, 4) :]


def _textual(document: bytes, head: bytes) -> DocumentFormat:
    if head.startswith(tuple(b"-----BEGIN %s-----" % label for label in PEM_LABELS)):
        return DocumentFormat.CADES
    if _HEADER.match(head) and _SIGNED_MAIL.search(
        document[:_HEADERS_BYTES].replace(b"\r", b"").partition(b"\n\n")[0]
    ):
        return DocumentFormat.EMAIL
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
