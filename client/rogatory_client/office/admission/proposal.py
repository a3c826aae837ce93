"""The text in which one officer of a secretariat asks another to confirm an invitation.

It carries the invitation and the first signature, never the code. It needs no protection on its way: whoever
changes a byte of it has broken the signature, and whoever reads it learns what the log will say anyway.
"""

from dataclasses import dataclass, field
from typing import Final

from rogatory_client.office.carried_text import from_line, to_line
from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Invitation
from rogatory_crypto.signing import PAIR_BYTES

PREFIX: Final = "rogatory-proposal-1:"
MAX_BYTES: Final = 4_096


@dataclass(frozen=True, slots=True)
class Proposal:
    """An invitation that one officer has signed; not yet verified.

    Attributes:
        invitation: what is proposed.
        signature: the proposer's, of both algorithms.
    """

    invitation: Invitation
    signature: bytes = field(repr=False)

    def to_text(self) -> str:
        """Return one line of ASCII."""
        return to_line(PREFIX, cbor.encode([self.invitation.encode(), self.signature]))


def read_proposal(text: str) -> Proposal:
    """Read a proposal; blanks and line breaks do not matter.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, or BAD_SIGNATURE for a code that could never sign.
    """
    encoded = from_line(PREFIX, text, maximum=MAX_BYTES)
    body, signature = cbor.array(cbor.decode(encoded, limit=MAX_BYTES), 2)
    invitation = Invitation.decode(cbor.byte_string(body, maximum=MAX_BYTES))
    if None in (invitation.network, invitation.proposer, invitation.confirmer):
        raise PeerError(Code.MALFORMED, "a proposal names a network and two devices of its secretariat")
    return Proposal(invitation, cbor.byte_string(signature, length=PAIR_BYTES))
