"""By whom the messages of a bundle are proven, in the words of a language."""

from collections.abc import Sequence

from rogatory_client.bundle.wording import Wording
from rogatory_crypto.bundle.provenance import Provenance, ProvenBy, counted


def proven_lines(provenance: Sequence[Provenance], words: Wording) -> tuple[str, ...]:
    """Return for how many messages who vouches, a line each, the strongest first."""
    return tuple(f"{count}: {words.proven[by.value]}" for by, count in counted(provenance))


def is_open(provenance: Sequence[Provenance]) -> bool:
    """Tell whether some messages stand on the maker's word alone."""
    return any(each.by is ProvenBy.MAKER for each in provenance)
