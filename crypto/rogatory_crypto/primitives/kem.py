"""DHKEM (RFC 9180 section 4.1) over the curves that MLS suites name.

Private keys are the bytes that ``SerializePrivateKey`` gives; objects are made when they are used and not
kept, so that deleting the bytes deletes the key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from cryptography.hazmat.primitives.asymmetric import ec, x448, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.primitives.kdf import HKDF_SHA256, HKDF_SHA384, HKDF_SHA512, Kdf

Random: TypeAlias = Callable[[int], bytes]

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


class Kem(Protocol):
    """A key encapsulation mechanism as HPKE uses it."""

    @property
    def code(self) -> int:
        """The HPKE number (RFC 9180 section 7.1)."""
        ...

    @property
    def enc_size(self) -> int:
        """Bytes of an encapsulation."""
        ...

    @property
    def public_size(self) -> int:
        """Bytes of a public key."""
        ...

    def derive_key_pair(self, ikm: bytes) -> tuple[bytes, bytes]:
        """Return the private and the public key that ``ikm`` determines."""
        ...

    def public_key(self, private: bytes) -> bytes:
        """Return the public key of a private key."""
        ...

    def check_public_key(self, public: bytes) -> None:
        """Return if the key can be encapsulated to; raise MALFORMED if not."""
        ...

    def encap(self, public: bytes, random: Random) -> tuple[bytes, bytes]:
        """Return a shared secret and its encapsulation."""
        ...

    def decap(self, enc: bytes, private: bytes) -> bytes:
        """Return the shared secret."""
        ...


class Curve(Protocol):
    """What DHKEM needs of a Diffie-Hellman group."""

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


class _X25519:
    def valid_scalar(self, candidate: bytes) -> bool:
        return len(candidate) == 32

    def public_key(self, private: bytes) -> bytes:
        return x25519.X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()

    def check_public_key(self, public: bytes) -> None:
        if public[:31] + bytes([public[31] & 0x7F]) in _X25519_SMALL_ORDER:
            raise ValueError("a point of small order")

    def exchange(self, private: bytes, public: bytes) -> tuple[bytes, bytes]:
        key = x25519.X25519PrivateKey.from_private_bytes(private)
        product = key.exchange(x25519.X25519PublicKey.from_public_bytes(public))
        return product, key.public_key().public_bytes_raw()


class _X448:
    def valid_scalar(self, candidate: bytes) -> bool:
        return len(candidate) == 56

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

    def valid_scalar(self, candidate: bytes) -> bool:
        return 0 < int.from_bytes(candidate, "big") < self.order

    def _private(self, private: bytes) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(int.from_bytes(private, "big"), self.curve)

    def public_key(self, private: bytes) -> bytes:
        return _uncompressed(self._private(private))

    def check_public_key(self, public: bytes) -> None:
        if public[:1] != b"\x04":
            raise ValueError("not an uncompressed point")
        ec.EllipticCurvePublicKey.from_encoded_point(self.curve, public)

    def exchange(self, private: bytes, public: bytes) -> tuple[bytes, bytes]:
        point = ec.EllipticCurvePublicKey.from_encoded_point(self.curve, public)
        key = self._private(private)
        return key.exchange(ec.ECDH(), point), _uncompressed(key)


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


@dataclass(frozen=True, slots=True)
class DhKem:
    """DHKEM (RFC 9180 section 4.1)."""

    code: int
    curve: Curve
    kdf: Kdf
    scalar_size: int
    public_size: int
    bitmask: int = 0  # for the rejection sampling of the NIST curves; 0 where every string is a key

    @property
    def enc_size(self) -> int:
        """An encapsulation is a public key."""
        return self.public_size

    @property
    def _suite(self) -> bytes:
        return b"KEM" + self.code.to_bytes(2, "big")

    def _extract(self, salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return self.kdf.extract(salt, b"HPKE-v1" + self._suite + label + ikm)

    def _expand(self, secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
        labelled = length.to_bytes(2, "big") + b"HPKE-v1" + self._suite + label + info
        return self.kdf.expand(secret, labelled, length)

    def derive_key_pair(self, ikm: bytes) -> tuple[bytes, bytes]:
        """``DeriveKeyPair`` (RFC 9180 section 7.1.3)."""
        secret = self._extract(b"", b"dkp_prk", ikm)
        if not self.bitmask:
            private = self._expand(secret, b"sk", b"", self.scalar_size)
            return private, self.curve.public_key(private)
        for counter in range(256):
            candidate = self._expand(secret, b"candidate", bytes([counter]), self.scalar_size)
            candidate = bytes([candidate[0] & self.bitmask]) + candidate[1:]
            if self.curve.valid_scalar(candidate):
                return candidate, self.curve.public_key(candidate)
        raise MisuseError("no key in 256 candidates")

    def public_key(self, private: bytes) -> bytes:
        """Return the public key of a private key.

        Raises:
            PeerError: MALFORMED for bytes that are no private key.
        """
        if not self.curve.valid_scalar(private):
            raise PeerError(Code.MALFORMED, "not a private key of this KEM")
        return self.curve.public_key(private)

    def check_public_key(self, public: bytes) -> None:
        """Refuse what is not a point, or one of small order.  # D05."""
        if len(public) != self.public_size:
            raise PeerError(Code.MALFORMED, "D05: a public key of the wrong length")
        try:
            self.curve.check_public_key(public)
        except ValueError as error:
            raise PeerError(Code.MALFORMED, "D05: not a public key of this KEM") from error

    def encap(self, public: bytes, random: Random) -> tuple[bytes, bytes]:
        """``Encap``.

        Raises:
            PeerError: MALFORMED for a public key that is none.
        """
        product, enc = self._exchange(self._scalar(random), public)
        return self._shared(product, enc + public), enc

    def decap(self, enc: bytes, private: bytes) -> bytes:
        """``Decap``.

        Raises:
            PeerError: MALFORMED for an encapsulation that is no public key.
        """
        product, public = self._exchange(private, enc)
        return self._shared(product, enc + public)

    def _scalar(self, random: Random) -> bytes:
        fresh = random(self.scalar_size)
        return self.derive_key_pair(fresh)[0] if self.bitmask else fresh

    def _exchange(self, private: bytes, public: bytes) -> tuple[bytes, bytes]:
        if len(public) != self.public_size:
            raise PeerError(Code.MALFORMED, "a public key of the wrong length")
        try:
            return self.curve.exchange(private, public)
        except ValueError as error:
            raise PeerError(Code.MALFORMED, "a public key that gives no secret") from error

    def _shared(self, product: bytes, context: bytes) -> bytes:
        secret = self._extract(b"", b"eae_prk", product)
        return self._expand(secret, b"shared_secret", context, self.kdf.size)


DHKEM_P256: Final = DhKem(0x10, _Weierstrass(ec.SECP256R1(), P256_ORDER), HKDF_SHA256, 32, 65, 0xFF)
DHKEM_P384: Final = DhKem(0x11, _Weierstrass(ec.SECP384R1(), P384_ORDER), HKDF_SHA384, 48, 97, 0xFF)
DHKEM_P521: Final = DhKem(0x12, _Weierstrass(ec.SECP521R1(), P521_ORDER), HKDF_SHA512, 66, 133, 0x01)
DHKEM_X25519: Final = DhKem(0x20, _X25519(), HKDF_SHA256, 32, 32)
DHKEM_X448: Final = DhKem(0x21, _X448(), HKDF_SHA512, 56, 56)
