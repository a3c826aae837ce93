"""Commands that look things up in the directory: search, show, diff."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.cli.answer import Answer, Block, Line, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import command
from rogatory_client.cli.directory.commands import (
    OfficeKeys,
    Officers,
    State,
    find,
    read_entries,
    read_moment,
)
from rogatory_client.cli.directory.views import (
    difference_lines,
    entry_blocks,
    marks,
    scope_lines,
    search_table,
    summary,
)
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from datetime import datetime

    from rogatory_directory_sync import Function, Kind, Query, SyncResult

Words = Annotated[list[str] | None, typer.Argument(help="Words that must all occur.")]
Country = Annotated[str, typer.Option(help="State: name, former name or ISO code.")]
Article = Annotated[str, typer.Option(help="Designation, such as 'UNTOC 18'.")]
Purpose = Annotated[str, typer.Option(help="Function, such as mla or extradition.")]
CompetentFor = Annotated[
    str, typer.Option(help="Who is competent for this function in the State of --country?")
]
Network = Annotated[str, typer.Option(help="Network, such as WACAP.")]
Language = Annotated[str, typer.Option(help="Language the authority accepts.")]
KindOfEntry = Annotated[str, typer.Option(help="Kind of entry, such as central_authority.")]
Channel = Annotated[
    str, typer.Option(help="Open channel: direct, diplomatic, interpol, email or a platform.")
]
ElectronicRequests = Annotated[
    str, typer.Option(help="Accepts electronic requests: yes, exceptional, no, unknown.")
]
ESignature = Annotated[str, typer.Option(help="Accepts an electronic signature: yes, no, unknown.")]
Where = Annotated[
    list[str] | None, typer.Option(metavar="FIELD=WORDS", help="Any field of the record holds words.")
]
OpenNow = Annotated[bool, typer.Option("--open-now", help="Only offices that are open now.")]
Due = Annotated[
    bool, typer.Option("--due", help="Only entries their office has not confirmed within a year.")
]
Withdrawn = Annotated[bool, typer.Option("--withdrawn", help="Also withdrawn authorities.")]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="Moment that counts as now, RFC 3339 with its zone."),
]


def register(group: typer.Typer) -> None:
    """Add the commands to the group ``directory``."""
    for add in (_search, _show, _diff):
        add(group)


def _search(group: typer.Typer) -> None:
    @command(
        group,
        "search",
        example="rogatory directory search --state directory.json --country Senegal evidence\n\n"
        "rogatory directory search --state directory.json --competent-for mla --country Azerbaijan\n\n"
        "rogatory directory search --state directory.json --where dual_criminality=not_required --open-now",
    )
    def search(
        _call: Call,
        state: State,
        words: Words = None,
        *,
        country: Country = "",
        article: Article = "",
        function: Purpose = "",
        competent_for: CompetentFor = "",
        network: Network = "",
        language: Language = "",
        kind: KindOfEntry = "",
        channel: Channel = "",
        electronic: ElectronicRequests = "",
        e_signature: ESignature = "",
        where: Where = None,
        open_now: OpenNow = False,
        due: Due = False,
        withdrawn: Withdrawn = False,
        at: At = None,
    ) -> Answer:
        """Look for authorities in the directory, by any field."""
        from rogatory_directory_sync import Query, Status

        moment = read_moment(at)
        query = Query(
            " ".join(words or ()), country, article, _function(function or competent_for), network, language,
            _kind(kind), None if withdrawn else Status.ACTIVE, channel, _word(electronic, _ELECTRONIC),
            _word(e_signature, _YES_NO), moment if open_now else None, moment.date() if due else None,
            tuple(_where(item) for item in where or ()),
        )  # fmt: skip
        if competent_for and not country:
            raise MisuseError("name the State with --country: competence is always somebody's")
        return _found(state, query, moment, competence=bool(competent_for))


_ELECTRONIC = ("yes", "exceptional", "no", "unknown")
_YES_NO = ("yes", "no", "unknown")


def _word(text: str, words: tuple[str, ...]) -> str:
    if text and text not in words:
        raise MisuseError(f"{text} is none of {', '.join(words)}")
    return text


def _function(text: str) -> "Function | None":
    from rogatory_directory_sync import Function

    return Function(_word(text, tuple(Function))) if text else None


def _kind(text: str) -> "Kind | None":
    from rogatory_directory_sync import Kind

    return Kind(_word(text, tuple(Kind))) if text else None


def _where(text: str) -> tuple[str, str]:
    from rogatory_directory_sync import check_path

    path, equals, wanted = text.partition("=")
    if not equals:
        raise MisuseError(f"write --where FIELD=WORDS, not {text}")
    return check_path(path.strip()), wanted


def _found(state: Path, query: "Query", at: "datetime", *, competence: bool) -> Answer:
    from rogatory_directory_sync import FORMAL_KINDS, check_query, reference_tables
    from rogatory_directory_sync import search as look

    tables = reference_tables()
    found = look(read_entries(state).values(), check_query(query, tables), tables)
    data: dict[str, object] = {"entries": [summary(entry, at) for entry in found]}
    if not competence:
        return Answer(data, (search_table(found, at),))
    formal = [entry for entry in found if entry.record.kind in FORMAL_KINDS]
    others = [entry for entry in found if entry.record.kind not in FORMAL_KINDS]
    data |= {
        "addressees": [entry.entry_id for entry in formal], "others": [entry.entry_id for entry in others],
        "scope_matters": len(formal) > 1,
    }  # fmt: skip
    blocks: list[Block] = [search_table(formal, at, "Requests may be addressed to"), *scope_lines(formal)]
    blocks += [search_table(others, at, "For consultation only")] if others else []
    return Answer(data, blocks)


def _show(group: typer.Typer) -> None:
    @command(group, "show", example="rogatory directory show CNA-SN-01 --state directory.json")
    def show(
        _call: Call,
        entry_id: Annotated[str, typer.Argument(help="Entry, such as CNA-SN-01.")],
        state: State,
        at: At = None,
    ) -> Answer:
        """Show one entry of the directory in full."""
        from rogatory_directory_sync import record_to_json

        moment, entry = read_moment(at), find(read_entries(state), entry_id)
        data = {
            "record": record_to_json(entry.record), "annotations": entry.annotations.to_json(),
            "office": summary(entry, moment)["office"], "marks": marks(entry, moment),
        }  # fmt: skip
        return Answer(data, entry_blocks(entry, moment))


def _diff(group: typer.Typer) -> None:
    @command(
        group,
        "diff",
        example="rogatory directory diff --state directory.json --export export-2026-09.csv\n\n"
        "rogatory directory diff --state directory.json --new new.json",
    )
    def diff(
        _call: Call,
        state: State,
        new: Annotated[Path | None, typer.Option(help="Another state file to compare with.")] = None,
        export: Annotated[Path | None, typer.Option(help="Export whose import is tried, not done.")] = None,
        edits: Annotated[Path | None, typer.Option(help="Local edits made since then.")] = None,
        officers: Officers = None,
        office_keys: OfficeKeys = None,
    ) -> Answer:
        """Show what an import would change, or what differs between two states: old, new, who confirms."""
        from rogatory_directory_sync import Inputs, differences, preview_files

        if (new is None) == (export is None):
            raise MisuseError("name what to compare with: either --export or --new")
        before = read_entries(state)
        result = None
        if export is not None:
            result = preview_files(export, Inputs(state, edits, officers, office_keys))
        found = differences(before, result.directory if result else read_entries(new or state))
        data: dict[str, object] = {"changes": [item.to_json() for item in found]}
        blocks = difference_lines(found) or [Line("Nothing differs.")]
        if result is not None:
            data["not_imported"] = _not_imported(result)
            blocks += _not_imported_lines(result)
        return Answer(data, blocks)


def _not_imported(result: "SyncResult") -> list[dict[str, object]]:
    """What a steward decides before it can be imported at all."""
    return [
        {"category": item.category.value, "record_id": item.record_id, "why": item.code, **item.values}
        for item in result.findings.all()
        if item.category.value in ("quarantined", "conflicts", "ignored")
    ]


def _not_imported_lines(result: "SyncResult") -> list[Block]:
    said = {"quarantined": "set aside", "conflicts": "conflict, a steward decides", "ignored": "ignored"}
    return [
        Line(f"{said[str(item['category'])]}: {item['record_id']} ({item['why']})", Tone.WAITING)
        for item in _not_imported(result)
    ]
