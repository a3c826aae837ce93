"""Attachments over HTTPS: durable pieces, resumption after kill -9, hash, ranges, who may fetch."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Awaitable
from hashlib import sha256

import aiohttp
import pytest
from tests.integration.relay.device_client import RelayCalls, accepted, new_group
from tests.integration.relay.identities import DeviceKeys, OfficeKeys
from tests.integration.relay.relay_process import RelayProcess

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.identifier import GroupId
from rogatory_crypto.wire.request import Problem, UploadCompletion, UploadRequest, UploadState

PIECE = 100_000


@pytest.fixture
def relay(shared_relay: RelayProcess) -> RelayProcess:
    return shared_relay


class Uploader:
    """One device and its uploads."""

    def __init__(self, calls: RelayCalls, device: DeviceKeys, group: GroupId, token: str) -> None:
        self.calls = calls
        self.device = device
        self.group = group
        self.token = token
        self.blob = secrets.token_bytes(16)

    @property
    def path(self) -> str:
        return f"/v1/blobs/{self.blob.hex()}"

    async def begin(self, size: int, group: GroupId | None = None) -> UploadState:
        body = UploadRequest(group or self.group, size).encode()
        return UploadState.decode(await self.calls.call("POST", self.path, body, token=self.token))

    async def piece(self, offset: int, data: bytes) -> UploadState:
        answer = await self.calls.call("PATCH", self.path, data, token=self.token, Upload_Offset=str(offset))
        return UploadState.decode(answer)

    async def complete(self, digest: bytes) -> UploadState:
        body = UploadCompletion(digest).encode()
        return UploadState.decode(
            await self.calls.call("POST", self.path + "/completion", body, token=self.token)
        )

    async def store(self, data: bytes) -> None:
        await self.begin(len(data))
        for offset in range(0, len(data), PIECE):
            await self.piece(offset, data[offset : offset + PIECE])
        assert (await self.complete(sha256(data).digest())).complete


@pytest.fixture
async def uploader(calls: RelayCalls, office: OfficeKeys) -> Uploader:
    (device,) = await calls.enrol(office)
    group = new_group()
    async with calls.feed(device) as feed:
        accepted(await feed.commit(group, 0))
    return Uploader(calls, device, group, await calls.token(device))


async def refusal(attempt: Awaitable[object]) -> Code:
    with pytest.raises(PeerError) as caught:
        await attempt
    return caught.value.code


async def test_what_was_stored_is_fetched_whole_or_in_ranges(uploader: Uploader) -> None:
    data = os.urandom(3 * PIECE + 17)
    await uploader.store(data)
    assert await uploader.calls.call("GET", uploader.path, token=uploader.token) == data
    part = await uploader.calls.call("GET", uploader.path, token=uploader.token, Range="bytes=100000-")
    assert part == data[100000:]
    assert await uploader.calls.call("HEAD", uploader.path, token=uploader.token) == b""


async def test_an_upload_goes_on_after_kill_where_it_was_durable(uploader: Uploader) -> None:
    data = os.urandom(2 * PIECE)
    await uploader.begin(len(data))
    assert (await uploader.piece(0, data[:PIECE])).offset == PIECE
    await uploader.calls.relay.kill()
    # What a crash in the middle of a piece leaves: bytes that nobody was told are durable.
    with (uploader.calls.relay.folder / "relay/data/blobs" / uploader.blob.hex()).open("ab") as file:
        file.write(b"half a piece")
    await uploader.calls.relay.start()
    uploader.token = await uploader.calls.token(uploader.device)
    assert await uploader.begin(len(data)) == UploadState(PIECE, len(data), complete=False)
    await uploader.piece(PIECE, data[PIECE:])
    assert (await uploader.complete(sha256(data).digest())).complete
    assert await uploader.calls.call("GET", uploader.path, token=uploader.token) == data


async def test_a_damaged_upload_begins_anew(uploader: Uploader) -> None:
    data = os.urandom(1000)
    await uploader.begin(len(data))
    await uploader.piece(0, bytes(1000))
    assert await refusal(uploader.complete(sha256(data).digest())) is Code.HASH_MISMATCH
    assert (await uploader.begin(len(data))).offset == 0
    await uploader.piece(0, data)
    assert (await uploader.complete(sha256(data).digest())).complete
    assert (await uploader.complete(sha256(data).digest())).complete
    assert await refusal(uploader.complete(bytes(32))) is Code.CONFLICT
    assert await refusal(uploader.piece(1000, b"more")) is Code.ALREADY_USED


async def test_offsets_lengths_and_sizes_are_held(uploader: Uploader) -> None:
    await uploader.begin(1000)
    assert await refusal(uploader.piece(5, b"x")) is Code.WRONG_OFFSET
    assert await refusal(uploader.piece(0, bytes(1001))) is Code.WRONG_LENGTH
    assert await refusal(uploader.complete(bytes(32))) is Code.WRONG_LENGTH
    assert await refusal(uploader.begin(999)) is Code.CONFLICT
    assert (await uploader.begin(1000)).offset == 0


async def test_a_piece_that_is_too_large_is_refused_with_and_without_its_length(uploader: Uploader) -> None:
    size = limits.MAX_UPLOAD_PIECE_BYTES + 1
    await uploader.begin(2 * size)

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, size, PIECE):
            yield bytes(min(PIECE, size - start))

    calls = uploader.calls
    headers = {"Authorization": f"Bearer {uploader.token}", "Upload-Offset": "0"}
    for extra in ({}, {"Content-Length": str(size)}):
        async with calls.http.patch(
            calls.relay.url + uploader.path, data=chunks(), headers=headers | extra, ssl=calls.tls
        ) as answer:
            assert (answer.status, await answer.read()) == (413, Problem(Code.TOO_LARGE).encode())
    assert (await uploader.begin(2 * size)).offset == 0


async def test_a_piece_whose_connection_breaks_leaves_nothing(uploader: Uploader) -> None:
    await uploader.begin(3 * PIECE)
    calls = uploader.calls

    async def broken() -> AsyncIterator[bytes]:
        yield bytes(PIECE)
        raise ConnectionError("gone")

    headers = {"Authorization": f"Bearer {uploader.token}", "Upload-Offset": "0", "Content-Length": "150000"}
    with pytest.raises(aiohttp.ClientConnectionError):
        await calls.http.patch(calls.relay.url + uploader.path, data=broken(), headers=headers, ssl=calls.tls)
    state = await uploader.piece(0, b"x" * PIECE)
    assert state.offset == PIECE


@pytest.mark.parametrize(
    "blob", ["..", "%2e%2e%2f%2e%2e%2frelay.toml", "0" * 31, "G" * 32, "A" * 32, "0" * 33]
)
async def test_an_id_that_is_no_id_reaches_no_file(uploader: Uploader, blob: str) -> None:
    with pytest.raises(PeerError) as caught:
        await uploader.calls.call("GET", "/v1/blobs/" + blob, token=uploader.token)
    assert caught.value.code in {Code.MALFORMED, Code.NOT_FOUND}


async def test_only_members_announce_and_fetch(
    uploader: Uploader, calls: RelayCalls, office: OfficeKeys
) -> None:
    member, entry = office.device()
    stranger, other_entry = office.device()
    await calls.publish(entry, other_entry)
    await uploader.store(b"evidence")
    outside = await calls.token(stranger)
    for method, body in (("GET", None), ("PATCH", b"x")):
        attempt = calls.call(method, uploader.path, body, token=outside, Upload_Offset="8")
        assert await refusal(attempt) is Code.NOT_FOUND
    announced = UploadRequest(uploader.group, 8).encode()
    attempt = calls.call("POST", "/v1/blobs/" + "0" * 32, announced, token=outside)
    assert await refusal(attempt) is Code.FORBIDDEN
    inside = await calls.token(member)
    assert await refusal(calls.call("GET", uploader.path, token=inside)) is Code.NOT_FOUND
    async with calls.feed(uploader.device) as feed:
        accepted(await feed.commit(uploader.group, 1, added=(member.device_id,)))
        assert await calls.call("GET", uploader.path, token=inside) == b"evidence"
        accepted(await feed.commit(uploader.group, 2, removed=(member.device_id,)))
        assert await refusal(calls.call("GET", uploader.path, token=inside)) is Code.NOT_FOUND


async def test_a_tree_lies_there_before_its_group_and_only_for_those_who_come_into_it(
    uploader: Uploader, calls: RelayCalls, office: OfficeKeys
) -> None:
    member, entry = office.device()
    stranger, other_entry = office.device()
    await calls.publish(entry, other_entry)
    uploader.group = new_group()
    await uploader.store(b"the tree")
    inside, outside = await calls.token(member), await calls.token(stranger)
    assert await refusal(calls.call("GET", uploader.path, token=inside)) is Code.NOT_FOUND
    async with calls.feed(uploader.device) as feed:
        accepted(await feed.commit(uploader.group, 0, added=(member.device_id,)))
    assert await calls.call("GET", uploader.path, token=inside) == b"the tree"
    assert await refusal(calls.call("GET", uploader.path, token=outside)) is Code.NOT_FOUND
    again = UploadRequest(uploader.group, len(b"the tree")).encode()
    confirmed = UploadCompletion(sha256(b"the tree").digest()).encode()
    for token, device_may in ((inside, True), (outside, False)):
        begun = calls.call("POST", uploader.path, again, token=token)
        sealed = calls.call("POST", uploader.path + "/completion", confirmed, token=token)
        if device_may:
            assert UploadState.decode(await begun).complete
            assert UploadState.decode(await sealed).complete
        else:
            assert await refusal(begun) is Code.FORBIDDEN
            assert await refusal(sealed) is Code.NOT_FOUND


async def test_an_unsealed_attachment_cannot_be_fetched(uploader: Uploader) -> None:
    await uploader.begin(4)
    await uploader.piece(0, b"data")
    assert await refusal(uploader.calls.call("GET", uploader.path, token=uploader.token)) is Code.NOT_FOUND


async def test_two_uploads_of_the_same_piece_store_it_once(uploader: Uploader) -> None:
    data = os.urandom(2 * PIECE)
    await uploader.begin(len(data))
    outcomes = await asyncio.gather(
        uploader.piece(0, data[:PIECE]), uploader.piece(0, data[:PIECE]), return_exceptions=True
    )
    codes = [outcome.code for outcome in outcomes if isinstance(outcome, PeerError)]
    assert codes == [Code.WRONG_OFFSET]
    await uploader.piece(PIECE, data[PIECE:])
    assert (await uploader.complete(sha256(data).digest())).complete
