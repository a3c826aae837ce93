"""What the index of a bundle tells beside the files that lie in it."""

from dataclasses import dataclass

from rogatory_client.engine.effect import Evidence
from rogatory_crypto.bundle.formality import Said
from rogatory_crypto.bundle.manifest import BundledMessage
from rogatory_crypto.bundle.provenance import Provenance
from rogatory_crypto.casework import Judged


@dataclass(frozen=True, slots=True)
class SetAside:
    """A formal message that cannot be shown to others, and why; it is named and left out."""

    listed: BundledMessage
    reason: str

    @property
    def said(self) -> Said:
        """It as its formality is judged, without what nobody can read."""
        return self.listed.said(())


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """What was judged of a case.

    Attributes:
        receipts: those of the bundle.
        provenance: who vouches for each message.
        changes: of the state of the case, judged, in the order that all offices share.
        set_aside: what cannot be shown.
    """

    receipts: tuple[Evidence, ...]
    provenance: tuple[Provenance, ...]
    changes: tuple[Judged, ...]
    set_aside: tuple[SetAside, ...]
