"""What leaves the office reads as it stands, in every field of every event and in every text."""

from dataclasses import fields, replace
from typing import Any

import pytest
from tests.crypto.content.test_rights import EVENTS

from rogatory_client.casework.answers.text import says_something
from rogatory_client.engine.writing import text_part
from rogatory_client.office.plain_words import require_plain, subject_anew
from rogatory_crypto.content.carry_over import CarryOverProposed
from rogatory_crypto.content.case_progress import StateSet
from rogatory_crypto.content.events import CaseEvent, CaseOpened, event_part
from rogatory_crypto.content.history import HistoryResealed, HistoryReturned
from rogatory_crypto.content.office_work import DraftMoved, DraftSaved
from rogatory_crypto.content.outgoing_release import ReleaseAsked
from rogatory_crypto.content.urgent import OralRequest
from rogatory_crypto.errors import MisuseError

BAD = ["\u202e", "\u2066", "\x07", "\x1b[2J", "\x00", "\u2028", "\x9b", "\U000e0041", "\r"]
TYPED = [
    event
    for event, *_ in EVENTS
    if not isinstance(event, (HistoryResealed, HistoryReturned, ReleaseAsked, DraftSaved, DraftMoved))
]
PARAGRAPHS = "First.\n\n\tSecond\u00ad \u200fقضية\u200c and\r\nthird \U0001f44d."


def with_text(event: CaseEvent, name: str, text: str) -> Any:
    """The same event with something in one of its fields, which may be a list of texts."""
    value = getattr(event, name)
    changed = (text,) if isinstance(value, tuple) else text
    return replace(event, **{name: changed})  # type: ignore[arg-type]  # one of the event's fields


def free_fields(event: CaseEvent) -> list[str]:
    """The fields in which any text may be."""
    found = []
    for field in fields(event):
        try:
            event_part(with_text(event, field.name, "Any text."))
        except (MisuseError, TypeError, AttributeError):
            continue
        found.append(field.name)
    return found


@pytest.mark.parametrize("event", TYPED, ids=lambda each: type(each).__name__)
def test_no_field_takes_what_hides_reorders_or_moves_a_cursor(event: CaseEvent) -> None:
    for name in free_fields(event):
        require_plain((event_part(with_text(event, name, "Any text.")),))
        for bad in BAD:
            with pytest.raises(MisuseError, match=name):
                require_plain((event_part(with_text(event, name, f"Any{bad}text.")),))


def test_free_fields_are_found() -> None:
    """Or the test above would show nothing."""
    found = {(type(event), name) for event in TYPED for name in free_fields(event)}
    assert {(StateSet, "reasons"), (StateSet, "items"), (OralRequest, "memo")} <= found
    assert {(CaseOpened, "subject"), (CaseOpened, "reference"), (CarryOverProposed, "reasons")} <= found
    assert len(found) > 25


@pytest.mark.parametrize("bad", BAD)
def test_no_text_does_either(bad: str) -> None:
    with pytest.raises(MisuseError, match=r"the text: holds the character U\+"):
        require_plain((text_part(f"Any{bad}text."),))


def test_paragraphs_of_any_script_pass() -> None:
    require_plain((text_part(PARAGRAPHS),))
    require_plain((event_part(StateSet("refused", (), PARAGRAPHS)),))


@pytest.mark.parametrize("event", TYPED, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("nothing", [" ", "…", " - "])
def test_what_a_case_is_found_by_says_something(event: CaseEvent, nothing: str) -> None:
    for name in {"reference", "own_reference", "subject", "what"} & set(free_fields(event)):
        with pytest.raises(MisuseError, match=f"{name}: is empty"):
            require_plain((event_part(with_text(event, name, nothing)),))


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_an_empty_message_is_none(text: str) -> None:
    with pytest.raises(MisuseError, match="the message is empty"):
        require_plain((text_part(text),))
    require_plain((event_part(StateSet("refused", ())), text_part(text)))


def test_bytes_that_are_no_characters_are_said_so() -> None:
    with pytest.raises(MisuseError, match="no characters"):
        text_part("Any \udcff text.")


@pytest.mark.parametrize("subject", ["Records", "Records \u202estsil", "\u202e", "", "a\nb\x07"])
def test_a_subject_of_another_office_can_be_said_again(subject: str) -> None:
    anew = subject_anew(subject)
    assert says_something(anew)
    require_plain((event_part(CaseOpened(EVENTS[0][1], anew, None, None)),))
