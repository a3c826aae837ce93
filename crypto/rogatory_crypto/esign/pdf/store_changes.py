"""Which changes of the security store are allowed: any that stay inside it (EN 319 142-1 clause 5.4.2).

Nothing in the store is shown or trusted. An object that is also used outside is not inside it.
"""

import re
from collections.abc import Generator, Iterator
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import ReferenceUpdate, SuspiciousModification, WhitelistRule
from pyhanko.sign.diff_analysis.rules_api import Context

from rogatory_crypto.esign.pdf.objects import EMPTY, elements, entry, references_in
from rogatory_crypto.esign.pdf.revision import Revision, as_revision

_STORE: Final = ("/Root", "/DSS")
_STORE_KEYS: Final = frozenset({"/Type", "/VRI", "/Certs", "/CRLs", "/OCSPs"})
_VRI_KEYS: Final = frozenset({"/Type", "/TU", "/TS", "/Cert", "/CRL", "/OCSP"})
# The SHA-1 of the signature in hexadecimal; some products take another hash.
_VRI_NAME: Final = re.compile("/[A-Za-z0-9]{40,128}")


class SecurityStoreRule(WhitelistRule):
    """Allows what is reached through the security store alone, and is nothing but validation data.

    An object could pass for validation data and be shown as well, a field for example: so every dictionary
    may hold only the keys of its kind, and a stream names no other object (EN 319 142-1 clause 5.4.2).
    """

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterator[ReferenceUpdate]:
        """Yield every object of the store that the newer revision wrote."""
        written = as_revision(new).written
        for reference in _store_objects(new.root):
            if reference in written:
                yield from _inside_store(as_revision(old), reference)


def _inside_store(old: Revision, reference: generic.Reference) -> Iterator[ReferenceUpdate]:
    if old.is_ref_unassignable(reference):
        yield ReferenceUpdate(reference)
        return
    paths = old._get_usages_of_ref(reference)  # noqa: SLF001 - the rules of the library ask it too
    if not paths:
        yield ReferenceUpdate(reference)
    for path in paths:
        if tuple(path)[:2] == _STORE:
            yield ReferenceUpdate(reference, context_checked=Context.from_absolute(old, path))


def _store_objects(root: Any) -> Iterator[generic.Reference]:  # noqa: ANN401 - untyped library
    store = yield from _dictionary(root, _STORE[1], _STORE_KEYS)
    for key in store:
        if key != "/VRI":
            yield from _validation_data(store.raw_get(key))
    related = yield from _dictionary(store, "/VRI", None)
    for name in related:
        if name != "/Type" and not _VRI_NAME.fullmatch(name):
            raise SuspiciousModification(f"the security store holds {name}")
        part = (yield from _dictionary(related, name, _VRI_KEYS)) if name != "/Type" else EMPTY
        for key in part:
            yield from _validation_data(part.raw_get(key))


def _dictionary(
    parent: Any,  # noqa: ANN401 - untyped library
    key: str,
    allowed: frozenset[str] | None,
) -> Generator[generic.Reference, None, Any]:
    raw = parent.raw_get(key) if key in parent else None
    if isinstance(raw, generic.IndirectObject):
        yield raw.reference
    value = entry(parent, key, EMPTY)
    if not isinstance(value, generic.DictionaryObject) or isinstance(value, generic.StreamObject):
        raise SuspiciousModification(f"{key} in the security store is not a dictionary")
    if allowed is not None and not set(value) <= allowed:
        raise SuspiciousModification(f"{key} in the security store holds {sorted(set(value) - allowed)}")
    return value


def _validation_data(raw: Any) -> Iterator[generic.Reference]:  # noqa: ANN401 - untyped library
    """The objects of an array of streams, or of one stream."""
    if isinstance(raw, generic.IndirectObject):
        yield raw.reference
    value = raw.get_object()
    if isinstance(value, generic.ArrayObject):
        for element in elements(value):
            yield from _validation_data(element)
    elif isinstance(value, generic.StreamObject):
        references = list(references_in(value))
        if any(steps != ("/Length",) for steps, _reference in references):
            raise SuspiciousModification("validation data in the security store names other objects")
        yield from (reference for _steps, reference in references)
    elif isinstance(value, generic.DictionaryObject):
        raise SuspiciousModification("validation data in the security store is a dictionary")
