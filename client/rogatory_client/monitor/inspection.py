"""The verification of a whole log, offline: every rule on every entry, and each finding by name and place."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from rogatory_client.monitor.authorities import AuthoritySummary, Roll
from rogatory_client.monitor.belief import believe
from rogatory_client.monitor.log_folder import LogFolder
from rogatory_client.monitor.together import verified_together
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.audit import Audit, Trust
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.origin import log_origin
from rogatory_crypto.log.pinned import PinnedTrust
from rogatory_crypto.log.replay import Finding, Replay
from rogatory_crypto.log.signed_checkpoint import parse_signed_checkpoint
from rogatory_crypto.log.tiled_tree import tile_bytes
from rogatory_crypto.log.tiles import changed_tiles
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.log.witness_policy import WitnessedCheckpoint
from rogatory_crypto.signing import Verify

WHOLE_LOG: Final = "the log"
_REPORT_EVERY: Final = 256
Progress = Callable[[str, int, int], None]


class FileFault(StrEnum):
    """What may be wrong with the files of a log; ``replay.Fault`` says what with its entries."""

    CHECKPOINT_MISSING = "checkpoint-missing"
    CHECKPOINT_REFUSED = "checkpoint-refused"
    ENTRIES_MISSING = "entries-missing"
    ENTRIES_UNREADABLE = "entries-unreadable"
    TILE_MISSING = "tile-missing"
    TILE_MISMATCH = "tile-mismatch"


@dataclass(frozen=True, slots=True)
class Discovery:
    """One finding.

    Attributes:
        name: a ``replay.Fault`` or a ``FileFault``.
        place: an entry by its number from 0, a file, or the log as a whole.
        detail: what is wrong there.
    """

    name: str
    place: str
    detail: str


@dataclass
class Inspection:
    """What a verification has come to.

    Attributes:
        replayed: the state that the accepted entries add up to.
        roll: what each authority did.
        discoveries: all findings; none if the log is what it should be.
        checkpoint: the verified checkpoint that it was compared with.
    """

    replayed: Replay
    roll: Roll = field(default_factory=Roll)
    discoveries: list[Discovery] = field(default_factory=list)
    checkpoint: WitnessedCheckpoint | None = None

    def feed(self, entries: Iterable[bytes]) -> Iterator[int]:
        """Replay entries; yields how many there are so far, now and then."""
        for data in entries:
            index = self.replayed.tree.size
            if self.replayed.feed(data):
                self.roll.take(data)
            if index % _REPORT_EVERY == 0:
                yield index

    def authorities(self, now: int) -> tuple[AuthoritySummary, ...]:
        """Return what each authority has now, by entry id."""
        return self.roll.summaries(self.replayed.audit, now)

    def compare(self, checkpoint: Checkpoint) -> None:
        """Note where the entries are not what a checkpoint says, and take over what the replay has found."""
        self.replayed.compare(checkpoint)

    def close(self) -> None:
        """Add the findings of the replay."""
        self.discoveries += map(_discovery, self.replayed.findings)

    def find(self, fault: FileFault, place: str, detail: str) -> None:
        """Note a finding about a file."""
        self.discoveries.append(Discovery(fault, place, detail))


def measure(pinned: PinnedTrust) -> Trust:
    """Return what the entries of a network's log are measured against."""
    return pinned.measure()


def inspect_folder(
    folder: LogFolder, pinned: PinnedTrust, *, now: int, progress: Progress | None = None
) -> Inspection:
    """Verify a log in a folder: its checkpoint, all its entries, and its tiles.

    Args:
        folder: the log's files.
        pinned: what is believed.
        now: unix seconds; a checkpoint may be as old as it likes, and not from the future.
        progress: told a name, and how many entries of how many are done.
    """

    def inspect(verify: Verify) -> Inspection:
        inspection = Inspection(Replay(Audit(measure(pinned)), verify=verify))
        checkpoint = _checkpoint(inspection, folder.checkpoint(), pinned, now)
        if checkpoint is not None:
            whole = _replay(inspection, folder, checkpoint.size, progress)
            if inspection.checkpoint is not None:
                inspection.compare(checkpoint)
            if whole:
                _compare_tiles(inspection, folder, inspection.replayed.tree)
        inspection.close()
        return inspection

    return verified_together(inspect)


def inspect_entries(
    read: Callable[[], Iterable[bytes]], signed: bytes | None, pinned: PinnedTrust, *, now: int
) -> Inspection:
    """Verify the entries of a log, and that they add up to a checkpoint if there is one.

    Args:
        read: yields the entries, from the first, each time it is called; what it raises is a finding.
        signed: the checkpoint.
        pinned: what is believed.
        now: unix seconds.
    """

    def inspect(verify: Verify) -> Inspection:
        inspection = Inspection(Replay(Audit(measure(pinned)), verify=verify))
        checkpoint = None if signed is None else _checkpoint(inspection, signed, pinned, now)
        _exhaust(inspection, inspection.feed(read()))
        if checkpoint is not None and inspection.checkpoint is not None:
            inspection.compare(checkpoint)
        inspection.close()
        return inspection

    return verified_together(inspect)


def _checkpoint(
    inspection: Inspection, data: bytes | None, pinned: PinnedTrust, now: int
) -> Checkpoint | None:
    """Return what a checkpoint says, believed or not; None where that cannot be known."""
    if data is None:
        inspection.find(FileFault.CHECKPOINT_MISSING, "checkpoint", "the folder holds no whole log: fetch it")
        return None
    try:
        signed = parse_signed_checkpoint(data)
    except PeerError as error:
        inspection.find(FileFault.CHECKPOINT_REFUSED, "checkpoint", str(error))
        return None
    try:
        origin, policy = log_origin(pinned.origin), pinned.trust.policy
        inspection.checkpoint = believe(signed, origin, policy, now=now, max_age_s=None)
    except PeerError as error:
        inspection.find(FileFault.CHECKPOINT_REFUSED, "checkpoint", str(error))
    return signed.checkpoint


def _replay(inspection: Inspection, folder: LogFolder, size: int, progress: Progress | None) -> bool:
    """Replay all entries; tell whether all could be read."""

    def entries() -> Iterator[bytes]:
        for _, bundle in folder.entries(size):
            yield from bundle

    return _exhaust(inspection, inspection.feed(entries()), progress, size)


def _exhaust(
    inspection: Inspection, steps: Iterator[int], progress: Progress | None = None, size: int = 0
) -> bool:
    try:
        for done in steps:
            if progress is not None:
                progress("entries", done, size)
    except PeerError as error:
        missing = error.code is Code.NOT_FOUND
        fault = FileFault.ENTRIES_MISSING if missing else FileFault.ENTRIES_UNREADABLE
        place = (
            f"after entry {inspection.replayed.tree.size - 1}" if inspection.replayed.tree.size else WHOLE_LOG
        )
        inspection.find(fault, place, error.detail)
        return False
    return True


def _compare_tiles(inspection: Inspection, folder: LogFolder, tree: Tree) -> None:
    """Clients take proofs from tiles, so these must be what follows from the entries."""
    for tile in changed_tiles(0, tree.size):
        data = folder.part(tile)
        if data is None:
            inspection.find(FileFault.TILE_MISSING, tile.path(), "clients would find no proof here")
        elif data != tile_bytes(tree, tile):
            inspection.find(FileFault.TILE_MISMATCH, tile.path(), "it is not what follows from the entries")


def _discovery(finding: Finding) -> Discovery:
    place = WHOLE_LOG if finding.index is None else f"entry {finding.index}"
    return Discovery(finding.fault, place, finding.detail)
