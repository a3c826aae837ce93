"""What the relay's own operator can do who wants to read along: he has its folder, so its keys and database.

``python -m rogatory_client.demo.malicious_relay forge RELAY_FOLDER AUTHORITY`` enters a device of his own in
an authority's name while the relay is stopped. The entry stands at the right place of its chain, and the
log's own keys sign a checkpoint over it, so that honest witnesses cosign it: they vouch for one history, not
for what is in it. All that is missing is the authority's signature, which he signs with a key of his own.

``... enter RELAY_FOLDER PROFILE`` comes as that device once the relay runs, and lays out a KeyPackage by
which it could be let into cases.

``... fork RELAY_FOLDER`` puts the log as it is now aside, and ``... other RELAY_FOLDER`` exchanges it for the
one aside: so the relay shows one history to some and another to others, while messages go through it as ever.
Each answers with one line of JSON.
"""

import asyncio
import json
import os
import sqlite3
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rogatory_client.cli.trust.folder import read_trust_folder
from rogatory_client.office.line.log_replica import audit_trust
from rogatory_client.transport import HttpsLine
from rogatory_client.transport.line import DeviceKey
from rogatory_crypto import mls, signing
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import (
    DeviceCredential,
    DeviceEntry,
    NetworkProfile,
    Role,
    SignedStatement,
    Signer,
    authority_uri,
    parse_profile,
    sign_statement,
)
from rogatory_crypto.log import log_origin
from rogatory_crypto.log.audit import Audit, Trust
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.entry_body import subject_of
from rogatory_crypto.log.note_key import SigningKey, parse_signing_key
from rogatory_crypto.log.replay import Replay
from rogatory_crypto.log.signed_checkpoint import sign_checkpoint
from rogatory_crypto.signing import generate_private_keys, verified_before
from rogatory_crypto.wire.identifier import DeviceId, EntryId
from rogatory_crypto.wire.request import KeyPackageUpload

OFFICER: Final = "deputy head"
_INTRUDER: Final = "intruder"
_ASIDE: Final = "log-aside.sqlite"
_LOG_TABLES: Final = ("log_entry", "checkpoint")
_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Intruder:
    """A device that its office knows nothing of.

    Attributes:
        index: of its entry in the log.
        credential: what it says it is.
        private: its Ed25519 seed.
    """

    index: int
    credential: DeviceCredential
    private: bytes = field(repr=False)

    def encode(self) -> str:
        """For a file."""
        return f"{self.index} {self.credential.encode().hex()} {self.private.hex()}"

    @classmethod
    def decode(cls, text: str) -> "Intruder":
        """From that file."""
        index, credential, private = text.split()
        return cls(int(index), DeviceCredential.decode(bytes.fromhex(credential)), bytes.fromhex(private))

    def as_dict(self) -> dict[str, object]:
        """What may be told."""
        return {"index": self.index, "device_id": self.credential.device_id.hex()}


def forge(folder: Path, entry_id: EntryId) -> Intruder:
    """Put a device of the relay's operator into the log, in an authority's name."""
    origin, log_keys = _read_relay(folder)
    now = int(time.time())
    with _database(folder) as database:
        log = _read_log(database, audit_trust(read_trust_folder(folder / "trust").verified(origin)))
        intruder, device = _device(log, entry_id, now)
        place = log.next_place(subject_of(device))
        entry = LogEntry(EntryType.IDENTITY_STATEMENT, *place, device.encoded, now).encode()
        log.feed(entry)
        head = Checkpoint(log_origin(origin), log.tree.size, log.tree.root())
        note = sign_checkpoint(head, log_keys, now).encode()
        database.execute("INSERT INTO log_entry (number, body) VALUES (?, ?)", (intruder.index, entry))
        database.execute("UPDATE checkpoint SET note = ? WHERE state = 'signed'", (note,))
    _newest_note(folder).write_bytes(note)
    return intruder


def fork(folder: Path) -> None:
    """Put a copy of the log as it is now aside."""
    with _database(folder) as database:
        for table in _LOG_TABLES:
            database.execute(f"CREATE TABLE aside.{table} AS SELECT * FROM main.{table}")  # noqa: S608


def show_other(folder: Path) -> None:
    """Exchange the log that the relay shows for the one that lies aside."""
    with _database(folder) as database:
        for table in _LOG_TABLES:
            shown = database.execute(f"SELECT * FROM main.{table}").fetchall()  # noqa: S608
            aside = database.execute(f"SELECT * FROM aside.{table}").fetchall()  # noqa: S608
            for place, rows in (("main", aside), ("aside", shown)):
                database.execute(f"DELETE FROM {place}.{table}")  # noqa: S608
                database.executemany(f"INSERT INTO {place}.{table} VALUES (?, ?)", rows)  # noqa: S608
    _newest_note(folder).unlink(missing_ok=True)


async def enter(intruder: Intruder, profile: NetworkProfile) -> None:
    """Come as the forged device and lay out a KeyPackage by which it could be let into cases."""
    now = int(time.time())
    package = mls.generate_key_package(
        mls.cipher_suite(profile.suite),
        mls.SignatureKeyPair(intruder.private, signing.public_key(intruder.private)),
        mls.BasicCredential(intruder.credential.encode()),
        mls.Lifetime(now - 60, now + 7 * _DAY_S),
        os.urandom,
        last_resort=True,
    )
    line = HttpsLine(profile, lambda: time.time_ns() // 1_000_000)
    try:
        session = await line.session(DeviceKey(intruder.credential.device_id, intruder.private))
        await session.upload_key_packages(KeyPackageUpload(profile.suite, (), package.message))
    finally:
        await line.close()


@contextmanager
def _database(folder: Path) -> Iterator[sqlite3.Connection]:
    """The relay's database, with the log that lies aside attached; one transaction."""
    with closing(sqlite3.connect(folder / "data" / "relay.sqlite")) as database:
        database.execute("ATTACH ? AS aside", (str(folder / _ASIDE),))
        with database:
            yield database


def _newest_note(folder: Path) -> Path:
    """Where the relay's program notes what it has signed, to notice a database that was rolled back."""
    return folder / "data" / "checkpoint"


def _read_log(database: sqlite3.Connection, trust: Trust) -> Replay:
    """Replay the log as its relay does: it verifies nothing again that it has signed over."""
    log = Replay(Audit(trust), verify=verified_before)
    for (entry,) in database.execute("SELECT body FROM log_entry ORDER BY number"):
        log.feed(entry)
    return log


def _read_relay(folder: Path) -> tuple[str, list[SigningKey]]:
    config = tomllib.loads((folder / "relay.toml").read_text())
    names = config["log"]["key_files"]
    return config["origin"], [parse_signing_key((folder / name).read_text().strip()) for name in names]


def _device(log: Replay, entry_id: EntryId, now: int) -> tuple[Intruder, SignedStatement]:
    """Say what the office would say, signed with keys that are not the office's."""
    registry = log.audit.registry
    office, private = registry.offices[entry_id], generate_private_keys(os.urandom)
    entry = DeviceEntry(
        entry_id=entry_id,
        officer=OFFICER,
        role=Role.HEAD,
        device_id=DeviceId(os.urandom(16)),
        keys=private.public,
        not_before=now - 60,
        not_after=now + 365 * _DAY_S,
        sequence=office.sequence + 1,
        previous=office.head,
    )
    pretended, index = generate_private_keys(os.urandom), log.tree.size
    signed = sign_statement(entry, {Signer.OFFICE: pretended, Signer.DEVICE: private.ed25519})
    authority = authority_uri(registry.origin, entry_id)
    credential = DeviceCredential(authority, entry.officer, entry.device_id, index)
    return Intruder(index, credential, private.ed25519), signed


def main(arguments: list[str]) -> None:
    """Do one of these."""
    told: dict[str, object] = {}
    match arguments:
        case ["forge", folder, authority]:
            intruder = forge(Path(folder), EntryId(authority))
            (Path(folder) / _INTRUDER).write_text(intruder.encode())
            told = intruder.as_dict()
        case ["enter", folder, profile]:
            intruder = Intruder.decode((Path(folder) / _INTRUDER).read_text())
            asyncio.run(enter(intruder, parse_profile(Path(profile).read_text())))
            told = intruder.as_dict()
        case ["fork", folder]:
            fork(Path(folder))
        case ["other", folder]:
            show_other(Path(folder))
        case _:
            raise MisuseError("forge RELAY_FOLDER AUTHORITY, enter RELAY_FOLDER PROFILE, fork or other")
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
