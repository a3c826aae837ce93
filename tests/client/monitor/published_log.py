"""A log as its relay publishes it: files in a folder, and a server that hands them out and may break off."""

import ssl
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from tests.crypto.log.written_log import TRUST, Story, WrittenLog
from tests.trusted_network import TrustedNetwork

from rogatory_client.demo.tls_authority import make_tls_authority
from rogatory_crypto.identity import NetworkProfile
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.entry import LogEntry
from rogatory_crypto.log.entry_body import sign_content
from rogatory_crypto.log.entry_bundle import encode_bundle
from rogatory_crypto.log.entry_content import Content
from rogatory_crypto.log.merkle import leaf_hash
from rogatory_crypto.log.tiled_tree import tile_bytes
from rogatory_crypto.log.tiles import TILE_WIDTH, changed_bundles, changed_tiles
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.signing import PrivateKeys
from rogatory_crypto.wire.log_request import TrustUpdate

TODAY = int(time.time())


def network(**more: object) -> TrustedNetwork:
    """The network of the story: its operator, its relay, its secretariat, three witnesses."""
    return TrustedNetwork(
        now=TODAY,
        witnesses=3,
        quorum=2,
        directory_key=TRUST.operator_key,
        postmark_key=TRUST.postmark_key,
        secretariats=TRUST.secretariats,
        **more,  # type: ignore[arg-type]
    )


@dataclass
class RelayLog(WrittenLog):
    """The log of that network."""

    def content(self, content: Content, keys: dict[bytes, PrivateKeys]) -> LogEntry:
        place = self.place(content.subject)
        return self.add(sign_content(content, network().log_origin, place, keys, self.at))


def story() -> Story:
    return Story(log=RelayLog()).tell()


def tree_of(entries: Sequence[bytes]) -> Tree:
    tree = Tree()
    for entry in entries:
        tree.append(leaf_hash(entry))
    return tree


def publish(folder: Path, entries: Sequence[bytes], by: TrustedNetwork | None = None) -> Path:
    """Write all files of a log, and its checkpoint last."""
    by = network() if by is None else by
    tree = tree_of(entries)
    for tile in changed_tiles(0, tree.size):
        _write(folder / tile.path(), tile_bytes(tree, tile))
    for bundle in changed_bundles(0, tree.size):
        start = bundle.index * TILE_WIDTH
        _write(folder / bundle.path(), encode_bundle(entries[start : start + bundle.width]))
    signed = by.signed(Checkpoint(by.log_origin, tree.size, tree.root()))
    _write(folder / "checkpoint", signed.encode())
    return folder


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@dataclass
class LogServer:
    """Hands out a folder over TLS.

    Attributes:
        profile: with which to ask.
        asked: the paths under the prefix, in order.
        network: whose root of trust it hands out.
        breaks_after: how many files it hands out before it hangs up on everybody.
        spoilt: other bytes for some paths.
    """

    folder: Path
    profile: NetworkProfile
    asked: list[str] = field(default_factory=list)
    network: TrustedNetwork = field(default_factory=network)
    breaks_after: int | None = None
    spoilt: dict[str, bytes] = field(default_factory=dict)

    async def trust(self, request: web.Request) -> web.Response:
        version = int(request.query["version"])
        update = TrustUpdate(self.network.roots[version:], self.network.trust)
        return web.Response(body=update.encode())

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        if self.breaks_after is not None and len(self.asked) >= self.breaks_after:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        self.asked.append(path)
        if path in self.spoilt:
            return web.Response(body=self.spoilt[path])
        if not (self.folder / path).is_file():
            return web.Response(status=404)
        return web.Response(body=(self.folder / path).read_bytes())


@asynccontextmanager
async def serving(folder: Path, certificates: Path) -> AsyncIterator[LogServer]:
    """Serve a published log until the end of the ``async with``."""
    authority = make_tls_authority("127.0.0.1", now=TODAY)
    certificate, key = certificates / "log.pem", certificates / "log.key"
    certificate.write_bytes(authority.certificate)
    key.write_bytes(authority.private_key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = LogServer(folder, network().profile(tls_ca=authority.ca))
    app = web.Application()
    app.add_routes([web.get("/log/{path:.+}", server.answer), web.get("/v1/trust", server.trust)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    port = runner.addresses[0][1]
    server.profile = network().profile(f"https://127.0.0.1:{port}", tls_ca=authority.ca)
    try:
        yield server
    finally:
        await runner.cleanup()
