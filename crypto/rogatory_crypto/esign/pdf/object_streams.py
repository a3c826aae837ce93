"""Reads objects out of object streams (ISO 32000-1 section 7.5.7), each stream decoded once.

The library decodes a stream anew for each object in it, so a file with large object streams takes it a time
that grows with the square of their size.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.misc import PdfReadError, PdfStreamError, PdfStrictReadError

from rogatory_crypto.esign.pdf.objects import entry

MAX_KEPT_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Decoded:
    """One object stream.

    Attributes:
        data: decoded.
        first: where its objects begin.
        numbers, offsets: of its objects, in the order in which they stand.
    """

    data: bytes
    first: int
    numbers: list[int]
    offsets: list[int]


class ObjectStreams:
    """The object streams of one file; the ones used last are kept."""

    def __init__(self, reader: Any) -> None:  # noqa: ANN401 - untyped library
        self._reader = reader
        self._kept: dict[int, _Decoded] = {}

    def read(self, number: int, stream: int, index: int) -> Any:  # noqa: ANN401 - untyped library
        """Return an object by its number, the number of its stream, and its place there.

        Raises:
            PdfReadError: it is not there, or cannot be read.
        """
        decoded = self._kept.get(stream) or self._decode(stream)
        if not 0 <= index < len(decoded.numbers) or decoded.numbers[index] != number:
            raise PdfReadError(f"object {number} is not in its place in object stream {stream}")
        data = BytesIO(decoded.data)
        data.seek(decoded.first + decoded.offsets[index])
        try:
            value: Any = generic.read_object(data, generic.Reference(number, 0, self._reader))
        except PdfStrictReadError:
            raise
        except (PdfStreamError, ValueError) as error:
            raise PdfReadError(f"object {number} in object stream {stream} cannot be read") from error
        if isinstance(value, generic.StreamObject | generic.IndirectObject):
            raise PdfReadError(f"object {number} may not stand in an object stream")
        return value

    def _decode(self, number: int) -> _Decoded:
        stream = generic.Reference(number, 0, self._reader).get_object()
        if not isinstance(stream, generic.StreamObject) or entry(stream, "/Type") != "/ObjStm":
            raise PdfReadError(f"object {number} is no object stream")
        data = bytes(stream.read_data(DecodePurpose.OBJECT_STREAM))
        first, count = int(entry(stream, "/First", 0)), int(entry(stream, "/N", 0))
        try:
            header = [int(word) for word in data[:first].split()[: 2 * max(0, count)]]
        except ValueError as error:
            raise PdfReadError(f"object stream {number} has a broken header") from error
        decoded = _Decoded(data, first, header[::2], header[1::2])
        if len(decoded.numbers) != len(decoded.offsets):
            raise PdfReadError(f"object stream {number} has a broken header")
        self._keep(number, decoded)
        return decoded

    def _keep(self, number: int, decoded: _Decoded) -> None:
        self._kept[number] = decoded
        while len(self._kept) > 1 and sum(len(each.data) for each in self._kept.values()) > MAX_KEPT_BYTES:
            del self._kept[next(iter(self._kept))]
