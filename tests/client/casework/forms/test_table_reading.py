"""Files that an office writes itself: what is no TOML is said so, whatever is wrong with it."""

from collections.abc import Callable

import pytest

from rogatory_client.casework.checks.treaties import read_treaty_tables
from rogatory_client.casework.deadlines.free_days import read_free_days
from rogatory_client.casework.drafts.glossary import with_own_terms
from rogatory_client.casework.drafts.template import read_template
from rogatory_client.casework.forms.catalogue import request_type, type_ids
from rogatory_client.casework.forms.table_reading import read_toml
from rogatory_client.casework.retention.rules import read_rules
from rogatory_crypto.errors import MisuseError

FIELDS = request_type("extradition").fields
READERS: dict[str, Callable[[str], object]] = {
    "treaties": read_treaty_tables,
    "free days": read_free_days,
    "glossary": with_own_terms,
    "template": lambda text: read_template(text, FIELDS),
    "retention": lambda text: read_rules(text, type_ids()),
}
NO_TOML = {
    "deep": "a = " + "[" * 5_000 + "]" * 5_000,
    "endless number": "a = " + "9" * 6_000,
    "half": "a = [",
    "no such day": "a = 2026-02-30",
    "binary": "\x00\x01",
}


@pytest.mark.parametrize("text", NO_TOML.values(), ids=NO_TOML.keys())
@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
def test_what_is_no_toml_is_said(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(MisuseError, match="is not TOML"):
        read(text)


def test_a_day_needs_no_quotes() -> None:
    read = read_toml('a = 2026-12-25\nb = { c = [2026-12-25T09:00:00Z] }\nd = "2026"', "it")
    assert read == {"a": "2026-12-25", "b": {"c": ["2026-12-25T09:00:00+00:00"]}, "d": "2026"}
    assert read_template("deadline_date = 2027-03-01\n", FIELDS) == {"deadline_date": "2027-03-01"}


def test_an_answer_of_the_wrong_kind_names_its_field() -> None:
    with pytest.raises(MisuseError, match=r"purpose: an answer is a text"):
        read_template("purpose = 5\n", FIELDS)


def table(parties: str) -> str:
    return f"[UNTOC]\ncomplete = true\n[UNTOC.parties]\n{parties}\n"


def test_a_table_of_treaties_says_the_same_in_either_spelling() -> None:
    """The quotes and the case of a code decide nothing about whether a treaty is in force."""
    plain = read_treaty_tables(table('SN = { since = "2003-10-27" }'))
    assert read_treaty_tables(table("sn = { since = 2003-10-27 }")) == plain


@pytest.mark.parametrize(
    ("parties", "said"),
    [
        ('SN = { since = "20031027" }', "is a date"),
        ('SN = { since = "2003-W01-1" }', "is a date"),
        ('Senegal = { since = "2003-10-27" }', "no two-letter code"),
        ('SN = { since = "2003-10-27", until = "2003-10-27" }', "until is not after since"),
        ('SN = { since = "2003-10-27" }\nsn = { since = "2004-10-27" }', "named twice"),
    ],
)
def test_what_would_be_compared_wrongly_is_refused(parties: str, said: str) -> None:
    with pytest.raises(MisuseError, match=said):
        read_treaty_tables(table(parties))
