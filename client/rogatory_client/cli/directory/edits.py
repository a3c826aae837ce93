"""An authority's own edits of its entry: one officer proposes, a second one of the same office confirms."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import read_bytes
from rogatory_client.cli.answer import Answer, Block, Line, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.directory.commands import State, find, read_entries
from rogatory_client.cli.directory.review import open_officer_key
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_directory_sync import JsonObject, JsonValue

_MAX_BYTES: Final = 8 << 20
_WAITS: Final = "A second officer of the office confirms it with `rogatory directory countersign`."
EntryId = Annotated[str, typer.Argument(help="Entry of the own office, such as CNA-SN-01.")]
Edits = Annotated[Path, typer.Option("--edits", help="File the edits are kept in; made if it is not there.")]
Key = Annotated[Path, typer.Option("--key", help="The officer's key file.")]


def register(group: typer.Typer) -> None:
    """Add the commands to the group ``directory``."""
    for add in (_edit, _confirm, _countersign):
        add(group)


def _edit(group: typer.Typer) -> None:
    @command(
        group,
        "edit",
        needs=Needs.UNLOCKING,
        example="rogatory directory edit CNA-SN-01 --state directory.json --edits edits.json "
        "--key officer.key --set website=https://justice.example/",
    )
    def edit(
        call: Call,
        entry_id: EntryId,
        state: State,
        edits: Edits,
        key: Key,
        change: Annotated[
            str, typer.Option("--set", metavar="FIELD=VALUE", help="Field and value, as text or JSON.")
        ],
    ) -> Answer:
        """Office: propose an edit of the own entry, signed by one officer."""
        path, equals, value = change.partition("=")
        if not equals:
            raise MisuseError(f"write --set FIELD=VALUE, not {change}")
        return _propose(call, entry_id, state, edits, key, path.strip().split("."), _value(value))


def _confirm(group: typer.Typer) -> None:
    @command(
        group,
        "confirm",
        needs=Needs.UNLOCKING,
        example="rogatory directory confirm CNA-SN-01 --state directory.json --edits edits.json "
        "--key officer.key",
    )
    def confirm(call: Call, entry_id: EntryId, state: State, edits: Edits, key: Key) -> Answer:
        """Office: say that the own entry is right today, as every office does once a year."""
        today = datetime.now(UTC).date().isoformat()
        return _propose(call, entry_id, state, edits, key, ["confirmed_on"], today)


def _countersign(group: typer.Typer) -> None:
    @command(
        group,
        "countersign",
        needs=Needs.UNLOCKING,
        example="rogatory directory countersign CNA-SN-01 --edits edits.json --key second.key",
    )
    def countersign(call: Call, entry_id: EntryId, edits: Edits, key: Key) -> Answer:
        """Office: confirm the edits of the own entry that another officer proposed."""
        from rogatory_directory_sync import confirm_edit, list_of

        items = _read(edits)
        waiting = [
            place
            for place, item in enumerate(items)
            if item.get("record_id") == entry_id and len(list_of(item.get("signatures"))) == 1
        ]
        if not waiting:
            raise MisuseError(f"no edit of {entry_id} in {edits} waits for a second officer")
        private = open_officer_key(call, key)
        for place in waiting:
            items[place] = confirm_edit(items[place], private)
        _write(edits, items)
        confirmed = [items[place] for place in waiting]
        return Answer({"edits": confirmed}, [*_lines(confirmed), Line("Confirmed by two officers.")])


def _propose(
    call: Call, entry_id: str, state: Path, edits: Path, key: Path, path: list[str], value: "JsonValue"
) -> Answer:
    from rogatory_directory_sync import propose_edit

    entry = find(read_entries(state), entry_id)
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    item = propose_edit(entry, path, value, at=at, private=open_officer_key(call, key))
    _write(edits, [*_read(edits), item])
    return Answer({"edits": [item]}, [*_lines([item]), Line(_WAITS)])


def _value(text: str) -> "JsonValue":
    """JSON where it is JSON, the text itself where it is not."""
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value


def _read(edits: Path) -> "list[JsonObject]":
    from rogatory_directory_sync import read_edits

    raw = read_bytes(edits, _MAX_BYTES) if edits.exists() else b"[]"
    return [edit.item for edit in read_edits(raw, edits.name)]


def _write(edits: Path, items: "list[JsonObject]") -> None:
    from rogatory_directory_sync import write_all

    write_all({edits: (json.dumps(items, ensure_ascii=False, indent=1) + "\n").encode()})


def _lines(items: "list[JsonObject]") -> list[Block]:
    from rogatory_directory_sync import list_of, text_of, value_text

    lines: list[Block] = []
    for item in items:
        path = ".".join(text_of(part) for part in list_of(item.get("path")))
        lines.append(Line(f"{text_of(item.get('record_id'))} {path}", Tone.TITLE))
        lines.append(Line(f"  - {value_text(path, item.get('old'))}", Tone.OLD))
        lines.append(Line(f"  + {value_text(path, item.get('new'))}", Tone.NEW))
    return lines
