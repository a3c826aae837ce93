"""Each kind of event that an officer's device signs: of another time, case, device or word, none counts."""

from dataclasses import replace

import pytest
from tests.client.engine.case_room import GROUP, LATER, A, B, Device, Offices
from tests.crypto.content.test_rights import EVENTS

from rogatory_client.engine.stating import flaw_in
from rogatory_client.engine.writing import text_part, write
from rogatory_crypto.content.case_progress import SIGNED
from rogatory_crypto.content.events import CaseEvent, RequestSubmitted, event_part
from rogatory_crypto.content.mimi import MimiContent
from rogatory_crypto.content.nested_part import MultiPart
from rogatory_crypto.wire.identifier import GroupId

DAY = 86_400
SIGNED_EVENTS = [event for event, *_ in EVENTS if isinstance(event, (RequestSubmitted, *SIGNED))]


def said(
    event: CaseEvent, by: Device, *, at: int = LATER, group_id: GroupId = GROUP, signed: bool = True
) -> MimiContent:
    """An event and the words beside it, all of it signed."""
    parts = (event_part(event), text_part("As we said."))
    return write(parts, group_id, replace(by.context, now=at), is_stated=signed).content


def test_none_is_left_out() -> None:
    assert {type(event) for event in SIGNED_EVENTS} == {RequestSubmitted, *SIGNED}


@pytest.mark.parametrize("event", SIGNED_EVENTS, ids=lambda each: type(each).__name__)
def test_a_signature_of_another_time_case_or_device_is_none(event: CaseEvent) -> None:
    world = Offices()
    signer, others = world.device(A), (world.device(A, "second"), world.device(B))
    sender = world.registry.devices[signer.id]

    def flaw(content: MimiContent) -> str | None:
        return flaw_in(content, GROUP, sender, LATER)

    assert flaw(said(event, signer)) is None
    assert "not signed" in (flaw(said(event, signer, signed=False)) or "")
    assert "after the relay" in (flaw(said(event, signer, at=LATER + DAY)) or "")
    assert "before the device was entered" in (flaw(said(event, signer, at=LATER - 400 * DAY)) or "")
    assert "for another case" in (flaw(said(event, signer, group_id=GroupId(bytes(32)))) or "")
    for other in others:
        assert "another device" in (flaw(said(event, other)) or "")


@pytest.mark.parametrize("event", SIGNED_EVENTS, ids=lambda each: type(each).__name__)
def test_a_signature_under_other_words_is_none(event: CaseEvent) -> None:
    world = Offices()
    signer = world.device(A)
    sender = world.registry.devices[signer.id]
    true = said(event, signer)
    another = next(each for each in SIGNED_EVENTS if type(each) is not type(event))
    assert isinstance(true.nested_part, MultiPart)
    said_event, text, statement = true.nested_part.parts
    for parts in (
        (event_part(another), text, statement),
        (said_event, text_part("As we never said."), statement),
        (said_event, text, text_part("And more."), statement),
        (said_event, statement),
        (text, said_event, statement),
        (said_event, text, statement, statement),
    ):
        altered = replace(true, nested_part=replace(true.nested_part, parts=parts))
        assert flaw_in(altered, GROUP, sender, LATER)
    assert flaw_in(replace(true, salt=bytes(16)), GROUP, sender, LATER)


@pytest.mark.parametrize("event", SIGNED_EVENTS, ids=lambda each: type(each).__name__)
def test_a_device_that_was_revoked_signs_nothing_and_dates_nothing_back(event: CaseEvent) -> None:
    world = Offices()
    signer = world.device(A)
    now, before = said(event, signer), said(event, signer, at=LATER - 60)
    world.revoke(signer, LATER - 10)
    sender = world.registry.devices[signer.id]
    for content in (now, before):
        assert "revoked" in (flaw_in(content, GROUP, sender, LATER) or "")
    assert flaw_in(before, GROUP, sender, LATER - 30) is None, "what the relay had before counts"
