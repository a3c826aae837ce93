"""Which changes of a form are allowed (ISO 32000-1 section 12.7, ISO 32000-2 section 12.8.2).

1. A document time stamp is told by its SubFilter; some products call it ``/Sig``.
2. A certification that allows signing allows a visible signature.
3. A choice field that is filled in says so twice: by its value and by the index of it.
4. A new signature field is a widget and nothing that acts or shows anything else; only where it shows nothing
   and holds a document time stamp is it validation data.
5. What no revision wrote needs no explanation and breaks no lock.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.reader import HistoricalResolver, RawPdfPath
from pyhanko.sign.diff_analysis import (
    FieldComparisonContext,
    FieldComparisonSpec,
    FormUpdate,
    FormUpdatingRule,
    GenericFieldModificationRule,
    ModificationLevel,
    SigFieldCreationRule,
    SigFieldModificationRule,
)
from pyhanko.sign.diff_analysis.commons import compare_dicts, compare_key_refs
from pyhanko.sign.diff_analysis.constants import VALUE_UPDATE_KEYS
from pyhanko.sign.diff_analysis.rules_api import Context

from rogatory_crypto.esign.pdf.fields import is_document_timestamp
from rogatory_crypto.esign.pdf.form_fields import compared
from rogatory_crypto.esign.pdf.revision import Revision, as_revision
from rogatory_crypto.esign.pdf.widgets import refuse_unlike_widget, shows_something

_BACK: Final = frozenset({"/P", "/Parent"})

Qualified = tuple[ModificationLevel, FormUpdate]


class SignatureFieldCreation(SigFieldCreationRule):
    """Allows new signature fields."""

    def apply(self, context: FieldComparisonContext) -> Iterator[Qualified]:
        """Yield what new signature fields explain."""
        created = {key: spec for key, spec in context.field_specs.items() if spec.old_field_ref is None}
        for spec in created.values():
            refuse_unlike_widget(spec.new_field)
        hidden = all(_hidden_timestamp(spec) for spec in created.values())
        for level, update in _of_timestamps(super().apply(context), context):
            yield (level if hidden else max(level, ModificationLevel.FORM_FILLING)), update


class SignatureFieldModification(SigFieldModificationRule):
    """Allows empty signature fields to be signed."""

    def check_form_field(
        self, fq_name: str, spec: FieldComparisonSpec, context: FieldComparisonContext
    ) -> Iterator[Qualified]:
        """Yield what one signature field explains."""
        if not _untouched(spec, context):
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
    """Explains changes of the form."""

    def __init__(self) -> None:
        super().__init__(
            [
                SignatureFieldCreation(allow_new_visible_after_certify=True),  # type: ignore[no-untyped-call]
                SignatureFieldModification(),
                FieldModification(value_update_keys=VALUE_UPDATE_KEYS | {"/I"}),
            ]
        )

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterator[Qualified]:
        """Yield what changes of the form explain, of what the newer revision wrote."""
        before, after = as_revision(old), as_revision(new)
        for update in _of_the_form(before, after, self.ignored_acroform_keys):
            yield ModificationLevel.LTA_UPDATES, update
        context = FieldComparisonContext(field_specs=compared(before, after), old=old, new=new)
        for rule in self.field_rules:
            for level, update in rule.apply(context):
                if update.updated_ref in after.written:
                    yield level, update


def _of_the_form(old: Revision, new: Revision, changeable: frozenset[str]) -> Iterator[FormUpdate]:
    """The form itself, its list of fields and its resources: they show nothing by themselves."""
    before, after = yield from _at(old, ("/Root", "/AcroForm"), old.root, new.root)
    compare_dicts(before, after, changeable)
    yield from _at(old, ("/Root", "/AcroForm", "/Fields"), before, after)
    _old, resources = yield from _at(old, ("/Root", "/AcroForm", "/DR"), before, after)
    if resources is not None:
        for reference in new.collect_dependencies(resources, since_revision=old.revision + 1):
            yield FormUpdate(updated_ref=reference, field_name=None)


def _at(
    old: Revision,
    path: tuple[str, ...],
    before: Any,  # noqa: ANN401 - untyped library
    after: Any,  # noqa: ANN401 - untyped library
) -> Generator[FormUpdate, None, Any]:
    """Yield a value's object where it is one, and return both values."""
    context = Context.from_absolute(old, RawPdfPath(*path))
    pair = yield from misc.map_with_return(
        compare_key_refs(path[-1], old, before, after),
        lambda reference: FormUpdate(updated_ref=reference, field_name=None, context_checked=context),
    )
    return pair


def _hidden_timestamp(spec: FieldComparisonSpec | None) -> bool:
    field = None if spec is None else spec.new_field
    return field is not None and is_document_timestamp(field) and not shows_something(field)


def _of_timestamps(updates: Iterable[Qualified], context: FieldComparisonContext) -> Iterator[Qualified]:
    """Rank what belongs to a document time stamp that shows nothing as validation data, and nothing else."""
    for level, update in updates:
        name = update.field_name
        if name is not None and _hidden_timestamp(context.field_specs.get(name)):
            yield (
                ModificationLevel.LTA_UPDATES,
                replace(update, valid_when_locked=True, valid_when_certifying=True),
            )
        else:
            yield level, update


def _untouched(spec: FieldComparisonSpec, context: FieldComparisonContext) -> bool:
    """Whether neither a field nor what it names nor what that names was written: nothing needs explaining."""
    new = as_revision(context.new)
    if spec.new_field_ref is None or spec.new_field_ref in new.written:
        return False
    return not any(
        reference in new.written or any(each in new.written for each in _named(new, reference))
        for reference in _named(new, spec.new_field_ref)
    )


def _named(revision: Revision, reference: generic.Reference) -> Iterator[generic.Reference]:
    for steps, each in revision.edges(reference):
        if not _BACK & set(steps):
            yield each
