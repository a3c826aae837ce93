"""Commands on the directory: fetch and import an export, look things up, and what its keepers decide."""

import secrets
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import read_bytes
from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import command
from rogatory_crypto.errors import Code, MisuseError

if TYPE_CHECKING:
    from rogatory_client.cli.directory.export_source import Fetched
    from rogatory_directory_sync import Entry

group = typer.Typer(help="The directory of competent national authorities.")
_MAX_STATE_BYTES: Final = 64 << 20
_ASK_PUBLISHER: Final = "nothing was changed; ask the publisher of the directory"
_ADVICE: Final = {Code.MALFORMED: _ASK_PUBLISHER, Code.TOO_LARGE: _ASK_PUBLISHER}

State = Annotated[Path, typer.Option("--state", help="State file written by `rogatory directory sync`.")]
Source = Annotated[Path, typer.Option("--from", help="TOML file with the publisher's address.")]
Officers = Annotated[
    Path | None, typer.Option("--officers", help="JSON list of the officers who decide held changes.")
]
OfficeKeys = Annotated[
    Path | None,
    typer.Option("--office-keys", help="JSON object of each office's officers' keys: edits must be signed."),
]


def register(application: typer.Typer) -> None:
    """Add the group ``directory``, with the operator's commands."""
    from rogatory_client.cli.directory import edits as directory_edits
    from rogatory_client.cli.directory import lookup as directory_lookup
    from rogatory_client.cli.directory import operator_commands
    from rogatory_client.cli.directory import review as directory_review

    for commands in (directory_lookup, directory_review, directory_edits, operator_commands):
        commands.register(group)
    application.add_typer(group, name="directory")


@command(
    group,
    "fetch",
    example="rogatory directory fetch --from publisher.toml --out export-2026-09.json",
    advice=_ADVICE,
)
async def fetch(
    call: Call,
    source: Source,
    out: Annotated[Path, typer.Option(help="Where the export goes: .json, .csv or .xlsx.")],
) -> Answer:
    """Fetch an export of the directory from the configured address, if it is new."""
    fetched, is_new = await _fetch(call, source, out)
    data = {
        "file": str(out), "new": is_new, "bytes": fetched.size, "sha256": fetched.sha256, "url": fetched.url,
    }  # fmt: skip
    said = f"Fetched {fetched.size} bytes into {out}." if is_new else f"{out} is the newest already."
    return Answer(data, (Line(said),))


@command(
    group,
    "sync",
    example="rogatory directory sync --export export-2026-06.csv --out directory.json --report report.json",
    advice=_ADVICE,
)
async def sync(
    call: Call,
    export: Annotated[Path, typer.Option(help="Export of the directory, .csv, .json or .xlsx.")],
    out: Annotated[Path, typer.Option(help="Where the new state goes.")],
    report: Annotated[Path, typer.Option(help="Where the report on every change and defect goes.")],
    *,
    state: Annotated[Path | None, typer.Option(help="State of the last synchronisation.")] = None,
    edits: Annotated[Path | None, typer.Option(help="Local edits made since then.")] = None,
    officers: Officers = None,
    office_keys: OfficeKeys = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", help="Fetch the export first, from the address in this TOML file."),
    ] = None,
    today: Annotated[
        str | None, typer.Option(metavar="DATE", help="Reference date; the export's own if not given.")
    ] = None,
) -> Answer:
    """Import an export of the directory; off-line unless --from is given. A refused one writes nothing."""
    from rogatory_directory_sync import Inputs, synchronise_files

    reference = read_date(today) if today else None
    if source is not None:
        await _fetch(call, source, export)
    inputs = Inputs(state, edits, officers, office_keys)
    result = synchronise_files(export, out, report, inputs, today=reference)
    data = {
        "entries": len(result.directory),
        "findings": len(result.findings.all()),
        "state": str(out),
        "report": str(report),
    }
    said = f"{data['entries']} entries; {data['findings']} findings, each in {report}"
    return Answer(data, (Line(said),))


async def _fetch(call: Call, source: Path, out: Path) -> "tuple[Fetched, bool]":
    from rogatory_client.cli.directory.export_source import fetch_export, read_source

    with call.terminal.progress() as progress:
        return await fetch_export(read_source(source), out, random=secrets.token_bytes, progress=progress)


def read_entries(state: Path) -> "dict[str, Entry]":
    """The directory of a state file and the annotations beside it."""
    from rogatory_directory_sync import annotations_path, read_directory

    beside = annotations_path(state)
    annotations = read_bytes(beside, _MAX_STATE_BYTES) if beside.is_file() else None
    return read_directory(read_bytes(state, _MAX_STATE_BYTES), annotations, state.name)


def find(entries: "dict[str, Entry]", entry_id: str) -> "Entry":
    """An entry by any of its ids.

    Raises:
        MisuseError: there is none.
    """
    from rogatory_directory_sync import find_entry

    entry = find_entry(entries.values(), entry_id)
    if entry is None:
        raise MisuseError(
            f"the directory has no entry {entry_id}: look for it with `rogatory directory search`"
        )
    return entry


def read_date(text: str) -> date:
    """A day somebody typed.

    Raises:
        MisuseError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise MisuseError(f"{text} is no date: write it like {datetime.now(UTC):%Y-%m-%d}") from error


def read_moment(text: str | None) -> datetime:
    """The moment somebody typed, or now.

    Raises:
        MisuseError: no time, or one without its zone.
    """
    now = datetime.now(UTC)
    try:
        named = now if text is None else datetime.fromisoformat(text)
    except ValueError:
        named = now.replace(tzinfo=None)
    if named.tzinfo is None:
        raise MisuseError(f"{text} is no moment: write it like {now:%Y-%m-%dT%H:%M}+00:00")
    return named
