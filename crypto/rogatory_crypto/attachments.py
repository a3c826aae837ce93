"""Attachments as a stream in constant memory: C2SP chunked-encryption, Cobblestone-256.

The stored form is ``salt || commitment || chunks``: 24 and 32 bytes, then every 16 KiB of plaintext with a
16-byte AES-256-GCM tag, the last chunk always shorter and possibly empty. The commitment is checked before
any chunk, a missing end is an error, and a chunk opens only at its own place.

Encryption is deterministic, so that an interrupted upload goes on at any offset. For that very reason one key
serves one plaintext: if a file has changed since its key was made, take a new key. A first pass that throws
the output away yields both digests before a byte is sent. Pieces of ``PIECE_BYTES`` are the fastest.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, MisuseError, PeerError

CHUNK_BYTES: Final = 16_384
TAG_BYTES: Final = 16
STORED_CHUNK_BYTES: Final = CHUNK_BYTES + TAG_BYTES
SALT_BYTES: Final = 24
COMMITMENT_BYTES: Final = 32
PIECE_BYTES: Final = 16 * CHUNK_BYTES
HEADER_BYTES: Final = SALT_BYTES + COMMITMENT_BYTES
KEY_BYTES: Final = 32
CONTEXT_BYTES: Final = 32
NONCE_BYTES: Final = 12
MAX_CHUNKS: Final = 1 << 38
MAX_PLAINTEXT_BYTES: Final = MAX_CHUNKS * CHUNK_BYTES - 1
_INFO: Final = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"
_CONTEXT_LABEL: Final = "Rogatory 1.0 Attachment"

Buffer: TypeAlias = bytes | memoryview


@dataclass(frozen=True, slots=True)
class AttachmentKey:
    """All that is needed to open one attachment; the context ties it to its message, name and size."""

    key: bytes = field(repr=False)
    salt: bytes
    context: bytes

    def __post_init__(self) -> None:
        """Refuse lengths that Cobblestone-256 does not have."""
        if len(self.key) != KEY_BYTES or len(self.salt) != SALT_BYTES:
            raise MisuseError("an attachment key is 32 bytes and its salt 24")


@dataclass(frozen=True, slots=True)
class Digests:
    """SHA-256 of the whole plaintext and of the whole stored form."""

    plaintext_sha256: bytes
    stored_sha256: bytes


def attachment_context(group_id: bytes, message_salt: bytes, filename: str, size: int) -> bytes:
    """Return the hash that ties an attachment to the one message it was sent with."""
    return sha256(cbor.encode([_CONTEXT_LABEL, group_id, message_salt, filename, size])).digest()


def new_attachment_key(random: Callable[[int], bytes], context: bytes) -> AttachmentKey:
    """Return a fresh key for one plaintext."""
    return AttachmentKey(random(KEY_BYTES), random(SALT_BYTES), context)


def stored_size(plaintext_size: int) -> int:
    """Return how many bytes the stored form of ``plaintext_size`` bytes has."""
    if not 0 <= plaintext_size <= MAX_PLAINTEXT_BYTES:
        raise MisuseError(f"no attachment has {plaintext_size} bytes")
    return HEADER_BYTES + plaintext_size + TAG_BYTES * (plaintext_size // CHUNK_BYTES + 1)


def plaintext_size(stored: int) -> int:
    """Return how many bytes a stored form of ``stored`` bytes holds.

    Raises:
        PeerError: WRONG_LENGTH if no plaintext has a stored form of this length.
    """
    whole, last = divmod(stored - HEADER_BYTES, STORED_CHUNK_BYTES)
    if stored < HEADER_BYTES or last < TAG_BYTES or whole >= MAX_CHUNKS:
        raise PeerError(Code.WRONG_LENGTH, f"no attachment is stored in {stored} bytes")
    return whole * CHUNK_BYTES + last - TAG_BYTES


class _Chunks:
    """The derived keys of one attachment, and runs of consecutive chunks through them."""

    __slots__ = ("_aead", "_base_nonce", "_scratch", "header")

    def __init__(self, key: AttachmentKey) -> None:
        length = KEY_BYTES + NONCE_BYTES + COMMITMENT_BYTES
        derived = HKDFExpand(SHA512(), length, _INFO + key.salt + key.context).derive(key.key)
        self._aead = AESGCM(derived[:KEY_BYTES])
        self._base_nonce = int.from_bytes(derived[KEY_BYTES : KEY_BYTES + NONCE_BYTES])
        self._scratch = bytearray()
        self.header = key.salt + derived[KEY_BYTES + NONCE_BYTES :]

    def check_header(self, header: bytes) -> None:
        if not compare_digest(header, self.header):
            raise PeerError(Code.DECRYPTION_FAILED, "an attachment does not belong to this key and context")

    def encrypt(self, first: int, units: Sequence[Buffer]) -> bytes:
        """Encrypt consecutive chunks from number ``first``; only the final one of all may be short."""
        total = sum(map(len, units)) + len(units) * TAG_BYTES
        out = self._space(total)
        for index, unit in enumerate(units):
            start = index * STORED_CHUNK_BYTES
            space = out[start : start + len(unit) + TAG_BYTES]
            self._aead.encrypt_into(self._nonce(first + index), unit, None, space)
        return bytes(out[:total])

    def decrypt(self, first: int, units: Sequence[Buffer]) -> bytes:
        """Decrypt consecutive stored chunks from number ``first``, each at least as long as a tag."""
        total = sum(map(len, units)) - len(units) * TAG_BYTES
        out = self._space(total)
        for index, unit in enumerate(units):
            start = index * CHUNK_BYTES
            space = out[start : start + len(unit) - TAG_BYTES]
            try:
                self._aead.decrypt_into(self._nonce(first + index), unit, None, space)
            except InvalidTag as error:
                raise PeerError(Code.DECRYPTION_FAILED, f"chunk {first + index} is not authentic") from error
        return bytes(out[:total])

    def _space(self, size: int) -> memoryview:
        # Fresh memory for each piece would cost more in page faults than the encryption itself.
        if len(self._scratch) < size:
            self._scratch = bytearray(size)
        return memoryview(self._scratch)

    def _nonce(self, index: int) -> bytes:
        if index >= MAX_CHUNKS:
            raise PeerError(Code.TOO_LARGE, "an attachment has at most 2^38 chunks")
        return (self._base_nonce ^ index).to_bytes(NONCE_BYTES)


class _Units:
    """Cuts what comes in into whole units and holds the rest until more comes."""

    __slots__ = ("_held", "_unit")

    def __init__(self, unit: int) -> None:
        self._unit = unit
        self._held = b""

    def take(self, data: bytes) -> list[Buffer]:
        missing = (self._unit - len(self._held)) % self._unit
        if len(data) < missing:
            self._held += data
            return []
        units: list[Buffer] = [self._held + data[:missing]] if missing else []
        whole = missing + (len(data) - missing) // self._unit * self._unit
        view = memoryview(data)
        units += [view[start : start + self._unit] for start in range(missing, whole, self._unit)]
        self._held = data[whole:]
        return units

    def rest(self) -> bytes:
        held, self._held = self._held, b""
        return held


class Encryptor:
    """Turns the plaintext of one attachment into its stored form, a piece at a time."""

    __slots__ = ("_chunks", "_left", "_next", "_plain_hash", "_prefix", "_skip", "_stored_hash", "_units")

    def __init__(
        self, key: AttachmentKey, size: int, *, stored_offset: int = 0, digesting: bool = True
    ) -> None:
        """Start at any place of the stored form; feed plaintext from ``plaintext_offset``.

        Args:
            key: the key of this very plaintext.
            size: how many bytes the plaintext has.
            stored_offset: how many bytes of the stored form exist already.
            digesting: whether the hashes are wanted; they cost several times what encryption does.
        """
        if not 0 <= stored_offset <= stored_size(size):
            raise MisuseError(f"offset {stored_offset} lies outside the attachment")
        self._chunks = _Chunks(key)
        self._prefix = self._chunks.header[stored_offset:]
        self._next, self._skip = divmod(max(0, stored_offset - HEADER_BYTES), STORED_CHUNK_BYTES)
        self._left = size - self.plaintext_offset
        self._units = _Units(CHUNK_BYTES)
        digesting = digesting and stored_offset == 0
        self._plain_hash = sha256() if digesting else None
        self._stored_hash = sha256() if digesting else None

    @property
    def plaintext_offset(self) -> int:
        """Where in the plaintext the first byte still to be encrypted stands."""
        return self._next * CHUNK_BYTES

    def update(self, plaintext: bytes) -> bytes:
        """Return what of the stored form follows, which may be nothing yet."""
        if len(plaintext) > self._left:
            raise MisuseError("finished already, or a plaintext longer than its key was made for")
        self._left -= len(plaintext)
        if self._plain_hash:
            self._plain_hash.update(plaintext)
        units = self._units.take(plaintext)
        if not units:
            return b""
        stored = self._chunks.encrypt(self._next, units)
        self._next += len(units)
        return self._emit(stored)

    def finish(self) -> bytes:
        """Return the end of the stored form."""
        if self._left:
            raise MisuseError("finished already, or a plaintext shorter than its key was made for")
        self._left = -1
        return self._emit(self._chunks.encrypt(self._next, [self._units.rest()]))

    def digests(self) -> Digests:
        """Return both hashes, once finished, if started at the beginning and if they were wanted."""
        if self._plain_hash is None or self._stored_hash is None:
            raise MisuseError("no digest of an attachment that was not encrypted from its beginning")
        return Digests(self._plain_hash.digest(), self._stored_hash.digest())

    def _emit(self, stored: bytes) -> bytes:
        if self._prefix or self._skip:
            stored = self._prefix + stored[self._skip :]
            self._prefix, self._skip = b"", 0
        if self._stored_hash:
            self._stored_hash.update(stored)
        return stored


class Decryptor:
    """Turns a stored form back into plaintext, a piece at a time; after one refusal it refuses for good.

    Each piece it returns is authentic, but only ``finish`` says that it was all.
    """

    __slots__ = ("_chunks", "_failure", "_header", "_next", "_plain_hash", "_stored_hash", "_units")

    def __init__(self, key: AttachmentKey) -> None:
        self._chunks = _Chunks(key)
        self._header: bytes | None = b""
        self._next = 0
        self._units = _Units(STORED_CHUNK_BYTES)
        self._plain_hash, self._stored_hash = sha256(), sha256()
        self._failure: PeerError | None = None

    def update(self, stored: bytes) -> bytes:
        """Return the plaintext that follows, which may be nothing yet.

        Raises:
            PeerError: DECRYPTION_FAILED if the key is another's or a chunk is not authentic at its place.
        """
        self._stored_hash.update(stored)
        with self._refusing_for_good():
            units = self._units.take(self._after_header(stored))
            plaintext = self._chunks.decrypt(self._next, units)
        self._next += len(units)
        self._plain_hash.update(plaintext)
        return plaintext

    def finish(self) -> bytes:
        """Return the end of the plaintext.

        Raises:
            PeerError: WRONG_LENGTH if the stored form was cut, DECRYPTION_FAILED if its end is not authentic.
        """
        with self._refusing_for_good():
            plaintext = self._chunks.decrypt(self._next, [self._final_chunk()])
        self._plain_hash.update(plaintext)
        return plaintext

    def digests(self) -> Digests:
        """Return both hashes of what has been read so far."""
        return Digests(self._plain_hash.digest(), self._stored_hash.digest())

    def _after_header(self, stored: bytes) -> bytes:
        if self._header is None:
            return stored
        needed = HEADER_BYTES - len(self._header)
        self._header += stored[:needed]
        if len(self._header) == HEADER_BYTES:
            self._chunks.check_header(self._header)
            self._header = None
        return stored[needed:]

    def _final_chunk(self) -> bytes:
        rest = self._units.rest()
        if self._header is not None or len(rest) < TAG_BYTES:
            raise PeerError(Code.WRONG_LENGTH, "an attachment is cut short")
        return rest

    @contextmanager
    def _refusing_for_good(self) -> Iterator[None]:
        if self._failure:
            raise PeerError(self._failure.code, self._failure.detail)
        try:
            yield
        except PeerError as error:
            self._failure = error
            raise


def _cut(stored: bytes) -> list[Buffer]:
    view = memoryview(stored)
    return [view[start : start + STORED_CHUNK_BYTES] for start in range(0, len(view), STORED_CHUNK_BYTES)]


class RandomAccess:
    """Reads any part of an attachment from just the stored chunks that hold it.

    Each byte it returns is authentic at its place. That the attachment ends where ``stored`` says is proven
    only by reading its last byte or, for an empty one, its only chunk.
    """

    __slots__ = ("_chunks", "_stored", "size")

    def __init__(self, key: AttachmentKey, stored: int, header: bytes) -> None:
        """Check the header before any chunk.

        Args:
            key: the attachment's key.
            stored: how many bytes the stored form has.
            header: its first 56 bytes.

        Raises:
            PeerError: WRONG_LENGTH for an impossible length, DECRYPTION_FAILED for another's header.
        """
        self.size = plaintext_size(stored)
        self._stored = stored
        self._chunks = _Chunks(key)
        self._chunks.check_header(header)

    def span(self, offset: int, length: int) -> range:
        """Return which bytes of the stored form hold ``length`` bytes of plaintext from ``offset``."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise MisuseError(f"bytes {offset} to {offset + length} lie outside the attachment")
        last = max(offset, offset + length - 1) // CHUNK_BYTES
        start = HEADER_BYTES + offset // CHUNK_BYTES * STORED_CHUNK_BYTES
        return range(start, min(HEADER_BYTES + (last + 1) * STORED_CHUNK_BYTES, self._stored))

    def decrypt(self, offset: int, length: int, stored: bytes) -> bytes:
        """Return ``length`` bytes of plaintext from ``offset``.

        Args:
            offset: where in the plaintext to begin.
            length: how many bytes.
            stored: exactly the bytes that ``span`` named.

        Raises:
            PeerError: WRONG_LENGTH or DECRYPTION_FAILED.
        """
        if len(stored) != len(self.span(offset, length)):
            raise PeerError(Code.WRONG_LENGTH, "not the bytes that were asked for")
        plaintext = self._chunks.decrypt(offset // CHUNK_BYTES, _cut(stored))
        start = offset % CHUNK_BYTES
        return plaintext[start : start + length]
