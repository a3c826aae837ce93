"""Builds signed containers, right ones and wrong ones."""

import base64
import zipfile
from collections.abc import Mapping, Sequence
from hashlib import sha1, sha256
from io import BytesIO

from tests.crypto.esign.cms.material import detached, issued

ASIC_S = b"application/vnd.etsi.asic-s+zip"
ASIC_E = b"application/vnd.etsi.asic-e+zip"
LETTER = b"Records of the account are requested.\n"
ANNEX = b"Account 12 at the bank of the coast.\n"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
DIGESTS = {SHA256: sha256, SHA1: sha1}
MADE_AT = (2026, 9, 21, 12, 0, 0)


def pack(files: Mapping[str, bytes], *, compress: bool = True, comment: bytes = b"") -> bytes:
    """An archive whose ``mimetype``, if it is there, comes first and is stored."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        opened.comment = comment
        for name, content in files.items():
            kind = zipfile.ZIP_DEFLATED if compress and name != "mimetype" else zipfile.ZIP_STORED
            opened.writestr(zipfile.ZipInfo(name, MADE_AT), content, kind)
    return made.getvalue()


def manifest(signature: str, files: Mapping[str, bytes], more: str = "", digest: str = SHA256) -> bytes:
    """An ASiCManifest that names every file with its digest."""
    references = "".join(
        f'<asic:DataObjectReference URI="{name}">'
        f'<ds:DigestMethod Algorithm="{digest}"/>'
        f"<ds:DigestValue>{base64.b64encode(DIGESTS[digest](content).digest()).decode()}</ds:DigestValue>"
        "</asic:DataObjectReference>"
        for name, content in files.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#"'
        ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'
        f'<asic:SigReference URI="{signature}"/>{references}{more}</asic:ASiCManifest>'
    ).encode()


def simple(files: Mapping[str, bytes] | None = None, *, signed: bytes = LETTER) -> dict[str, bytes]:
    """The files of an ASiC-S with CAdES."""
    content = {"letter.txt": LETTER} if files is None else files
    return {"mimetype": ASIC_S, **content, "META-INF/signature.p7s": detached(issued(), signed)}


def extended(
    files: Mapping[str, bytes] | None = None, *, named: Sequence[str] | None = None
) -> dict[str, bytes]:
    """The files of an ASiC-E with CAdES; the signature is about those named, else about all."""
    content = {"letter.txt": LETTER, "annex/1.txt": ANNEX} if files is None else files
    listed = {name: content[name] for name in (content if named is None else named)}
    made = manifest("META-INF/signature001.p7s", listed)
    return {
        "mimetype": ASIC_E,
        **content,
        "META-INF/ASiCManifest001.xml": made,
        "META-INF/signature001.p7s": detached(issued(), made),
    }
