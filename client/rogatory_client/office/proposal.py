"""The text in which one officer of a secretariat asks another to confirm an invitation.

It carries the invitation and the first signature, never the code. It needs no protection on its way: whoever
changes a byte of it has broken the signature, and whoever reads it learns what the log will say anyway.
"""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Final

from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Invitation
from rogatory_crypto.signing import PAIR_BYTES

PREFIX: Final = "rogatory-proposal-1:"
MAX_CHARACTERS: Final = 8_192


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
        encoded = cbor.encode([self.invitation.encode(), self.signature])
        return PREFIX + base64.urlsafe_b64encode(encoded).decode()


def read_proposal(text: str) -> Proposal:
    """Read a proposal; blanks and line breaks do not matter.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, or BAD_SIGNATURE for a code that could never sign.
    """
    compact = "".join(text.split())
    if len(compact) > MAX_CHARACTERS:
        raise PeerError(Code.TOO_LARGE, "far longer than a proposal")
    if not compact.startswith(PREFIX):
        raise PeerError(Code.MALFORMED, "this is not a proposal: take the whole file from the first officer")
    body, signature = cbor.array(cbor.decode(_decoded(compact), limit=MAX_CHARACTERS), 2)
    invitation = Invitation.decode(cbor.byte_string(body, maximum=MAX_CHARACTERS))
    if None in (invitation.network, invitation.proposer, invitation.confirmer):
        raise PeerError(Code.MALFORMED, "a proposal names a network and two devices of its secretariat")
    return Proposal(invitation, cbor.byte_string(signature, length=PAIR_BYTES))


def _decoded(compact: str) -> bytes:
    written = compact.removeprefix(PREFIX)
    try:
        encoded = base64.b64decode(written, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise PeerError(Code.MALFORMED, "the proposal is damaged: take the file again") from error
    # The last character has bits that stand for nothing.
    if base64.urlsafe_b64encode(encoded).decode() != written:
        raise PeerError(Code.MALFORMED, "the proposal is damaged: take the file again")
    return encoded
