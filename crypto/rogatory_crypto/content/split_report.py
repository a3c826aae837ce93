"""A device shows its room that the relay's log has two histories: the evidence travels, nobody is believed.

Whoever reads it checks it with nothing but the log's keys (``log.split_view``), and names the log too.
"""

from typing import Final

from rogatory_crypto.content.nested_part import Disposition, NestedPart, SinglePart
from rogatory_crypto.log.split_view import SplitView

MEDIA_TYPE: Final = "application/vnd.rogatory.split-view+cbor;v=1"


def split_part(evidence: SplitView) -> SinglePart:
    """Return the part of a message that carries evidence."""
    return SinglePart(Disposition.UNSPECIFIED, "", MEDIA_TYPE, evidence.encode())


def read_split(part: NestedPart) -> SplitView | None:
    """Return the evidence that a part carries, if it carries any; it is not verified.

    Raises:
        PeerError: MALFORMED or TOO_LARGE.
    """
    if not isinstance(part, SinglePart) or part.content_type != MEDIA_TYPE:
        return None
    return SplitView.decode(part.content)
