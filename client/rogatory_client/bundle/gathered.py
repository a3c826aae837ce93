"""What was gathered of a case, ready to be sealed."""

from dataclasses import dataclass, field

from rogatory_client.bundle.index_facts import SetAside
from rogatory_crypto.bundle.laying_out import Contents
from rogatory_crypto.identity.office_seal import SealCertificate
from rogatory_crypto.log.pinned import PinnedTrust


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that is sealed into a bundle, with whom its maker believes.

    Attributes:
        informal: how many messages of the case stay where they are, because they are not formal.
        set_aside: formal messages that cannot be shown; named and left out.
    """

    contents: Contents
    seal: SealCertificate = field(repr=False)
    pinned: PinnedTrust = field(repr=False)
    informal: int
    set_aside: tuple[SetAside, ...] = ()
