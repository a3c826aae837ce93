"""Records that would be taken for one another are told apart before anybody is invited (after rule R16)."""

import json
from dataclasses import replace

import pytest

from rogatory_directory_sync import Record, lookalikes, mixed_scripts, read_directory, sample_file
from rogatory_directory_sync.record import Email, EmailType, Status

SAMPLE = read_directory(sample_file("state-after-2026-06.json").content)
RECORDS = [entry.record for entry in SAMPLE.values()]
SENEGAL = SAMPLE["CNA-SN-01"].record


def twin(**changes: object) -> Record:
    """Another authority of the same State, as far as its number."""
    changed = {"record_id": "CNA-SN-77", **changes}
    return replace(SENEGAL, **changed)  # type: ignore[arg-type]


def named(name: str) -> Record:
    return twin(name=(("en", name),), emails=())


def test_nobody_in_the_sample_is_taken_for_another() -> None:
    assert json.dumps([record.record_id for record in RECORDS if lookalikes(record, RECORDS)]) == "[]"
    assert not [record.record_id for record in RECORDS if mixed_scripts(record)]


@pytest.mark.parametrize(
    "name",
    [
        "Ministry of Justice \N{EN DASH} Central Authority",
        "MINISTRY OF JUSTICE - CENTRAL AUTHORITY",
        "Ministry of Justlce, Central Author1ty",
        "M\N{LATIN SMALL LETTER I WITH ACUTE}nistry of Justice: Central Authority",
    ],
)
def test_a_name_that_reads_the_same_is_a_look_alike(name: str) -> None:
    other = named(name)
    assert lookalikes(SENEGAL, [SENEGAL, other]) == (other,)
    assert lookalikes(other, [SENEGAL, other]) == (SENEGAL,)


def test_other_names_other_states_and_closed_entries_are_not() -> None:
    ghana = SAMPLE["CNA-GH-01"].record
    others = [named("Financial Intelligence Unit"), twin(status=Status.WITHDRAWN), twin(state=ghana.state)]
    assert lookalikes(SENEGAL, others) == ()


@pytest.mark.parametrize(
    ("domain", "alike"),
    [
        ("justice.gov.sn.example", False),
        ("just1ce.gov.sn.example", True),
        ("justice.gov.sn.exarnple", True),
        ("justice.gov.sn.example.attacker.example", True),
        ("interior.gov.sn.example", False),
    ],
)
def test_a_mailbox_at_a_domain_that_only_looks_the_same(domain: str, *, alike: bool) -> None:
    mailbox = (Email(EmailType.OFFICE, f"central@{domain}"),)
    other = twin(name=(("en", "Financial Intelligence Unit"),), emails=mailbox)
    assert lookalikes(other, [SENEGAL]) == ((SENEGAL,) if alike else ())


@pytest.mark.parametrize(
    ("name", "mixed"),
    [
        ("Ministry of Justice", False),
        ("Minist\N{CYRILLIC SMALL LETTER ER}y of Justice", True),
        ("Министерство Justice", False),  # whole words of another script are no disguise
    ],
)
def test_a_word_in_two_scripts_is_a_disguise(name: str, *, mixed: bool) -> None:
    assert mixed_scripts(named(name)) is mixed
