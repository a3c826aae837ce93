"""What an entry asks for, in words: nothing that it leaves open is taken for accepted."""

from dataclasses import replace

from tests.client.casework.checks.test_preflight import records
from tests.client.casework.sample_answers import ADDRESSEE

from rogatory_client.casework.checks.requirements_panel import OPEN, requirements
from rogatory_client.casework.forms.catalogue import request_type
from rogatory_directory_sync import Record
from rogatory_directory_sync.record import Agreement, Languages, Resource

GHANA = replace(records()[ADDRESSEE], agreements=(), resources=())


def told(record: Record, type_id: str = "taking_evidence") -> list[tuple[str, str, str]]:
    return [(each.topic, each.text, each.link) for each in requirements(request_type(type_id), record, "SN")]


def test_what_is_open_says_so() -> None:
    said = {topic: text for topic, text, _ in told(replace(GHANA, languages=Languages(None, None)))}
    assert said["languages"] == OPEN


def test_agreements_with_the_own_state_come_first_and_others_not_at_all() -> None:
    ours = Agreement("bilateral", "Treaty with Senegal", ("SN",), "mla", "https://t.example/1")
    theirs = Agreement("bilateral", "Treaty with Togo", ("TG",))
    every = Agreement("regional", "Convention of the region")
    record = replace(GHANA, agreements=(every, theirs, ours))
    found = [each for each in told(record) if each[0] == "agreement"]
    assert found == [
        ("agreement", "bilateral: Treaty with Senegal (mla)", "https://t.example/1"),
        ("agreement", "regional: Convention of the region", ""),
    ]


def test_links_of_the_entry_are_shown_with_their_language() -> None:
    record = replace(GHANA, resources=(Resource("checklist", "https://c.example", "What to send", "fr"),))
    assert told(record)[-1] == ("link", "checklist: What to send (fr)", "https://c.example")


def test_extradition_asks_for_its_basis() -> None:
    topics = {topic for topic, _, _ in told(GHANA, "extradition")}
    assert "untoc_as_extradition_basis" in topics
    assert "untoc_as_extradition_basis" not in {topic for topic, _, _ in told(GHANA)}
