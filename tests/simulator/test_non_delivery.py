"""Signed non-delivery: stated once when its time is over, kept by both, overruled by what comes late."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulator.test_story import A, B, C, link, world_with
from tests.simulator.world import World

from rogatory_client.engine.delivery_effect import KeptNonDelivery
from rogatory_client.engine.effect import Outcome
from rogatory_client.engine.outgoing_effect import Enqueue, Parcel
from rogatory_client.engine.writing import write
from rogatory_client.office.deliveries.view import DeliveryView, RecipientView
from rogatory_client.vault import deliveries, open_vault
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.non_delivery import NonDelivery, non_delivery_part, sign_non_delivery
from rogatory_crypto.content.receipts import EvidenceEvent
from rogatory_crypto.errors import MisuseError

HOUR_S = 3_600


async def request_to(world: World, folder: Path, *to: str, urgency: str = "routine") -> str:
    letter = folder / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    async with world.at(A) as office:
        await office.sync()
        sent = office.submit_request(
            request_type="banking_records",
            legal_basis="UNTOC 18",
            reference="SN/2",
            letter=letter,
            to=to,
            urgency=urgency,
        )
        await office.sync()
        assert not office.outbox()
    return sent.message_id


async def seen_at(world: World, name: str, message: str) -> DeliveryView:
    async with world.at(name) as office:
        await office.sync()
        return office.deliveries.of_message(message)


async def state_of(world: World, name: str, message: str, recipient: str = B) -> RecipientView:
    view = await seen_at(world, name, message)
    return next(each for each in view.recipients if each.office == recipient)


def events(state: RecipientView) -> list[tuple[str, str | None]]:
    return [(each.event, each.overruled_by) for each in state.failures]


async def test_each_step_is_shown_with_what_stands_behind_it(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    message = await request_to(world, tmp_path, B)
    view = await seen_at(world, A, message)
    assert view.relay is not None
    assert (view.relay.event, view.relay.backed_by) == ("SubmissionAcceptance", "postmark")
    assert [(each.office, each.stage) for each in view.recipients] == [(B, "relayed")]
    assert len(view.recipients[0].devices) == 1
    await world.sync(B)
    assert (await state_of(world, A, message)).stage == "delivered"
    async with world.at(B) as office:
        office.show(message)
        office.acknowledge("SN/2", "GH/9")
        await office.sync()
    state = await state_of(world, A, message)
    assert (state.stage, state.failed, state.late) == ("acknowledged", False, False)
    assert [(each.event, each.backed_by) for each in state.proofs] == [
        ("ContentConsignment", "signature"),
        ("ContentHandover", "signature"),
        ("ContentAcknowledgement", "signature"),
    ]
    assert state.proofs[-1].own_reference == "GH/9"
    assert "under GH/9" in state.text


async def test_nothing_is_stated_before_the_time_is_over(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    message = await request_to(world, tmp_path, B)
    world.tick(12 * HOUR_S)
    state = await state_of(world, A, message)
    assert (state.late, state.failed, state.failures) == (True, False, ())
    world.tick(12 * HOUR_S - 60)
    assert (await state_of(world, A, message)).failures == ()
    world.tick(120)
    state = await state_of(world, A, message)
    assert events(state) == [("ContentConsignmentFailure", None)]
    assert (state.failed, state.failures[0].reason, state.failures[0].waited_s) == (
        *(True, "DeliveryTimeOut"),
        24 * HOUR_S,
    )
    assert "NOT DELIVERED within 24 h" in state.text


async def test_it_is_stated_once_and_both_sides_have_it(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    message = await request_to(world, tmp_path, B)
    world.tick(25 * HOUR_S)
    (failure,) = (await state_of(world, A, message)).failures
    for _ in range(2):
        world.tick(HOUR_S)
        assert (await state_of(world, A, message)).failures == (failure,)
    await world.sync(B)
    await world.sync(A)
    for name in (A, B):
        state = await state_of(world, name, message)
        assert events(state) == [("ContentConsignmentFailure", "ContentConsignment")]
        assert (state.failures[0].at, state.failures[0].device_id) == (failure.at, failure.device_id)
        assert (state.stage, state.failed) == ("delivered", False), "what came late overrules, and both stay"
    assert world.notes(A) + world.notes(B) == []


async def test_delivered_and_not_opened_is_another_event(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    message = await request_to(world, tmp_path, B)
    await world.sync(B)
    world.tick(35 * HOUR_S)
    assert events(await state_of(world, A, message)) == []
    world.tick(2 * HOUR_S)
    state = await state_of(world, A, message)
    assert events(state) == [("ContentHandoverFailure", None)]
    assert (state.stage, state.failures[0].reason) == ("delivered", "OpeningTimeOut")
    async with world.at(B) as office:
        await office.sync()
        office.show(message)
        await office.sync()
    state = await state_of(world, A, message)
    assert events(state) == [("ContentHandoverFailure", "ContentHandover")]


async def test_an_urgent_case_waits_less_and_terms_are_the_offices_own(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    message = await request_to(world, tmp_path, B, urgency="urgent")
    world.tick(5 * HOUR_S)
    assert events(await state_of(world, A, message)) == [("ContentConsignmentFailure", None)]
    async with world.at(A) as office:
        for delivery, opening in ((0, 8), (8, 8), (9, 8), (2, 721)):
            with pytest.raises(MisuseError, match="wait 1 to 720 hours"):
                office.deliveries.set_terms(urgent=False, delivery_h=delivery, opening_h=opening)
        usual, urgent = office.deliveries.set_terms(urgent=False, delivery_h=48, opening_h=72)
        assert (usual.delivery_s, usual.opening_s, urgent.delivery_s) == (
            *(48 * HOUR_S, 72 * HOUR_S),
            4 * HOUR_S,
        )


async def test_each_recipient_has_a_state_of_its_own(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B, C)
    message = await request_to(world, tmp_path, B, C)
    await world.sync(B)
    world.tick(25 * HOUR_S)
    view = await seen_at(world, A, message)
    assert {each.office: (each.stage, each.failed) for each in view.recipients} == {
        B: ("delivered", False),
        C: ("relayed", True),
    }


async def test_two_devices_of_an_office_state_it_once(tmp_path: Path) -> None:
    """What one has stated the other has read before it looks."""
    world = await world_with(tmp_path, A, B)
    await link(world, A, "second")
    message = await request_to(world, tmp_path, B)
    world.tick(25 * HOUR_S)
    await world.sync("second")
    await world.sync(A)
    await world.sync("second")
    for name in (A, "second"):
        assert len(stored(world, name, message)) == 1
        assert events(await state_of(world, name, message)) == [("ContentConsignmentFailure", None)]


def stored(world: World, name: str, message: str) -> list[KeptNonDelivery]:
    vault = open_vault(world.folder / name, b"correct horse battery staple")
    try:
        with vault.reading() as connection:
            wanted = [MessageId(bytes.fromhex(message))]
            found = deliveries.load_non_deliveries(connection, wanted, world.relay.registry)
    finally:
        vault.close()
    return [each for kept in found.values() for each in kept]


async def say(world: World, name: str, stated: NonDelivery) -> None:
    """A changed program states what it likes, under its own key."""
    async with world.at(name) as office:
        await office.sync()
        desk = office._desk
        oneself, context = desk.oneself, desk.context()
        mine = replace(
            stated, authority=oneself.entry_id, officer=oneself.officer, device_id=oneself.device_id
        )
        part = non_delivery_part(sign_non_delivery(mine, oneself.signer.private))
        written = write((part,), mine.group_id, context)
        desk.carry_out(Outcome((), (Enqueue(Parcel(0, mine.group_id, written.message_id, written.encoded)),)))
        await office.sync()


async def stated_by_a(world: World, folder: Path) -> tuple[str, NonDelivery]:
    message = await request_to(world, folder, B, C)
    world.tick(25 * HOUR_S)
    await world.sync(A)
    kept = next(each for each in stored(world, A, message) if each.stated.recipient == B)
    return message, kept.stated


async def test_only_who_has_sent_a_message_says_that_it_did_not_arrive(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B, C)
    message, stated = await stated_by_a(world, tmp_path)
    await world.sync(B)
    await say(world, C, stated)
    view = await seen_at(world, A, message)
    (forged,) = view.not_valid
    assert forged.flaw == f"{C} states it, and {A} has sent the message"
    assert next(each.failed for each in view.recipients if each.office == B) is False


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"content_sha256": bytes(32)}, "other content"),
        ({"accepted_at": 1}, "another time"),
        ({"message_id": MessageId(bytes(32))}, None),
    ],
)
async def test_a_statement_that_fits_no_message_is_shown_and_counts_nothing(
    tmp_path: Path, changes: dict[str, object], why: str | None
) -> None:
    world = await world_with(tmp_path, A, B, C)
    message, stated = await stated_by_a(world, tmp_path)
    await world.sync(B)
    event = EvidenceEvent.CONTENT_HANDOVER_FAILURE
    reason = stated.reason.__class__("OpeningTimeOut")
    await say(world, A, replace(stated, event=event, reason=reason, **changes))  # type: ignore[arg-type]  # fields
    view = await seen_at(world, B, message)
    assert [each.flaw for each in view.not_valid if why is None or why not in (each.flaw or "")] == []
    assert len(view.not_valid) == (why is not None)
    assert all(not each.failed for each in view.recipients if each.office == B)


@pytest.mark.parametrize("ahead_h", [1, 48])
async def test_what_comes_from_the_future_or_too_early_is_refused(tmp_path: Path, ahead_h: int) -> None:
    world = await world_with(tmp_path, A, B, C)
    message, stated = await stated_by_a(world, tmp_path)
    await world.sync(B)
    before = len(stored(world, B, message))
    at = int(world.now) + ahead_h * HOUR_S
    event, reason = EvidenceEvent.CONTENT_HANDOVER_FAILURE, stated.reason.__class__("OpeningTimeOut")
    await say(world, A, replace(stated, event=event, reason=reason, at=at))
    await world.sync(B)
    assert len(stored(world, B, message)) == before
    assert any("future" in detail for _, detail in world.notes(B))
    world.tick(HOUR_S)


async def test_a_receipt_that_was_lost_is_said_again_against_non_delivery(tmp_path: Path) -> None:
    """B has signed; the row with it never reached A, as its keys were gone."""
    world = await world_with(tmp_path, A, B)
    message = await request_to(world, tmp_path, B)
    await world.sync(B)
    log = next(iter(world.relay.logs.values()))
    row, only = log.rows[-1]
    log.rows[-1] = (replace(row, payload=row.payload[:-1] + bytes([row.payload[-1] ^ 1])), only)
    world.tick(25 * HOUR_S)
    assert events(await state_of(world, A, message)) == [("ContentConsignmentFailure", None)]
    await world.sync(B)
    state = await state_of(world, A, message)
    assert events(state) == [("ContentConsignmentFailure", "ContentConsignment")]
    assert (state.stage, state.failed) == ("delivered", False)


async def test_an_informal_room_has_states_and_no_statements(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        sent = office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    world.tick(200 * HOUR_S)
    state = await state_of(world, A, sent.message_id)
    assert (state.stage, state.failures, state.delivery_due, state.late) == ("relayed", (), None, False)
    await world.sync(B)
    state = await state_of(world, A, sent.message_id)
    assert [(each.event, each.backed_by) for each in state.proofs] == [("ContentConsignment", "status")]
