"""What is carried on a stick arrives as over the relay, and once: whichever way comes first (design, L07)."""

from pathlib import Path

import pytest
from tests.simulator.carriers import acquainted, carry, last, texts
from tests.simulator.test_story import A, B, C, world_with

from rogatory_client.engine.carried_effect import FROM_CARRIER
from rogatory_crypto.errors import Code, MisuseError, PeerError

DAY_S = 86_400


async def test_a_text_goes_by_stick_its_receipts_come_back_and_the_line_doubles_nothing(
    tmp_path: Path,
) -> None:
    world = await acquainted(tmp_path, A, B)
    async with world.at(A) as office:
        sent = office.reply("SN/2", "Two more pages follow.")
    out, came = await carry(world, A, B, "one.carry")
    assert (out.messages, out.offices, out.stayed, out.left) == (1, (B,), (), 0)
    assert (came.office, came.messages, came.here_already, came.refused) == (A, 1, 0, ())
    async with world.at(B) as office:
        message = last(office)
        assert (message.text, message.state, message.by_carrier) == ("Two more pages follow.", "new", True)
        assert message.written_at_ms == sent.at_ms
        office.show(message.message_id)
    back, returned = await carry(world, B, A, "back.carry")
    assert (back.messages, returned.messages) == (2, 2)
    async with world.at(A) as office:
        stages = {each.stage: each.signed for each in office.receipts(sent.message_id)}
        assert stages == {"delivered": True, "opened": True}, "and not relayed: there is no postmark"
        assert (
            next(each for each in office.messages() if each.message_id == sent.message_id).state == "queued"
        )
    for name in (A, B, A, B):
        await world.sync(name)
    async with world.at(A) as office:
        stages = {each.stage for each in office.receipts(sent.message_id)}
        assert stages == {"relayed", "delivered", "opened"}
        assert not office.outbox()
    async with world.at(B) as office:
        message = last(office)
        assert (message.by_carrier, message.state) == (False, "read")
        assert texts(office).count("Two more pages follow.") == 1
        assert not office._desk.carried
        assert not office.outbox()
    assert not world.notes(A) + world.notes(B)
