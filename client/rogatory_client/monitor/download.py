"""Downloading a log so that it can stop and go on anywhere, and never becomes another history.

If the log has another history than the one in the folder, both checkpoints and the proof between them are
kept as evidence, and nothing else is touched.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Final

from rogatory_client.monitor.belief import believe
from rogatory_client.monitor.log_folder import CHECKPOINT, LogFolder
from rogatory_client.monitor.verified_tree import VerifiedTree
from rogatory_client.transport.log_files import LogFiles
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.follower import require_followable
from rogatory_crypto.log.nodes import read_root
from rogatory_crypto.log.signed_checkpoint import parse_signed_checkpoint
from rogatory_crypto.log.signed_note import MAX_NOTE_BYTES
from rogatory_crypto.log.split_view import Prefix, compare
from rogatory_crypto.log.tiles import TILE_WIDTH, changed_bundles
from rogatory_crypto.log.witness_policy import DAY_S, Policy, WitnessedCheckpoint

AT_ONCE: Final = 8
_END_OF_TIME: Final = 1 << 62
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What a download has come to.

    Attributes:
        checkpoint: what the folder holds now.
        held_size: how many entries it held before.
        fetched: how many files were fetched.
        kept: how many were there already.
    """

    checkpoint: Checkpoint
    held_size: int
    fetched: int
    kept: int


class TwoHistoriesError(PeerError):
    """The log has another history than the one in the folder.

    Attributes:
        evidence: the encoded ``SplitView``.
    """

    def __init__(self, evidence: bytes, older: int, newer: int) -> None:
        super().__init__(Code.CONFLICT, f"the log signed {older} entries and {newer} of two histories")
        self.evidence = evidence


async def download_log(
    files: LogFiles,
    folder: LogFolder,
    origin: str,
    policy: Policy,
    *,
    now: int,
    former: Policy | None = None,
    progress: Progress | None = None,
) -> Downloaded:
    """Bring a folder up to the log's newest checkpoint.

    Args:
        files: where the log is.
        folder: what is on this disk already, and where the rest goes.
        origin: of the log.
        policy: whom to believe about it.
        former: by whom the folder's checkpoint was judged, if by somebody else.
        now: unix seconds.
        progress: told a name, and how many entries of how many are there.

    Raises:
        PeerError: the checkpoint is not believed (as ``verify_checkpoint``), INVALID_CREDENTIAL where that of
            the folder is not, CONFLICT for a log that has become smaller, HASH_MISMATCH or WRONG_LENGTH for
            a file that is not what the checkpoint says.
        TwoHistoriesError: evidence against the log; it is in the folder, the rest is as it was.
        TransportError: the network failed; the next download goes on from there.
    """
    data = await files.read(CHECKPOINT, limit=MAX_NOTE_BYTES)
    signed = parse_signed_checkpoint(data)
    newest = believe(signed, origin, policy, now=now, max_age_s=DAY_S)
    require_followable(newest.checkpoint)
    held = _held(folder, origin, (policy, former or policy))
    tree = VerifiedTree(newest.checkpoint, files, folder)
    await tree.verify_edge()
    if held is not None:
        await _require_one_history(held, newest, tree, folder)
    tree.begin_keeping()
    held_size = 0 if held is None else held.checkpoint.size
    await _bring(tree, newest.checkpoint.size, progress)
    folder.keep_checkpoint(data)
    return Downloaded(newest.checkpoint, held_size, tree.fetched, tree.kept)


async def _bring(tree: VerifiedTree, size: int, progress: Progress | None) -> None:
    bundles = changed_bundles(0, size)
    brought = 0
    while together := list(islice(bundles, AT_ONCE)):
        # Their tile once, before all of them ask for it at the same time.
        if together[0].width == TILE_WIDTH:
            await tree.hashes(1, together[0].index // TILE_WIDTH)
        try:
            async with asyncio.TaskGroup() as tasks:
                for bundle in together:
                    tasks.create_task(tree.bring(bundle))
        except ExceptionGroup as group:
            raise group.exceptions[0] from group
        brought += sum(bundle.width for bundle in together)
        if progress is not None:
            progress("entries", brought, size)


async def _require_one_history(
    held: WitnessedCheckpoint, newest: WitnessedCheckpoint, tree: VerifiedTree, folder: LogFolder
) -> None:
    old, new = held.checkpoint, newest.checkpoint
    if new.size < old.size:
        raise PeerError(Code.CONFLICT, f"a log of {new.size} entries, where the folder holds {old.size}")
    before = await tree.ask(lambda tiles: read_root(tiles.node, old.size))
    proof = await tree.ask(lambda tiles: tiles.prove_consistency(old.size))
    evidence = compare(held.log_checkpoint, newest.log_checkpoint, Prefix(before, proof))
    if evidence is not None:
        encoded = evidence.encode()
        folder.keep_evidence(encoded)
        raise TwoHistoriesError(encoded, old.size, new.size)


def _held(folder: LogFolder, origin: str, policies: Iterable[Policy]) -> WitnessedCheckpoint | None:
    """Return what the folder holds, however old, and whatever this computer's clock says today.

    Raises:
        PeerError: INVALID_CREDENTIAL for a checkpoint that neither policy believes: nothing could be said of
            whether the log still has the history of the folder.
    """
    data = folder.checkpoint()
    if data is None:
        return None
    for policy in policies:
        with suppress(PeerError):
            return believe(parse_signed_checkpoint(data), origin, policy, now=_END_OF_TIME, max_age_s=None)
    refused = f"{folder.path} holds a checkpoint that is not believed: fetch into another folder"
    raise PeerError(Code.INVALID_CREDENTIAL, refused)
