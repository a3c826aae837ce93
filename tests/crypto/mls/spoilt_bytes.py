"""Spoiling of bytes by somebody who knows where their vectors are.

The places of length prefixes are not guessed: they are noted while the honest bytes are decoded. So a vector
can be repeated, emptied or exchanged and all prefixes around it put right, and what is wrong then is the
content alone.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final, NamedTuple

import pytest

from rogatory_crypto.codec import Reader, length_prefix


class Span(NamedTuple):
    """A vector: where its prefix, its content and what follows it begin."""

    start: int
    body: int
    end: int


def spans_of(decode: Callable[[bytes], object], data: bytes) -> list[Span]:
    """Return the vectors that a decoder finds in honest bytes."""
    found: list[Span] = []
    length = Reader.length

    def noting(reader: Reader) -> int:
        start = reader.position
        size = length(reader)
        if reader.data == data:
            found.append(Span(start, reader.position, reader.position + size))
        return size

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Reader, "length", noting)
        decode(data)
    return found


def with_content(data: bytes, spans: Sequence[Span], span: Span, content: bytes) -> bytes:
    """Return the bytes with another content of a vector, and all prefixes around it as they should be."""
    around = [
        other for other in spans if other.body <= span.start and span.end <= other.end and other != span
    ]
    region, piece = span, length_prefix(len(content)) + content
    for outer in sorted(around, key=lambda other: other.end - other.start):
        body = data[outer.body : region.start] + piece + data[region.end : outer.end]
        region, piece = outer, length_prefix(len(body)) + body
    return data[: region.start] + piece + data[region.end :]


_BYTES: Final = bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x3F, 0x40, 0x7F, 0x80, 0xBF, 0xC0, 0xFE, 0xFF])
_WIDE: Final = 16_384


class Spoiler:
    """Spoils honest bytes in one to three places, the same ones again for the same seed."""

    def __init__(self, seed: str, seeds: Sequence[bytes], decode: Callable[[bytes], object]) -> None:
        self._random = Random(seed)  # noqa: S311  # runs have to repeat
        self._seeds = list(seeds)
        self._spans = {data: spans_of(decode, data) for data in self._seeds}
        self._blind = [
            self._flip,
            self._set,
            self._truncate,
            self._insert,
            self._delete,
            self._repeat,
            self._splice,
        ]
        self._sighted = [self._misstate, self._refill, self._refill]

    def spoilt(self) -> bytes:
        """Return the next spoilt bytes."""
        data = self._random.choice(self._seeds)
        if self._spans[data] and self._random.random() < 0.6:
            data = self._random.choice(self._sighted)(data)
        for _ in range(self._random.choice([0, 1, 1, 1, 2])):
            data = self._random.choice(self._blind)(data) if data else self._random.randbytes(4)
        return data

    def _flip(self, data: bytes) -> bytes:
        position = self._random.randrange(len(data))
        return (
            data[:position] + bytes([data[position] ^ 1 << self._random.randrange(8)]) + data[position + 1 :]
        )

    def _set(self, data: bytes) -> bytes:
        position = self._random.randrange(len(data))
        return data[:position] + bytes([self._random.choice(_BYTES)]) + data[position + 1 :]

    def _truncate(self, data: bytes) -> bytes:
        return data[: self._random.randrange(len(data))]

    def _insert(self, data: bytes) -> bytes:
        position = self._random.randrange(len(data) + 1)
        return data[:position] + self._random.randbytes(self._random.randrange(1, 5)) + data[position:]

    def _section(self, data: bytes) -> tuple[int, int]:
        start = self._random.randrange(len(data))
        return start, min(len(data), start + 1 + self._random.randrange(40))

    def _delete(self, data: bytes) -> bytes:
        start, stop = self._section(data)
        return data[:start] + data[stop:]

    def _repeat(self, data: bytes) -> bytes:
        start, stop = self._section(data)
        return data[:stop] + data[start:stop] * self._random.choice([1, 2, 50]) + data[stop:]

    def _splice(self, data: bytes) -> bytes:
        other = self._random.choice(self._seeds)
        return data[: self._random.randrange(len(data))] + other[self._random.randrange(len(other) + 1) :]

    def _vector(self, data: bytes) -> Span:
        """Return any vector, one of the longest more often than others."""
        spans = self._spans[data]
        if self._random.random() < 0.3:
            spans = sorted(spans, key=lambda span: span.end - span.body)[-3:]
        return self._random.choice(spans)

    def _misstate(self, data: bytes) -> bytes:
        """Change a prefix and nothing else: too short, too long, huge, not minimal, of no known form."""
        span = self._vector(data)
        size = span.end - span.body
        prefixes = [
            *(
                length_prefix(other)
                for other in (0, max(0, size - 1), size + 1, 63, 64, _WIDE, (1 << 30) - 1)
            ),
            (size & 0x3FFF | 0x4000).to_bytes(2, "big"),
            (size | 0x80000000).to_bytes(4, "big"),
            (size & 0xFFFFFF | 0xC0000000).to_bytes(4, "big"),
        ]
        return data[: span.start] + self._random.choice(prefixes) + data[span.body :]

    def _refill(self, data: bytes) -> bytes:
        """Empty a vector, repeat or cut its content, or take that of another; the prefixes stay right."""
        spans = self._spans[data]
        span, other = self._vector(data), self._random.choice(spans)
        body = data[span.body : span.end]
        contents = [
            b"",
            body * self._random.choice([2, 3, 70]),
            body[: self._random.randrange(len(body) + 1)],
            body[::-1],
            data[other.body : other.end],
            body + bytes(1),
            bytes(self._random.choice([1, 31, 63, 64, 65, 300])),
        ]
        return with_content(data, spans, span, self._random.choice(contents))
