"""Collects the text of markup as it is read: paragraphs as lines, what is not shown left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesNSImpl

MAX_COLLECTED: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Markup:
    """What the elements of a language mean, by local name.

    Attributes:
        lines: end a paragraph.
        breaks: a new line within one.
        spaces: stand for white space.
        skipped: are not text, nor is anything in them.
        texts: hold text; empty where every element may.
        hiding: hide the run that they stand in.
        runs: end what was hidden.
        told: say something about the file, and what.
    """

    lines: frozenset[str]
    breaks: frozenset[str]
    spaces: frozenset[str]
    skipped: frozenset[str]
    texts: frozenset[str] = frozenset()
    hiding: frozenset[str] = frozenset()
    runs: frozenset[str] = frozenset()
    told: Mapping[str, str] = field(default_factory=dict)


class TextCollector:
    """The text so far, and what else was seen."""

    def __init__(self, markup: Markup) -> None:
        self._markup = markup
        self._texts: list[str] = []
        self._size = 0
        self._skipping = 0
        self._within: list[str] = []
        self._hidden = False
        self.warnings: list[str] = []

    @property
    def text(self) -> str:
        """The text, without blank lines at its ends."""
        lines = (line.strip() for line in "".join(self._texts).split("\n"))
        return "\n".join(lines).strip()

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        markup = self._markup
        if name in markup.told:
            self.warnings.append(markup.told[name])
        if name in markup.hiding and attributes.get("val") not in {"0", "false", "off"}:
            self._hidden = True
        if name in markup.skipped:
            self._skipping += 1
        if name in markup.breaks:
            self._put("\n")
        elif name in markup.spaces:
            self._put(" ")
        if name in markup.texts:
            self._within.append(name)

    def say(self, text: str) -> None:
        """Characters within the element that began last."""
        if self._hidden or (self._markup.texts and not self._within):
            return
        self._put(text)

    def end(self, name: str) -> None:
        """An element ends."""
        markup = self._markup
        if name in markup.skipped and self._skipping:
            self._skipping -= 1
        if name in markup.lines:
            self._put("\n")
        if name in markup.runs:
            self._hidden = False
        if name in markup.texts and self._within:
            self._within.pop()

    def _put(self, text: str) -> None:
        if not self._skipping and self._size <= MAX_COLLECTED:
            self._texts.append(text)
            self._size += len(text)


class XmlText(ContentHandler):
    """Feeds the elements of an XML file to a collector, by their local names."""

    def __init__(self, collector: TextCollector) -> None:
        super().__init__()
        self._collector = collector

    def startElementNS(  # noqa: N802 - SAX names it so
        self,
        name: tuple[str | None, str],
        qname: str | None,  # noqa: ARG002 - as SAX calls it
        attrs: AttributesNSImpl,
    ) -> None:
        """An element begins."""
        said = {local: value for (_, local), value in attrs.items()}
        self._collector.begin(name[1], said)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802, ARG002 - as above
        """An element ends."""
        self._collector.end(name[1])

    def characters(self, content: str) -> None:
        """Text within it."""
        self._collector.say(content)
