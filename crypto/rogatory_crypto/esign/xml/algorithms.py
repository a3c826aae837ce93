"""Digests and signature algorithms by the URIs that name them (RFC 9231), and nothing else.

Keyed hashes are refused: their key would come from the document. Whether an algorithm is strong enough is
asked elsewhere, as of a time.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.cms.algorithm_families import described
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.cms.signature_algorithm import SignatureAlgorithm, verify_signature
from rogatory_crypto.esign.xml.elements import algorithm, child, text
from rogatory_crypto.esign.xml.names import Element, ds

_OLD: Final = "http://www.w3.org/2000/09/xmldsig#"
_ENC: Final = "http://www.w3.org/2001/04/xmlenc#"
_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_MORE_07: Final = "http://www.w3.org/2007/05/xmldsig-more#"
_MORE_21: Final = "http://www.w3.org/2021/04/xmldsig-more#"
_SHA3: Final = {f"sha3-{bits}": f"sha3_{bits}" for bits in (224, 256, 384, 512)}
_SHA2: Final = {name: name for name in ("sha224", "sha256", "sha384", "sha512")}

DIGESTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        f"{_OLD}sha1": "sha1",
        f"{_MORE}md5": "md5",
        f"{_MORE}sha224": "sha224",
        f"{_ENC}sha256": "sha256",
        f"{_MORE}sha384": "sha384",
        f"{_ENC}sha512": "sha512",
        **{f"{_MORE_07}{name}": value for name, value in _SHA3.items()},
    }
)


_DIGEST_BYTES: Final = {"sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64} | {
    "sha3_224": 28, "sha3_256": 32, "sha3_384": 48, "sha3_512": 64,
}  # fmt: skip
_PSS: Final = f"{_MORE_07}rsa-pss"
_METHODS: Final[Mapping[str, SignatureAlgorithm]] = MappingProxyType(
    {
        f"{_OLD}rsa-sha1": SignatureAlgorithm("rsa", "sha1"),
        f"{_MORE}rsa-md5": SignatureAlgorithm("rsa", "md5"),
        **{f"{_MORE}rsa-{name}": SignatureAlgorithm("rsa", value) for name, value in _SHA2.items()},
        **{
            f"{_MORE_07}{name}-rsa-MGF1": SignatureAlgorithm("rsassa-pss", value, value, _DIGEST_BYTES[value])
            for name, value in {"sha1": "sha1", **_SHA2, **_SHA3}.items()
        },
        f"{_MORE}ecdsa-sha1": SignatureAlgorithm("plain-ecdsa", "sha1"),
        **{f"{_MORE}ecdsa-{name}": SignatureAlgorithm("plain-ecdsa", value) for name, value in _SHA2.items()},
        **{
            f"{_MORE_21}ecdsa-{name}": SignatureAlgorithm("plain-ecdsa", value)
            for name, value in _SHA3.items()
        },
        f"{_MORE_21}eddsa-ed25519": SignatureAlgorithm("ed25519", "sha512"),
        f"{_MORE_21}eddsa-ed448": SignatureAlgorithm("ed448", "shake256"),
    }
)


def digest_name(method: Element) -> str:
    """Return the name that ``hashlib`` gives the digest of a ``DigestMethod``.

    Raises:
        PeerError: UNSUPPORTED where it is not known here.
    """
    uri = algorithm(method)
    if uri not in DIGESTS:
        raise PeerError(Code.UNSUPPORTED, f"the digest algorithm {described(uri)}")
    return DIGESTS[uri]


def signature_algorithm(method: Element) -> SignatureAlgorithm:
    """Return the algorithm that a ``SignatureMethod`` names.

    Raises:
        PeerError: UNSUPPORTED where it is not known here.
    """
    uri = algorithm(method)
    if uri == _PSS:
        return _pss(child(method, f"{{{_MORE_07}}}RSAPSSParams"))
    if uri not in _METHODS:
        raise PeerError(Code.UNSUPPORTED, f"the signature algorithm {described(uri)}")
    return _METHODS[uri]


def _pss(parameters: Element | None) -> SignatureAlgorithm:
    """RFC 9231 section 2.3.9: every parameter has a default."""
    if parameters is None:
        return SignatureAlgorithm("rsassa-pss", "sha256", "sha256", 32)
    trailer = child(parameters, f"{{{_MORE_07}}}TrailerField")
    if trailer is not None and text(trailer) != "1":
        raise PeerError(Code.UNSUPPORTED, "RSA-PSS with another trailer field")
    name = _digest_in(parameters) or "sha256"
    mask = child(parameters, f"{{{_MORE_07}}}MaskGenerationFunction")
    if mask is not None and algorithm(mask) != f"{_MORE_07}MGF1":
        raise PeerError(Code.UNSUPPORTED, "RSA-PSS with another mask generation function")
    mask_digest = "sha256" if mask is None else _digest_in(mask) or "sha256"
    salt = child(parameters, f"{{{_MORE_07}}}SaltLength")
    length = str(_DIGEST_BYTES.get(name, 0)) if salt is None else text(salt)
    if not (length.isascii() and length.isdigit() and len(length) < 5):
        raise PeerError(Code.MALFORMED, "SaltLength is no number")
    return SignatureAlgorithm("rsassa-pss", name, mask_digest, int(length))


def _digest_in(element: Element) -> str:
    method = child(element, ds("DigestMethod"))
    return "" if method is None else digest_name(method)


def is_signed_by(
    certificate: Certificate, algorithm: SignatureAlgorithm, signature: bytes, message: bytes
) -> bool:
    """Tell whether a signature over a message is by the key of a certificate.

    Raises:
        PeerError: UNSUPPORTED where the key cannot be used.
    """
    try:
        if algorithm.scheme == "plain-ecdsa" and not _has_length(signature, certificate):
            return False
        verify_signature(certificate, algorithm, signature, lambda name: digest(name, message), message)
    except PeerError as error:
        if error.code is Code.BAD_SIGNATURE:
            return False
        raise
    return True


def _has_length(signature: bytes, certificate: Certificate) -> bool:
    """XMLDSig 1.1 section 6.4.3: r and s have the length of the order of the curve, no more and no less."""
    try:
        key = certificate.public_key
        return key.algorithm == "ec" and len(signature) == 2 * ((int(key.bit_size) + 7) // 8)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise PeerError(Code.UNSUPPORTED, f"the key of the signer: {error}"[:200]) from error
