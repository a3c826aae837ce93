"""On a thin line texts come and go first; attachments wait for a better one, or for who asks for them."""

from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest
from tests.simulator.carriers import acquainted, last, texts
from tests.simulator.relay import SimulatedSession
from tests.simulator.test_story import A, B, C
from tests.simulator.world import World

from rogatory_crypto.errors import TransportError
from rogatory_crypto.wire.identifier import BlobId
from rogatory_crypto.wire.request import UploadState

SIZE = 4 << 20


def evidence(folder: Path) -> Path:
    path = folder / "evidence.bin"
    path.write_bytes(bytes(range(256)) * (SIZE // 256))
    return path


async def two_cases(folder: Path) -> World:
    """A in a case with B, filed as SN/2, and in one with C, filed as SN/3; both have read all."""
    world = await acquainted(folder, A, B)
    await world.enrol(C)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([C], "Another matter", "May we ask?", reference="SN/3")
        await office.sync()
    for name in (C, A, C):
        await world.sync(name)
    return world


async def test_an_upload_keeps_no_other_cases_text_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, rows_before_upload = await two_cases(tmp_path), []
    upload = SimulatedSession.upload

    async def watched(
        session: SimulatedSession, blob_id: BlobId, offset: int, size: int, piece: AsyncIterator[bytes]
    ) -> UploadState:
        rows_before_upload.append(sum(len(log.rows) for log in world.relay.logs.values()))
        return await upload(session, blob_id, offset, size, piece)

    monkeypatch.setattr(SimulatedSession, "upload", watched)
    async with world.at(A) as office:
        before = sum(len(log.rows) for log in world.relay.logs.values())
        file = evidence(tmp_path)
        for case in ("SN/2", "SN/3"):
            office.reply(case, "With a file.", attachments=[file])
        consulted = office.start_consultation([B], "A third matter", "A text.")
        await office.sync()
        assert not office.outbox()
        assert (
            next(each for each in office.messages() if each.message_id == consulted.message_id).state
            == "relayed"
        )
    # A commit, its Welcome and the text of the third case were at the relay before a byte of any file.
    assert rows_before_upload[0] == before + 3
    for name in (B, C):
        await world.sync(name)
        async with world.at(name) as office:
            assert "With a file." in texts(office)


async def test_headers_only_sends_and_brings_texts_and_no_byte_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await two_cases(tmp_path)
    async with world.at(A) as office:
        office.reply("SN/2", "With a file.", attachments=[evidence(tmp_path)])
        office.reply("SN/3", "Only a text.")
        report = await office.sync(headers_only=True)
        assert (report.sent, report.waiting) == (1, 1)
        assert [each.state for each in office.outbox()] == ["uploading"]
        assert all(not blob.data for blob in world.relay.blobs.values() if blob.size > SIZE)
        assert (await office.sync()).waiting == 0
    downloads = []
    download = SimulatedSession.download

    async def watched(session: SimulatedSession, blob_id: BlobId, offset: int) -> AsyncGenerator[bytes]:
        downloads.append(offset)
        async for piece in download(session, blob_id, offset):
            yield piece

    monkeypatch.setattr(SimulatedSession, "download", watched)
    async with world.at(B) as office:
        await office.sync()
        message = last(office)
        assert (message.text, [each.size for each in message.attachments]) == ("With a file.", [SIZE])
        assert downloads == [], "sizes are shown, and nothing is fetched before an officer asks"
        await office.save_attachment(message.message_id, 0, tmp_path / "out")
        assert downloads == [0]


async def test_a_download_that_breaks_off_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, offsets, moved = await acquainted(tmp_path, A, B), [], []
    async with world.at(A) as office:
        office.reply("SN/2", "With a file.", attachments=[evidence(tmp_path)])
        await office.sync()
    await world.sync(B)
    download = SimulatedSession.download

    async def thin(session: SimulatedSession, blob_id: BlobId, offset: int) -> AsyncGenerator[bytes]:
        offsets.append(offset)
        sent = 0
        async for piece in download(session, blob_id, offset):
            yield piece
            sent += len(piece)
            if sent > SIZE * 2 // 5:
                raise TransportError("the line broke")

    monkeypatch.setattr(SimulatedSession, "download", thin)
    async with world.at(B) as office:
        message = last(office)
        for _ in range(2):
            with pytest.raises(TransportError):
                await office.save_attachment(message.message_id, 0, tmp_path / "out")
        saved = await office.save_attachment(
            message.message_id, 0, tmp_path / "out", progress=lambda *told: moved.append(told[1])
        )
    assert saved.read_bytes() == (tmp_path / "evidence.bin").read_bytes()
    assert offsets == sorted(offsets)
    assert offsets[1] > SIZE * 2 // 5
    assert offsets[2] > SIZE * 4 // 5
    assert moved[0] > offsets[2]
    assert moved == sorted(moved)
