"""A real relay process with a directory, and offices with real vaults beside it."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from tests.integration.relay.relay_process import RelayProcess

from rogatory_client.cli.directory.operator_line import OperatorLine, operator_line, statement
from rogatory_client.cli.directory.publishing import publish_directory
from rogatory_client.office import Office
from rogatory_client.transport import HttpsLine
from rogatory_client.vault import Cost
from rogatory_crypto.identity import (
    Invitation,
    NetworkProfile,
    Signer,
    generate_code,
    sign_statement,
)
from rogatory_crypto.signing import PrivateKeys
from rogatory_crypto.wire.identifier import EntryId
from rogatory_directory_sync import sample_file

CHEAP = Cost(memory_kib=32, passes=1, lanes=1)
PASSPHRASE = b"correct horse battery staple"


class RelayWorld:
    def __init__(self, relay: RelayProcess) -> None:
        self.relay = relay
        self.folder = relay.folder
        self.profile = relay.network.profile(relay.url, tls_ca=(relay.folder / "ca.pem").read_text())

    @asynccontextmanager
    async def line(self, profile: NetworkProfile | None = None) -> AsyncIterator[HttpsLine]:
        line = HttpsLine(profile or self.profile, lambda: time.time_ns() // 1_000_000)
        try:
            yield line
        finally:
            await line.close()

    @asynccontextmanager
    async def operator(self, key: PrivateKeys) -> AsyncIterator[OperatorLine]:
        async with self.line() as line:
            yield await operator_line(line.relay, self.profile, key, now=int(time.time()))

    async def publish_directory(self, key: PrivateKeys) -> None:
        await self.publish_records(key, sample_file("state-after-2026-06.json").content)

    async def publish_records(self, key: PrivateKeys, records: bytes) -> None:
        async with self.operator(key) as line:
            await publish_directory(line, records)

    async def enrol(self, entry_id: str, key: PrivateKeys) -> None:
        Office.create(self.folder / entry_id, self.profile, PASSPHRASE, cost=CHEAP)
        code = generate_code(os.urandom)
        now = int(time.time())
        invitation = Invitation(self.profile.origin, EntryId(entry_id), code.public_key(), now, now + 86_400)
        async with self.operator(key) as line:
            signed = sign_statement(invitation, {Signer.OPERATOR: key})
            await line.publish([statement(signed)], "invitation")
        async with self.at(entry_id) as office:
            await office.enrol(code.printable(), "case officer")

    @asynccontextmanager
    async def at(self, name: str) -> AsyncIterator[Office]:
        async with Office.open(self.folder / name, PASSPHRASE) as office:
            yield office

    def other_authority(self, pem: str) -> NetworkProfile:
        return replace(self.profile, tls_ca=pem)
