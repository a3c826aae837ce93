"""Finds what a PDF holds beside what its reader sees: before it is signed, and when it comes in.

A file that was prepared before signing passes every check of its signature, because nothing was changed
afterwards: text under an image, layers that can be switched, scripts, fields that wait to be filled. So a
signer is warned before, and a receiver is told.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError, PdfReadError

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.pdf.drawing import look_at
from rogatory_crypto.esign.pdf.objects import elements, entry, references_in
from rogatory_crypto.esign.pdf.paper import content_of, paper_of
from rogatory_crypto.esign.pdf.reading import Reader, Revision, open_pdf
from rogatory_crypto.esign.pdf.unlisted import unlisted_objects

MAX_PAGES: Final = 500
MAX_CONTENT_BYTES: Final = 8 * 1024 * 1024
_UNREADABLE: Final = (PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)
# Where nothing acts, and large files have most of their objects.
_BESIDE: Final = frozenset({"/Parent", "/P", "/Pg", "/StructTreeRoot", "/Font", "/ColorSpace"})
_HARMLESS: Final = frozenset({"/Link", "/Popup", "/Widget"})


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is looked at: words of pages' content, and values of objects."""

    words: int
    values: int


# Who signs can wait; who receives is told where the look ended.
THOROUGH: Final = Effort(words=5_000_000, values=1_000_000)
BRIEF: Final = Effort(words=60_000, values=10_000)


class Kind(StrEnum):
    """What was found."""

    SCRIPT = "script"
    ACTION = "action"
    LINK = "link"
    LAYER = "layer"
    COVERED_TEXT = "covered-text"
    UNSEEN_TEXT = "unseen-text"
    ANNOTATION = "annotation"
    FORM_FIELD = "form-field"
    UNLISTED_OBJECT = "unlisted-object"
    ATTACHMENT = "attachment"
    NOT_LOOKED_AT = "not-looked-at"


# A document with one of these may show or do something else tomorrow than what is signed today.
DECEPTIVE: Final = frozenset({Kind.SCRIPT, Kind.ACTION, Kind.LAYER, Kind.COVERED_TEXT, Kind.UNLISTED_OBJECT})
_ACTIONS: Final = {
    "/JavaScript": Kind.SCRIPT,
    "/Rendition": Kind.SCRIPT,
    "/Launch": Kind.ACTION,
    "/SubmitForm": Kind.ACTION,
    "/ImportData": Kind.ACTION,
    "/SetOCGState": Kind.ACTION,
    "/Hide": Kind.ACTION,
    "/GoToR": Kind.LINK,
    "/GoToE": Kind.LINK,
    "/URI": Kind.LINK,
}
_TOO_LARGE: Final = "the file is too large to look for scripts and actions everywhere"
_SENTENCES: Final = {
    Kind.SCRIPT: "the file holds {} that a reader may run and that can change what is shown",
    Kind.ACTION: "the file holds {} that can start programs, send data or show and hide things",
    Kind.LINK: "the file holds {} to places outside of it",
}
_NOUNS: Final = {
    Kind.SCRIPT: ("a script", "scripts"),
    Kind.ACTION: ("an action", "actions"),
    Kind.LINK: ("a link", "links"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a reader may not see.

    Attributes:
        kind: what it is.
        sentence: for the reader.
        page: counted from 1; absent where it belongs to no page.
    """

    kind: Kind
    sentence: str
    page: int | None = None

    @property
    def deceptive(self) -> bool:
        """Whether the document may later show or do something else than now."""
        return self.kind in DECEPTIVE


def find_hidden_content(document: bytes) -> tuple[Finding, ...]:
    """Find what a PDF holds beside what its reader sees.

    Raises:
        PeerError: MALFORMED where the file cannot be read, UNSUPPORTED where it is encrypted.
    """
    try:
        reader = open_pdf(document, strict=False)
    except (Exception, RecursionError) as error:
        raise PeerError(Code.MALFORMED, f"the file cannot be read as a PDF: {error}"[:300]) from error
    if reader.encrypted:
        raise PeerError(Code.UNSUPPORTED, "an encrypted file")
    return hidden_content_of(reader, THOROUGH)


def hidden_content_of(reader: Reader, effort: Effort = BRIEF) -> tuple[Finding, ...]:
    """Find the same in a file that is already open; what cannot be read is left out."""
    revision = reader.get_historical_resolver(reader.xrefs.total_revisions - 1)
    found: list[Finding] = []
    if _is_endless(revision):
        return (Finding(Kind.NOT_LOOKED_AT, _TOO_LARGE),)
    for look in (_actions, _layers, _pages, _fields, _attachments, _unlisted):
        try:
            found += look(revision, effort)
        except (*_UNREADABLE, RecursionError):
            continue
    return tuple(found)


def _is_endless(revision: Revision) -> bool:
    try:
        return not revision.page_tree
    except PdfReadError:
        return True
    except (*_UNREADABLE, RecursionError):
        return False


def _actions(revision: Revision, effort: Effort) -> Iterator[Finding]:
    counts: Counter[Kind] = Counter()
    ended = False
    for value in _values(revision, effort.values):
        ended = ended or value is None
        if kind := _ACTIONS.get(str(entry(value, "/S"))):
            counts[kind] += 1
    for kind, count in sorted(counts.items()):
        one, many = _NOUNS[kind]
        yield Finding(kind, _SENTENCES[kind].format(one if count == 1 else f"{count} {many}"))
    if ended:
        yield Finding(Kind.NOT_LOOKED_AT, _TOO_LARGE)


def _values(revision: Revision, most: int) -> Iterator[Any]:
    """Every dictionary that the document leads to, what is nearest first; None where there were more."""
    waiting: deque[Any] = deque([revision.root])
    seen = {revision.root_ref}
    looked = 0
    while waiting:
        if (looked := looked + 1) > most:
            yield None
            return
        value = waiting.popleft()
        if isinstance(value, generic.IndirectObject):
            if value.reference in seen or not revision.reader.exists(value.reference, revision.revision):
                continue
            seen.add(value.reference)
            value = revision.reader.at(value.reference, revision.revision)
        if isinstance(value, generic.DictionaryObject):
            yield value
            waiting += [value.raw_get(key) for key in value if key not in _BESIDE]
        elif isinstance(value, generic.ArrayObject):
            waiting += elements(value)


def _layers(revision: Revision, _effort: Effort) -> Iterator[Finding]:
    properties = entry(revision.root, "/OCProperties")
    layers = elements(entry(properties, "/OCGs"))
    default = entry(properties, "/D")
    hidden = elements(entry(default, "/OFF"))
    if hidden or (layers and entry(default, "/BaseState") == "/OFF"):
        reason = (
            f"{len(hidden) or len(layers)} of {len(layers)} layers are switched off and can be switched on"
        )
        yield Finding(Kind.LAYER, reason)
    elif layers:
        yield Finding(Kind.LAYER, f"the file has {len(layers)} layers that a reader can switch off")


def _pages(revision: Revision, effort: Effort) -> Iterator[Finding]:
    left, words = MAX_CONTENT_BYTES, effort.words
    pages = revision.pages()
    for number, reference in enumerate(pages, 1):
        if left <= 0 or words <= 0 or number > MAX_PAGES:
            reason = f"pages {number} to {len(pages)} were not looked at for covered text"
            yield Finding(Kind.NOT_LOOKED_AT, reason)
            return
        page = revision(reference)
        content = content_of(page, left)
        left -= len(content)
        seen = look_at(content, paper_of(page), words)
        words -= seen.words
        if seen.covered:
            reason = f"page {number}: something is drawn over {seen.covered} pieces of text"
            yield Finding(Kind.COVERED_TEXT, reason, number)
        if seen.unseen:
            reason = f"page {number}: {seen.unseen} pieces of text are there and cannot be seen"
            yield Finding(Kind.UNSEEN_TEXT, reason, number)
        yield from _annotations(page, number)


def _annotations(page: Any, number: int) -> Iterator[Finding]:  # noqa: ANN401 - untyped library
    kinds = Counter(
        str(entry(each.get_object(), "/Subtype", "/Annot"))
        for each in elements(entry(page, "/Annots"))
        if entry(each.get_object(), "/AP") is not None
    )
    drawn = {kind: count for kind, count in kinds.items() if kind not in _HARMLESS}
    if drawn:
        names = ", ".join(f"{count} {kind[1:]}" for kind, count in sorted(drawn.items()))
        reason = f"page {number}: annotations lie over the page and may cover what is under them ({names})"
        yield Finding(Kind.ANNOTATION, reason, number)


def _fields(revision: Revision, _effort: Effort) -> Iterator[Finding]:
    form = entry(revision.root, "/AcroForm")
    open_fields = 0
    waiting = [(each, None) for each in elements(entry(form, "/Fields"))]
    seen: set[object] = set()
    while waiting:
        raw, kind = waiting.pop()
        if isinstance(raw, generic.IndirectObject):
            if raw.reference in seen:
                continue
            seen.add(raw.reference)
        value = raw.get_object()
        kind = entry(value, "/FT", kind)
        kids = elements(entry(value, "/Kids"))
        waiting += [(kid, kind) for kid in kids]
        read_only = int(entry(value, "/Ff", 0)) & 1
        open_fields += not kids and kind not in {None, "/Sig"} and not read_only
    if open_fields:
        yield Finding(Kind.FORM_FIELD, f"{open_fields} form fields can still be filled in after signing")
    if entry(form, "/NeedAppearances"):
        yield Finding(Kind.FORM_FIELD, "each reader draws the form fields anew, so they may look different")


def _attachments(revision: Revision, _effort: Effort) -> Iterator[Finding]:
    if references := list(references_in(entry(entry(revision.root, "/Names"), "/EmbeddedFiles"))):
        yield Finding(Kind.ATTACHMENT, f"files are attached inside the file ({len(references)} entries)")


def _unlisted(revision: Revision, _effort: Effort) -> Iterator[Finding]:
    count = len(unlisted_objects(revision.reader, 0))
    if count:
        yield Finding(
            Kind.UNLISTED_OBJECT, f"{count} objects stand in the file that no cross-reference names"
        )
