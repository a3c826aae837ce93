"""DOCX (ISO/IEC 29500) and ODT (ISO/IEC 26300): their text, and what else such a package may hold.

Libraries that read these formats pass over footnotes, text boxes and what is hidden, which a letter may hang
on; so their elements are read here, as they come, without entities and without a tree.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Final
from xml.sax.handler import feature_namespaces

from defusedxml.sax import make_parser

from rogatory_client.written.extraction import WrittenFile
from rogatory_client.written.file_kind import FileKind
from rogatory_client.written.text_collector import Markup, TextCollector, XmlText
from rogatory_client.written.zip_package import Package

if TYPE_CHECKING:
    from xml.sax.xmlreader import XMLReader

_HIDDEN: Final = "there is text that is hidden: it was not read, and the addressee may find it"
_CHANGES: Final = "changes are tracked in it: accept or reject them, as both versions travel"
_COMMENTS: Final = "there are comments in it, which travel with it"
_OBJECT: Final = "another file is embedded in it, which may act when it is opened"
_FIELDS: Final = "there are fields in it that may show something else when they are updated"
_MACROS: Final = "there are macros in it: save it without them, or the addressee may refuse it"
_OUTSIDE: Final = "it fetches something from outside when it is opened"
_LINKS: Final = "there are links in it to addresses outside"
_PROPERTIES: Final = {"pPr", "sectPr", "tblPr", "tblGrid", "trPr", "tcPr", "numPr"}
_WORD: Final = Markup(
    lines=frozenset({"p"}),
    breaks=frozenset({"br", "cr"}),
    spaces=frozenset({"tab", "tc"}),
    skipped=frozenset({"del", "moveFrom", "Fallback", *_PROPERTIES}),
    texts=frozenset({"t"}),
    hiding=frozenset({"vanish", "webHidden"}),
    runs=frozenset({"r", "pPr", "style"}),
    told={
        "vanish": _HIDDEN, "del": _CHANGES, "ins": _CHANGES, "moveFrom": _CHANGES, "object": _OBJECT,
        "altChunk": _OBJECT, "instrText": _FIELDS, "commentReference": _COMMENTS,
    },
)  # fmt: skip
_OPEN: Final = Markup(
    lines=frozenset({"p", "h"}),
    breaks=frozenset({"line-break"}),
    spaces=frozenset({"tab", "s", "table-cell"}),
    skipped=frozenset(
        {"tracked-changes", "annotation", "hidden-text", "hidden-paragraph", "scripts", "forms"}
    ),
    told={
        "tracked-changes": _CHANGES, "annotation": _COMMENTS, "hidden-text": _HIDDEN,
        "hidden-paragraph": _HIDDEN, "script": _MACROS, "object": _OBJECT, "object-ole": _OBJECT,
        "plugin": _OBJECT, "applet": _OBJECT, "execute-macro": _MACROS, "event-listener": _MACROS,
        "conditional-text": _FIELDS, "dde-connection": _OUTSIDE, "section-source": _OUTSIDE,
    },
)  # fmt: skip
# The body first; what stands around it on each page after it.
_WORD_TEXTS: Final = re.compile(r"word/(document|footnotes\d*|endnotes\d*|header\d*|footer\d*)\.xml")
_EXTERNAL: Final = re.compile(rb'<Relationship\b[^>]*TargetMode\s*=\s*["\']External["\'][^>]*>')
_HYPERLINK: Final = re.compile(rb'Type\s*=\s*["\'][^"\']*/hyperlink["\']')
_OPEN_OUTSIDE: Final = re.compile(
    rb'<draw:(?:image|object|plugin)\b[^>]*xlink:href="(?:https?|ftp|file|smb)?:?//'
)


def read_docx(content: bytes) -> WrittenFile:
    """Return the text of a DOCX file.

    Raises:
        MisuseError: it is too large when unpacked, or under a password.
        Exception: it is no such file.
    """
    with Package(content) as package:
        warnings = [*_parts_of_word(package), *_relations(package)]
        texts = []
        for name in sorted(filter(_WORD_TEXTS.fullmatch, package.names), key=_rank):
            collector = _collected(package.part(name), _WORD)
            texts.append(collector.text)
            warnings += collector.warnings
        if "word/styles.xml" in package.names:
            warnings += _collected(package.part("word/styles.xml"), _WORD).warnings
    return WrittenFile(FileKind.DOCX, "\n".join(filter(None, texts)), tuple(warnings))


def read_odt(content: bytes) -> WrittenFile:
    """Return the text of an ODT file; raises as ``read_docx`` does."""
    with Package(content) as package:
        body = package.part("content.xml")
        collector = _collected(body, _OPEN)
        warnings = [*_parts_of_open(package), *collector.warnings]
        if _OPEN_OUTSIDE.search(body):
            warnings.append(_OUTSIDE)
        texts = [collector.text]
        if "styles.xml" in package.names:
            around = _collected(package.part("styles.xml"), _OPEN)
            texts.append(around.text)
    return WrittenFile(FileKind.ODT, "\n".join(filter(None, texts)), tuple(warnings))


def _collected(part: bytes, markup: Markup) -> TextCollector:
    collector = TextCollector(markup)
    parser: XMLReader = make_parser()
    parser.forbid_dtd = True  # type: ignore[attr-defined]  # of defusedxml: no entity can be declared
    parser.setFeature(feature_namespaces, True)  # noqa: FBT003 - SAX has it so
    parser.setContentHandler(XmlText(collector))
    parser.parse(BytesIO(part))
    return collector


def _rank(name: str) -> tuple[int, str]:
    order = ("document", "footnotes", "endnotes", "header", "footer")
    return next(at for at, each in enumerate(order) if name.startswith(f"word/{each}")), name


def _parts_of_word(package: Package) -> Iterator[str]:
    lowered = [each.lower() for each in package.names]
    if any("vbaproject" in each or "vbadata" in each for each in lowered):
        yield _MACROS
    if any(each.startswith(("word/embeddings/", "word/activex/")) for each in lowered):
        yield _OBJECT
    if any(each.startswith("word/comments") for each in lowered):
        yield _COMMENTS
    if b"macroEnabled" in package.part("[Content_Types].xml"):
        yield _MACROS


def _relations(package: Package) -> Iterator[str]:
    for name in package.names:
        if name.endswith(".rels"):
            for found in _EXTERNAL.findall(package.part(name)):
                yield _LINKS if _HYPERLINK.search(found) else _OUTSIDE


def _parts_of_open(package: Package) -> Iterator[str]:
    if any(each.startswith(("Basic/", "Scripts/")) for each in package.names):
        yield _MACROS
    if any(each.startswith(("Object ", "ObjectReplacements/")) for each in package.names):
        yield _OBJECT
