"""A relay that lies: each row of garbage, replay or wrong order is noted, and none is believed."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.relay.identities import OfficeKeys, Operator
from tests.simulator.relay import Log, SimulatedFeed, SimulatedRelay
from tests.simulator.test_story import A, B, link, submit, world_with
from tests.simulator.world import ORIGIN, World

from rogatory_client.engine.membership import LEAF_REFRESH_S
from rogatory_client.office.line.departures import MAX_REFUSALS
from rogatory_crypto.errors import Code, PeerError, TransportError
from rogatory_crypto.identity import Snapshot, generate_code, sign_snapshot
from rogatory_crypto.log.entry import EntryType
from rogatory_crypto.log.split_view import verify_split_view
from rogatory_crypto.wire.frame import LogGrew, Refused, RelayFrame, Row, Submit, SubmitCommit
from rogatory_crypto.wire.identifier import DeviceId, EntryId, Epoch, RowKind, Sequence, SubmissionId


def append(relay: SimulatedRelay, log: Log, kind: RowKind, payload: bytes) -> None:
    log.rows.append((Row(Sequence(len(log.rows) + 1), relay.clock_ms(), kind, payload), None))


async def consulting(folder: Path) -> tuple[World, Log]:
    world = await world_with(folder, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    (log,) = world.relay.logs.values()
    return world, log


@pytest.mark.parametrize("kind", list(RowKind))
@pytest.mark.parametrize("payload", [b"", b"\x00", bytes(200), b"\xff" * 200])
async def test_garbage_is_noted_and_what_follows_is_read(
    tmp_path: Path, kind: RowKind, payload: bytes
) -> None:
    world, log = await consulting(tmp_path)
    append(world.relay, log, kind, payload)
    async with world.at(A) as office:
        office.reply("SN/1", "And this?")
        await office.sync()
    async with world.at(B) as office:
        report = await office.sync()
        assert [each.text for each in office.messages()] == ["May we ask?", "And this?"]
        assert report.warnings
    assert len(world.notes(B)) == 1


async def test_a_replayed_row_is_not_a_second_message(tmp_path: Path) -> None:
    world, log = await consulting(tmp_path)
    for row, _ in [entry for entry in log.rows if entry[0].kind is RowKind.APPLICATION]:
        append(world.relay, log, row.kind, row.payload)
    async with world.at(B) as office:
        await office.sync()
        assert len(office.messages()) == 1
    assert [code for code, _ in world.notes(B)] == [Code.REPLAYED.value]


async def test_a_truncated_or_altered_row_is_refused(tmp_path: Path) -> None:
    world, log = await consulting(tmp_path)
    row, only = log.rows[-1]
    for payload in (row.payload[:-1], row.payload + b"\x00", bytes([row.payload[0] ^ 1]) + row.payload[1:]):
        append(world.relay, log, row.kind, payload)
    log.rows[-4] = (replace(row, payload=row.payload[:-9] + bytes(9)), only)
    async with world.at(B) as office:
        await office.sync()
        assert office.messages() == ()
    assert len(world.notes(B)) == 4


async def test_rows_in_another_order_are_read_once_and_no_commit_twice(tmp_path: Path) -> None:
    world, log = await consulting(tmp_path)
    await world.sync(B)
    world.new_device("second")
    async with world.at("second") as office:
        request = await office.link_request(A, "duty officer")
    async with world.at(A) as office:
        await office.approve_link(request.text, request.confirmation_code)
    await world.sync("second")
    async with world.at(A) as office:
        await office.sync()
        office.reply("SN/1", "In the new epoch.")
        await office.sync()
    commit = next(
        index for index, (row, _) in enumerate(log.rows) if row.kind is RowKind.COMMIT and index > 1
    )
    append(world.relay, log, RowKind.COMMIT, log.rows[commit][0].payload)
    async with world.at(B) as office:
        await office.sync()
        assert [each.text for each in office.messages()] == ["May we ask?", "In the new epoch."]
    assert len(world.notes(B)) == 1


async def test_an_acceptance_without_a_true_postmark_settles_nothing(tmp_path: Path) -> None:
    world, _ = await consulting(tmp_path)
    world.relay.postmark_seed = bytes(32)
    async with world.at(A) as office:
        office.reply("SN/1", "And this?")
        with pytest.raises(PeerError) as refusal:
            await office.sync()
        assert refusal.value.code is Code.BAD_SIGNATURE
        assert len(office.outbox()) == 1
        assert office.messages()[-1].state == "queued"


async def test_an_epoch_that_was_made_up_holds_a_room_no_longer_than_the_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is refused waits for the epoch the relay names; a new connection brings all there is."""
    # N07
    world, _ = await consulting(tmp_path)
    lies = [Epoch(1_000_000)]
    honest_submit, honest_receive = SimulatedRelay.submit, SimulatedFeed.receive

    def submit(relay: SimulatedRelay, device: DeviceId, sent: Submit | SubmitCommit) -> RelayFrame:
        if lies:
            return Refused(sent.submission_id, Code.WRONG_EPOCH, lies.pop())
        return honest_submit(relay, device, sent)

    async def receive(feed: SimulatedFeed) -> RelayFrame:
        if not feed.queue:
            raise TransportError("the relay has fallen silent")
        return await honest_receive(feed)

    monkeypatch.setattr(SimulatedRelay, "submit", submit)
    monkeypatch.setattr(SimulatedFeed, "receive", receive)
    async with world.at(A) as office:
        office.reply("SN/1", "And this?")
        await office.sync()
        assert not lies
        assert not office.outbox()


async def test_refusals_that_were_overcome_do_not_add_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a line that lasts for weeks, a room that others change now and then goes on being heard."""
    # N03
    world, log = await consulting(tmp_path)
    honest = SimulatedRelay.submit
    refused: set[SubmissionId] = set()
    texts = [f"Number {number}." for number in range(2 * MAX_REFUSALS)]

    def submit(relay: SimulatedRelay, device: DeviceId, sent: Submit | SubmitCommit) -> RelayFrame:
        if len(refused) < len(texts) and len(refused) == len(relay.submissions) - already:
            refused.add(sent.submission_id)
            return Refused(sent.submission_id, Code.WRONG_EPOCH, Epoch(log.epoch))
        return honest(relay, device, sent)

    already = len(world.relay.submissions)
    monkeypatch.setattr(SimulatedRelay, "submit", submit)
    async with world.at(A) as office:
        left = iter(texts)
        office.reply("SN/1", next(left))
        async for event in office.follow():
            if event.kind == "sent":
                text = next(left, None)
                if text is None:
                    break
                office.reply("SN/1", text)
                for feed in world.relay.feeds:
                    feed.queue.append(LogGrew(world.relay.log.size))
        assert not office.outbox()
    assert len(refused) == len(texts)


@pytest.mark.parametrize(("weeks", "said"), [(1, True), (2, False)])
async def test_a_renewal_that_others_forestall_holds_nothing_back_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weeks: int, *, said: bool
) -> None:
    """Keys of the same age come due together; and a relay must not keep old keys in use by refusals."""
    # P04
    world, log = await consulting(tmp_path)
    honest = SimulatedRelay.submit

    def submit(relay: SimulatedRelay, device: DeviceId, sent: Submit | SubmitCommit) -> RelayFrame:
        if isinstance(sent, SubmitCommit):
            return Refused(sent.submission_id, Code.EPOCH_TAKEN, Epoch(log.epoch))
        return honest(relay, device, sent)

    world.tick(weeks * LEAF_REFRESH_S + 1)
    async with world.at(A) as office:
        office.reply("SN/1", "And this?")
        with monkeypatch.context() as patched:
            patched.setattr(SimulatedRelay, "submit", submit)
            await office.sync()
        assert (not office.outbox()) is said
        await office.sync()
        (room,) = office._desk.rooms.values()
        assert room.group is not None
        assert room.group.epoch == 2, "the next connection renews"
        assert not office.outbox()


async def test_a_forged_entry_of_the_log_is_named_and_not_believed(tmp_path: Path) -> None:
    world, _ = await consulting(tmp_path)
    office_b = world.relay.registry.offices[EntryId(B)]
    stranger = OfficeKeys(EntryId(B), Operator(world.network.directory_private), int(world.now))
    stranger.sequence, stranger.head = office_b.sequence, office_b.head
    device, forged = stranger.device()
    log = world.relay.log
    log.force(log.forced(EntryType.IDENTITY_STATEMENT, forged))
    log.publish()
    for name in (A, B):
        async with world.at(name) as office:
            report = await office.sync()
            assert any("is not believed" in warning for warning in report.warnings)
            assert device.device_id not in office._desk.registry.devices
        async with world.at(name) as office:
            await office.sync()
            assert device.device_id not in office._desk.registry.devices, "nor after a restart"


async def test_a_shortened_log_is_noticed(tmp_path: Path) -> None:
    world, _ = await consulting(tmp_path)
    former = world.relay.log.checkpoint()
    await world.invite("CNA-NG-01")
    await world.sync(B)
    world.relay.log._published = (world.relay.log.size - 1, int(world.now), former)
    async with world.at(B) as office:
        with pytest.raises(PeerError, match="tree of"):
            await office.sync()


@pytest.mark.parametrize(("offset_s", "believed"), [(2 * 86_400, False), (-86_400, False), (60, True)])
async def test_an_entry_listed_at_a_false_time_is_not_believed(
    tmp_path: Path, offset_s: int, *, believed: bool
) -> None:
    world, _ = await consulting(tmp_path)
    await world.sync(B)
    log = world.relay.log
    code = generate_code(world.chance.randbytes)
    invitation = world.invitation("CNA-NG-01", code)
    log.force(log.forced(EntryType.IDENTITY_STATEMENT, invitation, int(world.now) + offset_s))
    log.publish()
    async with world.at(B) as office:
        with suppress(PeerError):
            await office.sync()
        known = office._desk.registry.invitation_for(code.public_key())
        assert (known is not None) is believed


async def test_two_histories_are_exposed_and_the_evidence_is_kept(tmp_path: Path) -> None:
    world, _ = await consulting(tmp_path)
    await world.invite("CNA-GH-01")
    await world.sync(B)
    shown, world.relay.log = world.relay.log, world.relay.log.forked_at(world.relay.log.size - 1)
    await world.invite("CNA-NG-01")
    await world.invite("CNA-ML-01")
    async with world.at(B) as office:
        size = office._desk.replica.size
        report = await office.sync()
        assert any("rogatory alarm list" in each for each in report.warnings)
        assert office._desk.replica.size == size
        (evidence,) = office._desk.split_views()
        accused = verify_split_view(evidence, world.network.policy.log_keys(world.network.log_origin))
        assert accused.older.size == shown.size
    async with world.at(B) as office:
        assert office._desk.split_views()


async def test_a_log_without_its_witnesses_is_not_followed(tmp_path: Path) -> None:
    world, _ = await consulting(tmp_path)
    world.relay.log.cosigns = False
    await world.invite("CNA-NG-01")
    async with world.at(B) as office:
        size = office._desk.replica.size
        await office.sync()
        assert office._desk.replica.size == size < len(world.relay.log.entries)
    world.tick(2 * 86_400)
    async with world.at(B) as office:
        office.reply("SN/1", "You may.")
        report = await office.sync()
        assert any("witnesses have confirmed nothing" in warning for warning in report.warnings)
        assert office._desk.replica.size == size
        assert not office.outbox(), "what needs no new keys goes on"
        office.start_consultation([A], "Another matter", "May we ask?")
        report = await office.sync()
        assert any("your view of the log is 48 h old" in warning for warning in report.warnings)
        assert len(office.outbox()) == 1, "nobody is added by a stale view"


async def test_a_directory_that_the_log_does_not_name_is_not_taken(tmp_path: Path) -> None:
    world, _ = await consulting(tmp_path)
    other = Snapshot(ORIGIN, Sequence(2), int(world.now), b"[]", b"[]")
    await world.publish_snapshot(other)
    swapped = Snapshot(ORIGIN, Sequence(3), int(world.now), b"[]", b"[]")
    world.relay.snapshot = sign_snapshot(swapped, world.network.directory_private)
    async with world.at(B) as office:
        entries = office.directory()
        report = await office.sync()
        assert any("than its log names" in warning for warning in report.warnings)
        assert office.directory() == entries


async def test_another_attachment_than_the_senders_is_not_saved(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    await submit(world, tmp_path)
    async with world.at(B) as office:
        await office.sync()
        request = next(each for each in office.messages() if each.kind == "request")
        blob = max(world.relay.blobs.values(), key=lambda each: each.size)
        blob.data[100_000] ^= 1
        with pytest.raises(PeerError) as refusal:
            await office.save_attachment(request.message_id, 1, tmp_path / "out")
        assert refusal.value.code is Code.HASH_MISMATCH
        blob.data[100_000] ^= 1
        cut = bytes(blob.data[300_000:])
        del blob.data[300_000:]
        with pytest.raises(PeerError):
            await office.save_attachment(request.message_id, 1, tmp_path / "out")
        assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True
        blob.data += cut
        saved = await office.save_attachment(request.message_id, 1, tmp_path / "out")
        again = await office.save_attachment(request.message_id, 1, tmp_path / "out")
        assert (saved.name, again.name) == ("evidence.bin", "evidence (2).bin")


async def test_a_commit_that_was_made_up_for_all_silences_nobody_for_good(tmp_path: Path) -> None:
    """N06: all are lost at once, and the first to try finds that nobody has gone on."""
    world, log = await consulting(tmp_path)
    await world.sync(B)
    said = log.rows[-1][0].payload
    # Version, wire format, group id, epoch, content type and no data in the open stand before the sender's.
    at = 2 + 2 + 1 + 32 + 8 + 1 + 1 + 5
    append(world.relay, log, RowKind.COMMIT, said[:at] + bytes([said[at] ^ 1]) + said[at + 1 :])
    for name in (A, B, A, B):
        await world.sync(name)
    assert world.notes(A)
    assert world.notes(B)
    for name, text in ((A, "Are you there?"), (B, "We are.")):
        async with world.at(name) as office:
            office.reply("SN/1", text)
            await office.sync()
            assert not office.outbox()
    async with world.at(A) as office:
        await office.sync()
        assert [each.text for each in office.messages()][-2:] == ["Are you there?", "We are."]


async def test_a_device_that_cannot_follow_a_commit_is_taken_out_and_in_again(tmp_path: Path) -> None:
    """N06: it says so in the epoch it has, and says nothing else until it is where the others are."""
    world, log = await consulting(tmp_path)
    await world.sync(B)
    await link(world, A, "second")
    index = max(number for number, (row, _) in enumerate(log.rows) if row.kind is RowKind.COMMIT)
    row, only = log.rows[index]
    log.rows[index] = (replace(row, payload=row.payload[:-1] + bytes([row.payload[-1] ^ 1])), only)
    async with world.at(B) as office:
        office.reply("SN/1", "Said while lost.")
        report = await office.sync()
        assert any("could not be followed" in warning for warning in report.warnings)
        assert len(office.outbox()) == 1
    await world.sync(A)
    async with world.at(B) as office:
        await office.sync()
        assert not office.outbox()
    for name in (A, "second"):
        async with world.at(name) as office:
            await office.sync()
            assert "Said while lost." in [each.text for each in office.messages()]
            office.reply("SN/1", f"Heard at {name}.")
            await office.sync()
    async with world.at(B) as office:
        await office.sync()
        assert [each.text for each in office.messages()][-2:] == [f"Heard at {A}.", "Heard at second."]
