"""What the directory operator sends to the relay: the signed directory, and invitations of its entries."""

import json
import time
from collections.abc import AsyncIterator, Callable, Iterable
from collections.abc import Sequence as Items
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from rogatory_client.transport import HttpsLine
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import (
    Invitation,
    NetworkProfile,
    Signer,
    Snapshot,
    generate_code,
    sign_snapshot,
    sign_statement,
    verify_snapshot,
)
from rogatory_crypto.signing import PrivateKeys
from rogatory_crypto.wire.api import Relay
from rogatory_crypto.wire.identifier import EntryId, Sequence
from rogatory_crypto.wire.limits import MAX_STATEMENTS_PER_PUBLICATION
from rogatory_crypto.wire.request import Publication
from rogatory_directory_sync import (
    Entry,
    Record,
    find_entry,
    network_profile,
    read_directory,
    reference_tables,
)


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation the relay has taken in, with the code only the office may get."""

    entry_id: str
    code: str = field(repr=False)
    expires_at: int
    letter: str = field(repr=False)


async def publish_directory(
    profile: NetworkProfile, key: PrivateKeys, state: bytes, *, now: int
) -> dict[str, object]:
    """Sign a state file as the next snapshot and hand it to the relay.

    Raises:
        MisuseError: the key is not the one the profile names.
        PeerError: the state is no directory, or the relay refuses.
        TransportError: the relay cannot be reached.
    """
    _check_key(profile, key)
    records = [entry.record for entry in read_directory(state).values()]
    networks = json.dumps(_networks(records, now), ensure_ascii=False).encode()
    async with _relay(profile) as relay:
        held = await _held(relay)
        former = None if held is None else _verified(held, profile)
        sequence = 1 if former is None else former.sequence + 1
        signed = sign_snapshot(Snapshot(profile.origin, Sequence(sequence), now, state, networks), key)
        await relay.publish_directory(signed)
    return {"entries": len(records), "sequence": sequence, "sha256": sha256(signed).hexdigest()}


async def invite_offices(
    profile: NetworkProfile,
    key: PrivateKeys,
    entry_ids: Items[str],
    *,
    now: int,
    lifetime_s: int,
    random: Callable[[int], bytes],
) -> list[Invited]:
    """Publish invitations of entries of the published directory: all of them or none.

    Raises:
        MisuseError: the key is not the one the profile names, the directory has no such active entry, or
            there are too many at once.
        PeerError: the relay refuses.
        TransportError: the relay cannot be reached.
    """
    _check_key(profile, key)
    if len(entry_ids) > MAX_STATEMENTS_PER_PUBLICATION:
        raise MisuseError(f"invite at most {MAX_STATEMENTS_PER_PUBLICATION} authorities at once")
    async with _relay(profile) as relay:
        held = await _held(relay)
        codes = [(_invitable(held, profile, entry_id), generate_code(random)) for entry_id in entry_ids]
        expires_at = now + lifetime_s
        statements = [
            sign_statement(
                Invitation(profile.origin, EntryId(entry.entry_id), code.public_key(), now, expires_at),
                {Signer.OPERATOR: key},
            ).encoded
            for entry, code in codes
        ]
        await relay.publish(Publication(tuple(statements)))
    return [_invited(entry, code.printable(), profile, expires_at) for entry, code in codes]


@asynccontextmanager
async def _relay(profile: NetworkProfile) -> AsyncIterator[Relay]:
    line = HttpsLine(profile, lambda: time.time_ns() // 1_000_000)
    try:
        yield line.relay
    finally:
        await line.close()


async def _held(relay: Relay) -> bytes | None:
    try:
        return await relay.directory(None)
    except PeerError as error:
        if error.code is Code.NOT_FOUND:
            return None
        raise


def _verified(held: bytes, profile: NetworkProfile) -> Snapshot:
    return verify_snapshot(held, origin=profile.origin, operator_key=profile.operator_key).snapshot


def _check_key(profile: NetworkProfile, key: PrivateKeys) -> None:
    if key.public != profile.operator_key:
        raise MisuseError("this key is not the directory operator's that the network profile names")


def _invitable(held: bytes | None, profile: NetworkProfile, entry_id: str) -> Entry:
    if held is None:
        raise MisuseError("the relay has no directory yet: run `rogatory directory publish` first")
    snapshot = _verified(held, profile)
    entry = find_entry(read_directory(snapshot.records).values(), entry_id)
    if entry is None:
        raise MisuseError(
            f"the published directory has no entry {entry_id}: look for it with `rogatory directory search`"
        )
    if entry.record.status.value != "active":
        raise MisuseError(f"{entry.entry_id} was withdrawn from the directory: it cannot enrol")
    return entry


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


def _invited(entry: Entry, code: str, profile: NetworkProfile, expires_at: int) -> Invited:
    return Invited(entry.entry_id, code, expires_at, _letter(entry, profile, code, expires_at))


def _letter(entry: Entry, profile: NetworkProfile, code: str, expires_at: int) -> str:
    until = f"{datetime.fromtimestamp(expires_at, UTC):%Y-%m-%d %H:%M} UTC"
    return (
        f"To: {entry.record.name_en} ({entry.entry_id})\n\n"
        f"Your authority is invited to {profile.origin}.\n\n"
        f"Enrolment code (works once, until {until}):\n\n    {code}\n\n"
        "1. Put the network profile that came with this letter on the computer of the first officer.\n"
        "2. rogatory init --profile profile.json\n"
        "3. rogatory enrol --officer 'case officer'   (the code is asked for)\n\n"
        "If somebody used the code before you, `enrol` says so: call the directory operator at once."
    )
