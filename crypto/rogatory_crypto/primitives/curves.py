"""The Diffie-Hellman groups of MLS suites (RFC 7748; SEC 1 with uncompressed points).

Keys are bytes; objects are made when they are used and not kept, so that deleting the bytes deletes the key.
X25519 is computed by libsodium, which is faster here than OpenSSL and refuses products that are zero.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric import ec, x448
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl.bindings import crypto_scalarmult, crypto_scalarmult_base
from nacl.exceptions import CryptoError

# RFC 7748 section 6.1: the points whose product with every scalar is zero, canonical and not.
_X25519_SMALL_ORDER: Final = frozenset(
    bytes.fromhex(point)
    for point in (
        "00" * 32,
        "01" + "00" * 31,
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)


class Curve(Protocol):
    """What a KEM needs of a Diffie-Hellman group."""

    @property
    def scalar_size(self) -> int:
        """Bytes of a private key."""
        ...

    @property
    def public_size(self) -> int:
        """Bytes of an encoded point."""
        ...

    def valid_scalar(self, candidate: bytes) -> bool:
        """Tell whether the bytes are a private key."""
        ...

    def public_key(self, private: bytes) -> bytes:
        """Return the encoded point of a scalar."""
        ...

    def check_public_key(self, public: bytes) -> None:
        """Raise ValueError for what is not a point of the large group."""
        ...

    def exchange(self, private: bytes, public: bytes) -> tuple[bytes, bytes]:
        """Return the product and the scalar's own public key; raise ValueError where there is no product."""
        ...


@dataclass(frozen=True, slots=True)
class _X25519:
    scalar_size: int = 32
    public_size: int = 32

    def valid_scalar(self, candidate: bytes) -> bool:
        return len(candidate) == self.scalar_size

    def public_key(self, private: bytes) -> bytes:
        return crypto_scalarmult_base(private)

    def check_public_key(self, public: bytes) -> None:
        if len(public) != self.public_size:
            raise ValueError("a point of the wrong length")
        if public[:31] + bytes([public[31] & 0x7F]) in _X25519_SMALL_ORDER:
            raise ValueError("a point of small order")

    def exchange(self, private: bytes, public: bytes) -> tuple[bytes, bytes]:
        try:
            return crypto_scalarmult(private, public), crypto_scalarmult_base(private)
        except CryptoError as error:
            raise ValueError("a point of small order") from error


@dataclass(frozen=True, slots=True)
class _X448:
    scalar_size: int = 56
    public_size: int = 56

    def valid_scalar(self, candidate: bytes) -> bool:
        return len(candidate) == self.scalar_size

    def public_key(self, private: bytes) -> bytes:
        return x448.X448PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()

    def check_public_key(self, public: bytes) -> None:
        # The ladder gives the all-zero product, which the library refuses, for every point of small order.
        self.exchange(b"\x04" + bytes(55), public)

    def exchange(self, private: bytes, public: bytes) -> tuple[bytes, bytes]:
        key = x448.X448PrivateKey.from_private_bytes(private)
        product = key.exchange(x448.X448PublicKey.from_public_bytes(public))
        return product, key.public_key().public_bytes_raw()


@dataclass(frozen=True, slots=True)
class _Weierstrass:
    curve: ec.EllipticCurve
    order: int

    @property
    def scalar_size(self) -> int:
        return (self.curve.key_size + 7) // 8

    @property
    def public_size(self) -> int:
        return 1 + 2 * self.scalar_size

    def valid_scalar(self, candidate: bytes) -> bool:
        return len(candidate) == self.scalar_size and 0 < int.from_bytes(candidate, "big") < self.order

    def _private(self, private: bytes) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(int.from_bytes(private, "big"), self.curve)

    def _public(self, public: bytes) -> ec.EllipticCurvePublicKey:
        if public[:1] != b"\x04":
            raise ValueError("not an uncompressed point")
        return ec.EllipticCurvePublicKey.from_encoded_point(self.curve, public)

    def public_key(self, private: bytes) -> bytes:
        return _uncompressed(self._private(private))

    def check_public_key(self, public: bytes) -> None:
        self._public(public)

    def exchange(self, private: bytes, public: bytes) -> tuple[bytes, bytes]:
        key = self._private(private)
        return key.exchange(ec.ECDH(), self._public(public)), _uncompressed(key)


def _uncompressed(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P384_ORDER: Final = int(
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16
)
P521_ORDER: Final = int(
    "01ff"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    16,
)
X25519: Final = _X25519()
X448: Final = _X448()
P256: Final = _Weierstrass(ec.SECP256R1(), P256_ORDER)
P384: Final = _Weierstrass(ec.SECP384R1(), P384_ORDER)
P521: Final = _Weierstrass(ec.SECP521R1(), P521_ORDER)
