"""Checkpoints: what a log says its tree is, as the text of a signed note (C2SP tlog-checkpoint).

Origin, size and root hash, a line each, then extension lines. No monitor can audit extensions and an ML-DSA
cosignature does not cover them; we write none, read a few, and rely on none.
"""

from dataclasses import dataclass
from typing import Final

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.lines import (
    base64,
    has_control_characters,
    read_base64,
    read_decimal,
    read_lines,
    utf8,
)
from rogatory_crypto.log.merkle import HASH_BYTES

MAX_ORIGIN_BYTES: Final = 255
MAX_EXTENSIONS: Final = 16
MAX_EXTENSION_BYTES: Final = 1 << 10


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head; ``size`` counts leaves, ``root`` is 32 bytes."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def encode(self) -> str:
        """Return the note text.

        Raises:
            MisuseError: a field has no place in it.
        """
        text = "\n".join((self.origin, str(self.size), base64(self.root), *self.extensions, ""))
        try:
            same = parse_checkpoint(text) == self
        except PeerError as error:
            raise MisuseError(f"not a checkpoint: {error.detail}") from error
        if not same:
            raise MisuseError("not a checkpoint: a field with a line end of its own")
        return text


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a note as a checkpoint (tlog-checkpoint, Note text).

    Raises:
        PeerError: MALFORMED, or TOO_LARGE for its origin or number of extension lines.
    """
    if has_control_characters(text):
        raise PeerError(Code.MALFORMED, "a checkpoint with a control character")
    lines = read_lines(text)
    if len(lines) < 3 or not all(lines):
        raise PeerError(Code.MALFORMED, "a checkpoint has three lines or more, none of them empty")
    origin, size, root, *extensions = lines
    utf8(origin, limit=MAX_ORIGIN_BYTES)
    for line in extensions:
        utf8(line, limit=MAX_EXTENSION_BYTES)
    if len(extensions) > MAX_EXTENSIONS:
        raise PeerError(Code.TOO_LARGE, f"{len(extensions)} extension lines, at most {MAX_EXTENSIONS} may be")
    return Checkpoint(origin, read_decimal(size), read_base64(root, length=HASH_BYTES), tuple(extensions))
