"""Changes after signing that make readers show something else without touching it.

Where a form asks readers to draw its fields anew, its resources and defaults decide what they show
(ISO 32000-1 section 12.7.2). The title
in the document information is shown as the name of the window.
"""

from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification

from rogatory_crypto.esign.pdf.fields import has_other_fields
from rogatory_crypto.esign.pdf.metadata import told_otherwise
from rogatory_crypto.esign.pdf.objects import entry
from rogatory_crypto.esign.pdf.revision import Revision

# What decides how the text of a field looks (section 12.7.3.3).
_SHAPES: Final = ("/DR", "/DA", "/Q")
# Products add these with a signature field; nothing that is there uses them.
_ADDABLE: Final = frozenset({"/Font", "/Encoding", "/ProcSet"})


def least_level(old: Revision, new: Revision) -> ModificationLevel:
    """Return how far a change goes at least, however its objects were explained."""
    if told_otherwise(old, new):
        return ModificationLevel.ANNOTATIONS
    if _drawn_anew(old, new) or _more_resources(old, new):
        return ModificationLevel.FORM_FILLING
    return ModificationLevel.NONE


def refuse_redefined_resources(old: Revision, new: Revision) -> None:
    """Refuse to change what fields already filled in look like: resources may only be added to.

    Raises:
        SuspiciousModification: one was removed or is another one now.
    """
    resources = _resources(new)
    for kind in _resources(old):
        before, after = entry(_resources(old), kind), entry(resources, kind, {})
        for name in before if isinstance(before, generic.DictionaryObject) else ():
            if name not in after:
                raise SuspiciousModification(f"the resource {name} of the form was removed")
            if before.raw_get(name) != after.raw_get(name):
                raise SuspiciousModification(f"the resource {name} of the form was redefined")


def _drawn_anew(old: Revision, new: Revision) -> bool:
    before, after = _form(old), _form(new)
    asked = [bool(entry(form, "/NeedAppearances")) for form in (before, after)]
    shaped = any(entry(before, key) != entry(after, key) for key in _SHAPES)
    shaped = shaped or bool(new.collect_dependencies(entry(after, "/DR")) & new.written)
    return (asked[0] != asked[1] or (any(asked) and shaped)) and has_other_fields(new)


def _more_resources(old: Revision, new: Revision) -> bool:
    before, after = _resources(old), _resources(new)
    return any(
        set(entry(after, kind, {})) - set(entry(before, kind, {}))
        for kind in after
        if kind not in _ADDABLE and isinstance(entry(after, kind), generic.DictionaryObject)
    )


def _form(revision: Revision) -> Any:  # noqa: ANN401 - untyped library
    return entry(revision.root, "/AcroForm")


def _resources(revision: Revision) -> Any:  # noqa: ANN401 - untyped library
    resources = entry(_form(revision), "/DR")
    return resources if isinstance(resources, generic.DictionaryObject) else {}
