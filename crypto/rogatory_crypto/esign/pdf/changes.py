"""What each revision of a PDF file changed, compared once for all signatures, and told for a reader.

Each revision is compared with the one before it. Where every step is allowed, what a signature showed is
still shown, and the step serves every signature before it. Where a step is not allowed by itself, and where a
signature sets rules of its own (DocMDP, FieldMDP), that signature's revision is compared with each later one.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel, SuspiciousModification
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm

from rogatory_crypto.esign.pdf.differences import Policy
from rogatory_crypto.esign.pdf.reading import Reader, Revision
from rogatory_crypto.esign.pdf.refusal import listed

Compared = DiffResult | SuspiciousModification

_WHAT: Final = {
    ModificationLevel.NONE: "nothing was changed",
    ModificationLevel.LTA_UPDATES: "validation data or time stamps were added",
    ModificationLevel.FORM_FILLING: "form fields were filled in or signatures were added",
    ModificationLevel.ANNOTATIONS: "annotations were added",
    ModificationLevel.OTHER: "the document was changed",
}
_PARTS: Final = frozenset({"/Contents", "/Annots", "/Resources"})
_BACK: Final = frozenset({"/P", "/Parent"})


class Changes:
    """The changes of one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._policy = Policy()
        self._steps: dict[int, Compared] = {}
        self._sayings: dict[int, tuple[str, ...]] = {}
        self.last = reader.xrefs.total_revisions - 1

    def since(
        self, revision: int, locks: FieldMDPSpec | None = None, permission: MDPPerm | None = None
    ) -> Compared:
        """Compare a revision with every later one; SuspiciousModification is returned, not raised."""
        steps = [self.step(later) for later in range(revision + 1, self.last + 1)]
        if locks is None and permission is None:
            allowed = [step for step in steps if isinstance(step, DiffResult)]
            if len(allowed) == len(steps):
                return _together(allowed)
        return self._from(revision, locks, permission)

    def step(self, revision: int) -> Compared:
        """Compare a revision with the one before it."""
        if revision not in self._steps:
            self._steps[revision] = self._compare(revision - 1, revision, None, None)
        return self._steps[revision]

    def level_after(self, revision: int) -> ModificationLevel:
        """How far the revisions after one go together."""
        return _level(self.since(revision))

    def told_since(self, revision: int) -> tuple[str, ...]:
        """Return for each later revision a line on what it did, then one for each thing it touched."""
        later = range(revision + 1, self.last + 1)
        said = ((number, what) for number in later for what in self._told_of(number))
        return tuple(f"revision {number + 1} of {self.last + 1}: {what}" for number, what in said)

    def _from(self, revision: int, locks: FieldMDPSpec | None, permission: MDPPerm | None) -> Compared:
        found: list[DiffResult] = []
        for later in range(revision + 1, self.last + 1):
            compared = self._compare(revision, later, locks, permission)
            if isinstance(compared, SuspiciousModification):
                return compared
            found.append(compared)
        return _together(found)

    def _compare(
        self, earlier: int, later: int, locks: FieldMDPSpec | None, permission: MDPPerm | None
    ) -> Compared:
        old, new = (self._reader.get_historical_resolver(each) for each in (earlier, later))
        try:
            return self._policy.apply(old, new, locks, permission)
        except SuspiciousModification as suspicious:
            return suspicious

    def _told_of(self, number: int) -> tuple[str, ...]:
        if number not in self._sayings:
            self._sayings[number] = tuple(self._told(number))
        return self._sayings[number]

    def _told(self, number: int) -> Iterator[str]:
        step = self.step(number)
        level = _level(step)
        yield _WHAT[level]
        if isinstance(step, DiffResult) and step.changed_form_fields:
            yield f"form fields: {listed(sorted(map(str, step.changed_form_fields)))}"
        if level > ModificationLevel.LTA_UPDATES:
            old, new = (self._reader.get_historical_resolver(each) for each in (number - 1, number))
            yield from _on_pages(old, new)
            yield f"objects: {_objects(new)}"


def _together(found: list[DiffResult]) -> DiffResult:
    level = max((each.modification_level for each in found), default=ModificationLevel.NONE)
    fields: set[str] = set()
    return DiffResult(level, fields.union(*(each.changed_form_fields for each in found)))


def _level(compared: Compared) -> ModificationLevel:
    return compared.modification_level if isinstance(compared, DiffResult) else ModificationLevel.OTHER


def _objects(revision: Revision) -> str:
    return listed([str(number) for number in sorted({each.idnum for each in revision.written})])


def _on_pages(old: Revision, new: Revision) -> Iterator[str]:
    before, after = old.pages(), new.pages()
    if len(before) != len(after):
        yield f"number of pages {len(before)}, now {len(after)}"
    written = new.written
    changed = [str(number) for number, page in enumerate(after, 1) if _touched(new, page, written)]
    if changed:
        yield f"pages: {listed(changed)}"


def _touched(revision: Revision, page: Any, written: set[generic.Reference]) -> bool:  # noqa: ANN401 - untyped library
    edges = [edge for edge in revision.reader.edges(page, revision.revision) if edge[0][0] in _PARTS]
    beside = [reference for _steps, reference in edges]
    below = (
        reference
        for part in beside
        for steps, reference in revision.reader.edges(part, revision.revision)
        if not _BACK & set(steps)
    )
    return any(reference in written for reference in chain([page], beside, below))
