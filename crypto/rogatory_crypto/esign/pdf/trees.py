"""The page tree and the structure tree of one revision (ISO 32000-1 sections 7.7.3.2 and 14.7.2).

A node that would be reached twice makes a file that one reader walks for ever and another one cuts off, so it
is refused; so is a tree deeper than any product writes one.
"""

from typing import TYPE_CHECKING, Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError

from rogatory_crypto.esign.pdf.objects import Steps, elements, entry

if TYPE_CHECKING:
    from rogatory_crypto.esign.pdf.revision import Revision

MAX_PAGE_DEPTH: Final = 64
_PAGES: Final[Steps] = ("/Root", "/Pages")


def page_tree(revision: "Revision") -> dict[generic.Reference, Steps]:
    """Return the one path to each node of the page tree, in the order of the pages.

    Raises:
        PdfReadError: it is no tree, or too deep.
    """
    found: dict[generic.Reference, Steps] = {}
    waiting: list[tuple[Any, Steps]] = [(revision.root.raw_get("/Pages"), _PAGES)]
    while waiting:
        node, path = waiting.pop()
        if isinstance(node, generic.IndirectObject):
            if node.reference in found:
                raise PdfReadError("the page tree is not a tree")
            found[node.reference] = path
        if len(path) > 2 * MAX_PAGE_DEPTH:
            raise PdfReadError("the page tree is too deep")
        kids = list(enumerate(elements(revision.entry(revision.value(node), "/Kids"))))
        waiting += [(child, (*path, "/Kids", index)) for index, child in reversed(kids)]
    return found


def structure_tree(root: Any) -> set[generic.Reference]:  # noqa: ANN401 - untyped library
    """Return the nodes of the structure tree.

    Raises:
        PdfReadError: it is no tree.
    """
    found: set[generic.Reference] = set()
    waiting: list[Any] = [entry(root, "/StructTreeRoot")]
    while waiting:
        for child in _children(waiting.pop()):
            value = child.get_object()
            if entry(value, "/Type", "/StructElem") != "/StructElem" or not _is_dictionary(value):
                continue
            if isinstance(child, generic.IndirectObject):
                if child.reference in found:
                    raise PdfReadError("the structure tree is not a tree")
                found.add(child.reference)
            waiting.append(value)
    return found


def _children(node: Any) -> list[Any]:  # noqa: ANN401 - untyped library
    if (several := elements(entry(node, "/K"))) or not _is_dictionary(node):
        return several
    return [node.raw_get("/K")] if "/K" in node else []


def _is_dictionary(value: Any) -> bool:  # noqa: ANN401 - untyped library
    return isinstance(value, generic.DictionaryObject)
