"""The operator's directory: every change is in the log before anybody gets it, once, whatever breaks."""

import asyncio
from hashlib import sha256

import pytest
from tests.client.cli.operator_world import RECORDS, OperatorWorld, record, state

from rogatory_client.cli.directory import operator_line
from rogatory_client.cli.directory.publishing import publish_directory
from rogatory_crypto.errors import Code, PeerError, TransportError
from rogatory_crypto.identity import verify_snapshot
from rogatory_crypto.identity.former import Former
from rogatory_crypto.log.entry import EntryType
from rogatory_crypto.log.replay import replay
from rogatory_crypto.signing import PrivateKeys
from rogatory_directory_sync import read_directory, record_hashes

ALL = state()
ACTIVE = record_hashes(entry.record for entry in read_directory(ALL).values())
CHANGED = state(
    *(each for each in RECORDS if each["record_id"] not in {"CNA-GH-01", "CNA-SN-01", "CNA-ML-01"}),
    record("CNA-GH-01", unit="Another unit"),
    record("CNA-SN-01", status="withdrawn"),
    record("CNA-NG-01") | {"record_id": "CNA-NG-99"},
)


def check(world: OperatorWorld, directory: bytes) -> None:
    """The log says what the directory says, and the relay hands out what the log names."""
    audit = world.relay.log.audit
    wanted = record_hashes(entry.record for entry in read_directory(directory).values())
    assert audit.records == wanted
    assert replay(world.relay.log.entries, audit.trust).findings == []
    assert audit.snapshot is not None
    assert world.relay.snapshot is not None
    assert audit.snapshot.sha256 == sha256(world.relay.snapshot).digest()
    verified = verify_snapshot(
        world.relay.snapshot, origin=world.network.origin, operator_key=world.network.directory_public
    )
    assert (verified.snapshot.records, verified.snapshot.sequence) == (directory, audit.snapshot.number)


async def test_the_first_directory_is_logged_record_by_record() -> None:
    world = OperatorWorld()
    published = await world.publish(ALL)
    check(world, ALL)
    assert (published.entries, published.sequence, published.is_new) == (len(RECORDS), 1, True)
    assert (published.added, published.changed, published.withdrawn) == (len(ACTIVE), 0, 0)
    assert len(world.entries(EntryType.DIRECTORY_CHANGE)) == len(ACTIVE)


async def test_the_same_directory_again_is_not_published_again() -> None:
    world = OperatorWorld()
    first = await world.publish(ALL)
    size = len(world.relay.log.entries)
    again = await world.publish(ALL)
    assert (again.sequence, again.sha256, again.is_new) == (1, first.sha256, False)
    assert len(world.relay.log.entries) == size


async def test_only_what_changed_is_logged() -> None:
    world = OperatorWorld()
    await world.publish(ALL)
    before = len(world.entries(EntryType.DIRECTORY_CHANGE))
    published = await world.publish(CHANGED)
    check(world, CHANGED)
    assert (published.added, published.changed, published.withdrawn, published.sequence) == (1, 1, 2, 2)
    assert len(world.entries(EntryType.DIRECTORY_CHANGE)) == before + 4
    back = await world.publish(ALL)
    check(world, ALL)
    assert (back.added, back.changed, back.withdrawn) == (2, 1, 1)


@pytest.mark.parametrize("after", [False, True])
def test_a_cut_at_any_call_repeats_nothing_and_loses_nothing(
    after: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(operator_line, "ENTRIES_AT_ONCE", 25)
    calls = asyncio.run(_uninterrupted())
    assert calls > 4
    for call in range(1, calls + 1):
        asyncio.run(_interrupted(call, after=after))


async def _uninterrupted() -> int:
    world = OperatorWorld()
    await world.publish(ALL)
    return world.relay.calls


async def _interrupted(call: int, *, after: bool) -> None:
    world = OperatorWorld()
    world.relay.breaks_at, world.relay.after = call, after
    with pytest.raises(TransportError):
        await world.publish(ALL)
    await world.publish(ALL)
    check(world, ALL)
    assert len(world.entries(EntryType.DIRECTORY_CHANGE)) == len(ACTIVE)
    assert len(world.entries(EntryType.DIRECTORY_SNAPSHOT)) <= 2


async def test_progress_is_told() -> None:
    world = OperatorWorld()
    told: list[tuple[str, int, int]] = []
    await publish_directory(await world.line(), ALL, lambda *step: told.append(step))
    assert told[0] == ("changes", 0, len(ACTIVE))
    assert told[-1] == ("changes", len(ACTIVE), len(ACTIVE))


async def test_while_witnesses_are_silent_nothing_is_signed_for_a_wrong_place() -> None:
    world = OperatorWorld()
    world.relay.log.cosigns = False
    await world.publish(ALL)
    size = len(world.relay.log.entries)
    with pytest.raises(PeerError) as raised:
        await world.publish(ALL)
    assert raised.value.code is Code.CONFLICT
    assert raised.value.detail.startswith("the log has entries that no witness has confirmed yet")
    assert len(world.relay.log.entries) == size
    world.relay.log.cosigns = True
    assert not (await world.publish(ALL)).is_new
    check(world, ALL)


async def test_a_snapshot_that_the_log_does_not_name_is_published_anew() -> None:
    """The relay's database was restored, or the line broke between the name and the snapshot."""
    world = OperatorWorld()
    await world.publish(ALL)
    older = world.relay.snapshot
    await world.publish(CHANGED)
    world.relay.snapshot = older
    published = await world.publish(CHANGED)
    check(world, CHANGED)
    assert (published.sequence, published.added + published.changed + published.withdrawn) == (3, 0)


async def test_a_successor_publishes_over_what_newer_trust_has_refused() -> None:
    """The key was withdrawn as of an hour before its last directory."""
    world = OperatorWorld()
    await world.publish(ALL)
    world.now += 7_200
    await world.publish(CHANGED)
    successor = PrivateKeys(b"s" * 32, b"t" * 32)
    ended = Former(operators=((world.now - 3_600, world.network.directory_public),))
    newer = world.network.renewed(directory_key=successor.public, former=ended)
    log = world.relay.log
    log.network, log.audit = newer, replay(log.entries, newer.pinned.measure()).audit
    line = await operator_line.operator_line(world.relay, world.network.profile(), successor, now=world.now)
    published = await publish_directory(line, CHANGED)
    assert (published.sequence, published.is_new) == (2, True)
    assert log.audit.records == record_hashes(each.record for each in read_directory(CHANGED).values())
