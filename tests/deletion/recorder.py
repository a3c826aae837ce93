"""Every secret that MLS derives, written down as it is derived, with what it was derived from.

The recorder sits under the labels: each call of HKDF and of ``DeriveKeyPair`` is carried out as ever and its
inputs and outputs are noted. Notes are masked, so that the recorder itself is never what a search finds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from rogatory_crypto.codec import OPAQUE, Reader
from rogatory_crypto.primitives import Random
from rogatory_crypto.primitives.hybrid_kem import HybridKem
from rogatory_crypto.primitives.kdf import Kdf
from rogatory_crypto.primitives.kem import DhKem

_MASK: Final = bytes(value ^ 0xA5 for value in range(256))
_MLS: Final = b"MLS 1.0 "
_HPKE: Final = b"HPKE-v1"
_HPKE_PUBLIC: Final = (b"psk_id_hash", b"info_hash")
SMALLEST: Final = 12  # a nonce
PRIVATE_KEY: Final = "private key"


def mask(data: bytes) -> bytes:
    """Return the bytes as notes have them; masking twice gives them back."""
    return data.translate(_MASK)


@dataclass(frozen=True, slots=True)
class Derived:
    """One secret, masked: its label, what it came from, and the context (of a key pair, its public key)."""

    label: str
    secret: bytes
    parent: bytes = b""
    context: bytes = b""


@dataclass
class Recorder:
    """What one process has derived, each secret once, in order."""

    notes: dict[tuple[str, bytes], Derived] = field(default_factory=dict)
    used: set[bytes] = field(default_factory=set)

    def install(self, put: Callable[[type, str, object], None] = setattr) -> None:
        """Record from now on, for the whole process; what is recorded is done as ever."""
        put(Kdf, "expand", self._expanding(Kdf.expand))
        put(Kdf, "extract", self._extracting(Kdf.extract))
        for kem in (DhKem, HybridKem):
            put(kem, "derive_key_pair", self._pairing(kem.derive_key_pair))

    def drawing(self, random: Random) -> Random:
        """Return a source of randomness whose draws of a secret's length are noted."""

        def draw(count: int) -> bytes:
            drawn = random(count)
            if count > SMALLEST:
                self.note("random", drawn)
            return drawn

        return draw

    def note(self, label: str, secret: bytes, parent: bytes = b"", context: bytes = b"") -> None:
        """Write one secret down."""
        if len(secret) < SMALLEST or not any(secret):
            return
        masked = Derived(label, mask(secret), mask(parent), context)
        self.notes.setdefault((label, masked.secret), masked)

    def _expanding(self, expand: Callable[..., bytes]) -> Callable[..., bytes]:
        def recorded(kdf: Kdf, secret: bytes, info: bytes, length: int) -> bytes:
            out = expand(kdf, secret, info, length)
            if info[2 : 2 + len(_HPKE)] == _HPKE:
                self.note("hpke", out)
            else:
                reader = Reader(info[2:])
                label = OPAQUE.read(reader).removeprefix(_MLS).decode()
                self.used.add(mask(secret))
                self.note("input", secret)
                self.note(label, out, secret, OPAQUE.read(reader))
            return out

        return recorded

    def _extracting(self, extract: Callable[..., bytes]) -> Callable[..., bytes]:
        def recorded(kdf: Kdf, salt: bytes, ikm: bytes) -> bytes:
            out = extract(kdf, salt, ikm)
            if not ikm.startswith(_HPKE):
                self.note("extract", out)
                self.note("input", salt)
                self.note("input", ikm)
            elif not any(label in ikm for label in _HPKE_PUBLIC):
                self.note("hpke", out)
                self.note("hpke", salt)
            return out

        return recorded

    def _pairing(self, derive: Callable[..., tuple[bytes, bytes]]) -> Callable[..., tuple[bytes, bytes]]:
        def recorded(kem: Any, ikm: bytes) -> tuple[bytes, bytes]:
            private, public = derive(kem, ikm)
            self.note("input", ikm)
            self.note(PRIVATE_KEY, private, context=public)
            return private, public

        return recorded


@dataclass(frozen=True, slots=True)
class Alive:
    """What a client may still hold, by names that are no secrets.

    Attributes:
        epochs: masked epoch authenticators of the live epoch and of a staged one.
        past: those of past epochs whose messages may still come.
        resumable: those of the last ended epochs, whose resumption secret may still be asked for.
        left: of an epoch in which we were removed.
        public: the live trees, waiting updates and unused KeyPackages: every public key with a private half.
        skipped: generations that were passed over and may still come.
    """

    epochs: frozenset[bytes]
    past: frozenset[bytes] = frozenset()
    resumable: frozenset[bytes] = frozenset()
    left: frozenset[bytes] = frozenset()
    public: bytes = b""
    skipped: frozenset[int] = frozenset()


_OF_EPOCH: Final = frozenset({"exporter", "external", "confirm", "membership", "init"})
_OF_TREE: Final = frozenset({"encryption", "tree", "handshake", "application", "secret"})


@dataclass(frozen=True)
class Deletion:
    """The schedule of RFC 9420 section 9.2 and of checklist L, applied to what was recorded."""

    recorder: Recorder
    alive: Alive

    def gone(self) -> list[Derived]:
        """Return every secret that must be gone: whatever no rule lets live."""
        kept = {note.secret for note in self.kept()}
        found = {note.secret: note for note in self.recorder.notes.values() if note.label == "input"}
        found |= {note.secret: note for note in self.recorder.notes.values() if note.label != "input"}
        return [note for secret, note in found.items() if secret not in kept]

    def kept(self) -> list[Derived]:
        """Return every secret that the rules let live."""
        return [note for note in self.recorder.notes.values() if self._lives(note)]

    def _lives(self, note: Derived) -> bool:
        match note.label:
            case "sender data":
                return self._in_time(note)
            case "authentication":  # N06: the epoch in which one was removed can still be compared
                return bool(self._authenticators(note) & (self.alive.epochs | self.alive.left))
            case "resumption":  # J02
                return bool(self._authenticators(note) & (self.alive.epochs | self.alive.resumable))
            case label if label in _OF_EPOCH:  # L01
                return bool(self._authenticators(note) & self.alive.epochs)
            case label if label in _OF_TREE:  # L02 L03
                return note.secret not in self.recorder.used and self._in_time(note)
            case "key" | "nonce" if len(note.context) == 4:  # L03
                generation = int.from_bytes(note.context, "big")
                return generation in self.alive.skipped and self._in_time(note)
            case label if label == PRIVATE_KEY:  # L04 L05 L06
                return note.context in self.alive.public
            case _:
                return False

    def _in_time(self, note: Derived) -> bool:
        return bool(self._authenticators(note) & (self.alive.epochs | self.alive.past))

    def _authenticators(self, note: Derived) -> frozenset[bytes]:
        """Return the authenticator of the epoch a secret comes from."""
        found = (self._authenticator_of.get(ancestor) for ancestor in self._ancestors(note.secret))
        return frozenset(each for each in found if each is not None)

    def _ancestors(self, secret: bytes) -> Iterator[bytes]:
        while secret:
            yield secret
            secret = self._parents.get(secret, b"")

    @cached_property
    def _parents(self) -> dict[bytes, bytes]:
        return {note.secret: note.parent for note in self.recorder.notes.values() if note.parent}

    @cached_property
    def _authenticator_of(self) -> dict[bytes, bytes]:
        labelled = (note for note in self.recorder.notes.values() if note.label == "authentication")
        return {note.parent: note.secret for note in labelled}
