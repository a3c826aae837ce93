"""What is shown has its quorum, whatever single witnesses do; and there is one history."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import Connection, delete, update
from tests.crypto.identity.enrolled_office import DAY, NOW, EnrolledOffice
from tests.server.log.logged_network import LoggedNetwork, enrolment, proposed, shown, until
from tests.server.log.small_witness import SmallWitness, claims, status, witnesses_at_work

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.add_checkpoint import encode_cosignatures, parse_add_checkpoint
from rogatory_crypto.log.cosignature import cosign
from rogatory_crypto.log.note_key import SigningKey
from rogatory_crypto.log.signed_checkpoint import verify_log
from rogatory_crypto.log.signed_note import NoteSignature
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.log.witness_policy import Log
from rogatory_server.log import publisher, transparency_log
from rogatory_server.log.newest_note import NewestNote
from rogatory_server.log.publisher import LogIdentity
from rogatory_server.log.transparency_log import TransparencyLog
from rogatory_server.log.witness_client import witness_address
from rogatory_server.store import Store
from rogatory_server.store.schema import checkpoint, log_entry
from rogatory_server.store.sqlite import SqliteStore


async def publish_one(world: LoggedNetwork, log: TransparencyLog) -> None:
    await log.append(enrolment(world.office))
    await shown(log, 3)
    assert (await world.replayed(log)).findings == []


async def test_without_a_quorum_a_checkpoint_is_shown_at_once(store: Store) -> None:
    world = LoggedNetwork()
    async with world.running(store) as log:
        await publish_one(world, log)
        assert world.accepted(log).log_checkpoint.log_keys == tuple(
            key.verifier for key in world.network.log_keys
        )


async def test_every_witness_that_answers_is_on_the_checkpoint(store: Store) -> None:
    world = LoggedNetwork(witness_count=3)
    async with witnesses_at_work(*world.witnesses), world.running(store) as log:
        await publish_one(world, log)
        keys = {each.key for each in world.accepted(log).cosignatures}
        assert keys == {key.verifier for key in world.network.witness_keys}
        # One request each for the empty tree and for the next: the proof was from the right size.
        assert all(witness.sizes()[0] == 0 and witness.sizes()[-1] == 3 for witness in world.witnesses)


def with_another_key(witness: SmallWitness) -> Callable[[bytes], web.Response]:
    stranger = SigningKey(witness.key.name, witness.key.type, bytes(32))
    return lambda body: cosigned_by(stranger, body, witness.now())


def stale(witness: SmallWitness) -> Callable[[bytes], web.Response]:
    return lambda body: cosigned_by(witness.key, body, witness.now() - DAY)


def over_another_tree(witness: SmallWitness) -> Callable[[bytes], web.Response]:
    first: list[bytes] = []

    def answer(body: bytes) -> web.Response:
        first.append(body)
        return cosigned_by(witness.key, first[0], witness.now())

    return answer


def cosigned_by(key: SigningKey, body: bytes, at: int) -> web.Response:
    head = parse_add_checkpoint(body).signed.checkpoint
    return web.Response(body=encode_cosignatures([cosign(head, key, at)]))


BAD: dict[str, Callable[[SmallWitness], Callable[[bytes], web.Response]]] = {
    "unknown log": lambda _: status(404),
    "untrusted keys": lambda _: status(403),
    "inconsistent": lambda _: status(422),
    "failing": lambda _: status(500),
    "redirecting": lambda _: lambda _: web.Response(status=307, headers={"Location": "http://127.0.0.1:1/"}),
    "empty": lambda _: status(200),
    "garbage": lambda _: status(200, b"\xff\x00 no note"),
    "endless": lambda _: status(200, bytes(1 << 20)),
    "conflict without a size": lambda _: status(409, b"many\n"),
    "conflict with a size beyond": lambda _: claims(10**15),
    "conflict without end": lambda _: claims(0),
    "another key": with_another_key,
    "stale": stale,
    "another tree": over_another_tree,
}


@pytest.mark.parametrize("kind", BAD)
async def test_one_bad_witness_changes_nothing_where_two_are_enough(tmp_path: Path, kind: str) -> None:
    world = LoggedNetwork(witness_count=3, quorum=2)
    bad = world.witnesses[1]
    bad.answer = BAD[kind](bad)
    store = SqliteStore(tmp_path / "relay.sqlite")
    async with witnesses_at_work(*world.witnesses), world.running(store) as log:
        await publish_one(world, log)
        assert bad.key.verifier not in {each.key for each in world.accepted(log).cosignatures}
    await store.close()


@pytest.mark.parametrize("kind", sorted(BAD.keys() - {"another tree"}))
async def test_nothing_is_shown_that_lacks_its_quorum(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "ROUND_S", 0.05)
    world = LoggedNetwork(witness_count=1)
    bad = world.witnesses[0]
    store = SqliteStore(tmp_path / "relay.sqlite")
    async with witnesses_at_work(bad), world.running(store) as log:
        await until(lambda: log.publisher.published is not None)
        bad.answer, asked = BAD[kind](bad), len(bad.requests)
        await log.append(enrolment(world.office))
        await until(lambda: len(bad.requests) > asked + 2)
        assert world.accepted(log).checkpoint.size == 0
        assert ((await log.page(0)).entries, log.publisher.size) == ((), 0)
    await store.close()


@pytest.mark.parametrize("kind", sorted(BAD.keys() - {"another tree"}))
async def test_a_log_begins_with_its_quorum_or_not_at_all(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "ROUND_S", 0.05)
    monkeypatch.setattr(transparency_log, "PATIENCE_S", 0.05)
    world = LoggedNetwork(witness_count=1)
    bad = world.witnesses[0]
    bad.answer = BAD[kind](bad)
    store = SqliteStore(tmp_path / "relay.sqlite")
    async with witnesses_at_work(bad), world.running(store) as log:
        with pytest.raises(PeerError) as caught:
            await log.append(enrolment(world.office))
        assert caught.value.code is Code.UNAVAILABLE
        await until(lambda: len(bad.requests) > 2)
        assert (log.size, log.publisher.published) == (0, None)
        with pytest.raises(PeerError) as caught:
            log.checkpoint()
        assert caught.value.code is Code.NOT_FOUND
    await store.close()


async def test_a_slow_witness_holds_up_nobody_and_its_line_comes_later(store: Store) -> None:
    world = LoggedNetwork(witness_count=3, quorum=2)
    slow = world.witnesses[2]
    async with witnesses_at_work(*world.witnesses), world.running(store) as log:
        await shown_by(log, slow)
        slow.gate.clear()
        await publish_one(world, log)
        assert slow.key.verifier not in {each.key for each in world.accepted(log).cosignatures}
        slow.gate.set()
        await shown_by(log, slow)
        assert world.accepted(log).checkpoint.size == 3


async def shown_by(log: TransparencyLog, witness: SmallWitness) -> None:
    """Wait until the published checkpoint has a witness's line."""

    def has_line() -> bool:
        published = log.publisher.published
        return published is not None and witness.key.name in {line.name for line in published.note.signatures}

    await until(has_line)


async def test_witnesses_that_come_back_are_asked_again(store: Store) -> None:
    world = LoggedNetwork(witness_count=2)
    away = world.witnesses[0]
    async with witnesses_at_work(*world.witnesses), world.running(store) as log:
        await publish_one(world, log)
        await away.stop()
        await log.append([proposed(world.office.device("second"))])
        await log.append([proposed(world.office.revocation("second"))])
        assert not await log.publisher.covered(4, 0.2)
        assert log.publisher.size == 3
        await away.start()
        await shown(log, 5)
        assert (await world.replayed(log)).findings == []


async def test_a_witness_that_forgot_is_served_from_the_beginning(store: Store) -> None:
    world = LoggedNetwork(witness_count=1)
    async with witnesses_at_work(*world.witnesses), world.running(store) as log:
        await publish_one(world, log)
        world.witnesses[0].newest.clear()
        await log.append([proposed(world.office.device("second"))])
        await shown(log, 4)


def cosigned_at(log: TransparencyLog, at: int) -> list[NoteSignature]:
    published = log.publisher.published
    lines = () if published is None else published.note.signatures
    return [line for line in lines if line.signature[:8] == at.to_bytes(8)]


async def test_cosignatures_are_renewed_while_nothing_happens(store: Store) -> None:
    world = LoggedNetwork(witness_count=2, refresh_s=0.2)
    async with witnesses_at_work(*world.witnesses), world.running(store) as log:
        await publish_one(world, log)
        before = world.accepted(log)
        world.now += 2 * DAY
        await until(lambda: len(cosigned_at(log, world.now)) == len(world.witnesses))
        renewed = world.accepted(log)
        assert (renewed.witnessed_at, renewed.checkpoint) == (NOW + 2 * DAY, before.checkpoint)


async def test_a_restart_shows_the_same_and_signs_on_once_witnesses_agree(store: Store) -> None:
    world = LoggedNetwork(witness_count=2)
    async with witnesses_at_work(*world.witnesses):
        async with world.running(store) as log:
            await publish_one(world, log)
            before = world.accepted(log).checkpoint
        async with world.running(store) as log:
            assert world.accepted(log).checkpoint == before
            await log.append([proposed(world.office.device("second"))])
            await shown(log, 4)
            assert (await world.replayed(log)).findings == []


async def test_a_database_that_was_rolled_back_signs_and_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "ROUND_S", 0.05)
    world = LoggedNetwork(witness_count=3, quorum=2)
    path, backup = tmp_path / "relay.sqlite", tmp_path / "backup.sqlite"
    async with witnesses_at_work(*world.witnesses):
        store = SqliteStore(path)
        async with world.running(store) as log:
            await publish_one(world, log)
        await store.close()
        shutil.copy(path, backup)
        store = SqliteStore(path)
        async with world.running(store) as log:
            await log.append([proposed(world.office.device("second"))])
            await shown(log, 4)
        await store.close()
        signed = {witness.newest[world.network.log_origin].note for witness in world.witnesses}
        store = SqliteStore(backup)
        async with world.running(store) as log:
            await until(lambda: len(log.publisher._claims) > 1)
            with pytest.raises(PeerError, match="rolled back") as caught:
                await log.append(enrolment(EnrolledOffice("CNA-GH-01")))
            assert caught.value.code is Code.UNAVAILABLE
        # Nothing but the old checkpoint was ever shown to anybody again.
        assert {size for witness in world.witnesses for size in witness.sizes()} == {0, 3, 4}
        assert {witness.newest[world.network.log_origin].note for witness in world.witnesses} == signed
        await store.close()


async def test_what_one_witness_claims_stops_nobody_while_the_others_cosign(store: Store) -> None:
    world = LoggedNetwork(witness_count=3, quorum=2)
    world.witnesses[1].answer = claims(10**15)
    async with witnesses_at_work(*world.witnesses), world.running(store) as log:
        await publish_one(world, log)
        await until(lambda: log.publisher.contradictions == 1)
        for number in range(20):
            # At any moment of a round, also before the others have answered.
            await log.append([proposed(world.office.device(str(number)))])
        await shown(log, 23)
        assert log.publisher.contradictions == 1


async def test_a_log_goes_on_under_new_keys_that_the_trust_names_beside_the_old(
    store: Store, tmp_path: Path
) -> None:
    world = LoggedNetwork()
    network = world.network
    async with world.running(store) as log:
        await publish_one(world, log)
        tree = log.appender.tree
    new = SigningKey(network.log_origin, network.log_keys[0].type, bytes(range(32)))
    policy = replace(network.policy, logs=(*network.policy.logs, Log(new.verifier)))
    renewed = publisher.Publisher(
        LogIdentity(network.log_origin, (new,), policy),
        store,
        NewestNote(tmp_path / "note"),
        tree,
        lambda: NOW,
        1.0,
    )
    await renewed.load()
    assert renewed.size == 3
    tree.append(bytes(32))
    running = asyncio.create_task(renewed.run())
    assert await renewed.covered(4, 20)
    running.cancel()
    assert renewed.published is not None
    assert verify_log(renewed.published, [new.verifier]).log_keys == (new.verifier,)


async def test_of_two_relays_on_copies_of_a_database_one_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "ROUND_S", 0.05)
    world = LoggedNetwork(witness_count=3, quorum=2)
    async with witnesses_at_work(*world.witnesses):
        store = SqliteStore(tmp_path / "relay.sqlite")
        async with world.running(store) as log:
            await publish_one(world, log)
        await store.close()
        shutil.copy(tmp_path / "relay.sqlite", tmp_path / "copy.sqlite")
        store, copied = SqliteStore(tmp_path / "relay.sqlite"), SqliteStore(tmp_path / "copy.sqlite")
        async with world.running(store) as log, world.running(copied) as other:
            await until(lambda: log.publisher._is_trusted and other.publisher._is_trusted)
            await log.append([proposed(world.office.device("second"))])
            await shown(log, 4)
            first, second, _ = enrolment(EnrolledOffice("CNA-GH-01"))
            await other.append([first])
            await until(lambda: other.publisher.contradictions > 1 and not other.publisher._is_trusted)
            with pytest.raises(PeerError, match="holds another history") as caught:
                await other.append([second])
            assert caught.value.code is Code.UNAVAILABLE
            assert (other.publisher.size, log.publisher.size) == (3, 4)
            await log.append([proposed(world.office.device("third"))])
            await shown(log, 5)
        await store.close()
        await copied.close()


async def test_a_wiped_database_is_noticed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher, "ROUND_S", 0.05)
    world = LoggedNetwork(witness_count=1)
    async with witnesses_at_work(*world.witnesses):
        for number in range(2):
            store = SqliteStore(tmp_path / f"relay-{number}.sqlite")
            async with world.running(store) as log:
                if number == 0:
                    await publish_one(world, log)
                    continue
                await until(lambda: bool(log.publisher._claims))
                with pytest.raises(PeerError, match="rolled back"):
                    await log.append(enrolment(EnrolledOffice("CNA-GH-01")))
            await store.close()


async def test_of_two_publishers_on_one_database_one_signs_and_one_stops(
    store: Store, tmp_path: Path
) -> None:
    world = LoggedNetwork()
    async with world.running(store) as log:
        other = world.log(store, tmp_path)
        await other.load()
        await publish_one(world, log)
        other.appender.tree.append(bytes(32))
        with pytest.raises(MisuseError, match="another relay writes to this database"):
            await other.publisher.run()
        assert log.publisher.size == 3


def cut(connection: Connection) -> None:
    connection.execute(delete(log_entry).where(log_entry.c.number == 2))


def alter(connection: Connection) -> None:
    connection.execute(update(checkpoint).values(note=b"no checkpoint"))


@pytest.mark.parametrize("damage", [cut, alter])
async def test_entries_that_are_not_those_signed_are_not_taken_up(
    store: Store, tmp_path: Path, damage: Callable[[Connection], None]
) -> None:
    world = LoggedNetwork()
    async with world.running(store) as log:
        await publish_one(world, log)
    await store.write(damage)
    with pytest.raises(MisuseError, match="not those that this log has signed"):
        await world.log(store, tmp_path).load()


async def test_a_log_that_the_trust_does_not_name_does_not_begin(store: Store, tmp_path: Path) -> None:
    world = LoggedNetwork()
    network = world.network
    stranger = SigningKey(network.log_origin, network.log_keys[0].type, bytes(32))
    identity = LogIdentity(network.log_origin, (stranger,), network.policy)
    with pytest.raises(MisuseError, match="names other keys"):
        publisher.Publisher(identity, store, NewestNote(tmp_path), Tree(), lambda: NOW, 1.0)


@pytest.mark.parametrize(
    "url",
    ["http://witness.example", "ftp://127.0.0.1", "https://", "witness", "http://[", "http://localhost"],
)
def test_a_witness_is_asked_over_tls_or_on_this_machine(url: str) -> None:
    with pytest.raises(MisuseError, match="the policy's witness"):
        witness_address(url)


async def test_a_quorum_that_nobody_can_be_asked_for_does_not_begin(store: Store, tmp_path: Path) -> None:
    network = LoggedNetwork(witness_count=2).network
    identity = LogIdentity(network.log_origin, network.log_keys, network.policy)
    with pytest.raises(MisuseError, match="whose address it does not name"):
        publisher.Publisher(identity, store, NewestNote(tmp_path), Tree(), lambda: NOW, 1.0)


async def test_a_rolled_back_database_does_not_start_beside_its_newest_checkpoint(tmp_path: Path) -> None:
    # Also where no witness is asked.
    world = LoggedNetwork()
    path, backup = tmp_path / "relay.sqlite", tmp_path / "backup.sqlite"
    store = SqliteStore(path)
    async with world.running(store, tmp_path) as log:
        await publish_one(world, log)
    await store.close()
    shutil.copy(path, backup)
    store = SqliteStore(path)
    async with world.running(store, tmp_path) as log:
        await log.append([proposed(world.office.device("second"))])
        await shown(log, 4)
    await store.close()
    store = SqliteStore(backup)
    with pytest.raises(MisuseError, match="the database was rolled back"):
        await world.log(store, tmp_path).load()
    await store.close()
    store = SqliteStore(path)
    async with world.running(store, tmp_path) as log:
        assert log.publisher.size == 4
    await store.close()


async def test_entries_after_the_newest_checkpoint_are_no_rollback(store: Store, tmp_path: Path) -> None:
    world = LoggedNetwork()
    async with world.running(store, tmp_path) as log:
        await publish_one(world, log)
        newest = (tmp_path / "checkpoint").read_bytes()
        await log.append([proposed(world.office.device("second"))])
        await shown(log, 4)
    (tmp_path / "checkpoint").write_bytes(newest)
    async with world.running(store, tmp_path) as log:
        assert log.publisher.size == 4
