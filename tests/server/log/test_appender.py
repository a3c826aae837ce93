"""Entries go in all or none, in any company, and what is in is what a replay accepts."""

import asyncio
from pathlib import Path

import pytest
from tests.crypto.identity.enrolled_office import DAY, NOW, EnrolledOffice
from tests.crypto.log.written_log import POSTMARK, Story
from tests.server.log.logged_network import LoggedNetwork, enrolment, proposed, shown

from rogatory_crypto import signing
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.entry_content import PostmarkBatch
from rogatory_crypto.wire import postmark
from rogatory_crypto.wire.identifier import DeviceId
from rogatory_crypto.wire.log_request import ProposedEntry
from rogatory_server.log.transparency_log import TransparencyLog
from rogatory_server.store import Store, transparency
from rogatory_server.store.sqlite import SqliteStore


async def refusal(log: TransparencyLog, *entries: ProposedEntry) -> Code:
    with pytest.raises(PeerError) as caught:
        await log.append(entries)
    return caught.value.code


async def test_what_is_appended_is_what_a_replay_accepts(store: Store) -> None:
    world = LoggedNetwork()
    async with world.running(store) as log:
        assert await log.append(enrolment(world.office)) == 0
        assert await log.append([proposed(world.office.device("second"))]) == 3
        await shown(log, 4)
        replayed = await world.replayed(log)
        assert (replayed.findings, replayed.tree.size) == ([], 4)
        assert set(replayed.audit.registry.devices) == set(log.registry.devices)


async def test_a_publication_stands_or_falls_as_one_and_alone(store: Store) -> None:
    world, others = LoggedNetwork(), [EnrolledOffice(f"CNA-{number:04}") for number in range(8)]
    invitation, entry, _ = enrolment(world.office)
    late = proposed(world.office.device("late"))
    async with world.running(store) as log:
        answers = await asyncio.gather(
            *(log.append(enrolment(office)) for office in others[:4]),
            log.append([invitation, entry, late]),
            *(log.append(enrolment(office)) for office in others[4:]),
            return_exceptions=True,
        )
        refused = answers.pop(4)
        assert isinstance(refused, PeerError)
        assert (refused.code, sorted(map(str, answers))) == (
            Code.CONFLICT,
            sorted(map(str, range(0, 24, 3))),
        )
        assert world.office.entry_id not in log.registry.offices
        assert await log.append([invitation, entry]) == 24
        await shown(log, 26)
        assert (await world.replayed(log)).findings == []


async def test_an_entry_that_is_there_is_not_appended_again(store: Store) -> None:
    world = LoggedNetwork()
    entries = enrolment(world.office)
    async with world.running(store) as log:
        await log.append(entries)
        for entry in entries:
            assert await refusal(log, entry) is Code.CONFLICT
        assert await log.append([proposed(world.office.device("second"))]) == 3


async def test_of_two_who_publish_the_same_at_once_one_is_told(store: Store) -> None:
    world = LoggedNetwork()
    entries = enrolment(world.office)
    async with world.running(store) as log:
        answers = await asyncio.gather(*(log.append(entries) for _ in range(5)), return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, PeerError)]
        assert (answers.count(0), {error.code for error in refused}) == (1, {Code.CONFLICT})
        assert log.appender.tree.size == 3


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (ProposedEntry(0, b"x"), Code.UNSUPPORTED),
        (ProposedEntry(99, b"x"), Code.UNSUPPORTED),
        (ProposedEntry(1, b"x"), Code.MALFORMED),
        (ProposedEntry(2, b"\x82\x41x\x80"), Code.MALFORMED),
    ],
)
async def test_what_is_no_entry_is_refused(tmp_path: Path, entry: ProposedEntry, code: Code) -> None:
    store = SqliteStore(tmp_path / "relay.sqlite")
    async with LoggedNetwork().running(store) as log:
        assert await refusal(log, entry) is code
        assert log.appender.ledger.size == 0
    await store.close()


async def test_nobody_else_lists_postmarks_even_with_the_relays_own_signature(store: Store) -> None:
    signature = signing.sign(
        postmark.LABEL, postmark.batch_statement("relay.example", NOW * 1000, bytes(32), 3), POSTMARK
    )
    batch = PostmarkBatch(NOW * 1000, 3, bytes(32), signature)
    async with LoggedNetwork().running(store) as log:
        entry = ProposedEntry(EntryType.POSTMARK_BATCH, batch.encode())
        assert await refusal(log, entry) is Code.FORBIDDEN


async def test_the_logs_own_time_only_goes_forward(store: Store) -> None:
    world = LoggedNetwork()
    async with world.running(store) as log:
        await log.append(enrolment(world.office))
        world.now -= DAY
        await log.append([proposed(world.office.device("second"))])
        await shown(log, 4)
        entries = [LogEntry.decode(data) for data in (await log.page(0)).entries]
        assert [entry.appended_at for entry in entries] == [NOW] * 4


async def test_a_restart_finds_what_was_durable(store: Store) -> None:
    world = LoggedNetwork()
    async with world.running(store) as log:
        await log.append(enrolment(world.office))
        root = log.appender.tree.root()
    async with world.running(store) as log:
        assert (log.appender.tree.size, log.appender.tree.root()) == (3, root)
        assert await log.append([proposed(world.office.device("second"))]) == 3
        assert (log.appender.tree.size, log.registry.size) == (4, 4)


async def test_who_has_retired_is_told_when_it_is_durable(store: Store) -> None:
    world, told = LoggedNetwork(), list[DeviceId]()
    async with world.running(store) as log:
        log.on_retired(told.append)
        await log.append(enrolment(world.office))
        assert told == []
        await log.append([proposed(world.office.revocation())])
        assert told == [world.office.device_id("first")]


async def test_a_full_disk_refuses_and_the_log_goes_on_from_where_it_was(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "relay.sqlite", 400 << 10)
    world = LoggedNetwork()
    async with world.running(store) as log:
        await log.append(enrolment(world.office))
        refused, code = list[ProposedEntry](), Code.INTERNAL
        while not refused:
            entries = enrolment(EnrolledOffice(f"CNA-{log.appender.tree.size // 3:04}"))
            (answer,) = await asyncio.gather(log.append(entries), return_exceptions=True)
            if isinstance(answer, PeerError):
                refused, code = entries, answer.code
        size, root = log.appender.tree.size, log.appender.tree.root()
        assert (code, size % 3) == (Code.STORAGE_FULL, 0)
        assert await refusal(log, *enrolment(EnrolledOffice("CNA-0499"))) is Code.STORAGE_FULL
        assert (log.appender.tree.size, log.appender.tree.root()) == (size, root)
        assert log.registry.size == size
    await store.close()
    roomy = SqliteStore(tmp_path / "relay.sqlite")
    async with world.running(roomy) as log:
        assert log.appender.tree.root() == root
        assert await log.append(refused) == size
        await shown(log, size + 3)
        assert (await world.replayed(log)).findings == []
    await roomy.close()


async def test_two_writers_on_one_database_do_not_mix(store: Store, tmp_path: Path) -> None:
    world = LoggedNetwork()
    first, second = world.log(store, tmp_path), world.log(store, tmp_path)
    await first.load()
    await second.load()
    running = [asyncio.create_task(each.appender.run()) for each in (first, second)]
    await first.append(enrolment(world.office))
    assert await refusal(second, *enrolment(EnrolledOffice("CNA-GH-01"))) is Code.UNAVAILABLE
    first.stop()
    await running[0]
    with pytest.raises(MisuseError, match="another relay writes to this database"):
        await running[1]
    assert await store.read(transparency.entry_count) == 3


async def test_a_stored_log_that_was_altered_is_not_taken_up(store: Store, tmp_path: Path) -> None:
    story = Story().tell()
    await store.write(lambda connection: transparency.append_entries(connection, 0, story.log.entries[1:]))
    with pytest.raises(MisuseError, match="entry 0 of the stored log does not hold"):
        await LoggedNetwork().log(store, tmp_path).load()
