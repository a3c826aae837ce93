"""What is kept of epochs that have ended, for messages that are late (RFC 9420 sections 14, 15)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rogatory_crypto.mls.members import Member
from rogatory_crypto.mls.policy import GroupPolicy
from rogatory_crypto.mls.secret_tree import SecretTree


@dataclass(frozen=True, slots=True)
class PastEpoch:
    """What is kept of an epoch for stragglers: enough to decrypt and attribute, no more.  # M01.

    Attributes:
        context: the encoded group context.
        epoch: its number.
        members: who sat where then (M02).
        ended_at: when it ended here, in unix seconds.
        sender_data_secret: opens who sent a message.
        secret_tree: the message keys not used up.
    """

    epoch: int
    context: bytes
    members: Mapping[int, Member]
    ended_at: int
    sender_data_secret: bytes = field(repr=False)
    secret_tree: SecretTree = field(repr=False)


def retained(past: tuple[PastEpoch, ...], policy: GroupPolicy, now: int) -> tuple[PastEpoch, ...]:
    """Return the past epochs that a policy keeps.  # M03."""
    newest = past[max(0, len(past) - policy.past_epochs) :]
    return tuple(held for held in newest if now - held.ended_at <= policy.past_epoch_s)
