"""The result of the check of a bundle, as it is, and as a reader sees it who takes nobody's mere word."""

from dataclasses import dataclass, field, replace
from typing import Final

from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.bundle.finding import About, Finding, worst
from rogatory_crypto.bundle.manifest import Manifest
from rogatory_crypto.bundle.provenance import Provenance
from rogatory_crypto.esign.verdict import Indication

# What is as its maker says, and may be so or not.
ON_ITS_MAKERS_WORD: Final = frozenset({About.UNSIGNED, About.MISSING})


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of a check.

    Attributes:
        manifest: what the bundle says it holds; None where that cannot be read.
        findings: in the order they were made.
        witnessed_at: as of when the log is known, Unix seconds; None where no witness vouches for a time.
        provenance: who vouches for each message; empty where the check did not come so far.
        messages: those that are in it, as they were checked; empty where the check did not come so far.
    """

    manifest: Manifest | None
    findings: tuple[Finding, ...]
    witnessed_at: int | None = None
    provenance: tuple[Provenance, ...] = ()
    messages: tuple[ReadMessage, ...] = field(default=(), repr=False)

    @property
    def indication(self) -> Indication:
        """The worst of all."""
        return worst(each.indication for each in self.findings)

    def strictly(self) -> "Verification":
        """Return the same where what stands on the maker's word alone cannot be established."""
        return replace(self, findings=tuple(map(_strictly, self.findings)))


def _strictly(finding: Finding) -> Finding:
    if finding.about in ON_ITS_MAKERS_WORD and finding.indication is Indication.TOTAL_PASSED:
        return replace(finding, indication=Indication.INDETERMINATE)
    return finding
