"""What was gathered of a case, ready to be sealed."""

from dataclasses import dataclass, field

from rogatory_crypto.bundle.laying_out import Contents
from rogatory_crypto.identity.office_seal import SealCertificate
from rogatory_crypto.log.pinned import PinnedTrust


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that is sealed into a bundle, with whom its maker believes.

    Attributes:
        informal: how many messages of the case stay where they are, because they are not formal.
    """

    contents: Contents
    seal: SealCertificate = field(repr=False)
    pinned: PinnedTrust = field(repr=False)
    informal: int
