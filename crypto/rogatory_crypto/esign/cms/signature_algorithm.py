"""Which signature algorithm is named, and whether a signature was made with the key of a certificate.

RFC 3370, 4055, 5754, 8419, 8692 and BSI TR-03111. The verification library refuses a DigestInfo whose
algorithm has no NULL (RFC 8017 appendix A.2.4 allows both), so what an RSA key signed is recovered and
compared whole.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import algos, core  # type: ignore[import-untyped]
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.cms.algorithm_families import described
from rogatory_crypto.esign.cms.digests import hash_algorithm

_NULL: Final = b"\x05\x00"
_NIST: Final = "2.16.840.1.101.3.4.3"
_SHA3: Final = ("sha3_224", "sha3_256", "sha3_384", "sha3_512")
_SHA2: Final = ("sha224", "sha256", "sha384", "sha512")
_KNOWN: Final[dict[str, tuple[str, str]]] = {
    "1.2.840.113549.1.1.1": ("rsa", ""),
    "1.2.840.113549.1.1.4": ("rsa", "md5"),
    "1.2.840.113549.1.1.5": ("rsa", "sha1"),
    "1.3.14.3.2.29": ("rsa", "sha1"),
    "1.2.840.113549.1.1.10": ("rsassa-pss", ""),
    "1.2.840.113549.1.1.11": ("rsa", "sha256"),
    "1.2.840.113549.1.1.12": ("rsa", "sha384"),
    "1.2.840.113549.1.1.13": ("rsa", "sha512"),
    "1.2.840.113549.1.1.14": ("rsa", "sha224"),
    "1.2.840.10040.4.1": ("dsa", ""),
    "1.2.840.10040.4.3": ("dsa", "sha1"),
    "1.2.840.10045.2.1": ("ecdsa", ""),
    "1.2.840.10045.4.1": ("ecdsa", "sha1"),
    "1.3.101.112": ("ed25519", "sha512"),
    "1.3.101.113": ("ed448", "shake256"),
    **{f"1.2.840.10045.4.3.{number}": ("ecdsa", name) for number, name in enumerate(_SHA2, 1)},
    **{f"{_NIST}.{number}": ("dsa", name) for number, name in enumerate(_SHA2, 1)},
    **{f"{_NIST}.{number}": ("ecdsa", name) for number, name in enumerate(_SHA3, 9)},
    **{f"{_NIST}.{number}": ("rsa", name) for number, name in enumerate(_SHA3, 13)},
    "0.4.0.127.0.7.1.1.4.1.1": ("plain-ecdsa", "sha1"),
    **{f"0.4.0.127.0.7.1.1.4.1.{number}": ("plain-ecdsa", name) for number, name in enumerate(_SHA2, 2)},
    **{f"0.4.0.127.0.7.1.1.4.1.{number}": ("plain-ecdsa", name) for number, name in enumerate(_SHA3, 8)},
}


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """One way to sign.

    Attributes:
        scheme: ``rsa`` (PKCS #1 v1.5), ``rsassa-pss``, ``ecdsa``, ``plain-ecdsa``, ``dsa``, ``ed25519``,
            ``ed448``.
        digest: the digest that is signed, by the names of ``hashlib``.
        mask_digest: of the mask generation function, for RSASSA-PSS.
        salt_bytes: length of the salt, for RSASSA-PSS.
    """

    scheme: str
    digest: str
    mask_digest: str = ""
    salt_bytes: int = 0


def read_signature_algorithm(algorithm: Any, digest: str) -> SignatureAlgorithm:  # noqa: ANN401 - untyped library
    """Read an AlgorithmIdentifier; ``digest`` stands in where it names none itself.

    Raises:
        PeerError: UNSUPPORTED where it is not known here, MALFORMED where its parameters are wrong.
    """
    identifier = str(algorithm["algorithm"].dotted)
    if identifier not in _KNOWN:
        raise PeerError(Code.UNSUPPORTED, f"the signature algorithm {described(identifier)}")
    scheme, own = _KNOWN[identifier]
    parameters = algorithm["parameters"].dump()
    if scheme == "rsassa-pss":
        return _pss(algos.RSASSAPSSParams.load(parameters, strict=True))
    # Plain ECDSA may repeat the curve there (TR-03111); the key's own is the one that counts.
    if scheme in {"rsa", "ecdsa", "ed25519", "ed448"} and parameters not in {b"", _NULL}:
        raise PeerError(Code.MALFORMED, "a signature algorithm with parameters that it cannot have")
    return SignatureAlgorithm(scheme, own or digest)


def _pss(parameters: Any) -> SignatureAlgorithm:  # noqa: ANN401 - untyped library
    mask = parameters["mask_gen_algorithm"]
    if mask["algorithm"].native != "mgf1" or int(parameters["trailer_field"]) != 1:
        raise PeerError(Code.UNSUPPORTED, "RSASSA-PSS with another mask or trailer")
    return SignatureAlgorithm(
        scheme="rsassa-pss",
        digest=str(parameters["hash_algorithm"]["algorithm"].native),
        mask_digest=str(mask["parameters"]["algorithm"].native),
        salt_bytes=int(parameters["salt_length"]),
    )


def verify_signature(
    certificate: Certificate,
    algorithm: SignatureAlgorithm,
    signature: bytes,
    digest_of_message: Callable[[str], bytes],
    message: bytes | None = None,
) -> None:
    """Verify a signature by the key of a certificate; EdDSA needs the message itself.

    Raises:
        PeerError: BAD_SIGNATURE where it is not one of this key over this message, UNSUPPORTED where that
            cannot be told.
    """
    try:
        key = _public_key(certificate)
        _verify(key, algorithm, signature, digest_of_message, message)
    except InvalidSignature as error:
        raise PeerError(Code.BAD_SIGNATURE, "the signature is not one of the certificate's key") from error
    except (UnsupportedAlgorithm, ValueError, TypeError, KeyError, AttributeError) as error:
        reason = _foreign_key(certificate) or f"the signature cannot be verified: {error}"[:300]
        raise PeerError(Code.UNSUPPORTED, reason) from error


def _foreign_key(certificate: Certificate) -> str:
    """Return in words what key a certificate has, where it is of a family that no library here knows."""
    algorithm = certificate.public_key["algorithm"]
    parameters = algorithm["parameters"]
    curve = parameters.native if algorithm["algorithm"].native == "ec" and parameters.name == "named" else ""
    named = (described(str(each)) for each in (algorithm["algorithm"].dotted, curve))
    return next((f"a key of the algorithm {each}" for each in named if each.endswith(")")), "")


def _public_key(certificate: Certificate) -> Any:  # noqa: ANN401 - one of many kinds of key
    info = certificate.public_key
    if info.algorithm in {"rsa", "rsassa_pss"}:
        numbers = info["public_key"].parsed
        # Some issuers wrote moduli without the leading zero byte, which makes them negative in DER.
        modulus = int.from_bytes(numbers["modulus"].contents, "big")
        return rsa.RSAPublicNumbers(int(numbers["public_exponent"].native), modulus).public_key()
    return load_der_public_key(info.dump())


def _verify(
    key: Any,  # noqa: ANN401 - one of many kinds of key
    algorithm: SignatureAlgorithm,
    signature: bytes,
    digest_of_message: Callable[[str], bytes],
    message: bytes | None,
) -> None:
    match algorithm.scheme, key:
        case "rsa", rsa.RSAPublicKey():
            _verify_pkcs1(key, algorithm.digest, signature, digest_of_message(algorithm.digest))
        case "rsassa-pss", rsa.RSAPublicKey():
            mask = padding.MGF1(hash_algorithm(algorithm.mask_digest))
            scheme = padding.PSS(mask, algorithm.salt_bytes)
            key.verify(signature, digest_of_message(algorithm.digest), scheme, _prehashed(algorithm))
        case "ecdsa", ec.EllipticCurvePublicKey():
            key.verify(signature, digest_of_message(algorithm.digest), ec.ECDSA(_prehashed(algorithm)))
        case "plain-ecdsa", ec.EllipticCurvePublicKey():
            key.verify(
                _from_plain(signature), digest_of_message(algorithm.digest), ec.ECDSA(_prehashed(algorithm))
            )
        case "dsa", dsa.DSAPublicKey():
            key.verify(signature, digest_of_message(algorithm.digest), _prehashed(algorithm))
        case ("ed25519", ed25519.Ed25519PublicKey()) | ("ed448", ed448.Ed448PublicKey()):
            if message is None:
                raise ValueError("the signed message itself is needed")
            key.verify(signature, message)
        case _:
            raise InvalidSignature


def _prehashed(algorithm: SignatureAlgorithm) -> Prehashed:
    return Prehashed(hash_algorithm(algorithm.digest))


def _from_plain(signature: bytes) -> bytes:
    half = len(signature) // 2
    return encode_dss_signature(
        int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    )


def _verify_pkcs1(key: rsa.RSAPublicKey, name: str, signature: bytes, value: bytes) -> None:
    recovered = key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
    identifier = algos.DigestAlgorithmId(name).dump()
    allowed = (
        _sequence(_sequence(identifier + _NULL) + core.OctetString(value).dump()),
        _sequence(_sequence(identifier) + core.OctetString(value).dump()),
    )
    if recovered not in allowed:
        raise InvalidSignature


def _sequence(contents: bytes) -> bytes:
    return bytes([0x30, len(contents)]) + contents
