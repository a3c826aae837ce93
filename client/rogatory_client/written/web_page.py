"""HTML: its text by the standard library's parser, and what else such a file may hold."""

import re
from html.parser import HTMLParser
from typing import Final

from rogatory_client.written.extraction import WrittenFile
from rogatory_client.written.file_kind import FileKind
from rogatory_client.written.text_collector import Markup, TextCollector

_SCRIPT: Final = "there are scripts in it: save it as PDF instead"
_OUTSIDE: Final = "it fetches something from outside when it is opened"
_GUESSED: Final = "it does not say how its letters are encoded: compare the text, or save it as PDF"
_HIDDEN: Final = "there is text that is hidden: the addressee may find it"
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})")
_HIDING_STYLE: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0", re.IGNORECASE
)
_FETCHING: Final = frozenset({"img", "iframe", "link", "object", "embed", "audio", "video", "source"})
_MARKUP: Final = Markup(
    lines=frozenset(
        {
            "p",
            "div",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "li",
            "tr",
            "table",
            "blockquote",
            "dt",
            "dd",
            "section",
        }
    ),
    breaks=frozenset({"br", "hr"}),
    spaces=frozenset({"td", "th"}),
    # Not the head: its end may be left out (HTML, 13.1.2.4), and of it only the title is text.
    skipped=frozenset({"script", "style", "title", "template", "noscript", "object"}),
    told={
        "script": _SCRIPT,
        "iframe": _OUTSIDE,
        "object": _OUTSIDE,
        "embed": _OUTSIDE,
        "form": "there is a form in it",
    },
)


def read_html(content: bytes) -> WrittenFile:
    """Return the text of an HTML file."""
    page = _Page(TextCollector(_MARKUP))
    text, is_certain = _decoded(content)
    page.feed(text)
    page.close()
    warnings = (*page.collector.warnings, *(() if is_certain else (_GUESSED,)))
    return WrittenFile(FileKind.HTML, page.collector.text, warnings)


def _decoded(content: bytes) -> tuple[str, bool]:
    """Return the text, and whether it is read as the file says; else as most are (HTML, 13.2.3.2)."""
    named = _CHARSET.search(content[:4096])
    try:
        return content.decode("utf-8-sig" if named is None else named[1].decode("ascii")), True
    except (LookupError, UnicodeError):
        return content.decode("windows-1252", "replace"), False


class _Page(HTMLParser):
    """Feeds the elements of a page to a collector."""

    def __init__(self, collector: TextCollector) -> None:
        super().__init__(convert_charrefs=True)
        self.collector = collector

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self._look(tag, said)
        self.collector.begin(tag, said)

    def handle_endtag(self, tag: str) -> None:
        self.collector.end(tag)

    def handle_data(self, data: str) -> None:
        self.collector.say(" ".join(data.split("\n")))

    def _look(self, tag: str, said: dict[str, str]) -> None:
        if "hidden" in said or _HIDING_STYLE.search(said.get("style", "")):
            self.collector.warnings.append(_HIDDEN)
        if any(name.startswith("on") for name in said):
            self.collector.warnings.append(_SCRIPT)
        source = said.get("src") or said.get("data") or (said.get("href") if tag == "link" else "") or ""
        if tag in _FETCHING and source and not source.startswith("data:"):
            self.collector.warnings.append(_OUTSIDE)
