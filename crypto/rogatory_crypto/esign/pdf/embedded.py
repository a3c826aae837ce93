"""The signatures that stand in a PDF file, each with the bytes it is about (ISO 32000-1 section 12.8).

A signature whose dictionary cannot be read is still a signature, a broken one: leaving it out would let a
forger hide it. Document time stamps are told by their SubFilter, since some products call them ``/Sig``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from asn1crypto import parser  # type: ignore[import-untyped]
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfStrictReadError

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import SignedData
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.cms.signed_data import read_signed_data
from rogatory_crypto.esign.cms.signer import as_verdict
from rogatory_crypto.esign.pdf.fields import DOCUMENT_TIMESTAMP, FilledField, filled_signature_fields
from rogatory_crypto.esign.pdf.objects import elements, entry
from rogatory_crypto.esign.pdf.reading import Reader
from rogatory_crypto.esign.verdict import SubIndication, Verdict, failed, indeterminate

MAX_SIGNATURES: Final = 128
PADES: Final = "/ETSI.CAdES.detached"
SUPPORTED: Final = frozenset({PADES, "/adbe.pkcs7.detached", DOCUMENT_TIMESTAMP})

Ranges = tuple[int, int, int, int]
"""Start and length of the bytes before and behind the signature."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """One readable signature or document time stamp.

    Attributes:
        name: fully qualified name of its field; of all its fields where several show it.
        field: the field's dictionary.
        dictionary: the signature dictionary (table 252).
        ranges: the bytes it is about.
        contents: what stands in its place, padding included.
        encoded_bytes: how much of that is the signature.
        signed_data: the signature.
        revision: the revision it came with, counted from 0.
        sub_filter: how it is encoded (table 257).
        digest: of the bytes it is about, by the name that ``hashlib`` gives the algorithm.
    """

    name: str
    field: Any
    dictionary: Any
    ranges: Ranges
    contents: bytes
    encoded_bytes: int
    signed_data: SignedData
    revision: int
    sub_filter: str
    digest: Callable[[str], bytes]

    @property
    def end(self) -> int:
        """Where the signed bytes end in the file."""
        return self.ranges[2] + self.ranges[3]

    @property
    def is_timestamp(self) -> bool:
        """Whether it is a document time stamp."""
        return self.sub_filter == DOCUMENT_TIMESTAMP


@dataclass(frozen=True, slots=True)
class Broken:
    """One signature field that is filled with something that cannot be checked."""

    name: str
    verdict: Verdict
    is_timestamp: bool = False


def find_signatures(reader: Reader) -> tuple[list[Embedded], list[Broken]]:
    """Every filled signature field, in the order in which they were signed.

    Raises:
        ValueError: more than can be checked in reasonable time.
    """
    readable: dict[object, Embedded] = {}
    broken: list[Broken] = []
    for count, item in enumerate(filled_signature_fields(reader)):
        if count >= MAX_SIGNATURES:
            raise ValueError(f"more than {MAX_SIGNATURES} signatures")
        # A direct value is of its field alone, whatever other field has the same name.
        shown = getattr(item.value, "reference", count)
        if shown in readable:
            several = f"{readable[shown].name}, {item.name}"
            readable[shown] = replace(readable[shown], name=several)
            continue
        found = _found(reader, item)
        if isinstance(found, Embedded):
            readable[shown] = found
        else:
            broken.append(found)
    return sorted(readable.values(), key=lambda each: each.end), broken


def _found(reader: Reader, item: FilledField) -> Embedded | Broken:
    sub_filter = ""
    try:
        dictionary = item.value.get_object()
        sub_filter = str(entry(dictionary, "/SubFilter", ""))
        if sub_filter in SUPPORTED:
            return _embedded(reader, item, dictionary, _ranges(dictionary))
        reason = f"signatures of the kind {sub_filter or 'unnamed'} are not supported"
        verdict = indeterminate(SubIndication.GENERIC, reason)
    except PdfStrictReadError:
        raise
    except PeerError as error:
        verdict = as_verdict(error)
    except (Exception, RecursionError) as error:  # noqa: BLE001 - one broken signature must not hide the others
        verdict = failed(SubIndication.FORMAT_FAILURE, f"{type(error).__name__}: {error}"[:300])
    return Broken(item.name, verdict, is_timestamp=sub_filter == DOCUMENT_TIMESTAMP)


def _embedded(reader: Reader, item: FilledField, dictionary: Any, ranges: Ranges) -> Embedded:  # noqa: ANN401 - untyped library
    contents = _contents(dictionary)
    length = int(parser.peek(contents))
    return Embedded(
        name=item.name,
        field=item.field,
        dictionary=dictionary,
        ranges=ranges,
        contents=contents,
        encoded_bytes=length,
        signed_data=read_signed_data(contents[:length]),
        revision=reader.xrefs.get_last_change(getattr(item.value, "reference", item.holder)),
        sub_filter=str(entry(dictionary, "/SubFilter", "")),
        digest=digest_of(reader.document, ranges),
    )


def _ranges(dictionary: Any) -> Ranges:  # noqa: ANN401 - untyped library
    numbers = [each.get_object() for each in elements(entry(dictionary, "/ByteRange"))]
    if len(numbers) != 4 or any(not isinstance(each, int) for each in numbers):
        raise PeerError(Code.MALFORMED, "the byte range has not exactly two parts")
    if min(numbers) < 0:
        raise PeerError(Code.MALFORMED, "the byte range is negative")
    first, second, third, fourth = numbers
    return first, second, third, fourth


def _contents(dictionary: Any) -> bytes:  # noqa: ANN401 - untyped library
    raw = dictionary.raw_get("/Contents") if "/Contents" in dictionary else None
    if not isinstance(raw, generic.TextStringObject | generic.ByteStringObject) or not raw.original_bytes:
        raise PeerError(Code.MALFORMED, "there is nothing in the signature's place")
    return bytes(raw.original_bytes)


def digest_of(document: bytes, ranges: Ranges) -> Callable[[str], bytes]:
    """The digest of two parts of a file, computed once for each algorithm."""
    start, first, second, rest = ranges
    view = memoryview(document)

    @cache
    def of_ranges(algorithm: str) -> bytes:
        return digest(algorithm, view[start : start + first], view[second : second + rest])

    return of_ranges
