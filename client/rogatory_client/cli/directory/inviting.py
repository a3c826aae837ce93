"""Invitations by the directory operator: of the secretariats that the root of trust names, and nobody else.

Every other authority is invited by two officers of its network's secretariat.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rogatory_client.cli.directory.operator_line import OperatorLine, statement
from rogatory_client.cli.directory.publishing import held_snapshot
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Invitation, Signer, generate_code, sign_statement
from rogatory_crypto.wire.identifier import EntryId
from rogatory_crypto.wire.log_request import MAX_ENTRIES_PER_PUBLICATION
from rogatory_directory_sync import Entry, Status, find_entry, read_directory


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation the relay has taken in, with the code only the office may get."""

    entry_id: str
    code: str = field(repr=False)
    expires_at: int
    letter: str = field(repr=False)


async def invite_secretariats(
    line: OperatorLine, entry_ids: Sequence[str], *, lifetime_s: int, random: Callable[[int], bytes]
) -> list[Invited]:
    """Publish invitations: all of them or none.

    Raises:
        MisuseError: one of them is no secretariat, the directory has no such active entry, or there are too
            many at once.
        PeerError: the relay refuses.
        TransportError: the relay cannot be reached.
    """
    if len(entry_ids) > MAX_ENTRIES_PER_PUBLICATION:
        raise MisuseError(f"invite at most {MAX_ENTRIES_PER_PUBLICATION} authorities at once")
    entries = await _secretariats(line, entry_ids)
    expires_at = line.now + lifetime_s
    codes = [(entry, generate_code(random)) for entry in entries]
    proposed = [
        statement(
            sign_statement(
                Invitation(line.origin, EntryId(entry.entry_id), code.public_key(), line.now, expires_at),
                {Signer.OPERATOR: line.private_keys},
            )
        )
        for entry, code in codes
    ]
    await line.publish(proposed, "invitations")
    return [
        Invited(entry.entry_id, text, expires_at, _letter(entry, line.origin, text, expires_at))
        for entry, text in ((entry, code.printable()) for entry, code in codes)
    ]


async def _secretariats(line: OperatorLine, entry_ids: Sequence[str]) -> list[Entry]:
    held = await held_snapshot(line)
    if held is None:
        raise MisuseError("the relay has no directory yet: run `rogatory directory publish` first")
    listed = read_directory(held[0].records)
    return [_secretariat(line, listed, entry_id) for entry_id in entry_ids]


def _secretariat(line: OperatorLine, listed: dict[str, Entry], entry_id: str) -> Entry:
    entry = find_entry(listed.values(), entry_id)
    if entry is None:
        raise MisuseError(
            f"the published directory has no entry {entry_id}: look for it with `rogatory directory search`"
        )
    if entry.record.status is not Status.ACTIVE:
        raise MisuseError(f"{entry.entry_id} was withdrawn from the directory: it cannot enrol")
    if EntryId(entry.entry_id) not in line.trust.secretariats.values():
        raise MisuseError(
            f"{entry.entry_id} is no secretariat that the root of trust names: two officers of its network's "
            "secretariat invite it"
        )
    return entry


def _letter(entry: Entry, origin: str, code: str, expires_at: int) -> str:
    until = f"{datetime.fromtimestamp(expires_at, UTC):%Y-%m-%d %H:%M} UTC"
    return (
        f"To: {entry.record.name_en} ({entry.entry_id})\n\n"
        f"Your authority is invited to {origin}.\n\n"
        f"Enrolment code (works once, until {until}):\n\n    {code}\n\n"
        "1. Put the network profile that came with this letter on the computer of the first officer.\n"
        "2. rogatory init --profile profile.json\n"
        "3. rogatory enrol --officer 'head of secretariat'   (the code is asked for)\n\n"
        "If somebody used the code before you, `enrol` says so: call the directory operator at once."
    )
