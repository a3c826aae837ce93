"""Files by stick: saved without a relay; and files that are forged, which change nothing (R02, L07)."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from tests.simulator.carriers import acquainted, last, texts
from tests.simulator.test_story import A, B, C
from tests.simulator.world import World

from rogatory_client.office import Office
from rogatory_client.office.carrier.reading_file import opened
from rogatory_client.office.carrier.writing_file import Cargo, write
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.wire.carried import CarriedMessage, CarryHead, sign_head
from rogatory_crypto.wire.identifier import BlobId, DeviceId, GroupId, RowKind, SubmissionId

MIB = 1 << 20


def evidence(folder: Path, size: int = 3 * MIB) -> Path:
    path = folder / "evidence.bin"
    path.write_bytes(os.urandom(size))
    return path


async def written(world: World, sender: str = A, *, attach: bool = False, text: str = "Carried.") -> Path:
    path = world.folder / "one.carry"
    async with world.at(sender) as office:
        office.reply("SN/2", text, attachments=[evidence(world.folder)] if attach else ())
        office.carrier.out(path)
    return path


def contents(path: Path) -> tuple[CarryHead, tuple[bytes, ...]]:
    with opened([path]) as source:
        return source.head, tuple(payload for _, payload in source.messages())


@contextmanager
def unchanged(office: Office) -> Iterator[None]:
    """Nothing of an office changes: neither its record, nor its keys, nor what waits."""
    before = (texts(office), office.outbox(), office._desk.rooms, office._desk.carried)
    yield
    assert (texts(office), office.outbox(), office._desk.rooms, office._desk.carried) == before


async def test_attachments_come_in_parts_and_are_saved_without_a_relay(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B)
    async with world.at(A) as office:
        office.reply("SN/2", "Two files.", attachments=[evidence(tmp_path), tmp_path / "letter.pdf"])
        out = office.carrier.out(tmp_path / "one.carry", part_bytes=MIB)
    assert (out.messages, out.attachments, len(out.files)) == (1, 2, 4)
    assert all(Path(each).stat().st_size <= MIB for each in out.files)
    async with world.at(B) as office:
        moved: list[tuple[str, int, int]] = []
        came = office.carrier.take_in(
            [Path(each) for each in reversed(out.files)], progress=lambda *told: moved.append(told)
        )
        assert (came.messages, came.attachments, came.refused) == (1, 2, ())
        assert moved[-1][1] == moved[-1][2]
        message = last(office)
        assert [each.size for each in message.attachments] == [3 * MIB, 15], "known before it is saved"
        world.relay.blobs.clear()
        saved = await office.save_attachment(message.message_id, 0, tmp_path / "out")
    assert saved.read_bytes() == (tmp_path / "evidence.bin").read_bytes()


async def test_the_line_returns_and_the_files_go_up_as_if_nothing_had_been(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B, C)
    path = await written(world, attach=True)
    async with world.at(B) as office:
        office.carrier.take_in([path])
    for name in (A, B, C, A):
        await world.sync(name)
    async with world.at(C) as office:
        saved = await office.save_attachment(last(office).message_id, 0, tmp_path / "out")
        assert saved.read_bytes() == (tmp_path / "evidence.bin").read_bytes()
    async with world.at(B) as office:
        assert office.carrier.take_in([path]).attachments == 1
        assert not last(office).by_carrier
    assert not world.notes(A) + world.notes(B) + world.notes(C)


async def test_what_the_line_has_begun_to_fetch_the_stick_completes(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B)
    path = await written(world, attach=True)
    with opened([path]) as source:
        ((file, offset),) = source.files()
        begun = b"".join(source.pieces(offset, MIB))
    async with world.at(B) as office:
        partial = world.folder / B / "downloads" / f"{file.blob_id.hex()}.part"
        partial.parent.mkdir(exist_ok=True)
        partial.write_bytes(begun)
        assert office.carrier.take_in([path]).attachments == 1
        partial.write_bytes(bytes(MIB))
        (refused,) = office.carrier.take_in([path]).refused
        assert (refused.kind, refused.code) == ("attachment", "hash-mismatch")
        assert not partial.exists(), "begun anew the next time"
        assert office.carrier.take_in([path]).attachments == 1


async def test_a_file_that_changed_gives_up_its_message_and_no_other(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B)
    file = evidence(tmp_path, 1_000)
    async with world.at(A) as office:
        office.reply("SN/2", "With a file.", attachments=[file])
        office.reply("SN/2", "Without.")
        file.write_bytes(b"something else")
        out = office.carrier.out(tmp_path / "one.carry")
        assert (out.messages, out.attachments) == (1, 0)
        (failed,) = [each for each in office.outbox() if each.state == "failed"]
        assert "attach it again" in str(failed.failure)
    async with world.at(B) as office:
        office.carrier.take_in([tmp_path / "one.carry"])
        assert texts(office) == ["Without."]


async def test_damaged_files_change_nothing(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B)
    path = await written(world)
    whole = path.read_bytes()
    async with world.at(B) as office:
        for at in (0, 17, 40, 200, len(whole) - 70, len(whole) - 1):
            spoilt = bytearray(whole)
            spoilt[at] ^= 1
            path.write_bytes(spoilt)
            with unchanged(office), pytest.raises(PeerError):
                office.carrier.take_in([path])
        for cut in (b"", whole[:10], whole[:100], whole[:-1], whole + b"x"):
            path.write_bytes(cut)
            with unchanged(office), pytest.raises(PeerError):
                office.carrier.take_in([path])
        path.write_bytes(whole)
        assert office.carrier.take_in([path]).messages == 1


async def test_what_is_no_file_is_named_as_it_was_given(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B)
    path, empty, pipe = await written(world), tmp_path / "empty.carry", tmp_path / "pipe.carry"
    empty.touch()
    os.mkfifo(pipe)
    async with world.at(B) as office:
        for place, why in ((tmp_path, "is no file"), (pipe, "is no file"), (empty, "is empty")):
            with unchanged(office), pytest.raises(PeerError, match=f"{re.escape(str(place))} {why}"):
                office.carrier.take_in([place])
        assert office.carrier.take_in([path]).messages == 1
        with pytest.raises(MisuseError, match="there is no folder"):
            office.carrier.out(tmp_path / "stick" / "back.carry")


async def test_nobody_makes_a_file_in_anothers_name(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B, C)
    head, payloads = contents(await written(world))
    async with world.at(C) as office:
        mine, key = office._desk.identity.device_id, office._desk.identity.signer.private
    manifest = head.manifest
    forged = Cargo(sign_head(manifest, key), payloads, ())
    passed_on = Cargo(sign_head(replace(manifest, device_id=mine), key), payloads, ())
    unknown = Cargo(sign_head(replace(manifest, device_id=DeviceId(bytes(16))), key), payloads, ())
    elsewhere = Cargo(sign_head(replace(manifest, origin="other.example"), key), payloads, ())
    for number, (cargo, said) in enumerate(
        ((forged, "signature"), (unknown, "no office has entered"), (elsewhere, "another network"))
    ):
        (path,) = write(cargo, tmp_path / f"forged-{number}.carry")
        async with world.at(B) as office:
            with unchanged(office), pytest.raises(PeerError, match=said):
                office.carrier.take_in([path])
    (path,) = write(passed_on, tmp_path / "passed-on.carry")
    async with world.at(B) as office:
        with unchanged(office):
            (refused,) = office.carrier.take_in([path]).refused
        assert "made by another device" in refused.reason


def message_of(payload: bytes, group_id: GroupId, number: int = 9) -> CarriedMessage:
    submission_id, digest = SubmissionId(bytes([number]) * 16), sha256(payload).digest()
    return CarriedMessage(group_id, submission_id, 1, 5, len(payload), digest)  # type: ignore[arg-type]  # an epoch


async def test_a_member_that_means_harm_gets_nothing_in(tmp_path: Path) -> None:
    """A commit, noise, a ciphertext said to be of another case: each is refused by itself."""
    world = await acquainted(tmp_path, A, B)
    head, (payload,) = contents(await written(world))
    group_id = head.manifest.messages[0].group_id
    commit = next(row.payload for row, _ in world.relay.logs[group_id].rows if row.kind is RowKind.COMMIT)
    noise, other = os.urandom(500), GroupId(b"o" * 32)
    messages = (
        message_of(commit, group_id, 1),
        message_of(noise, group_id, 2),
        message_of(payload, other, 3),
    )
    async with world.at(A) as office:
        key = office._desk.identity.signer.private
    manifest = replace(head.manifest, messages=messages)
    (path,) = write(Cargo(sign_head(manifest, key), (commit, noise, payload), ()), tmp_path / "bad.carry")
    async with world.at(B) as office:
        with unchanged(office):
            refused = office.carrier.take_in([path]).refused
        assert [each.number for each in refused] == [1, 2, 3]
        assert all(each.reason for each in refused)
        assert len(texts(office)) == 0


async def test_only_attachments_of_messages_that_are_here_take_space(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B)
    head, (payload,) = contents(await written(world, attach=True))
    async with world.at(A) as office:
        key = office._desk.identity.signer.private
        (state,) = office._desk.transfers
    (file,) = head.manifest.files
    strange = replace(file, blob_id=BlobId(b"s" * 16))
    manifest = replace(head.manifest, files=(strange,))
    (path,) = write(Cargo(sign_head(manifest, key), (payload,), (state.transfer,)), tmp_path / "bad.carry")
    async with world.at(B) as office:
        came = office.carrier.take_in([path])
        assert (came.messages, came.attachments) == (1, 0)
        assert "belongs to no message" in came.refused[0].reason
        assert not (world.folder / B / "downloads").exists()


async def test_a_list_of_a_million_costs_nothing(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B)
    path = tmp_path / "bomb.carry"
    path.write_bytes(b"Rogatory carry 1" + (1 << 31).to_bytes(4) + bytes(3 * MIB))
    async with world.at(B) as office:
        with unchanged(office), pytest.raises(PeerError) as refusal:
            office.carrier.take_in([path])
        assert refusal.value.code is Code.TOO_LARGE


async def test_two_hundred_files_at_once_are_named(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B)
    path = await written(world)
    async with world.at(B) as office:
        with unchanged(office), pytest.raises(PeerError, match="one file at a time"):
            office.carrier.take_in([path] * 200)
        with unchanged(office), pytest.raises((PeerError, MisuseError)):
            office.carrier.take_in([])
