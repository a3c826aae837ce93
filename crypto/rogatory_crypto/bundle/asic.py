"""The container around a bundle: ASiC-E with CAdES, one signature over one list (EN 319 162-1 clause 4.4)."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Final

from rogatory_crypto.bundle.octets import Held, Measured, Octets, measure, read_whole
from rogatory_crypto.bundle.zip_writing import read_archive_of_ours, write_archive
from rogatory_crypto.errors import Code, MisuseError, PeerError
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


_MAX_LIST_BYTES: Final = 4 << 20


def asic_manifest(files: Mapping[str, Measured]) -> bytes:
    """Return the list of all files with their hashes, which is what the seal signs (clause A.4).

    Raises:
        MisuseError: a name would have to be escaped, or is one of the container's own.
    """
    if bad := [name for name in files if name in OF_THE_CONTAINER or _leads_astray(name)]:
        raise MisuseError(f"no name for a file in a bundle: {bad[0]!r}")
    lines = (_FILE.format(name=name, digest=b64encode(each.sha256).decode()) for name, each in files.items())
    return f"{_HEAD}{''.join(lines)}</asic:ASiCManifest>\n".encode()


def _leads_astray(name: str) -> bool:
    return not _PLAIN.issuperset(name) or any(part in {"", ".", ".."} for part in name.split("/"))


def join_container(files: Mapping[str, Measured], signature: bytes) -> Iterator[bytes]:
    """Return the container of these files with the signature (CMS, DER) over ``asic_manifest``, in pieces.

    Raises:
        MisuseError: a name is none for a bundle, or all of it is more than an archive holds.
    """
    own = {MIMETYPE: ASIC_E.encode(), MANIFEST: asic_manifest(files), SIGNATURE: signature}
    mimetype, manifest, sealed = (measure(Held(each)) for each in own.values())
    return write_archive({MIMETYPE: mimetype, **files, MANIFEST: manifest, SIGNATURE: sealed})


def read_container(document: Octets) -> dict[str, Measured]:
    """Return every file of a container, if the whole is what ``join_container`` makes of them.

    Whatever a reader could pass over is compared: type, order, headers, the form of the list of files.

    Raises:
        PeerError: MALFORMED, or TOO_LARGE.
    """
    files = read_archive_of_ours(document)
    own = {name: each for name, each in files.items() if name not in OF_THE_CONTAINER}
    if list(files) != [MIMETYPE, *own, MANIFEST, SIGNATURE]:
        raise PeerError(Code.MALFORMED, "the container is not as it was written")
    try:
        listed = asic_manifest(own)
    except MisuseError as error:
        raise PeerError(Code.MALFORMED, str(error)) from error
    found = (
        read_whole(files[MIMETYPE].octets, len(ASIC_E)),
        read_whole(files[MANIFEST].octets, _MAX_LIST_BYTES),
    )
    if found != (ASIC_E.encode(), listed):
        raise PeerError(Code.MALFORMED, "the container is not as it was written")
    return files
