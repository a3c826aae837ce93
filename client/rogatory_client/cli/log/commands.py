"""Commands on the transparency log: fetch it, verify all of it, read its history; run a witness."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import read_bytes
from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import command
from rogatory_crypto.errors import Code, MisuseError, PeerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rogatory_client.monitor.inspection import Inspection
    from rogatory_client.monitor.log_folder import LogFolder
    from rogatory_client.office import Progress
    from rogatory_crypto.identity import NetworkProfile
    from rogatory_crypto.log.pinned import PinnedTrust

_MAX_PROFILE_BYTES: Final = 4 << 20
_FETCH_ADVICE: Final = {
    Code.CONFLICT: "the relay may be showing another history: before you rely on the log, ask another "
    "authority, and show it split-view.cbor if that file is in the folder",
    Code.HASH_MISMATCH: "the relay's files contradict its checkpoint: tell who runs it; nothing was changed",
    Code.EXPIRED: "ask who runs the relay why its witnesses or its operators have not signed lately",
    Code.FORBIDDEN: "the log's witnesses have not cosigned this: ask who runs the relay why",
    Code.BAD_SIGNATURE: "this is not the log of your network profile: do not go on, and ask the secretariat",
    Code.NOT_FOUND: "the relay has no such file: ask who runs it",
}
_VERIFY_ADVICE: Final = {
    Code.BAD_SIGNATURE: "the network profile is not what its operators signed: ask the secretariat for it"
}

_group = typer.Typer(help="The public log: fetch, verify and read it, or run a witness.")

Profile = Annotated[Path, typer.Option("--profile", help="Network profile: what is believed.")]
Log = Annotated[Path, typer.Argument(help="Folder of the log, or a file of its entries.")]


def register(application: typer.Typer) -> None:
    """Add the group ``log``."""
    from rogatory_client.cli.log import witness_commands

    witness_commands.register(_group)
    application.add_typer(_group, name="log")


@command(_group, "fetch", example="rogatory log fetch --profile profile.json --out log", advice=_FETCH_ADVICE)
async def fetch(
    call: Call,
    profile: Profile,
    out: Annotated[Path, typer.Option(help="Folder for the log; what is there already is kept.")],
) -> Answer:
    """Download the whole log from the relay, each tile verified as it comes. Goes on where it stopped."""
    from rogatory_client.monitor.fetching import fetch_log
    from rogatory_client.transport.https import HttpsLine

    known = _profile(profile)
    line = HttpsLine(known, lambda: time.time_ns() // 1_000_000)
    try:
        with call.terminal.progress(counting=True) as progress:
            done = await fetch_log(line, known, out, now=int(time.time()), progress=progress)
    finally:
        await line.close()
    data = {
        "folder": str(out), "size": done.checkpoint.size, "root": done.checkpoint.root.hex(),
        "held": done.held_size, "fetched": done.fetched, "kept": done.kept,
    }  # fmt: skip
    new = done.checkpoint.size - done.held_size
    said = Line(f"{out} holds {done.checkpoint.size} entries, {new} of them new.")
    return Answer(data, (said, Line("Verify them with: rogatory log verify")))


@command(_group, "verify", example="rogatory log verify log --profile profile.json", advice=_VERIFY_ADVICE)
def verify(
    call: Call,
    log: Log,
    profile: Profile,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Signed checkpoint of a file of entries; a folder has its own.")
    ] = None,
) -> Answer:
    """Replay the whole log offline, and name every finding. Ends with 0 only if there is none, else with 1.

    A file of entries has each entry after its length in 16 bits.
    """
    from rogatory_client.cli.log.views import inspection_answer

    pinned, warnings = _pinned(profile, log)
    now = int(time.time())
    if not log.is_file() and checkpoint is not None:
        raise MisuseError("--checkpoint belongs to a file of entries; a folder has its own")
    if log.is_file() and checkpoint is None:
        warnings = (*warnings, "without --checkpoint nothing says that these are all the entries")
    with call.terminal.progress(counting=True) as progress:
        inspection = _inspect(log, checkpoint, pinned, now, progress)
    return inspection_answer(inspection, now=now, warnings=warnings)


@command(
    _group,
    "show",
    example="rogatory log show log --profile profile.json --authority CNA-SN-01",
    advice=_VERIFY_ADVICE,
)
def show(
    _call: Call,
    log: Log,
    profile: Profile,
    authority: Annotated[str | None, typer.Option(help="Only what is about this authority.")] = None,
) -> Answer:
    """Tell the history of the log in plain words: who added which device when. Replays all of it."""
    from rogatory_client.cli.log.views import history_answer
    from rogatory_client.monitor.history import tell
    from rogatory_client.monitor.inspection import measure

    pinned, warnings = _pinned(profile, log)
    told = tell(lambda: _entries(log), measure(pinned), authority)
    return history_answer(told, authority, warnings)


def _inspect(
    log: Path, checkpoint: Path | None, pinned: "PinnedTrust", now: int, progress: "Progress | None"
) -> "Inspection":
    from rogatory_client.monitor.inspection import inspect_entries, inspect_folder
    from rogatory_client.monitor.log_folder import read_entries
    from rogatory_crypto.log.signed_note import MAX_NOTE_BYTES

    if not log.is_file():
        return inspect_folder(_folder(log), pinned, now=now, progress=progress)
    signed = None if checkpoint is None else read_bytes(checkpoint, MAX_NOTE_BYTES)
    return inspect_entries(lambda: read_entries(log), signed, pinned, now=now)


def _entries(log: Path) -> "Iterator[bytes]":
    from rogatory_client.monitor.log_folder import read_entries
    from rogatory_crypto.log.signed_checkpoint import parse_signed_checkpoint

    try:
        if log.is_file():
            yield from read_entries(log)
            return
        folder = _folder(log)
        signed = folder.checkpoint()
        if signed is None:
            raise MisuseError(f"{log} holds no whole log: fetch it with `rogatory log fetch`")
        for _, entries in folder.entries(parse_signed_checkpoint(signed).checkpoint.size):
            yield from entries
    except PeerError as error:
        raise MisuseError(f"{log} cannot be read to its end ({error.detail}): fetch it again") from error


def _folder(path: Path) -> "LogFolder":
    from rogatory_client.monitor.log_folder import LogFolder

    if not path.is_dir():
        raise MisuseError(f"there is no folder {path}: fetch the log with `rogatory log fetch`")
    return LogFolder(path)


def _profile(path: Path) -> "NetworkProfile":
    from rogatory_crypto.identity import parse_profile

    try:
        return parse_profile(read_bytes(path, _MAX_PROFILE_BYTES).decode())
    except UnicodeDecodeError as error:
        raise MisuseError(f"{path} is no network profile") from error


def _pinned(profile: Path, log: Path) -> "tuple[PinnedTrust, tuple[str, ...]]":
    """The newest that the profile's pin leads to, however old, and a warning where that is too old."""
    from rogatory_client.monitor.followed_trust import followed_trust

    pinned = followed_trust(_profile(profile), log)
    if pinned.expires_at > time.time():
        return pinned, ()
    return pinned, (
        "the root of trust in this profile has run out: its keys may have changed; ask for a new one",
    )
