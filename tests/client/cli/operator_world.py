"""A directory operator at a relay in memory, and a line that breaks at a chosen call."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.simulator.relay import SimulatedRelay
from tests.trusted_network import NOW, TrustedNetwork

from rogatory_client.cli.directory.operator_line import OperatorLine, operator_line
from rogatory_client.cli.directory.publishing import Publication, publish_directory
from rogatory_crypto.errors import TransportError
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.wire.identifier import EntryId
from rogatory_crypto.wire.log_request import EntryPublication
from rogatory_crypto.wire.request import Published
from rogatory_directory_sync import sample_file

SECRETARIAT = EntryId("NET-WACAP")
NETWORK = TrustedNetwork(witnesses=3, quorum=2, secretariats={"WACAP": SECRETARIAT})
RECORDS: list[dict[str, Any]] = json.loads(sample_file("state-after-2026-06.json").content)


def state(*records: dict[str, Any]) -> bytes:
    return json.dumps(records or RECORDS).encode()


def record(entry_id: str, **changes: object) -> dict[str, Any]:
    (found,) = (each for each in RECORDS if each["record_id"] == entry_id)
    return found | changes


class BreakingRelay(SimulatedRelay):
    """Breaks the line once, before or after the relay has done what it was told by call ``breaks_at``."""

    breaks_at: int | None = None
    after: bool = False
    calls: int = 0

    async def publish_entries(self, publication: EntryPublication) -> Published:
        self._strike(after=False)
        published = await super().publish_entries(publication)
        self._strike(after=True)
        return published

    async def publish_directory(self, snapshot: bytes) -> None:
        self._strike(after=False)
        await super().publish_directory(snapshot)
        self._strike(after=True)

    def _strike(self, *, after: bool) -> None:
        if not after:
            self.calls += 1
        if self.calls == self.breaks_at and self.after is after:
            self.breaks_at = None
            raise TransportError("the line broke")


@dataclass
class OperatorWorld:
    """One relay, one operator; the network may be exchanged for its successor."""

    network: TrustedNetwork = NETWORK
    now: int = NOW
    relay: BreakingRelay = field(init=False)

    def __post_init__(self) -> None:
        self.relay = BreakingRelay(self.network, lambda: self.now * 1000)

    async def line(self) -> OperatorLine:
        return await operator_line(
            self.relay, self.network.profile(), self.network.directory_private, now=self.now
        )

    async def publish(self, directory: bytes) -> Publication:
        return await publish_directory(await self.line(), directory)

    def entries(self, kind: EntryType) -> list[LogEntry]:
        decoded = map(LogEntry.decode, self.relay.log.entries)
        return [entry for entry in decoded if entry.type is kind]
