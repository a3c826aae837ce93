"""What an officer is shown of the members of networks: values for a table or for JSON."""

from dataclasses import dataclass
from enum import StrEnum


class SaidBy(StrEnum):
    """Who says that an authority belongs to a network."""

    BOTH = "log-and-directory"
    LOG = "log-only"
    DIRECTORY = "directory-only"


@dataclass(frozen=True, slots=True)
class MemberView:
    """An authority that belongs to a network by the log, by the directory, or by both.

    Attributes:
        said_by: whose word it is; what offices act on is the directory's.
        brought_in_by: the network that invited its office; None where it has none yet, or the directory
            operator did.
    """

    network: str
    entry_id: str
    name: str
    said_by: SaidBy
    brought_in_by: str | None


@dataclass(frozen=True, slots=True)
class NetworkProposalView:
    """An admission, or the end of a membership, before its second signature.

    Attributes:
        admitted: False where a membership is ended.
        name, state, unit: of the authority, from this device's own verified directory.
        in_directory: whether that counts the authority to the network.
        proposer: the first officer's function, ``proposer_role`` and ``proposer_device`` what he signed as.
        text: what the second officer is handed.
    """

    network: str
    entry_id: str
    admitted: bool
    name: str
    state: str | None
    unit: str | None
    in_directory: bool
    proposer: str
    proposer_role: str
    proposer_device: str
    text: str
