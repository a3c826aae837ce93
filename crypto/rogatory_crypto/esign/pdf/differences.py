"""Which changes an incremental update may make to what was signed (ISO 32000-2 sections 12.8.2 and 12.8.4).

The library compares revisions object by object: a change that no rule explains is suspicious. Rules that
differ here, each because a widely used product writes what the library's rule refuses:

1. Nothing in the security store is shown or trusted, so any change that stays inside it is allowed; an
   object that is also used outside is not inside it.
2. A document time stamp is told by its SubFilter; some products call it ``/Sig``.
3. An entry that frees a number which nothing used is no change. Freeing anything that was used is.
4. A choice field that is filled in says so twice: by its value and by the index of it.
5. A certification that allows signing allows a visible signature.

And two that the library lacks:

6. An object that signed content names, that was nowhere when it was signed, and that a later revision brings
   is content added after signing, however new its number is.
7. A form's resources may be added to. Redefining one would change what fields already filled in look like.
"""

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DiffResult,
    DocInfoRule,
    FieldComparisonContext,
    FieldComparisonSpec,
    FormUpdate,
    FormUpdatingRule,
    GenericFieldModificationRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    ReferenceUpdate,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
    WhitelistRule,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.constants import VALUE_UPDATE_KEYS
from pyhanko.sign.diff_analysis.rules.form_field_rules import is_field_visible
from pyhanko.sign.diff_analysis.rules_api import Context
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm

from rogatory_crypto.esign.pdf.objects import EMPTY, elements, entry, references_in
from rogatory_crypto.esign.pdf.reading import Revision

DOCUMENT_TIMESTAMP: Final = "/ETSI.RFC3161"
_STORE: Final = ("/Root", "/DSS")
_BACK: Final = frozenset({"/P", "/Parent"})
_STORE_KEYS: Final = frozenset({"/Type", "/VRI", "/Certs", "/CRLs", "/OCSPs"})
_VRI_KEYS: Final = frozenset({"/Type", "/TU", "/TS", "/Cert", "/CRL", "/OCSP"})
# The SHA-1 of the signature in hexadecimal; some products take another hash.
_VRI_NAME: Final = re.compile("/[A-Za-z0-9]{40,128}")
# What decides how the text of a field looks (ISO 32000-1 section 12.7.3.3).
_SHAPES: Final = ("/Font", "/Encoding")


class SecurityStoreRule(WhitelistRule):
    """Allows what is reached through the security store alone, and is nothing but validation data.

    An object could pass for validation data and be shown as well, a field for example: so every dictionary
    may hold only the keys of its kind, and a stream names no other object (EN 319 142-1 clause 5.4.2).
    """

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterator[ReferenceUpdate]:
        """Yield every object of the store that the newer revision wrote."""
        written = _revision(new).written
        for reference in _store_objects(new.root):
            if reference in written:
                yield from _inside_store(old, reference)


def _inside_store(old: HistoricalResolver, reference: generic.Reference) -> Iterator[ReferenceUpdate]:
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


class UnusedNumberRule(WhitelistRule):
    """Allows entries that say of a number nobody used that it is free."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterator[ReferenceUpdate]:
        """Yield the references that such entries stand for."""
        for number, generation in _freed(new):
            if not _in_use(old, number):
                yield ReferenceUpdate(generic.Reference(number, generation - 1))


def _freed(revision: HistoricalResolver) -> Iterable[tuple[int, int]]:
    data: Any = revision.reader.xrefs.get_xref_data(revision.revision)
    # In a hybrid file the table calls free what the stream beside it defines (ISO 32000-1 section 7.5.8.4).
    hybrid = data.hybrid.xref_data.explicit_refs_in_revision if data.hybrid else set()
    return [(number, generation) for number, generation in data.freed.items() if (number, 0) not in hybrid]


def _in_use(revision: HistoricalResolver, number: int) -> bool:
    xrefs: Any = revision.reader.xrefs
    return any(
        xrefs.get_historical_ref(generic.Reference(number, generation), revision.revision) is not None
        for generation in {
            generation
            for earlier in range(revision.revision + 1)
            for generation in _generations(xrefs.get_xref_data(earlier), number)
        }
    )


def _generations(data: Any, number: int) -> set[int]:  # noqa: ANN401 - untyped library
    here = {data.standard_xrefs[number][0]} if number in data.standard_xrefs else set()
    return here | ({0} if number in data.xrefs_in_objstm or data.hybrid else set())


def is_document_timestamp(field: Any) -> bool:  # noqa: ANN401 - untyped library
    """Whether a signature field holds a document time stamp."""
    return bool(entry(entry(field, "/V"), "/SubFilter") == DOCUMENT_TIMESTAMP)


def _hidden_timestamp(spec: FieldComparisonSpec | None) -> bool:
    field = None if spec is None else spec.new_field
    return field is not None and is_document_timestamp(field) and not is_field_visible(field)  # type: ignore[no-untyped-call]


Qualified = tuple[ModificationLevel, FormUpdate]


def _of_timestamps(updates: Iterable[Qualified], context: FieldComparisonContext) -> Iterator[Qualified]:
    """Rank what belongs to a document time stamp that shows nothing as validation data."""
    for level, update in updates:
        if _hidden_timestamp(context.field_specs.get(update.field_name or "")):
            yield (
                ModificationLevel.LTA_UPDATES,
                replace(update, valid_when_locked=True, valid_when_certifying=True),
            )
        else:
            yield level, update


def _revision(resolver: HistoricalResolver) -> Revision:
    if not isinstance(resolver, Revision):
        raise TypeError("not a revision of a file opened here")
    return resolver


def _untouched(spec: FieldComparisonSpec, context: FieldComparisonContext) -> bool:
    """Whether neither a field nor what it names nor what that names was written: nothing needs explaining."""
    new = _revision(context.new)
    if spec.new_field_ref is None or spec.new_field_ref in new.written:
        return False
    return not any(
        reference in new.written or any(each in new.written for each in _named(new, reference))
        for reference in _named(new, spec.new_field_ref)
    )


def _named(revision: Revision, reference: generic.Reference) -> Iterator[generic.Reference]:
    for steps, each in revision.reader.edges(reference, revision.revision):
        if not _BACK & set(steps):
            yield each


class SignatureFieldCreation(SigFieldCreationRule):
    """Allows new signature fields."""

    def apply(self, context: FieldComparisonContext) -> Iterator[Qualified]:
        """Yield what new signature fields explain."""
        yield from _of_timestamps(super().apply(context), context)


class SignatureFieldModification(SigFieldModificationRule):
    """Allows empty signature fields to be signed."""

    def check_form_field(
        self, fq_name: str, spec: FieldComparisonSpec, context: FieldComparisonContext
    ) -> Iterator[Qualified]:
        """Yield what one signature field explains."""
        if _untouched(spec, context):
            return
        yield from _of_timestamps(super().check_form_field(fq_name, spec, context), context)


class FieldModification(GenericFieldModificationRule):
    """Allows form fields to be filled in."""

    def check_form_field(
        self, fq_name: str, spec: FieldComparisonSpec, context: FieldComparisonContext
    ) -> Iterator[Qualified]:
        """Yield what one field explains."""
        if not _untouched(spec, context):
            yield from super().check_form_field(fq_name, spec, context)


class FormRule(FormUpdatingRule):
    """Explains changes of the form; what no revision wrote needs no explanation and breaks no lock."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterator[Qualified]:
        """Yield what changes of the form explain."""
        written = _revision(new).written
        for level, update in super().apply(old, new):
            if update.updated_ref in written:
                # What belongs to no field are the form's resources, which show nothing by themselves.
                own = update.field_name is None
                yield (ModificationLevel.LTA_UPDATES if own else level), update


class Policy(StandardDiffPolicy):
    """The rules above."""

    def __init__(self) -> None:
        super().__init__(
            global_rules=[
                CatalogModificationRule(),  # type: ignore[no-untyped-call]
                *(
                    rule.as_qualified(ModificationLevel.LTA_UPDATES)
                    for rule in (
                        DocInfoRule(),
                        XrefStreamRule(),
                        ObjectStreamRule(),
                        SecurityStoreRule(),
                        UnusedNumberRule(),
                        MetadataUpdateRule(),  # type: ignore[no-untyped-call]
                    )
                ),
            ],
            form_rule=FormRule(
                [
                    SignatureFieldCreation(allow_new_visible_after_certify=True),  # type: ignore[no-untyped-call]
                    SignatureFieldModification(),
                    FieldModification(value_update_keys=VALUE_UPDATE_KEYS | {"/I"}),
                ]
            ),
            reject_object_freeing=False,
        )

    def apply(
        self,
        old: HistoricalResolver,
        new: HistoricalResolver,
        field_mdp_spec: FieldMDPSpec | None = None,
        doc_mdp: MDPPerm | None = None,
    ) -> DiffResult:
        """Compare two revisions.

        Raises:
            SuspiciousModification: the newer one changed something that no rule explains.
        """
        freed = sorted(number for number, _generation in _freed(new) if _in_use(old, number))
        if freed:
            raise SuspiciousModification(f"objects {freed} were removed")
        result = super().apply(old, new, field_mdp_spec, doc_mdp)
        _refuse_promised(old, new)
        _refuse_redefined_resources(old, new)
        # However its objects were explained: a field that changed is more than validation data.
        least = ModificationLevel.FORM_FILLING if result.changed_form_fields else ModificationLevel.NONE
        return DiffResult(max(result.modification_level, least), result.changed_form_fields)


def _refuse_promised(old: HistoricalResolver, new: HistoricalResolver) -> None:
    late = sorted(each.idnum for each in _revision(old).promised() & _revision(new).written)
    if late:
        raise SuspiciousModification(f"objects {late}, missing when the document was signed, were added")


def _refuse_redefined_resources(old: HistoricalResolver, new: HistoricalResolver) -> None:
    for kind in _SHAPES:
        before, after = entry(_resources(old), kind), entry(_resources(new), kind, {})
        for name in before if isinstance(before, generic.DictionaryObject) else ():
            if name not in after:
                raise SuspiciousModification(f"the resource {name} of the form was removed")
            if before.raw_get(name) != after.raw_get(name):
                raise SuspiciousModification(f"the resource {name} of the form was redefined")


def _resources(revision: HistoricalResolver) -> Any:  # noqa: ANN401 - untyped library
    resources = entry(entry(revision.root, "/AcroForm"), "/DR")
    return resources if isinstance(resources, generic.DictionaryObject) else {}
