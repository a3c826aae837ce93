"""A device without MLS: speaks the relay's HTTPS calls and live feed, with payloads that are just bytes."""

import asyncio
import secrets
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import aiohttp
from tests.integration.relay.identities import DeviceKeys, OfficeKeys
from tests.integration.relay.relay_process import RelayProcess

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.entry import EntryType
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint, parse_signed_checkpoint
from rogatory_crypto.wire.challenge import (
    Challenge,
    ChallengeRequest,
    ChallengeResponse,
    Token,
    sign_challenge,
)
from rogatory_crypto.wire.frame import (
    Acceptance,
    Accepted,
    CaughtUp,
    ClientFrame,
    Closing,
    Deliver,
    LogGrew,
    Position,
    Read,
    Ready,
    Refused,
    RelayFrame,
    Row,
    Submit,
    SubmitCommit,
    decode_relay_frame,
    encode_frame,
)
from rogatory_crypto.wire.identifier import (
    DeviceId,
    Epoch,
    GroupId,
    RowKind,
    Sequence,
    SubmissionId,
)
from rogatory_crypto.wire.log_request import EntryPublication, LogPage, ProposedEntry
from rogatory_crypto.wire.request import Problem, Published
from rogatory_crypto.wire.structure import Structure

Answer = TypeVar("Answer", bound=Structure)
SERVER_NAME = "127.0.0.1"
PATIENCE_S = 20


def new_id() -> SubmissionId:
    return SubmissionId(secrets.token_bytes(16))


def new_group() -> GroupId:
    return GroupId(secrets.token_bytes(32))


class RelayCalls:
    """The HTTPS calls."""

    def __init__(self, relay: RelayProcess, http: aiohttp.ClientSession) -> None:
        self.relay = relay
        self.http = http

    async def call(
        self, method: str, path: str, body: bytes | None = None, *, token: str = "", **headers: str
    ) -> bytes:
        sent = {"Content-Type": "application/cbor"} | {
            key.replace("_", "-"): value for key, value in headers.items()
        }
        if token:
            sent["Authorization"] = f"Bearer {token}"
        url = self.relay.url + path
        async with self.http.request(method, url, data=body, headers=sent, ssl=self.tls) as response:
            data = await response.read()
            if response.status >= 400:
                raise PeerError(Problem.decode(data).code, f"{response.status}")
            return data

    @property
    def tls(self) -> ssl.SSLContext | bool:
        return self.relay.tls or True

    async def publish(self, *statements: bytes) -> Published:
        kind = EntryType.IDENTITY_STATEMENT
        return await self.publish_entries(*(ProposedEntry(kind, each) for each in statements))

    async def publish_entries(self, *proposed: ProposedEntry) -> Published:
        body = EntryPublication(proposed).encode()
        return Published.decode(await self.call("POST", "/v1/log/entries", body))

    async def log_page(self, first: int = 0) -> LogPage:
        return LogPage.decode(await self.call("GET", f"/v1/log/entries?first={first}"))

    async def checkpoint(self) -> SignedCheckpoint:
        return parse_signed_checkpoint(await self.call("GET", "/v1/log/checkpoint"))

    async def enrol(self, office: OfficeKeys, *, devices: int = 1) -> list[DeviceKeys]:
        statements = office.enrolment()
        made: list[DeviceKeys] = []
        for _ in range(devices):
            device, entry = office.device()
            made.append(device)
            statements.append(entry)
        for start in range(0, len(statements), 16):
            await self.publish(*statements[start : start + 16])
        return made

    async def challenge(self, device_id: DeviceId) -> Challenge:
        body = ChallengeRequest(device_id).encode()
        return Challenge.decode(await self.call("POST", "/v1/challenges", body))

    async def exchange(self, response: ChallengeResponse) -> str:
        return Token.decode(await self.call("POST", "/v1/tokens", response.encode())).token

    async def token(self, device: DeviceKeys, *, server_name: str = SERVER_NAME) -> str:
        asked = await self.challenge(device.device_id)
        return await self.exchange(
            sign_challenge(
                asked.nonce,
                server_name=server_name,
                device_id=device.device_id,
                private_key=device.private_key,
            )
        )

    @asynccontextmanager
    async def feed(self, device: DeviceKeys, token: str | None = None) -> AsyncIterator["FeedClient"]:
        headers = {"Authorization": f"Bearer {token or await self.token(device)}"}
        async with self.http.ws_connect(
            f"{self.relay.url}/v1/feed", headers=headers, ssl=self.tls, max_msg_size=0
        ) as socket:
            client = FeedClient(socket)
            client.ready = await client.expect(Ready)
            yield client


@asynccontextmanager
async def calling(relay: RelayProcess) -> AsyncIterator[RelayCalls]:
    """Yield a client of a relay, and leave when its last socket is closed."""
    made: list[socket.socket] = []

    def make_socket(address: aiohttp.AddrInfoType) -> socket.socket:
        made.append(socket.socket(*address[:3]))
        return made[-1]

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(socket_factory=make_socket)) as http:
        yield RelayCalls(relay, http)
    # A TLS connection ends some turns of the loop after its session is closed.
    async with asyncio.timeout(10):
        while any(each.fileno() >= 0 for each in made):  # noqa: ASYNC110  # sockets announce no closing
            await asyncio.sleep(0)


Frame = TypeVar("Frame", bound=Structure)


class FeedClient:
    """One live connection; frames that were not waited for are kept in order."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.ready: Ready | None = None
        self.kept: list[RelayFrame] = []

    async def send(self, frame: ClientFrame) -> None:
        await self.socket.send_bytes(encode_frame(frame))

    async def receive(self) -> RelayFrame:
        message = await asyncio.wait_for(self.socket.receive(), PATIENCE_S)
        if message.type is not aiohttp.WSMsgType.BINARY:
            raise ConnectionError(f"the feed ended: {message.type.name} {message.data}")
        return decode_relay_frame(message.data)

    async def expect(self, kind: type[Frame]) -> Frame:
        for at, frame in enumerate(self.kept):
            if isinstance(frame, kind):
                del self.kept[at]
                return frame
        while True:
            frame = await self.receive()
            if isinstance(frame, kind):
                return frame
            self.kept.append(frame)

    async def submit(
        self,
        group_id: GroupId,
        payload: bytes,
        *,
        epoch: int = 1,
        submission_id: SubmissionId | None = None,
        kind: RowKind = RowKind.APPLICATION,
    ) -> Acceptance | Refused:
        chosen = submission_id or new_id()
        await self.send(Submit(chosen, group_id, Epoch(epoch), kind, payload))
        return await self.outcome(chosen)

    async def commit(
        self,
        group_id: GroupId,
        epoch: int,
        *,
        added: tuple[DeviceId, ...] = (),
        removed: tuple[DeviceId, ...] = (),
        payload: bytes = b"commit",
        submission_id: SubmissionId | None = None,
    ) -> Acceptance | Refused:
        chosen = submission_id or new_id()
        welcome = b"welcome" if added else None
        await self.send(SubmitCommit(chosen, group_id, Epoch(epoch), payload, added, removed, welcome))
        return await self.outcome(chosen)

    async def outcome(self, submission_id: SubmissionId) -> Acceptance | Refused:
        for frame in self.kept:
            if (found := _outcome(frame, submission_id)) is not None:
                return found
        while True:
            frame = await self.receive()
            if (found := _outcome(frame, submission_id)) is not None:
                self.kept.extend([frame] if isinstance(frame, Accepted) else [])
                return found
            self.kept.append(frame)

    async def rows(self, group_id: GroupId, count: int, *, read: bool = True) -> list[Row]:
        """Wait for so many rows of a group, reporting each frame as read."""
        rows: list[Row] = []
        while len(rows) < count:
            frame = await self.expect(Deliver)
            if frame.group_id != group_id:
                continue
            rows.extend(frame.rows)
            if read:
                await self.read(group_id, frame.rows[-1].sequence)
        return rows

    async def read(self, group_id: GroupId, sequence: int) -> None:
        await self.send(Read((Position(group_id, Sequence(sequence)),)))

    async def backlog(self) -> dict[GroupId, list[Row]]:
        """Read everything up to CaughtUp."""
        rows: dict[GroupId, list[Row]] = {}
        while True:
            frame = self.kept.pop(0) if self.kept else await self.receive()
            match frame:
                case CaughtUp():
                    return rows
                case Deliver():
                    rows.setdefault(frame.group_id, []).extend(frame.rows)
                    await self.read(frame.group_id, frame.rows[-1].sequence)
                case _:
                    continue

    async def until_closed(self) -> Code | None:
        """Read until the relay closes; return the reason it gave."""
        reason: Code | None = None
        while True:
            message = await asyncio.wait_for(self.socket.receive(), PATIENCE_S)
            if message.type is not aiohttp.WSMsgType.BINARY:
                return reason
            frame = decode_relay_frame(message.data)
            if isinstance(frame, Closing):
                reason = frame.code


def _outcome(frame: RelayFrame, submission_id: SubmissionId) -> Acceptance | Refused | None:
    match frame:
        case Accepted():
            return next((item for item in frame.results if item.submission_id == submission_id), None)
        case Refused() if frame.submission_id == submission_id:
            return frame
        case _:
            return None


def accepted(outcome: Acceptance | Refused) -> Acceptance:
    assert isinstance(outcome, Acceptance), outcome
    return outcome


def refused(outcome: Acceptance | Refused) -> Refused:
    assert isinstance(outcome, Refused), outcome
    return outcome


__all__ = ["FeedClient", "LogGrew", "RelayCalls", "accepted", "new_group", "new_id", "refused"]
