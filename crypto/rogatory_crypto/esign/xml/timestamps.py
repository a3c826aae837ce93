"""The time-stamp tokens of a signature and what each has to cover.

EN 319 132-1 clauses 5.2.8 (content), 5.3 (signature), 5.5.2 (archive, version 1.4.1) and annex A.1.5
(signature and references); TS 101 903 V1.3.2 clause 7.7 for the older archive time stamp. What a token covers
is put together only when somebody asks for its imprint. A token whose content cannot be put together again
proves nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.cms.attributes import MAX_TIMESTAMPS
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.cms.signed_data import read_signed_data
from rogatory_crypto.esign.found import FoundTimestamp, TimestampKind
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, indeterminate
from rogatory_crypto.esign.xml.canonical import Method, NodeSet
from rogatory_crypto.esign.xml.elements import child, children, octets
from rogatory_crypto.esign.xml.names import XADES, XADES_132, XADES_141, Element, ds, local, xades
from rogatory_crypto.esign.xml.parts import Parts
from rogatory_crypto.esign.xml.qualifying import SIGNED_PROPERTIES
from rogatory_crypto.esign.xml.references import Checked
from rogatory_crypto.esign.xml.source import Source
from rogatory_crypto.esign.xml.transforms import canonical, canonicalization

_DATED: Final = f"{{{XADES_132}}}ArchiveTimeStamp"
_CURRENT: Final = f"{{{XADES_141}}}ArchiveTimeStamp"
_SIGNATURE: Final = xades("SignatureTimeStamp")
_ALL_DATA: Final = xades("AllDataObjectsTimeStamp")
_SOME_DATA: Final = xades("IndividualDataObjectsTimeStamp")
_AND_REFERENCES: Final = (*xades("SigAndRefsTimeStamp"), f"{{{XADES_141}}}SigAndRefsTimeStampV2")
_REVOCATION_REFERENCES: Final = (*xades("CompleteRevocationRefs"), *xades("AttributeRevocationRefs"))
_REFERENCES: Final = (*xades("CompleteCertificateRefs"), *xades("AttributeCertificateRefs"))
_REFERENCES_V2: Final = tuple(
    f"{{{XADES_141}}}{name}" for name in ("CompleteCertificateRefsV2", "AttributeCertificateRefsV2")
)
_EXPLICIT: Final = tuple(
    name for each in ("Include", "HashDataInfo", "ReferenceInfo") for name in xades(each)
)
UNREADABLE: Final = indeterminate(SubIndication.SIG_CONSTRAINTS_FAILURE, "a time stamp on it cannot be read")

Content = Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Stamped:
    """The time stamps of one signature.

    Attributes:
        found: those that can be read, in the order in which they were made.
        integrity: PASSED where all can be read.
        warnings: what is said of those that prove nothing.
    """

    found: tuple[FoundTimestamp, ...] = ()
    integrity: Verdict = PASSED
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stamps:
    """What a signature's time stamps are about."""

    parts: Parts
    references: Sequence[Checked]
    source: Source

    def of(self, stamp: Element) -> tuple[TimestampKind, Callable[[], Content]] | None:
        """Return the kind of a property and what its tokens cover; absent where it is of no use."""
        name = stamp.tag
        if name in _ALL_DATA:
            return TimestampKind.CONTENT, partial(self._all_data, stamp)
        if name in _SOME_DATA:
            return TimestampKind.CONTENT, partial(self._some_data, stamp)
        if name in _SIGNATURE:
            return TimestampKind.SIGNATURE, partial(self._elements, stamp, [self.parts.value])
        if name in _AND_REFERENCES:
            return TimestampKind.SIGNATURE, partial(self._signature_and_references, stamp)
        if name in {_DATED, _CURRENT}:
            return TimestampKind.ARCHIVE, partial(self._archive, stamp)
        return None

    def _elements(self, stamp: Element, elements: Sequence[Element]) -> Content:
        method = _method(stamp)
        for each in elements:
            yield self.source.canonicalizer.octets(NodeSet((each,), comments=True), method)

    def _content(self, stamp: Element, references: Sequence[Checked]) -> Content:
        method = _method(stamp)
        for each in references:
            if each.transformed is None:
                raise PeerError(Code.NOT_FOUND, "the content under a time stamp is not there")
            yield canonical(each.transformed.data, method, self.source)

    def _all_data(self, stamp: Element) -> Content:
        yield from self._content(
            stamp, [each for each in self.references if each.kind not in SIGNED_PROPERTIES]
        )

    def _some_data(self, stamp: Element) -> Content:
        included = list(children(stamp, *xades("Include")))
        if not included or any(each.get("referencedData") not in {"true", "1"} for each in included):
            raise PeerError(Code.UNSUPPORTED, "a time stamp on something else than referenced data")
        by_id = {each.element.get("Id"): each for each in self.references if each.element.get("Id")}
        names = [(each.get("URI") or "").removeprefix("#") for each in included]
        if any(name not in by_id for name in names):
            raise PeerError(Code.NOT_FOUND, "the reference under a time stamp is not there")
        yield from self._content(stamp, [by_id[name] for name in names])

    def _signature_and_references(self, stamp: Element) -> Content:
        references = _REFERENCES_V2 if local(stamp).endswith("V2") else _REFERENCES
        names = {*_SIGNATURE, *references, *_REVOCATION_REFERENCES}
        before = [each for each in self._before(stamp) if each.tag in names]
        yield from self._elements(stamp, [self.parts.value, *before])

    def _archive(self, stamp: Element) -> Content:
        """EN 319 132-1 clause 5.5.2.2: everything in the signature that was there before."""
        if any(True for _ in children(stamp, *_EXPLICIT)):
            raise PeerError(Code.UNSUPPORTED, "an archive time stamp that lists what it covers")
        yield from self._content(stamp, self.references)
        key_info = [] if self.parts.key_info is None else [self.parts.key_info]
        fixed = [self.parts.signed_info, self.parts.value, *key_info]
        yield from self._elements(stamp, [*fixed, *self._before(stamp), *self._objects(stamp)])

    def _before(self, stamp: Element) -> list[Element]:
        unsigned = self.parts.qualifying.unsigned
        return list(unsigned[: unsigned.index(stamp)])

    def _objects(self, stamp: Element) -> list[Element]:
        names = xades("QualifyingProperties")
        objects = [each for each in self.parts.objects if next(children(each, *names), None) is None]
        if stamp.tag == _CURRENT:
            return objects
        referenced = {each.uri for each in self.references}
        return [each for each in objects if f"#{each.get('Id', '')}" not in referenced]


def find_timestamps(parts: Parts, references: Sequence[Checked], source: Source) -> Stamped:
    """Find every time stamp among the properties of a signature.

    Raises:
        PeerError: TOO_LARGE where there are more than can be checked in reasonable time.
    """
    stamps = _Stamps(parts, references, source)
    found: list[FoundTimestamp] = []
    integrity, warnings = PASSED, []
    for each in (*parts.qualifying.signed_data_properties(), *parts.qualifying.unsigned):
        about = stamps.of(each)
        if about is None:
            warnings += [_unused(each)] if _is_stamp(each) else []
            continue
        for token in each.iter(*xades("EncapsulatedTimeStamp")):
            try:
                found.append(_found(about[0], octets(token), about[1]))
            except PeerError:
                integrity = UNREADABLE
        warnings += [_unused(each)] if next(each.iter(*xades("XMLTimeStamp")), None) is not None else []
    if len(found) > MAX_TIMESTAMPS:
        raise PeerError(Code.TOO_LARGE, f"more than {MAX_TIMESTAMPS} time stamps on one signature")
    return Stamped(tuple(found), integrity, tuple(warnings))


def _found(kind: TimestampKind, token: bytes, content: Callable[[], Content]) -> FoundTimestamp:
    made = cache(lambda name: digest(name, *content()))
    return FoundTimestamp(kind, read_signed_data(token), made)


def _method(stamp: Element) -> Method:
    return canonicalization(child(stamp, ds("CanonicalizationMethod")))


def _is_stamp(element: Element) -> bool:
    namespace, _, name = str(element.tag).removeprefix("{").partition("}")
    return "TimeStamp" in name and "Data" not in name and namespace in {*XADES, XADES_141}


def _unused(element: Element) -> str:
    return f"the time stamp {local(element)} is of a kind that is not supported here and proves nothing"
