"""Whether a case is purged: judged from what officers of the office said, whatever the order of arrival.

Two officers of different functions order it, and every hold on the case stops what was ordered without it:
an order names the holds that had been lifted when it was given, so that a later hold stops it for good.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from rogatory_client.casework.mailbox.assigning import Said
from rogatory_crypto.content.retention import (
    CaseHeld,
    HoldLifted,
    PurgeConfirmed,
    PurgeConsent,
    PurgeOrder,
    PurgeProposed,
)
from rogatory_crypto.identity import Role
from rogatory_crypto.identity.statement import officer_told_apart


class PurgeStanding(StrEnum):
    """What has become of an order."""

    NOT_VALID = "not valid"
    WAITING = "waiting"
    STOPPED = "stopped by a hold"
    ORDERED = "ordered"


@dataclass(frozen=True, slots=True)
class Proposed:
    """An order as it came; ``order`` is None where ``flaw`` says why it does not count."""

    said: Said[PurgeProposed]
    order: PurgeOrder | None
    order_sha256: bytes
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class Consented:
    """A consent as it came.

    Attributes:
        consent: None where ``flaw`` says why it does not count.
        is_relayed: whether the relay has taken it in: what other devices said before it is known then.
    """

    said: Said[PurgeConfirmed]
    consent: PurgeConsent | None
    is_relayed: bool
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """An order, who consented, and what does not count with its reason."""

    proposed: Proposed
    standing: PurgeStanding
    by: tuple[Consented, ...] = ()
    refused: tuple[tuple[Consented, str], ...] = ()


def holds_in_force(
    holds: Iterable[Said[CaseHeld]], lifts: Iterable[Said[HoldLifted]]
) -> tuple[Said[CaseHeld], ...]:
    """Return the holds on a case that no head has lifted."""
    lifted = {name for each in lifts if each.role is Role.HEAD for name in each.event.holds}
    return tuple(each for each in holds if each.message_id not in lifted)


def judged(
    proposed: Proposed,
    consents: Iterable[Consented],
    holds: Collection[Said[CaseHeld]],
    lifts: Collection[Said[HoldLifted]],
) -> Judged:
    """Return what has become of an order.

    Args:
        proposed: the order.
        consents: all of the case, whichever order they name.
        holds: all of the case.
        lifts: all of the case.
    """
    if proposed.order is None:
        return Judged(proposed, PurgeStanding.NOT_VALID)
    of_it = [each for each in consents if each.consent is None or _names(each.consent, proposed)]
    reasons = [(each, each.flaw or refusal(proposed.order, each.said.officer)) for each in of_it]
    sound = tuple(each for each, reason in reasons if not reason)
    refused = tuple((each, reason) for each, reason in reasons if reason)
    if is_stopped(proposed.order, holds, lifts):
        return Judged(proposed, PurgeStanding.STOPPED, sound, refused)
    is_ordered = any(each.is_relayed for each in sound)
    return Judged(proposed, PurgeStanding.ORDERED if is_ordered else PurgeStanding.WAITING, sound, refused)


def is_stopped(
    order: PurgeOrder, holds: Collection[Said[CaseHeld]], lifts: Collection[Said[HoldLifted]]
) -> bool:
    """Tell whether a hold stops an order: one in force, or one that it did not know."""
    known = frozenset(order.lifted)
    return bool(holds_in_force(holds, lifts)) or any(each.message_id not in known for each in holds)


def refusal(order: PurgeOrder, officer: str) -> str:
    """Return why the consent of an officer, by function, does not count, or nothing where it does."""
    if officer_told_apart(officer) == officer_told_apart(order.officer):
        return "another officer than the one who proposed it confirms it"
    return ""


def _names(consent: PurgeConsent, proposed: Proposed) -> bool:
    return consent.order_sha256 == proposed.order_sha256
