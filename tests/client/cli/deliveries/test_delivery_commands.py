"""What an officer sees of how messages arrive, and what programs read of it."""

from pathlib import Path

import pytest
from tests.client.cli.sitting import said, sit
from tests.simulator.test_non_delivery import HOUR_S, request_to
from tests.simulator.test_story import A, B, C, world_with
from tests.simulator.test_unreadable import unread_request

from rogatory_client.cli.deliveries.commands import deliveries, delivery_terms, receipts, resend
from rogatory_client.cli.office_commands import outbox
from rogatory_crypto.errors import MisuseError


async def test_a_line_an_office_and_the_words_of_the_standard(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B, C)
    message = await request_to(world, tmp_path, B, C)
    await world.sync(B)
    world.tick(25 * HOUR_S)
    shown = await receipts(sit(world, A), message)
    text = said(shown)
    assert f"{B}  ●─●─●─○─○" in text
    assert f"{C}  ●─●─✗─○─○  NOT DELIVERED within 24 h" in text
    assert "signed, DeliveryTimeOut after 24 h" in text
    data = shown.data["delivery"]
    assert isinstance(data, dict)
    assert data["relay"]["event"] == "SubmissionAcceptance"
    by_office = {each["office"]: each for each in data["recipients"]}
    assert by_office[C]["failures"][0]["event"] == "ContentConsignmentFailure"
    assert [each["event"] for each in by_office[B]["proofs"]] == ["ContentConsignment"]
    assert by_office[B]["opening_due"] - by_office[B]["delivery_due"] == 12 * HOUR_S


async def test_a_case_at_a_glance_with_what_cannot_be_read(tmp_path: Path) -> None:
    world, message = await unread_request(tmp_path)
    shown = await deliveries(sit(world, A), "SN/2")
    assert message[:12] in said(shown)
    assert "Nothing is late" in said(await deliveries(sit(world, A)))
    world.tick(13 * HOUR_S)
    assert f"it is late: call {B}" in said(await deliveries(sit(world, A)))
    async with world.at(B) as office:
        await office.sync()
        (room,) = office._desk.rooms
    shown = await deliveries(sit(world, B), room.hex()[:12])
    assert f"NOT READABLE here: {A}, whoever has sent it" in said(shown)
    assert "NOT READABLE here" in said(await deliveries(sit(world, B)))
    cases = shown.data["deliveries"]
    assert isinstance(cases, list)
    assert cases[0]["unreadable"][0]["code"] == "decryption-failed"


async def test_terms_are_shown_and_set(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A)
    assert "usual | 24 h | 36 h" in said(await delivery_terms(sit(world, A)))
    shown = await delivery_terms(sit(world, A), urgent=True, delivery=2, opening=6)
    assert "urgent | 2 h | 6 h" in said(shown)
    assert "usual | 24 h | 36 h" in said(shown)
    with pytest.raises(MisuseError, match="for the opening longer"):
        await delivery_terms(sit(world, A), urgent=True, delivery=6)


async def test_the_outbox_says_since_when_and_why(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
    shown = await outbox(sit(world, A))
    items = shown.data["outbox"]
    assert isinstance(items, list)
    (item,) = items
    assert item["since_ms"] == int(world.now) * 1000
    assert "the case is made with the next `rogatory sync`" in item["why"]
    await world.sync(A)
    async with world.at(A) as office:
        office.reply("SN/1", "And this?")
    assert "it goes out with the next `rogatory sync`" in said(await outbox(sit(world, A)))


async def test_what_will_never_be_sent_is_said_with_what_is_known(tmp_path: Path) -> None:
    """The relay signs no rejection: what stands in the data has no evidence behind it, and says so."""
    world = await world_with(tmp_path, A, B)
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    async with world.at(A) as office:
        await office.sync()
        sent = office.submit_request(
            request_type="banking_records", legal_basis="UNTOC 18", reference="SN/2", letter=letter, to=[B]
        )
        letter.unlink()
        await office.sync()
    shown = await receipts(sit(world, A), sent.message_id)
    assert f"{B}  ✗─○─○─○─○  NOT SENT: letter.pdf has changed or is gone" in said(shown)
    assert "the relay has signed nothing about it" in said(shown)
    data = shown.data["delivery"]
    assert isinstance(data, dict)
    assert (data["relay"], data["recipients"][0]["proofs"]) == (None, [])
    world.tick(200 * HOUR_S)
    await world.sync(A)
    async with world.at(A) as office:
        assert office.deliveries.of_message(sent.message_id).recipients[0].failures == ()


async def test_a_file_that_the_relay_holds_no_more_is_brought_again(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    message = await request_to(world, tmp_path, B)
    await world.sync(B)
    world.relay.blobs.clear()
    (tmp_path / "other.pdf").write_bytes(b"%PDF-1.7 ANOTHER")
    with pytest.raises(MisuseError, match="not the file that was sent"):
        await resend(sit(world, A), message, 0, tmp_path / "other.pdf")
    same_size = tmp_path / "same_size.pdf"
    same_size.write_bytes(b"%PDF-1.7 LETTER")
    with pytest.raises(MisuseError, match="not the file that was sent"):
        await resend(sit(world, A), message, 0, same_size)
    assert world.relay.blobs == {}, "nothing of another file is sent under the key of this one"
    with pytest.raises(MisuseError, match=f"{A} has sent this message"):
        await resend(sit(world, B), message, 0, tmp_path / "letter.pdf")
    with pytest.raises(MisuseError, match="numbered from 0"):
        await resend(sit(world, A), message, 1, tmp_path / "letter.pdf")
    shown = await resend(sit(world, A), message, 0, tmp_path / "letter.pdf")
    assert "The relay holds letter.pdf again." in said(shown)
    async with world.at(B) as office:
        saved = await office.save_attachment(message, 0, tmp_path / "out")
        assert saved.read_bytes() == b"%PDF-1.7 letter"
