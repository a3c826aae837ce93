"""What the directory operator hands to the relay: each change, the snapshot's name, then the snapshot.

The log says what changed before anybody gets it. Every step is found out from the log and the relay, none is
remembered: whoever runs it again after a cut continues where it stopped, and repeats nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from rogatory_client.cli.directory.operator_line import OperatorLine, no_progress
from rogatory_client.office import Progress
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Snapshot, sign_snapshot, verify_snapshot
from rogatory_crypto.log.entry_content import Change, DirectoryChange, DirectorySnapshot
from rogatory_crypto.wire.api import Relay
from rogatory_crypto.wire.identifier import EntryId, Sequence
from rogatory_directory_sync import (
    Record,
    network_profile,
    read_directory,
    record_hashes,
    reference_tables,
)


@dataclass(frozen=True, slots=True)
class Publication:
    """What a publication came to.

    Attributes:
        entries: how many records the directory has.
        sequence: its number.
        sha256: of the signed snapshot.
        added, changed, withdrawn: how many records, as far as the log did not say so before.
        is_new: whether the relay had another directory before.
    """

    entries: int
    sequence: int
    sha256: bytes
    added: int
    changed: int
    withdrawn: int
    is_new: bool


async def publish_directory(
    line: OperatorLine, state: bytes, progress: Progress = no_progress
) -> Publication:
    """Publish a state file as the directory.

    Raises:
        PeerError: the state is no directory, or the relay refuses.
        TransportError: the relay cannot be reached; what it has taken in stays.
    """
    records = [entry.record for entry in read_directory(state).values()]
    changes = record_changes(line.replica.audit.records, records)
    await line.publish([line.signed(change) for change in changes], "changes", progress)
    wanted = (state, json.dumps(_networks(records, line.now), ensure_ascii=False).encode())
    held = await held_snapshot(line)
    is_new = held is None or (held[0].records, held[0].networks) != wanted or not _is_named(line, held[1])
    snapshot, digest = await _publish_snapshot(line, held, *wanted) if is_new or held is None else held
    counts = {kind: sum(change.change is kind for change in changes) for kind in Change}
    return Publication(
        entries=len(records),
        sequence=snapshot.sequence,
        sha256=digest,
        added=counts[Change.ADDED],
        changed=counts[Change.CHANGED],
        withdrawn=counts[Change.WITHDRAWN],
        is_new=is_new,
    )


def record_changes(logged: Mapping[EntryId, bytes], records: Iterable[Record]) -> list[DirectoryChange]:
    """Return what the log does not say yet, by id.

    Args:
        logged: hash of each record as the log has it.
        records: as they are to be.
    """
    wanted = {EntryId(entry_id): digest for entry_id, digest in record_hashes(records).items()}
    changes = [
        DirectoryChange(entry_id, Change.CHANGED if entry_id in logged else Change.ADDED, digest)
        for entry_id, digest in wanted.items()
        if logged.get(entry_id) != digest
    ]
    changes += [
        DirectoryChange(entry_id, Change.WITHDRAWN, None) for entry_id in logged if entry_id not in wanted
    ]
    return sorted(changes, key=lambda change: change.entry_id)


async def held_snapshot(line: OperatorLine) -> tuple[Snapshot, bytes] | None:
    """Return the relay's directory, verified, and the hash of its signed bytes.

    None before the first, and where newer trust has refused it: the log does not name that one any more.

    Raises:
        PeerError: it is not the operator's, though the log names it.
    """
    signed = await _held(line.relay)
    if signed is None:
        return None
    trust, digest = line.trust, sha256(signed).digest()
    try:
        verified = verify_snapshot(
            signed, origin=line.origin, operator_key=trust.directory_key, former=trust.former
        )
    except PeerError:
        if _is_named(line, digest):
            raise
        return None
    return verified.snapshot, digest


async def _publish_snapshot(
    line: OperatorLine, held: tuple[Snapshot, bytes] | None, records: bytes, networks: bytes
) -> tuple[Snapshot, bytes]:
    named = line.replica.audit.snapshot
    last = max(0 if held is None else held[0].sequence, 0 if named is None else named.number)
    snapshot = Snapshot(line.origin, Sequence(last + 1), line.now, records, networks)
    signed = sign_snapshot(snapshot, line.private_keys)
    digest = sha256(signed).digest()
    await line.publish([line.signed(DirectorySnapshot(snapshot.sequence, digest))], "directory")
    await line.relay.publish_directory(signed)
    return snapshot, digest


def _is_named(line: OperatorLine, digest: bytes) -> bool:
    named = line.replica.audit.snapshot
    return named is not None and named.sha256 == digest


async def _held(relay: Relay) -> bytes | None:
    try:
        return await relay.directory(None)
    except PeerError as error:
        if error.code is Code.NOT_FOUND:
            return None
        raise


def _networks(records: Iterable[Record], now: int) -> list[dict[str, object]]:
    listed, on = tuple(records), datetime.fromtimestamp(now, UTC).date()
    tables = reference_tables()
    codes = {item.network for record in listed for item in record.networks}
    profiles = [
        network_profile(network, listed, on)
        for network in {each.code: each for each in tables.networks_by_name.values()}.values()
        if network.code in codes
    ]
    return [
        {
            "code": each.network.code,
            "members": [member.record_id for member in each.members],
            "secretariat": each.secretariat.record_id if each.secretariat else None,
        }
        for each in sorted(profiles, key=lambda profile: profile.network.code)
    ]
