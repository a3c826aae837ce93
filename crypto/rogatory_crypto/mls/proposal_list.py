"""Which proposals may stand beside each other in a commit (RFC 9420 section 12.2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from rogatory_crypto.codec import bounded
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import pre_shared_keys
from rogatory_crypto.mls.framing import MemberSender, NewMemberCommit, Sender
from rogatory_crypto.mls.key_schedule import PreSharedKeyId
from rogatory_crypto.mls.nodes import KeyPackage
from rogatory_crypto.mls.proposals import (
    PROPOSALS_LIMIT,
    Add,
    ExternalInit,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    ReInit,
    Remove,
    Update,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A proposal, who made it (G15), and its reference if it was sent before."""

    proposal: Proposal
    sender: Sender
    reference: bytes | None = None


def path_required(listed: Sequence[Listed]) -> bool:
    """Tell whether a commit must carry a path: for no proposals, or others than Add, PSK, ReInit.  # I01."""
    return not listed or any(not isinstance(entry.proposal, Add | PreSharedKey | ReInit) for entry in listed)


def psk_ids(listed: Sequence[Listed]) -> tuple[PreSharedKeyId, ...]:
    """Return the pre-shared keys of a list, in its order.  # I10."""
    return tuple(entry.proposal.psk for entry in listed if isinstance(entry.proposal, PreSharedKey))


def reinit_of(listed: Sequence[Listed]) -> ReInit | None:
    """Return what a list starts over as, if it does."""
    return next((entry.proposal for entry in listed if isinstance(entry.proposal, ReInit)), None)


def external_init_of(listed: Sequence[Listed]) -> ExternalInit | None:
    """Return the entropy of an external commit."""
    return next((entry.proposal for entry in listed if isinstance(entry.proposal, ExternalInit)), None)


def verify_list(listed: Sequence[Listed], committer: Sender) -> None:
    """Return only if the proposals may stand beside each other.

    Raises:
        PeerError: INVALID_PROPOSAL, INVALID_COMMIT or TOO_LARGE.
    """
    bounded(len(listed), PROPOSALS_LIMIT)  # Q02: of our own, too
    if isinstance(committer, NewMemberCommit):
        _verify_external(listed)
    else:
        _verify_regular(listed, committer)
    pre_shared_keys.verify_distinct(psk_ids(listed))  # G07


def _verify_regular(listed: Sequence[Listed], committer: Sender) -> None:
    _verify_seats(listed, committer)
    _verify_adds([entry.proposal.key_package for entry in listed if isinstance(entry.proposal, Add)])
    kinds = [type(entry.proposal) for entry in listed]
    if kinds.count(GroupContextExtensions) > 1:
        raise PeerError(Code.INVALID_PROPOSAL, "G08: two changes of the group's extensions")
    if ReInit in kinds and len(kinds) > 1:
        raise PeerError(Code.INVALID_PROPOSAL, "G09: a ReInit beside other proposals")
    if ExternalInit in kinds:
        raise PeerError(Code.INVALID_PROPOSAL, "G10: an ExternalInit of a member")


def _verify_seats(listed: Sequence[Listed], committer: Sender) -> None:
    changed: set[Sender] = set()
    for entry in listed:
        match entry.proposal:
            case Update():
                seat = entry.sender
                rule = "G02: the committer's own update"
            case Remove(removed):
                seat = MemberSender(removed)
                rule = "G03: the committer's own removal"
            case _:
                continue
        if seat == committer:
            raise PeerError(Code.INVALID_PROPOSAL, rule)
        if seat in changed:
            raise PeerError(Code.INVALID_PROPOSAL, "G04: two changes of one seat")
        changed.add(seat)


def _verify_adds(packages: list[KeyPackage]) -> None:
    for rule, values in (
        ("G05: two Adds of one signature key", {package.leaf_node.signature_key for package in packages}),
        ("G05: two Adds of one identity", {package.leaf_node.identity for package in packages}),
        ("E05: one init key twice", {package.init_key for package in packages}),
    ):
        if len(values) != len(packages):
            raise PeerError(Code.INVALID_PROPOSAL, rule)


def _verify_external(listed: Sequence[Listed]) -> None:
    if any(entry.reference is not None for entry in listed):
        raise PeerError(Code.INVALID_COMMIT, "H01: a proposal by reference in an external commit")
    kinds = [type(entry.proposal) for entry in listed]
    if kinds.count(ExternalInit) != 1:
        raise PeerError(Code.INVALID_COMMIT, "H02: an external commit has exactly one ExternalInit")
    if kinds.count(Remove) > 1:
        raise PeerError(Code.INVALID_COMMIT, "H03: an external commit removes one leaf at most")
    if not {ExternalInit, Remove, PreSharedKey}.issuperset(kinds):
        raise PeerError(Code.INVALID_COMMIT, "H04: a proposal that an external commit may not have")
