"""The time limits of a case as data: what is due while a case is in some state, and how long it takes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Final

from rogatory_client.casework.forms.catalogue import read_table, type_ids
from rogatory_client.casework.forms.table_reading import TableReader, require_known
from rogatory_crypto.casework import Side, State
from rogatory_crypto.content.events import Urgency
from rogatory_crypto.errors import MisuseError

_BY_URGENCY: Final = (Urgency.ROUTINE, Urgency.PRIORITY, Urgency.URGENT, Urgency.EMERGENCY)
_TERM: Final = re.compile(r"([0-9]{1,4}) (working days|days|hours)")


class Unit(StrEnum):
    """In what a term is counted."""

    WORKING_DAYS = "working days"
    DAYS = "days"
    HOURS = "hours"


class Legal(StrEnum):
    """Who fixes a term."""

    CONVENTION = "convention"
    TREATY = "treaty"
    CONFIGURABLE = "configurable"


@dataclass(frozen=True, slots=True)
class Term:
    """How long something may take."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """What is due.

    Attributes:
        states: in which it runs, from when the case came there.
        on: what was said from which it runs instead; empty where it runs from a state.
        types: of request that it is for; empty for all.
        acts: whose it is.
        terms: by urgency; routine is always there.
        reminders: days before the end.
        yields: whether a day that was said with the change of state takes the place of the term.
        recurs: whether it is due anew each time that the requested side has told its progress.
    """

    what: str
    states: frozenset[State]
    types: frozenset[str]
    acts: Side
    legal: Legal
    basis: str
    terms: Mapping[Urgency, Term]
    reminders: tuple[int, ...]
    yields: bool = False
    recurs: bool = False
    on: str = ""

    def term(self, urgency: Urgency) -> Term:
        """Return how long it may take at this urgency: as long as at the next milder one that has a term."""
        milder = _BY_URGENCY[: _BY_URGENCY.index(urgency) + 1]
        return next(self.terms[each] for each in reversed(milder) if each in self.terms)


def read_term(text: str) -> Term:
    """Return the term that a text means, such as ``5 working days``.

    Raises:
        MisuseError: it means none.
    """
    found = _TERM.fullmatch(text)
    if found is None:
        raise MisuseError(f"{text!r} is no term: write it like '5 working days', '60 days' or '4 hours'")
    return Term(int(found[1]), Unit(found[2]))


@cache
def deadline_rules() -> tuple[DeadlineRule, ...]:
    """Every rule, in the order of the table."""
    reader = read_table("deadlines")
    rules = reader.tables("deadline", _rule)
    reader.done()
    return rules


def rules_for(
    request_type: str | None, state: State, configured: Mapping[str, str] | None = None
) -> tuple[DeadlineRule, ...]:
    """Return the rules that run for a request in a state.

    Args:
        request_type: None where it is not known.
        state: of the case.
        configured: terms of the office or of a treaty, by what is due.

    Raises:
        MisuseError: a convention fixes what is configured, or nothing is due under that name.
    """
    changed = configured or {}
    require_known("deadlines", tuple(changed), {rule.what: rule for rule in deadline_rules()})
    running = [rule for rule in deadline_rules() if state in rule.states]
    special = {rule.what: rule for rule in running if request_type in rule.types}
    general = {rule.what: rule for rule in running if not rule.types}
    found = {**general, **special}.values()
    return tuple(_configured(rule, changed[rule.what]) if rule.what in changed else rule for rule in found)


def rule_on(said: str, configured: Mapping[str, str] | None = None) -> DeadlineRule:
    """Return the rule that runs from what was said, such as ``oral request``.

    Raises:
        MisuseError: a convention fixes what is configured.
    """
    changed = configured or {}
    rule = next(each for each in deadline_rules() if each.on == said)
    return _configured(rule, changed[rule.what]) if rule.what in changed else rule


def is_configurable(what: str) -> bool:
    """Return whether an office or a treaty says how long something may take."""
    named = [rule for rule in deadline_rules() if rule.what == what]
    return bool(named) and all(rule.legal is not Legal.CONVENTION for rule in named)


def require_term(what: str, text: str | None) -> None:
    """Return only if something may take so long in an office; None is the usual term.

    Raises:
        MisuseError: nothing is due under that name, a convention fixes it, or the term is none.
    """
    require_known("deadlines", (what,), {rule.what: rule for rule in deadline_rules()})
    for rule in deadline_rules():
        if rule.what == what and text is not None:
            _configured(rule, text)


def _configured(rule: DeadlineRule, text: str) -> DeadlineRule:
    if rule.legal is Legal.CONVENTION:
        raise MisuseError(f"{rule.what}: {rule.basis} fixes it for everybody")
    return replace(rule, terms=dict.fromkeys(Urgency, read_term(text)))


def _rule(reader: TableReader) -> DeadlineRule:
    types, on = reader.texts("types", optional=True), reader.text("on", "")
    require_known(reader.where, types, dict.fromkeys(type_ids()))
    terms = {Urgency(name): read_term(text) for name, text in reader.words("terms").items()}
    if Urgency.ROUTINE not in terms:
        raise MisuseError(f"{reader.where}: no term for routine requests")
    reminders = reader.any("reminders") if reader.has("reminders") else []
    return DeadlineRule(
        what=reader.text("what"),
        states=frozenset(map(State, reader.texts("while", optional=bool(on)))),
        types=frozenset(types),
        acts=Side(reader.text("acts")),
        legal=Legal(reader.text("legal")),
        basis=reader.text("basis", ""),
        terms=terms,
        reminders=_days(reminders, reader.where),
        yields=reader.flag("yields", default=False),
        recurs=reader.flag("recurs", default=False),
        on=on,
    )


def _days(found: object, where: str) -> tuple[int, ...]:
    if not isinstance(found, list) or not all(isinstance(day, int) and day >= 0 for day in found):
        raise MisuseError(f"{where}: reminders are numbers of days")
    return tuple(found)
