"""Proposals and Commits as they travel (RFC 9420 sections 12.1, 12.4).

All types of the RFC are read and carried out; a list with another type is refused as a whole, never in part.
"""

import struct
from dataclasses import dataclass
from typing import ClassVar, Final

from rogatory_crypto.codec import (
    OPAQUE,
    UINT8,
    UINT16,
    UINT32,
    Field,
    Struct,
    opaque,
    optional,
    structure,
    variant,
    vector,
)
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.mls.credentials import EXTENSIONS, Extension
from rogatory_crypto.mls.key_schedule import GROUP_ID_LIMIT, PRE_SHARED_KEY_ID, PreSharedKeyId
from rogatory_crypto.mls.nodes import KeyPackage, LeafNode
from rogatory_crypto.mls.treekem import UpdatePath

PROPOSALS_LIMIT: Final = 1024 + 64  # Q02


class Proposal(Struct):
    """A change of the group that a commit may carry out."""

    __slots__ = ()
    TAG: ClassVar[int]
    NAME: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Add(Proposal):
    """Seat a new member (RFC 9420 section 12.1.1)."""

    key_package: KeyPackage
    TAG: ClassVar = 1
    NAME: ClassVar = "add"
    FIELDS: ClassVar = (structure(KeyPackage),)


@dataclass(frozen=True, slots=True)
class Update(Proposal):
    """Replace the sender's own leaf (RFC 9420 section 12.1.2)."""

    leaf_node: LeafNode
    TAG: ClassVar = 2
    NAME: ClassVar = "update"
    FIELDS: ClassVar = (structure(LeafNode),)


@dataclass(frozen=True, slots=True)
class Remove(Proposal):
    """Unseat a member (RFC 9420 section 12.1.3)."""

    removed: int
    TAG: ClassVar = 3
    NAME: ClassVar = "remove"
    FIELDS: ClassVar = (UINT32,)


@dataclass(frozen=True, slots=True)
class PreSharedKey(Proposal):
    """Mix in a pre-shared key (RFC 9420 section 12.1.4)."""

    psk: PreSharedKeyId
    TAG: ClassVar = 4
    NAME: ClassVar = "psk"
    FIELDS: ClassVar = (PRE_SHARED_KEY_ID,)


@dataclass(frozen=True, slots=True)
class ReInit(Proposal):
    """Start over with other parameters (RFC 9420 section 12.1.5)."""

    group_id: bytes
    version: int
    cipher_suite: int
    extensions: tuple[Extension, ...]
    TAG: ClassVar = 5
    NAME: ClassVar = "reinit"
    FIELDS: ClassVar = (opaque(GROUP_ID_LIMIT), UINT16, UINT16, EXTENSIONS)


@dataclass(frozen=True, slots=True)
class ExternalInit(Proposal):
    """The entropy of somebody who joins from outside (RFC 9420 section 12.1.6)."""

    kem_output: bytes
    TAG: ClassVar = 6
    NAME: ClassVar = "external-init"
    FIELDS: ClassVar = (OPAQUE,)


@dataclass(frozen=True, slots=True)
class GroupContextExtensions(Proposal):
    """Replace the extensions of the group (RFC 9420 section 12.1.7)."""

    extensions: tuple[Extension, ...]
    TAG: ClassVar = 7
    NAME: ClassVar = "group-context-extensions"
    FIELDS: ClassVar = (EXTENSIONS,)


PROPOSAL: Final[Field[Proposal]] = variant(  # F10 G11: no type beyond the default is supported
    UINT16,
    {
        1: Add,
        2: Update,
        3: Remove,
        4: PreSharedKey,
        5: ReInit,
        6: ExternalInit,
        7: GroupContextExtensions,
    },
)


def readable(proposal: Proposal) -> Proposal:
    """Return a proposal of our own that everybody can read: a committer lives alone by one that nobody can.

    Raises:
        MisuseError: for a number out of its range.
        PeerError: MALFORMED or TOO_LARGE, as it would be to whoever reads it.
    """
    if not isinstance(proposal, Add):  # that was read before
        try:
            PROPOSAL.decode(PROPOSAL.encode(proposal))
        except (OverflowError, struct.error) as error:
            raise MisuseError("a number that does not fit into a proposal") from error
    return proposal


class ProposalOrRef(Struct):
    """An entry of a commit's list."""

    __slots__ = ()
    TAG: ClassVar[int]


@dataclass(frozen=True, slots=True)
class ByValue(ProposalOrRef):
    """The committer's own proposal."""

    proposal: Proposal
    TAG: ClassVar = 1
    FIELDS: ClassVar = (PROPOSAL,)


@dataclass(frozen=True, slots=True)
class ByReference(ProposalOrRef):
    """A proposal that was sent before."""

    reference: bytes
    TAG: ClassVar = 2
    FIELDS: ClassVar = (opaque(64),)


_PROPOSAL_OR_REF: Final[Field[ProposalOrRef]] = variant(UINT8, {1: ByValue, 2: ByReference})


@dataclass(frozen=True, slots=True)
class Commit(Struct):
    """The step from an epoch to the next (RFC 9420 section 12.4)."""

    proposals: tuple[ProposalOrRef, ...]
    path: UpdatePath | None
    FIELDS: ClassVar = (vector(_PROPOSAL_OR_REF, count=PROPOSALS_LIMIT), optional(structure(UpdatePath)))
