"""Which of the waiting proposals a commit carries out (RFC 9420 section 12.2)."""

from collections.abc import Hashable, Iterable

from rogatory_crypto.mls.framing import MemberSender
from rogatory_crypto.mls.group import Group
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposals import (
    Add,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    ReInit,
    Remove,
    Update,
)


def selection(group: Group, own: Iterable[Proposal]) -> tuple[Listed, ...]:
    """Return what to commit of the waiting proposals and our own.

    Of changes of one seat a removal wins, then the latest; of two Adds of one client the first, of two
    changes of the extensions the latest. A ReInit gives way to everything else. What changes our own seat is
    left for others to commit (G02, G03).
    """
    us = MemberSender(group.own_leaf)
    candidates = [*group.proposals.values(), *(Listed(proposal, us) for proposal in own)]
    chosen: dict[Hashable, Listed] = {}
    for entry in candidates:
        slot = _slot(entry)
        if slot not in chosen or _wins(entry.proposal, chosen[slot].proposal):
            chosen[slot] = entry
    ours = chosen.get(us)
    if ours is not None and ours.reference is not None:
        del chosen[us]
    others = tuple(entry for entry in chosen.values() if not isinstance(entry.proposal, ReInit))
    return others or tuple(chosen.values())


def _slot(entry: Listed) -> Hashable:
    """Return what only one proposal of a commit may change."""
    match entry.proposal:
        case Update():
            return entry.sender
        case Remove(removed):
            return MemberSender(removed)
        case Add(package):
            return package.leaf_node.signature_key
        case PreSharedKey(psk):
            return psk
        case other:
            return other.TAG


def _wins(later: Proposal, earlier: Proposal) -> bool:
    match later, earlier:
        case Remove(), Update():
            return True
        case Update(), Update():
            return True
        case GroupContextExtensions(), GroupContextExtensions():
            return True
        case _:
            return False
