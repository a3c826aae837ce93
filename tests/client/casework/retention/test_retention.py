"""Retention rules: nothing without a rule, nothing held or open, and never before its day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_client.casework.retention.rules import (
    CaseFacts,
    RetentionRule,
    Since,
    later,
    read_rules,
    retention,
)
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.errors import MisuseError

TYPES = ("extradition", "taking_evidence")
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
CONSULTATION_RULES = st.builds(
    RetentionRule,
    st.just("talks"),
    st.just(CaseKind.CONSULTATION),
    st.just(frozenset()),
    st.just(Since.LAST_MESSAGE),
    st.integers(1, 1200),
)
REQUEST_RULES = st.builds(
    RetentionRule,
    st.just("requests"),
    st.just(CaseKind.REQUEST),
    st.frozensets(st.sampled_from(TYPES)),
    st.sampled_from(Since),
    st.integers(1, 1200),
)
FACTS = st.builds(
    CaseFacts,
    st.sampled_from([CaseKind.CONSULTATION, CaseKind.REQUEST]),
    st.none() | st.sampled_from(TYPES),
    st.none() | DAYS,
    st.none() | DAYS,
    st.booleans(),
    st.just(()) | st.just(("hearing",)),
    st.integers(0, 2),
)


@given(FACTS, st.lists(CONSULTATION_RULES | REQUEST_RULES, max_size=4), DAYS)
def test_what_is_due_is_due_by_every_rule_about_it(
    facts: CaseFacts, rules: list[RetentionRule], today: date
) -> None:
    found = retention(facts, rules, today)
    about = [
        rule
        for rule in rules
        if rule.kind is facts.kind and (not rule.types or facts.request_type in rule.types)
    ]
    begins = [facts.closed if rule.since is Since.CLOSED else facts.last_message for rule in about]
    over = all(
        day is not None and later(day, rule.months) <= today for day, rule in zip(begins, about, strict=True)
    )
    is_open = facts.kind is CaseKind.REQUEST and facts.closed is None
    quiet = not (facts.held or facts.running or facts.unread or is_open)
    assert found.is_due == (bool(about) and over and quiet)
    assert found.is_due or found.against


@given(DAYS, st.integers(1, 1200), st.integers(1, 1200))
def test_more_months_are_never_less(day: date, months: int, more: int) -> None:
    assert day < later(day, months) <= later(day, months + more)


def test_a_month_without_such_a_day_ends_with_its_last() -> None:
    assert later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert later(date(2025, 11, 30), 3) == date(2026, 2, 28)


def test_a_file_of_rules_is_read() -> None:
    text = """
        [talks]
        case = "consultation"
        after = "last_message"
        months = 24
        [assistance]
        case = "request"
        types = ["extradition"]
        after = "closed"
        years = 10
    """
    talks, assistance = read_rules(text, TYPES)
    assert (talks.since, talks.months) == (Since.LAST_MESSAGE, 24)
    assert (assistance.types, assistance.months) == (frozenset({"extradition"}), 120)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "= no",
        "talks = 3",
        '[a]\ncase = "network"\nafter = "closed"\nyears = 1',
        '[a]\ncase = "request"\nafter = "never"\nyears = 1',
        '[a]\ncase = "request"\nafter = "closed"',
        '[a]\ncase = "request"\nafter = "closed"\nyears = 0',
        '[a]\ncase = "request"\nafter = "closed"\nyears = -1',
        '[a]\ncase = "request"\nafter = "closed"\nyears = 101',
        '[a]\ncase = "request"\nafter = "closed"\nyears = true',
        '[a]\ncase = "request"\nafter = "closed"\nyears = 1\ntypes = ["unheard_of"]',
        '[a]\ncase = "request"\nafter = "closed"\nyears = 1\nsoon = 1',
        '[a]\ncase = "consultation"\nafter = "closed"\nyears = 1',
        '["\u202ea"]\ncase = "request"\nafter = "closed"\nyears = 1',
    ],
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(MisuseError):
        read_rules(text, TYPES)
