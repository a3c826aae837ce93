"""How long an office keeps its cases: rules from a file of the office, and which cases are due by them.

[talks]
case = "consultation"
after = "last_message"
months = 24

[assistance]
case = "request"
types = ["taking_evidence"]       # all where none is named
after = "closed"
years = 10

Nothing is due without a rule, and nothing is purged by this: it only says what officers may purge.
"""

import re
from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from rogatory_client.casework.forms.table_reading import TableReader, read_toml
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.errors import MisuseError

MAX_RULES: Final = 200
MAX_MONTHS: Final = 1_200
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_KINDS: Final = {kind.value: kind for kind in (CaseKind.CONSULTATION, CaseKind.REQUEST)}
_MONTHS_A_YEAR: Final = 12


class Since(StrEnum):
    """From when on a rule counts."""

    LAST_MESSAGE = "last_message"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long cases of a kind are kept; ``types`` are those of requests, all where none is named."""

    name: str
    kind: CaseKind
    types: frozenset[str]
    since: Since
    months: int


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a rule looks at.

    Attributes:
        last_message: when something was last said in it; None for an empty one.
        closed: when the own office has closed its file; None while it is open.
        running: what is due in it.
        unread: how many messages nobody of the office has read.
    """

    kind: CaseKind
    request_type: str | None
    last_message: date | None
    closed: date | None
    held: bool = False
    running: tuple[str, ...] = ()
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Retention:
    """What the rules say of a case.

    Attributes:
        rule: that counts, the one that keeps it longest; None where there is none.
        due: the first day on which it may be purged; None while that is open.
        against: why it may not be purged now; empty where it may.
    """

    rule: RetentionRule | None
    due: date | None
    against: tuple[str, ...]

    @property
    def is_due(self) -> bool:
        """Whether officers may purge it by its rule."""
        return not self.against


def read_rules(text: str, known_types: Collection[str]) -> tuple[RetentionRule, ...]:
    """Return the rules of a file.

    Args:
        text: TOML.
        known_types: identifiers of the types of requests.

    Raises:
        MisuseError: it is no such file; says where.
    """
    tables = read_toml(text, "the file of retention rules")
    if not 1 <= len(tables) <= MAX_RULES:
        raise MisuseError(f"a file of retention rules has between one and {MAX_RULES} of them")
    return tuple(_read(name, TableReader(table, name), known_types) for name, table in tables.items())


def _read(name: str, reader: TableReader, known_types: Collection[str]) -> RetentionRule:
    if not _NAME.fullmatch(name):
        raise MisuseError(f"{name!r} names no rule: write a word of small letters")
    kind = _KINDS.get(reader.text("case"))
    since, types = reader.text("after"), reader.texts("types", optional=True)
    if kind is None or since not in list(Since):
        raise MisuseError(f"{name}: case is one of {', '.join(_KINDS)}, after one of {', '.join(Since)}")
    if kind is CaseKind.CONSULTATION and (types or since == Since.CLOSED):
        raise MisuseError(f"{name}: a consultation has no type and is never closed: count from last_message")
    if unknown := sorted(set(types) - set(known_types)):
        raise MisuseError(f"{name}: no types of requests: {', '.join(unknown)}")
    months = reader.number("months", 0) + _MONTHS_A_YEAR * reader.number("years", 0)
    if not 1 <= months <= MAX_MONTHS:
        raise MisuseError(f"{name}: give months or years, together between 1 and {MAX_MONTHS} months")
    reader.done()
    return RetentionRule(name, kind, frozenset(types), Since(since), months)


def retention(facts: CaseFacts, rules: Collection[RetentionRule], today: date) -> Retention:
    """Return whether a case is due for purge on a day, and why not.

    Where several rules are about it, the one counts that keeps it longest.
    """
    fitting = [rule for rule in rules if _fits(rule, facts)]
    dated = [(due, rule) for rule in fitting if (due := _due(rule, facts)) is not None]
    if not fitting:
        return Retention(None, None, ("no rule is about it", *_against(facts)))
    if len(dated) < len(fitting):
        open_rule = next(rule for rule in fitting if _due(rule, facts) is None)
        return Retention(open_rule, None, _against(facts) or ("its time has not begun",))
    due, rule = max(dated, key=lambda each: each[0])
    early = () if due <= today else (f"it is kept until {due}",)
    return Retention(rule, due, (*_against(facts), *early))


def _fits(rule: RetentionRule, facts: CaseFacts) -> bool:
    return rule.kind is facts.kind and (not rule.types or facts.request_type in rule.types)


def _due(rule: RetentionRule, facts: CaseFacts) -> date | None:
    begins = facts.closed if rule.since is Since.CLOSED else facts.last_message
    return None if begins is None else later(begins, rule.months)


def _against(facts: CaseFacts) -> tuple[str, ...]:
    return tuple(obstacles(facts))


def obstacles(facts: CaseFacts) -> Iterator[str]:
    """Yield why a case may not be purged, whatever the rules are."""
    if facts.held:
        yield "it is under legal hold"
    if facts.kind is CaseKind.REQUEST and facts.closed is None:
        yield "it is open"
    if facts.running:
        yield f"a deadline is running: {', '.join(facts.running)}"
    if facts.unread:
        yield f"nobody has read {facts.unread} of its messages"


def later(day: date, months: int) -> date:
    """Return the day some months later, or the last of its month if it has no such day; at most in 9999."""
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 + months, _MONTHS_A_YEAR)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
