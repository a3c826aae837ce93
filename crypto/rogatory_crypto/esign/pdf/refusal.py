"""Why a change after signing is not allowed, in words that are the same in every process.

The library that compares revisions names what it found by printing sets and objects: their order and their
addresses in memory differ from run to run. Here each of its reasons has one plain sentence, with what it
names in order; a reason that is not known keeps its text, with nothing of the process in it.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

MAX_TOLD: Final = 12
MAX_NAME: Final = 60
_ADDRESS: Final = re.compile(r"<[^<>]* at 0x[0-9a-fA-F]+>")
_REFERENCE: Final = re.compile(r"(?:TrailerReference|Reference)\([^()]*\)")
_NUMBER: Final = re.compile(r"idnum=(\d+)")
_KEY: Final = re.compile(r"/[^\s'\",{}()\[\]]+")
_STRING: Final = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_SET: Final = re.compile(r"\{([^{}]*)\}")
# Fields of one name are told apart by where they stand (``form_fields``), which is nothing for a reader.
_MARK: Final = re.compile(r"(?:\\x00|\x00)\d+ \d+")
_MAX_REASON: Final = 1000


def listed(names: Iterable[str]) -> str:
    """Return names for a reader: not more than anybody reads, none longer than a line."""
    told = [name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}…" for name in names]
    rest = len(told) - MAX_TOLD
    return ", ".join(told[:MAX_TOLD]) + (f" … +{rest}" if rest > 0 else "")


def refusal(reason: str) -> str:
    """Return the sentence for a reason of the library, or of ``differences``."""
    reason = _MARK.sub("", reason)
    for form, sentence, facts in FORMS:
        if (found := form.match(reason)) is not None:
            return sentence.replace("{}", facts(found[1] if found.groups() else ""))
    return _settled(reason)[:_MAX_REASON]


def _settled(reason: str) -> str:
    """Take out what differs from one process to the next."""
    without = _ADDRESS.sub("", reason)
    numbered = _REFERENCE.sub(lambda found: f"object {_numbers(found[0])}", without)
    return _SET.sub(lambda found: "{" + ", ".join(sorted(found[1].split(", "))) + "}", numbered)


def _numbers(text: str) -> str:
    return listed(str(number) for number in sorted({int(each) for each in _NUMBER.findall(text)}))


def _keys(text: str) -> str:
    return listed(sorted(set(_KEY.findall(text))))


def _differing(text: str) -> str:
    before, _between, after = text.partition(" vs. ")
    return listed(sorted(set(_KEY.findall(before)) ^ set(_KEY.findall(after))))


def _strings(text: str) -> str:
    return listed(sorted({one or other for one, other in _STRING.findall(text)}))


def _as_it_stands(text: str) -> str:
    return listed([text])


_Facts = Callable[[str], str]


def _form(pattern: str, sentence: str, facts: _Facts = _as_it_stands) -> tuple[re.Pattern[str], str, _Facts]:
    return re.compile(pattern, re.DOTALL), sentence, facts


FORMS: Final = (
    _form(r"There are unexplained xrefs in revision \d+: ([^\n]*)", "objects were changed: {}", _numbers),
    _form(r"Values for dict key (\S+) differ", "the entry {} of an object was changed"),
    _form(r"Dict keys differ: (.*)", "entries of an object were added or removed: {}", _differing),
    _form(r"Key (\S+) was deleted from dictionary", "the entry {} of an object was removed"),
    _form(r"Dict is overridden", "an object was replaced by one of another kind"),
    _form(r"Fields (.*) were deleted after signing", "form fields were removed: {}", _strings),
    _form(r"More form fields added .*new fields named (.*)", "form fields were added: {}", _strings),
    _form(r"Update changed field type of (.*)", "the kind of a form field was changed: {}"),
    _form(r"Update changed the name of (.*)", "a form field was renamed: {}"),
    _form(r"/Type of form field", "the kind of a form field was changed"),
    _form(
        r"Update of .* is not allowed because the form field (.*) is locked",
        "a form field was changed that a signature locks: {}",
    ),
    _form(
        r"Update of (.*) is only allowed after an approval", "objects were changed that are certified: {}",
        _numbers,
    ),
    _form(r"Value of signature field (.*?) (?:in revision|should be|is not)",
          "a signature field was filled in as no signature is: {}"),
    _form(r"Annotations (.*) were deleted", "annotations were removed: {}", _numbers),
    _form(r"The newly added annotations (.*) were not", "annotations were added: {}", _numbers),
    _form(r"Unexpected change to page tree", "pages were added, removed or moved"),
    _form(r"Update clobbers or reuses (.*)", "objects were used again for something else: {}", _numbers),
    _form(r"(?:Attempted to update an appearance|AP entry)", "what a form field looks like was changed"),
    _form(r"(?:/?Metadata|XML entities found in XMP)", "the metadata were changed as it is not allowed"),
    _form(r"Unexpected stream encountered at (.*)", "objects were changed: {}", _numbers),
)  # fmt: skip
