"""Which changes an incremental update may make to what was signed (ISO 32000-2 sections 12.8.2 and 12.8.4).

The library compares revisions object by object: a change that no rule explains is suspicious. Rules that
differ here, each because a widely used product writes what the library's rule refuses, stand in
``store_changes``, ``form_changes`` and ``object_numbers``; rules that the library lacks, each because it lets
through what changes the document, in ``overlooked``, ``ambiguity`` and ``appearances``.
"""

from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DiffResult,
    DocInfoRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm

from rogatory_crypto.esign.pdf.appearances import least_level, refuse_redefined_resources
from rogatory_crypto.esign.pdf.form_changes import FormRule
from rogatory_crypto.esign.pdf.form_fields import Locks, shown
from rogatory_crypto.esign.pdf.object_numbers import UnusedNumberRule, refuse_reused
from rogatory_crypto.esign.pdf.overlooked import refuse_overlooked
from rogatory_crypto.esign.pdf.revision import Revision, as_revision
from rogatory_crypto.esign.pdf.store_changes import SecurityStoreRule


class Policy(StandardDiffPolicy):
    """The library's comparison with these rules."""

    def __init__(self) -> None:
        validation_data = (
            DocInfoRule(),
            XrefStreamRule(),
            ObjectStreamRule(),
            SecurityStoreRule(),
            UnusedNumberRule(),
            MetadataUpdateRule(),  # type: ignore[no-untyped-call]
        )
        super().__init__(
            global_rules=[
                CatalogModificationRule(),  # type: ignore[no-untyped-call]
                *(rule.as_qualified(ModificationLevel.LTA_UPDATES) for rule in validation_data),
            ],
            form_rule=FormRule(),
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
            PdfReadError: the older one cannot be compared.
        """
        before, after = as_revision(old), as_revision(new)
        refuse_reused(before, after)
        _refuse_endless_trees(before, after)
        locks = None if field_mdp_spec is None else Locks(field_mdp_spec)
        result = super().apply(old, new, locks, doc_mdp)  # type: ignore[arg-type]
        refuse_overlooked(before, after)
        refuse_redefined_resources(before, after)
        # However its objects were explained: a field that changed is more than validation data.
        filled = ModificationLevel.FORM_FILLING if result.changed_form_fields else ModificationLevel.NONE
        level = max(result.modification_level, filled, least_level(before, after))
        return DiffResult(level, shown(result.changed_form_fields))


def _refuse_endless_trees(old: Revision, new: Revision) -> None:
    """Walk both page trees first: one that has no end is refused before all of it was read."""
    for revision in (old, new):
        revision.page_tree  # noqa: B018 - walked once, and kept
