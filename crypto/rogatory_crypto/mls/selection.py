"""Which of the waiting proposals a commit carries out (RFC 9420 section 12.2).

Whoever is in a group may propose, so what waits may be hostile: of itself sound, but not beside what we want,
or not for us. A committer leaves such proposals out, and commits; the next epoch forgets them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rogatory_crypto.errors import PeerError
from rogatory_crypto.mls import commit as commits
from rogatory_crypto.mls.framing import MemberSender, Sender
from rogatory_crypto.mls.group import Group
from rogatory_crypto.mls.key_schedule import PreSharedKeyId, PskSource, ResumptionPsk
from rogatory_crypto.mls.leaf_validation import Admission, verify_current
from rogatory_crypto.mls.past_epochs import PastEpoch
from rogatory_crypto.mls.pre_shared_keys import PskStore
from rogatory_crypto.mls.proposal_list import Listed, path_required
from rogatory_crypto.mls.proposal_validation import verify_proposal
from rogatory_crypto.mls.proposals import (
    Add,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    ReInit,
    Remove,
    Update,
)
from rogatory_crypto.mls.provisional import extensions_after

# The first wins: nobody escapes his removal, and no change of the extensions keeps anybody out.
_PREFERENCE: Final = (Remove, Update, Add, PreSharedKey, GroupContextExtensions)
_LATEST_FIRST: Final = (Update, GroupContextExtensions)


def selection(
    group: Group,
    own: Sequence[Proposal],
    admission: Admission,
    psks: PskStore,
    *,
    pathless: bool = False,
) -> tuple[Listed, ...]:
    """Return what to commit: our own proposals, and of those that wait what may stand beside them.

    A waiting proposal is left out if it is not sound now, is of a PSK that we or others do not hold or of a
    KeyPackage outside of its lifetime, or does not go with our own or with one that is preferred: removals to
    updates, later updates to earlier ones, earlier Adds to later ones, everything to a change of the
    extensions. A ReInit gives way to everything else. What changes our own seat is left for others to commit
    (G02, G03).

    Args:
        group: the live group, with what waits in it.
        own: what the committer wants; whether it is sound is for the commit to tell.
        admission: the group's terms.
        psks: the pre-shared keys that we hold.
        pathless: whether what requires a path is left for others to commit, too (I01).
    """
    us = MemberSender(group.own_leaf)
    firm = tuple(Listed(proposal, us) for proposal in own if not isinstance(proposal, ReInit))
    waiting = tuple(entry for entry in group.proposals.values() if _changed_seat(entry) != us)
    if pathless:
        waiting = tuple(entry for entry in waiting if not path_required((entry,)))
    asked = any(isinstance(entry.proposal, PreSharedKey) for entry in waiting)
    choice = _Choice(group, us, admission, psks, _common_since(group) if asked else group.epoch)
    chosen = choice.beside(firm, waiting) if waiting else firm
    if chosen:
        return chosen
    reinits = [Listed(proposal, us) for proposal in own]
    reinits += [entry for entry in waiting if isinstance(entry.proposal, ReInit)]
    return tuple(reinits[:1])


def _changed_seat(entry: Listed) -> Sender | None:
    match entry.proposal:
        case Update():
            return entry.sender
        case Remove(removed):
            return MemberSender(removed)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class _Choice:
    """By what a committer judges the waiting proposals; ``common_since`` is of keys of this very group."""

    group: Group
    us: MemberSender
    admission: Admission
    psks: PskStore
    common_since: int

    def beside(self, firm: tuple[Listed, ...], waiting: Sequence[Listed]) -> tuple[Listed, ...]:
        """Return what may stand beside our own proposals, as it came, and then these."""
        extensions = extensions_after(firm, self.group.extensions)
        terms = self.admission.with_extensions(extensions)
        sound = [entry for entry in waiting if self._is_sound(entry, terms)]
        chosen = firm
        for kind in _PREFERENCE:
            alike = [entry for entry in sound if isinstance(entry.proposal, kind)]
            if any(isinstance(entry.proposal, Add) for entry in chosen):
                alike = [entry for entry in alike if not self._is_ours_alone(entry.proposal)]
            chosen = self._grown(chosen, alike[::-1] if kind in _LATEST_FIRST else alike)
        taken = {entry.reference for entry in chosen}
        return (*(entry for entry in sound if entry.reference in taken), *firm)

    def _is_sound(self, entry: Listed, terms: Admission) -> bool:
        try:
            verify_proposal(entry, self.group.tree, terms)
            if isinstance(entry.proposal, Add):
                leaf = entry.proposal.key_package.leaf_node
                verify_current(leaf, terms.now, terms.max_lifetime_s)  # D14
        except PeerError:
            return False
        if isinstance(entry.proposal, PreSharedKey):
            source = entry.proposal.psk.source
            return self.group.psk(source, self.psks) is not None and self._is_common(source)  # J03
        return True

    def _is_ours_alone(self, proposal: Proposal) -> bool:
        """Tell whether a proposal mixes in what no newcomer can hold, a key of this very group."""
        match proposal:
            case PreSharedKey(PreSharedKeyId(ResumptionPsk(psk_group_id=group_id))):
                return group_id == self.group.group_id
            case _:
                return False

    def _is_common(self, source: PskSource) -> bool:
        """Tell whether all members hold a key: of an epoch of this group, if all have sat there since.

        Of the keys in the store the application knows who else holds them.
        """
        if not isinstance(source, ResumptionPsk) or source.psk_group_id != self.group.group_id:
            return True
        return source.psk_epoch >= self.common_since

    def _grown(self, chosen: tuple[Listed, ...], candidates: Sequence[Listed]) -> tuple[Listed, ...]:
        """Return the chosen ones and as many candidates as go with them, the first ones first."""
        if not candidates:
            return chosen
        together = (*chosen, *candidates)
        if self._stand(together):
            return together
        if len(candidates) == 1:
            return chosen
        half = len(candidates) // 2
        return self._grown(self._grown(chosen, candidates[:half]), candidates[half:])

    def _stand(self, listed: tuple[Listed, ...]) -> bool:
        try:
            commits.combine(self.group.tree, self.group.extensions, listed, self.us, self.admission)
        except PeerError:
            return False
        return True


def _common_since(group: Group) -> int:
    """Return the earliest epoch that is kept since which all members have sat where they sit now."""
    seats = [(member.leaf_index, member.signature_key) for member in group.members]
    earliest = group.epoch
    for past in reversed(group.past):
        if past.epoch != earliest - 1 or not all(_sat(past, seat, key) for seat, key in seats):
            break
        earliest = past.epoch
    return earliest


def _sat(past: PastEpoch, seat: int, signature_key: bytes) -> bool:
    member = past.members.get(seat)
    return member is not None and member.signature_key == signature_key
