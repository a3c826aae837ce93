"""Digests of cases as rows: written when they are computed, gone when what they were made from changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.vault.register_schema import case_digests, digested_devices
from rogatory_client.vault.replacing import replacing
from rogatory_crypto.wire.identifier import DeviceId, GroupId

VERSION: Final = 6
"""Of what is computed and how: a row of another one is none."""


@dataclass(frozen=True, slots=True)
class StoredDigest:
    """One row.

    Attributes:
        waits: whether a change waits for a message that is not here.
        devices: who has said what it was made from.
        footing: a hash of what it hangs on besides messages.
        digest: what was computed, JSON.
    """

    group_id: GroupId
    waits: bool
    devices: tuple[DeviceId, ...]
    footing: str
    digest: str


def load_digests(connection: Connection) -> Mapping[GroupId, tuple[str, str]]:
    """Return the footing and the digest of each case that has one."""
    columns = case_digests.c
    found = select(columns.group_id, columns.calendars, columns.digest).where(columns.version == VERSION)
    return {group_id: (held, digest) for group_id, held, digest in connection.execute(found).all()}


def load_footings(connection: Connection) -> Mapping[GroupId, str]:
    """Return the footing of each digest that is there."""
    columns = case_digests.c
    found = select(columns.group_id, columns.calendars).where(columns.version == VERSION)
    return {row[0]: row[1] for row in connection.execute(found)}


def save_digests(connection: Connection, found: Iterable[StoredDigest]) -> None:
    """Write digests; those that are there are replaced."""
    rows = [
        {
            "group_id": each.group_id,
            "version": VERSION,
            "waits": int(each.waits),
            "is_sent": 0,
            "devices": b"".join(each.devices),
            "calendars": each.footing,
            "digest": each.digest,
        }
        for each in found
    ]
    if rows:
        connection.execute(replacing(case_digests, tuple(rows[0])), rows)


def follow_devices(connection: Connection, standings: Mapping[DeviceId, str]) -> None:
    """Drop the digests of cases in which a device spoke that does not stand as it did when they were made."""
    held = {DeviceId(row[0]): row[1] for row in connection.execute(select(digested_devices))}
    changed = [device for device, standing in held.items() if standings.get(device) != standing]
    for device in changed:
        spoke = func.instr(case_digests.c.devices, device) > 0
        connection.execute(delete(case_digests).where(spoke))
        connection.execute(delete(digested_devices).where(digested_devices.c.device_id == device))
    new = [
        {"device_id": device, "standing": standing}
        for device, standing in standings.items()
        if held.get(device) != standing
    ]
    if new:
        connection.execute(insert(digested_devices), new)


def has_followed(connection: Connection, standings: Mapping[DeviceId, str]) -> bool:
    """Tell whether all devices stand as they did when the digests were made."""
    held = {DeviceId(row[0]): row[1] for row in connection.execute(select(digested_devices))}
    return held == dict(standings)
