"""Digests by the names that ``hashlib`` and the ASN.1 library share."""

import hashlib
import re
from typing import Any, Final

from cryptography.hazmat.primitives import hashes

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.cms.algorithm_families import described

# RFC 8419 section 2.3 fixes the output of SHAKE256 in CMS.
_SHAKE256_BYTES: Final = 64
_HASHES: Final[dict[str, Any]] = {
    "md5": hashes.MD5,
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
    "sha512_224": hashes.SHA512_224,
    "sha512_256": hashes.SHA512_256,
    "sha3_224": hashes.SHA3_224,
    "sha3_256": hashes.SHA3_256,
    "sha3_384": hashes.SHA3_384,
    "sha3_512": hashes.SHA3_512,
}


def digest(name: str, *parts: bytes | memoryview) -> bytes:
    """Return the digest of all parts, one after the other.

    Raises:
        PeerError: UNSUPPORTED where the algorithm is not known here.
    """
    if name == "shake256":
        return hashlib.shake_256(b"".join(parts)).digest(_SHAKE256_BYTES)
    if name not in _HASHES:
        raise PeerError(Code.UNSUPPORTED, f"the digest algorithm {name}")
    state = hashlib.new(name, usedforsecurity=False)
    for part in parts:
        state.update(part)
    return state.digest()


def hash_algorithm(name: str) -> hashes.HashAlgorithm:
    """Return the algorithm in the words of the library that verifies signatures.

    Raises:
        PeerError: UNSUPPORTED where the algorithm is not known here.
    """
    if name not in _HASHES:
        raise PeerError(Code.UNSUPPORTED, f"the digest algorithm {name}")
    found: hashes.HashAlgorithm = _HASHES[name]()
    return found


def digest_name(algorithm: Any) -> str:  # noqa: ANN401 - untyped library
    """Return the name of a digest algorithm; its parameters must be absent or NULL (RFC 5754).

    Raises:
        PeerError: UNSUPPORTED where it is not known here, MALFORMED where it has other parameters.
    """
    name = str(algorithm["algorithm"].native)
    if name not in _HASHES and name != "shake256":
        raise PeerError(Code.UNSUPPORTED, f"the digest algorithm {described(algorithm['algorithm'].dotted)}")
    parameters = algorithm["parameters"].dump()
    if parameters not in {b"", b"\x05\x00"}:
        raise PeerError(Code.MALFORMED, "a digest algorithm with parameters")
    return name


def shown(name: str) -> str:
    """Return a digest's name as people write it: SHA-256, SHA3-256, SHA-512/256."""
    return re.sub(r"^SHA(?=\d{2,}|1$)", "SHA-", name.upper()).replace("SHA3_", "SHA3-").replace("_", "/")
