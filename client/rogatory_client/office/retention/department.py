"""What an office keeps and for how long: rules, legal holds, and purges that two officers order."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from rogatory_client.casework.answers.text import says_something
from rogatory_client.casework.forms.catalogue import type_ids
from rogatory_client.casework.retention.purging import Consented, Judged, PurgeStanding, refusal
from rogatory_client.casework.retention.rules import (
    RetentionRule,
    obstacles,
    read_rules,
    retention,
)
from rogatory_client.engine.room import Room
from rogatory_client.office import reading
from rogatory_client.office.at_home import said_at_home, say_at_home
from rogatory_client.office.company.hidden import hidden_rooms
from rogatory_client.office.desk import Desk
from rogatory_client.office.mailbox.assigning import require_case
from rogatory_client.office.plain_words import require_text
from rogatory_client.office.retention.due import due_by_rules, facts_of, in_force, today
from rogatory_client.office.retention.purging import load_judged
from rogatory_client.office.retention.view import ConsentView, HoldView, PurgeView, RetentionView
from rogatory_client.vault import purging
from rogatory_crypto.content.office_work import DraftId
from rogatory_crypto.content.retention import (
    MAX_PURGED,
    CaseHeld,
    HoldLifted,
    PurgeConfirmed,
    PurgeConsent,
    PurgedMessage,
    PurgeOrder,
    PurgeProposed,
    sign_consent,
    sign_order,
)
from rogatory_crypto.errors import MisuseError

_MIN_ID_CHARACTERS: Final = 6


class Retaining:
    """Part of an open office; see ``Office.retention``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def hold(self, room: str, reasons: str) -> HoldView:
        """Put a case under legal hold, for all devices of the office.

        Raises:
            MisuseError: there is no such case, no reason is given, or this role may not.
        """
        found = self._case(room)
        said = say_at_home(self._desk, CaseHeld(found.group_id, _reasons(reasons)))
        return next(each for each in self.holds(room) if each.message_id == said.message_id.hex())

    def lift_hold(self, room: str, reasons: str) -> tuple[HoldView, ...]:
        """Lift all holds on a case that are known here; the head alone may.

        Raises:
            MisuseError: it is under none, or this is not the head.
        """
        found = self._case(room)
        held = in_force(self._desk, found.group_id)
        if not held:
            raise MisuseError("this case is under no hold")
        say_at_home(self._desk, HoldLifted(found.group_id, held, _reasons(reasons)))
        return self.holds(room)

    def holds(self, room: str | None = None) -> tuple[HoldView, ...]:
        """The holds on a case, or on all that this officer sees, oldest first."""
        case = None if room is None else self._case(room).group_id
        hidden = hidden_rooms(self._desk)
        lifts = said_at_home(self._desk, HoldLifted, case)
        return tuple(
            HoldView(
                each.message_id.hex(),
                each.event.case.hex(),
                each.at_ms,
                each.officer,
                each.event.reasons,
                tuple(lift.officer for lift in lifts if each.message_id in lift.event.holds),
            )
            for each in said_at_home(self._desk, CaseHeld, case)
            if each.event.case not in hidden
        )

    def due(self, rules: str) -> tuple[RetentionView, ...]:
        """Which cases are due for purge today, and why the others are not.

        Args:
            rules: TOML; see ``casework.retention``.

        Raises:
            MisuseError: there are no such rules.
        """
        return due_by_rules(self._desk, read_rules(rules, type_ids()))

    def propose(
        self, room: str, reasons: str, rules: str | None = None, drafts: Sequence[str] = ()
    ) -> PurgeView:
        """Order a purge of all that was said in a case up to now; another officer confirms it.

        Args:
            room: id, beginning of it, or a reference.
            reasons: why, for the record; it stays, so it should tell nothing of the case.
            rules: the office's own; the case must be due by them. None where only the reasons count.
            drafts: ids of those to erase with it; those that go on from the case are added.

        Raises:
            MisuseError: the case is held, open or not due, something of it is on its way, or there is nothing
                to purge.
        """
        found = self._case(room)
        by = self._rule(found, rules)
        order = self._order(found, by, _reasons(reasons), drafts)
        signed = sign_order(order, self._desk.oneself.signer.private)
        said = say_at_home(self._desk, PurgeProposed(found.group_id, signed))
        return self.record(said.message_id.hex())

    def confirm(self, purge: str) -> PurgeView:
        """Confirm what another officer has proposed; each device erases with its next synchronisation.

        Raises:
            MisuseError: there is no such order, it does not wait, or this officer proposed it.
        """
        found, desk = self._judged(purge), self._desk
        if found.standing is not PurgeStanding.WAITING or found.proposed.order is None:
            raise MisuseError(f"this purge is {found.standing}")
        order, oneself = found.proposed.order, desk.oneself
        consent = PurgeConsent(
            found.proposed.order_sha256,
            order.case,
            desk.surroundings.now(),
            *(oneself.entry_id, oneself.officer, oneself.device_id),
        )
        against = refusal(order, oneself.officer)
        if against:
            raise MisuseError(f"this would not count: {against}")
        say_at_home(desk, PurgeConfirmed(order.case, sign_consent(consent, oneself.signer.private)))
        return self.record(purge)

    def records(self) -> tuple[PurgeView, ...]:
        """What was ordered to be purged, oldest first, each verified now."""
        return tuple(_purge_view(self._desk, each) for each in load_judged(self._desk))

    def record(self, purge: str) -> PurgeView:
        """One of them, by the beginning of its id.

        Raises:
            MisuseError: there is none, or more than one.
        """
        return _purge_view(self._desk, self._judged(purge))

    def _judged(self, name: str) -> Judged:
        wanted = name.strip().lower()
        every = load_judged(self._desk)
        found = [each for each in every if each.proposed.said.message_id.hex().startswith(wanted)]
        if len(wanted) < _MIN_ID_CHARACTERS or len(found) != 1:
            count = "more than one purge" if found else "no purge"
            raise MisuseError(f"{count} {name!r} was proposed: see `rogatory retention records`")
        return found[0]

    def _case(self, name: str) -> Room:
        found = reading.room_of(self._desk, name)
        require_case(found)
        return found

    def _rule(self, room: Room, rules: str | None) -> str:
        facts = facts_of(self._desk, room)
        if rules is None:
            against, by = tuple(obstacles(facts)), ""
        else:
            found = retention(facts, read_rules(rules, type_ids()), today(self._desk))
            against, by = found.against, "" if found.rule is None else _in_words(found.rule)
        if against:
            raise MisuseError(f"this case cannot be purged: {'; '.join(against)}")
        return by

    def _order(self, room: Room, rule: str, reasons: str, drafts: Sequence[str]) -> PurgeOrder:
        desk, oneself, case = self._desk, self._desk.oneself, room.group_id
        if any(each.parcel.group_id == case for each in desk.waiting):
            raise MisuseError("something of this case waits to be sent: synchronise first")
        with desk.vault.reading() as connection:
            content = purging.names_in(connection, case)
            tells = purging.company_tells(connection, case)
            linked = purging.drafts_of(connection, case)
        if not 0 < len(content) <= MAX_PURGED:
            raise MisuseError(f"there are {len(content)} messages; between 1 and {MAX_PURGED} can be purged")
        if tells:
            raise MisuseError(
                "a message that says who is in this case says more besides, and would stay: nothing is purged"
            )
        return PurgeOrder(
            case=case,
            rule=rule,
            reasons=reasons,
            messages=tuple(PurgedMessage(name, sha256(each).digest()) for name, each in content.items()),
            drafts=tuple(sorted({*linked, *map(_draft, drafts)})),
            lifted=tuple(each.message_id for each in said_at_home(desk, CaseHeld, case)),
            at=desk.surroundings.now(),
            authority=oneself.entry_id,
            officer=oneself.officer,
            device_id=oneself.device_id,
        )


def _draft(name: str) -> DraftId:
    try:
        return DraftId(bytes.fromhex(name))
    except ValueError as error:
        raise MisuseError(f"{name!r} is no draft: see `rogatory draft list`") from error


def _reasons(text: str) -> str:
    if not says_something(text):
        raise MisuseError("say why")
    # Those of a purge are signed, so nobody who sends them can look into them any more.
    require_text("reasons", text)
    return text.strip()


def _in_words(rule: RetentionRule) -> str:
    return f"{rule.name}: {rule.kind}, {rule.months} months after {rule.since}"


def _purge_view(desk: Desk, judged: Judged) -> PurgeView:
    said, order = judged.proposed.said, judged.proposed.order
    names = () if order is None else order.messages
    with desk.vault.reading() as connection:
        left = purging.messages_here(connection, [each.message_id for each in names])
    return PurgeView(
        message_id=said.message_id.hex(),
        room_id=said.event.case.hex(),
        standing=judged.standing.value,
        reason=judged.proposed.flaw,
        proposed_by=said.officer,
        device_id="" if order is None else order.device_id.hex(),
        at=None if order is None else order.at,
        rule="" if order is None else order.rule,
        reasons="" if order is None else order.reasons,
        messages={each.message_id.hex(): each.sha256.hex() for each in names},
        drafts=() if order is None else tuple(each.hex() for each in order.drafts),
        left=len(left),
        signed=said.event.signed.hex(),
        confirmed_by=tuple(_consent_view(each, "") for each in judged.by),
        refused=tuple(_consent_view(each, reason) for each, reason in judged.refused),
    )


def _consent_view(each: Consented, reason: str) -> ConsentView:
    consent = each.consent
    return ConsentView(
        officer=each.said.officer,
        device_id="" if consent is None else consent.device_id.hex(),
        at=None if consent is None else consent.at,
        signed=each.said.event.signed.hex(),
        reason=reason,
    )
