"""Commands on the directory: import an export, look things up, and what its operator publishes."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.cli.answer import Answer, Block, Facts, Line, Table
from rogatory_client.cli.bounded_file import read_bytes
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import command
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_directory_sync import Entry, Record

group = typer.Typer(help="The directory of competent national authorities.")
_MAX_STATE_BYTES: Final = 32 << 20

State = Annotated[Path, typer.Option("--state", help="State file written by `rogatory directory sync`.")]


def register(application: typer.Typer) -> None:
    """Add the group ``directory``, with the operator's commands."""
    from rogatory_client.cli import operator_commands

    operator_commands.register(group)
    application.add_typer(group, name="directory")


@command(
    group,
    "sync",
    example="rogatory directory sync --export export-2026-06.csv --out directory.json --report report.json",
)
def sync(
    _call: Call,
    export: Annotated[Path, typer.Option(help="Export of the directory, .csv or .json.")],
    out: Annotated[Path, typer.Option(help="Where the new state goes.")],
    report: Annotated[Path, typer.Option(help="Where the report on every change and defect goes.")],
    state: Annotated[Path | None, typer.Option(help="State of the last synchronisation.")] = None,
    edits: Annotated[Path | None, typer.Option(help="Local edits made since then.")] = None,
    today: Annotated[
        str | None, typer.Option(metavar="DATE", help="Reference date; the export's own if not given.")
    ] = None,
) -> Answer:
    """Import an export of the directory, off-line; a refused export writes nothing."""
    from rogatory_directory_sync import synchronise_files

    result = synchronise_files(
        export, out, report, state=state, edits=edits, today=_date(today) if today else None
    )
    data = {
        "entries": len(result.directory),
        "findings": len(result.findings.all()),
        "state": str(out),
        "report": str(report),
    }
    said = f"{data['entries']} entries; {data['findings']} findings, each in {report}"
    return Answer(data, (Line(said),))


@command(
    group, "search", example="rogatory directory search --state directory.json --country Senegal evidence"
)
def search(
    _call: Call,
    state: State,
    words: Annotated[list[str] | None, typer.Argument(help="Words that must all occur.")] = None,
    country: Annotated[str, typer.Option(help="State: name, former name or ISO code.")] = "",
    article: Annotated[str, typer.Option(help="Designation, such as 'UNTOC 18'.")] = "",
    network: Annotated[str, typer.Option(help="Network, such as WACAP.")] = "",
    language: Annotated[str, typer.Option(help="Language the authority accepts.")] = "",
) -> Answer:
    """Look for authorities in the directory."""
    from rogatory_directory_sync import Query, reference_tables
    from rogatory_directory_sync import search as find

    query = Query(
        text=" ".join(words or ()), state=country, article=article, network=network, language=language
    )
    found = find(_entries(state).values(), query, reference_tables())
    rows = [_row(entry.record) for entry in found]
    table = Table(("Id", "State", "Authority", "Kind", "Networks"), rows, "Nothing found: use fewer words.")
    return Answer({"entries": [_summary(entry.record) for entry in found]}, (table,))


@command(group, "show", example="rogatory directory show CNA-SN-01 --state directory.json")
def show(
    _call: Call, entry_id: Annotated[str, typer.Argument(help="Entry, such as CNA-SN-01.")], state: State
) -> Answer:
    """Show one entry of the directory in full."""
    from rogatory_directory_sync import find_entry, record_to_json

    entry = find_entry(_entries(state).values(), entry_id)
    if entry is None:
        raise MisuseError(
            f"the directory has no entry {entry_id}: look for it with `rogatory directory search`"
        )
    data = {"record": record_to_json(entry.record), "annotations": entry.annotations.to_json()}
    return Answer(data, _entry_blocks(entry))


def _entries(state: Path) -> "dict[str, Entry]":
    from rogatory_directory_sync import annotations_path, read_directory

    beside = annotations_path(state)
    annotations = read_bytes(beside, _MAX_STATE_BYTES) if beside.is_file() else None
    return read_directory(read_bytes(state, _MAX_STATE_BYTES), annotations, state.name)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise MisuseError(f"{text} is no date: write it like {datetime.now(UTC):%Y-%m-%d}") from error


def _name(record: "Record") -> str:
    names = dict(record.name)
    return names.get("en") or next(iter(names.values()), "")


def _row(record: "Record") -> tuple[str, ...]:
    return (
        record.record_id,
        record.state.name if record.state else "",
        _name(record),
        record.kind.value.replace("_", " "),
        ", ".join(item.network for item in record.networks),
    )


def _summary(record: "Record") -> dict[str, object]:
    return {
        "entry_id": record.record_id,
        "state": record.state.iso2 if record.state else None,
        "name": _name(record),
        "kind": record.kind.value,
        "networks": [item.network for item in record.networks],
    }


def _entry_blocks(entry: "Entry") -> list[Block]:
    record, notes = entry.record, entry.annotations
    stale = " (stale: confirm by telephone)" if notes.stale else ""
    confirmed = f"{record.provenance.last_confirmed or 'never'}{stale}"
    return [
        Facts(
            [
                ("Entry", record.record_id),
                ("Authority", _name(record)),
                ("State", record.state.name if record.state else None),
                ("Kind", record.kind.value.replace("_", " ")),
                ("Unit", record.unit),
                ("Scope", record.scope_note),
                ("Languages", ", ".join(record.languages.accepted or ())),
                ("Networks", ", ".join(f"{item.network} ({item.role.value})" for item in record.networks)),
                ("Designated for", "; ".join(_designation(item) for item in record.designations)),
                ("Last confirmed", confirmed),
            ]
        )
    ]


def _designation(item: object) -> str:
    parts = (getattr(item, "instrument", ""), getattr(item, "article", ""), getattr(item, "function", ""))
    return " ".join(str(getattr(part, "value", part)) for part in parts if part)
