"""A relay's operator can forge what the story says he can, and no more: nobody's signature but his own."""

import time
from collections.abc import Sequence
from pathlib import Path

from tests.integration.relay.device_client import calling
from tests.integration.relay.identities import DeviceKeys, OfficeKeys, fresh_entry_id
from tests.integration.relay.relay_process import RelayProcess

from rogatory_client.demo.malicious_relay import Intruder, enter, forge, fork, show_other
from rogatory_client.office.line.log_replica import audit_trust
from rogatory_crypto.log.merkle import leaf_hash
from rogatory_crypto.log.replay import Fault, Replay, replay
from rogatory_crypto.log.signed_checkpoint import LogCheckpoint
from rogatory_crypto.log.split_view import Prefix, compare
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.log.witness_policy import verify_checkpoint

ENROLMENT = 3


async def enrolled(relay: RelayProcess) -> tuple[OfficeKeys, DeviceKeys]:
    """Enrol an office with one device at a relay that is then stopped."""
    office = OfficeKeys(fresh_entry_id(), relay.operator, int(time.time()))
    await relay.start()
    async with calling(relay) as calls:
        (device,) = await calls.enrol(office)
    await relay.stop()
    return office, device


async def shown(relay: RelayProcess, intruder: Intruder) -> tuple[LogCheckpoint, Sequence[bytes]]:
    """What the honest program makes of it: a checkpoint by the network's policy, and the entries under it."""
    await relay.start()
    async with calling(relay) as calls:
        while (signed := await calls.checkpoint()).checkpoint.size <= intruder.index:
            await calls.log_page()
        entries = (await calls.log_page()).entries
    await enter(intruder, relay.network.profile(relay.url, tls_ca=(relay.folder / "ca.pem").read_text()))
    await relay.stop()
    checked = verify_checkpoint(signed, relay.network.policy, now=int(time.time()))
    return checked.log_checkpoint, entries


def replayed(relay: RelayProcess, checkpoint: LogCheckpoint, entries: Sequence[bytes]) -> Replay:
    return replay(entries, audit_trust(relay.network.pinned), checkpoint.checkpoint)


async def test_a_forged_device_is_in_the_log_and_believed_by_nobody(tmp_path: Path) -> None:
    relay = RelayProcess(tmp_path)
    office, device = await enrolled(relay)
    intruder = forge(relay.config.parent, office.entry_id)
    log = replayed(relay, *await shown(relay, intruder))
    (finding,) = log.findings
    assert (finding.fault, finding.index) == (Fault.SIGNATURE_REFUSED, intruder.index)
    assert office.entry_id in finding.detail
    assert [*log.audit.registry.devices] == [device.device_id]


async def test_two_histories_are_both_signed_and_prove_each_other_wrong(tmp_path: Path) -> None:
    relay = RelayProcess(tmp_path)
    office, _ = await enrolled(relay)
    fork(relay.config.parent)
    one, _ = await shown(relay, forge(relay.config.parent, office.entry_id))
    show_other(relay.config.parent)
    forge(relay.config.parent, office.entry_id)
    other, entries = await shown(relay, forge(relay.config.parent, office.entry_id))
    assert (one.checkpoint.size, other.checkpoint.size) == (ENROLMENT + 1, ENROLMENT + 2)
    assert {each.fault for each in replayed(relay, other, entries).findings} == {Fault.SIGNATURE_REFUSED}
    tree = Tree([leaf_hash(entry) for entry in entries])
    prefix = Prefix(tree.root(one.checkpoint.size), tree.prove_consistency(one.checkpoint.size))
    assert compare(one, other, prefix) is not None
