"""The text in which one officer of a secretariat asks another to confirm who belongs to their network.

It carries what the log shall say, the place in the network's chain that it was signed for, and the first
signature. It is no secret: whoever changes a byte of it has broken the signature. It has no term, as the next
entry of the chain takes its place away.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Final

from rogatory_client.office.carried_text import from_line, to_line
from rogatory_crypto import cbor
from rogatory_crypto.log.chains import Place
from rogatory_crypto.log.entry_content import NetworkAdmission
from rogatory_crypto.signing import PAIR_BYTES
from rogatory_crypto.wire import identifier
from rogatory_crypto.wire.identifier import DeviceId
from rogatory_crypto.wire.structure import Structure

PREFIX: Final = "rogatory-network-1:"
MAX_BYTES: Final = 4_096


@dataclass(frozen=True, slots=True)
class NetworkProposal(Structure):
    """An admission, or the end of one, that one officer has signed; not yet verified.

    Attributes:
        admission: what is proposed.
        sequence: its number in the chain ``network/CODE``.
        previous: leaf hash of the entry before it, None for the first.
        proposer: the first officer's device.
        signature: its pair.
    """

    admission: NetworkAdmission
    sequence: int
    previous: bytes | None
    proposer: DeviceId
    signature: bytes = field(repr=False)
    LIMIT: ClassVar = MAX_BYTES
    READERS: ClassVar = (
        NetworkAdmission.from_plain,
        identifier.read_sequence,
        lambda value: cbor.optional(value, identifier.read_hash),
        identifier.read_device_id,
        lambda value: cbor.byte_string(value, length=PAIR_BYTES),
    )

    @property
    def place(self) -> Place:
        """Where it may stand."""
        return Place(self.sequence, self.previous)

    def to_text(self) -> str:
        """Return one line of ASCII."""
        return to_line(PREFIX, self.encode())


def read_network_proposal(text: str) -> NetworkProposal:
    """Read a proposal; blanks and line breaks do not matter.

    Raises:
        PeerError: MALFORMED, TOO_LARGE or WRONG_LENGTH.
    """
    return NetworkProposal.decode(from_line(PREFIX, text, maximum=MAX_BYTES))
