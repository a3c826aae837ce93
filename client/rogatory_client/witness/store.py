"""What a witness remembers, in one SQLite file: the newest checkpoint of each log, and evidence.

``synchronous=FULL``: what a method wrote is on disk when it returns. ``swap`` is the promise: it compares and
exchanges in one transaction, so that of two requests one wins, also between two processes.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final

from rogatory_client.fault import VaultError
from rogatory_client.witness.evidence import Evidence, Held
from rogatory_client.witness.store_file import connect
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint, parse_signed_checkpoint
from rogatory_crypto.log.witness import Swap

# What one log can make a witness keep; the first pieces of evidence say it all.
MAX_EVIDENCE: Final = 64


class WitnessStore:
    """The open store of a witness; its methods may be called from several threads.

    Args:
        path: the file, made with mode 0600 where absent.
        read_only: look at the store of a running witness.

    Raises:
        VaultError: it cannot be opened.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._lock = Lock()
        # Where a test pulls the plug: called after each swap is on disk.
        self.on_swap: Callable[[], None] | None = None
        if not read_only:
            path.touch(mode=0o600, exist_ok=True)
        try:
            self._connection = connect(path, read_only=read_only)
        except sqlite3.Error as error:
            raise VaultError(f"the witness's store {path} cannot be opened ({error})") from error

    def newest(self, origin: str) -> SignedCheckpoint | None:
        """Return the newest checkpoint that the witness has promised to continue."""
        with self._lock:
            row = self._connection.execute("SELECT signed FROM newest WHERE origin = ?", (origin,)).fetchone()
        return _parse(row[0]) if row else None

    def swap(self, swap: Swap) -> bool:
        """Exchange the expected checkpoint for the new one; tell whether it was still the newest.

        Raises:
            sqlite3.Error: the disk is full or fails; nothing was exchanged.
        """
        new = swap.new.encode()
        with self._writing() as connection:
            if swap.expected is None:
                done = connection.execute(
                    "INSERT INTO newest (origin, origin_sha256, signed) VALUES (?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    (swap.origin, sha256(swap.origin.encode()).hexdigest(), new),
                )
            else:
                done = connection.execute(
                    "UPDATE newest SET signed = ? WHERE origin = ? AND signed = ?",
                    (new, swap.origin, swap.expected.encode()),
                )
            exchanged = done.rowcount == 1
            if exchanged:
                _forget_suspicion(connection, swap.new)
        if exchanged and self.on_swap is not None:
            self.on_swap()
        return exchanged

    def publish(self, signed: SignedCheckpoint, cosigned: SignedCheckpoint) -> None:
        """Have monitors see a checkpoint with our cosignatures, unless a newer one has come.

        Args:
            signed: as it was exchanged.
            cosigned: the same with cosignatures.
        """
        with self._writing() as connection:
            connection.execute(
                "UPDATE newest SET cosigned = ? WHERE origin = ? AND signed = ?",
                (cosigned.encode(), signed.checkpoint.origin, signed.encode()),
            )

    def published(self, origin_sha256: str) -> bytes | None:
        """Return what monitors may see of a log, by the hash of its origin in hex."""
        with self._lock:
            row = self._connection.execute(
                "SELECT cosigned FROM newest WHERE origin_sha256 = ?", (origin_sha256,)
            ).fetchone()
        return None if row is None else row[0]

    def keep(self, evidence: Evidence) -> bool:
        """Keep evidence; tell whether it is new. Of each log a limited number is kept, proofs first."""
        with self._writing() as connection:
            (count,) = connection.execute(
                "SELECT count(*) FROM evidence WHERE origin = ? AND is_proof >= ?",
                (evidence.origin, evidence.is_proof),
            ).fetchone()
            if count >= MAX_EVIDENCE:
                return False
            digest = _digest(evidence.suspect)
            values = (
                evidence.origin, evidence.found_at, evidence.is_proof, evidence.reason,
                evidence.held.encode() if evidence.held else None, evidence.suspect.encode(), digest,
            )  # fmt: skip
            done = connection.execute(
                "INSERT INTO evidence (origin, found_at, is_proof, reason, held, suspect, suspect_sha256)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (origin, suspect_sha256) DO UPDATE SET is_proof = excluded.is_proof,"
                " reason = excluded.reason, held = excluded.held WHERE excluded.is_proof > is_proof",
                values,
            )
            return done.rowcount == 1

    def held(self) -> tuple[Held, ...]:
        """Return the newest checkpoint of every log, by origin."""
        with self._lock:
            rows = self._connection.execute("SELECT signed, cosigned FROM newest ORDER BY origin").fetchall()
        return tuple(
            Held(
                parse_signed_checkpoint(signed),
                None if cosigned is None else parse_signed_checkpoint(cosigned),
            )
            for signed, cosigned in rows
        )

    def evidence(self) -> tuple[Evidence, ...]:
        """Return all evidence, oldest first."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT origin, found_at, is_proof, reason, held, suspect FROM evidence ORDER BY id"
            ).fetchall()
        return tuple(
            Evidence(
                origin, found_at, bool(is_proof), reason,
                _parse(held), parse_signed_checkpoint(suspect),
            )
            for origin, found_at, is_proof, reason, held, suspect in rows
        )  # fmt: skip

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; on any exception nothing of it stays."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def _forget_suspicion(connection: sqlite3.Connection, accepted: SignedCheckpoint) -> None:
    """What continues our history after all was never suspect: somebody had sent it with a wrong proof."""
    connection.execute(
        "DELETE FROM evidence WHERE origin = ? AND suspect_sha256 = ? AND NOT is_proof",
        (accepted.checkpoint.origin, _digest(accepted)),
    )


def _digest(signed: SignedCheckpoint) -> bytes:
    return sha256(signed.note.text.encode()).digest()


def _parse(data: bytes | None) -> SignedCheckpoint | None:
    return None if data is None else parse_signed_checkpoint(data)
