"""The container around a bundle: ASiC-E with CAdES, one signature over one list (EN 319 162-1 clause 4.4)."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from rogatory_crypto.bundle.zip_writing import write_archive
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.container.layout import ASIC_E, META_INF, MIMETYPE

MANIFEST: Final = f"{META_INF}ASiCManifest.xml"
SIGNATURE: Final = f"{META_INF}signature.p7s"
OF_THE_CONTAINER: Final = frozenset({MIMETYPE, MANIFEST, SIGNATURE})
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./")
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" '
    'xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\n'
    f'<asic:SigReference URI="{SIGNATURE}" MimeType="application/pkcs7-signature"/>\n'
)
_FILE: Final = (
    '<asic:DataObjectReference URI="{name}">'
    '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
    "<ds:DigestValue>{digest}</ds:DigestValue></asic:DataObjectReference>\n"
)


def asic_manifest(files: Mapping[str, bytes]) -> bytes:
    """Return the list of all files with their hashes, which is what the seal signs (clause A.4).

    Raises:
        MisuseError: a name would have to be escaped, or is one of the container's own.
    """
    if bad := [name for name in files if name in OF_THE_CONTAINER or not _PLAIN.issuperset(name)]:
        raise MisuseError(f"no name for a file in a bundle: {bad[0]!r}")
    lines = (
        _FILE.format(name=name, digest=b64encode(sha256(content).digest()).decode())
        for name, content in files.items()
    )
    return f"{_HEAD}{''.join(lines)}</asic:ASiCManifest>\n".encode()


def join_container(files: Mapping[str, bytes], signature: bytes) -> bytes:
    """Return the container of these files with the signature (CMS, DER) over ``asic_manifest``."""
    first = {MIMETYPE: ASIC_E.encode()}
    return write_archive({**first, **files, MANIFEST: asic_manifest(files), SIGNATURE: signature})
