"""What the relay writes to its log says what went wrong and nothing about whom or what."""

import os
import time
from pathlib import Path

from tests.integration.relay.device_client import accepted, calling, new_group, refused
from tests.integration.relay.identities import OfficeKeys, fresh_entry_id
from tests.integration.relay.relay_process import RelayProcess

from rogatory_crypto.errors import Code


async def test_the_log_names_nobody_and_repeats_nothing(tmp_path: Path) -> None:
    # R06: after a conversation, refusals and bytes that are none, at the level of all events
    relay = RelayProcess(tmp_path)
    await relay.start()
    office = OfficeKeys(fresh_entry_id(), relay.operator, int(time.time()))
    payload, garbage, group = os.urandom(48), os.urandom(48), new_group()
    async with calling(relay) as calls:
        (device,) = await calls.enrol(office)
        token = await calls.token(device)
        async with calls.feed(device) as feed:
            accepted(await feed.commit(group, 0))
            accepted(await feed.submit(group, payload))
            assert refused(await feed.submit(new_group(), garbage)).code is Code.FORBIDDEN
    await relay.stop()
    log = repr(relay.log).encode()
    assert {event.get("event") for event in relay.log} >= {"ready"}
    for secret in (device.device_id, group, payload, garbage, token.encode(), b"CNA-log"):
        for form in (secret, secret.hex().encode(), repr(secret)[2:-1].encode()):
            assert form not in log
