"""Key encapsulation as HPKE uses it, and DHKEM over the curves that MLS suites name (RFC 9180 section 4)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.primitives import curves
from rogatory_crypto.primitives.curves import Curve
from rogatory_crypto.primitives.kdf import HKDF_SHA256, HKDF_SHA384, HKDF_SHA512, Kdf

Random: TypeAlias = Callable[[int], bytes]


class Kem(Protocol):
    """A key encapsulation mechanism as HPKE uses it; private keys are what ``SerializePrivateKey`` gives."""

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


@dataclass(frozen=True, slots=True)
class DhKem:
    """DHKEM (RFC 9180 section 4.1)."""

    code: int
    curve: Curve
    kdf: Kdf
    bitmask: int = 0  # for the rejection sampling of the NIST curves; 0 where every string is a key

    @property
    def public_size(self) -> int:
        """Bytes of an encoded point."""
        return self.curve.public_size

    @property
    def enc_size(self) -> int:
        """An encapsulation is a public key."""
        return self.curve.public_size

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
        private = self._derive_scalar(ikm)
        return private, self.curve.public_key(private)

    def _derive_scalar(self, ikm: bytes) -> bytes:
        secret = self._extract(b"", b"dkp_prk", ikm)
        if not self.bitmask:
            return self._expand(secret, b"sk", b"", self.curve.scalar_size)
        for counter in range(256):
            candidate = self._expand(secret, b"candidate", bytes([counter]), self.curve.scalar_size)
            candidate = bytes([candidate[0] & self.bitmask]) + candidate[1:]
            if self.curve.valid_scalar(candidate):
                return candidate
        raise MisuseError("no key in 256 candidates")

    def public_key(self, private: bytes) -> bytes:
        """Return the public key of a private key.

        Raises:
            PeerError: MALFORMED for bytes that are no private key.
        """
        self._check_private(private)
        return self.curve.public_key(private)

    def _check_private(self, private: bytes) -> None:
        if not self.curve.valid_scalar(private):
            raise PeerError(Code.MALFORMED, "not a private key of this KEM")

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
            PeerError: MALFORMED for an encapsulation that is no public key, or bytes that are no private key.
        """
        self._check_private(private)
        product, public = self._exchange(private, enc)
        return self._shared(product, enc + public)

    def _scalar(self, random: Random) -> bytes:
        fresh = random(self.curve.scalar_size)
        return self._derive_scalar(fresh) if self.bitmask else fresh

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


DHKEM_P256: Final = DhKem(0x10, curves.P256, HKDF_SHA256, 0xFF)
DHKEM_P384: Final = DhKem(0x11, curves.P384, HKDF_SHA384, 0xFF)
DHKEM_P521: Final = DhKem(0x12, curves.P521, HKDF_SHA512, 0x01)
DHKEM_X25519: Final = DhKem(0x20, curves.X25519, HKDF_SHA256)
DHKEM_X448: Final = DhKem(0x21, curves.X448, HKDF_SHA512)
