"""An office is not told that what it said is in the log where nobody believes it there."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulator.test_story import A, link, world_with

from rogatory_crypto.errors import TransportError
from rogatory_crypto.log.entry import EntryType
from rogatory_crypto.wire.log_request import EntryPublication
from rogatory_crypto.wire.request import Published


async def test_a_revocation_that_the_relay_lists_out_of_its_place_is_not_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await world_with(tmp_path, A)
    await world.sync(A)
    await link(world, A, "second")
    await world.sync(A)
    relay = world.relay

    async def misplace(publication: EntryPublication) -> Published:
        for item in publication.entries:
            entry = relay.log.forced(EntryType(item.type), item.body)
            relay.log.force(replace(entry, sequence=entry.sequence + 1))
        relay.log.publish()
        return Published(relay.log.size - 1)

    async with world.at(A) as office:
        (second,) = [each for each in office.devices() if each.device_id != office.identity.device_id]
        with monkeypatch.context() as patch:
            patch.setattr(relay, "publish_entries", misplace)
            with pytest.raises(TransportError):
                await office.revoke_device(second.device_id, "lost")
        assert any("is not believed" in each.text for each in office.alarms())
        assert next(each for each in office.devices() if each.device_id == second.device_id).in_service
