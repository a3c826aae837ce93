"""The live feed of a real relay over TLS."""

from tests.integration.relay.device_client import RelayCalls, accepted, new_group
from tests.integration.relay.identities import ORIGIN, OfficeKeys
from tests.integration.relay.relay_process import RelayProcess

from rogatory_crypto.wire.frame import RowKind
from rogatory_crypto.wire.postmark import Consignment, verify_postmark


async def test_a_submission_comes_back_with_a_postmark_and_reaches_the_group(
    relay: RelayProcess, calls: RelayCalls, office: OfficeKeys
) -> None:
    from hashlib import sha256

    first, second = await calls.enrol(office, devices=2)
    group = new_group()
    async with calls.feed(first) as sender, calls.feed(second) as receiver:
        created = accepted(await sender.commit(group, 0, added=(second.device_id,)))
        stored = accepted(await sender.submit(group, b"hello"))
        rows = await receiver.rows(group, 2)
        assert [(row.kind, row.payload) for row in rows] == [
            (RowKind.WELCOME, b"welcome"),
            (RowKind.APPLICATION, b"hello"),
        ]
        own = await sender.rows(group, 2)
        assert [(row.sequence, row.kind) for row in own] == [(1, RowKind.COMMIT), (3, RowKind.APPLICATION)]
    assert created.sequence == 1
    consignment = Consignment(group, stored.sequence, stored.submission_id, sha256(b"hello").digest())
    verify_postmark(stored.postmark, consignment, origin=ORIGIN, public_key=relay.postmark_key)
