"""Commands on the register: one row a request, kept filters, figures, and files for other programs."""

from datetime import UTC, date, datetime
from datetime import time as clock
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.register.views import register_table, statistics_blocks, view_table
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.office import RegisterFilter


class _ListUnlessNamed(TyperGroup):
    """A group of which one command need not be named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - as the library has it
        """Put ``list`` before arguments that begin with no command."""
        begins = args[0] if args else ""
        if begins != "--help" and begins not in self.commands:
            args = ["list", *args]
        return super().parse_args(ctx, args)


_group = typer.Typer(
    cls=_ListUnlessNamed,
    help="The register of requests; `rogatory register` alone lists it, with the options of `register list`.",
)
_views = typer.Typer(help="Filters of the register under a name, kept on this device.")

Incoming = Annotated[bool, typer.Option("--incoming", help="Only what others have asked.")]
Outgoing = Annotated[bool, typer.Option("--outgoing", help="Only what this office has asked.")]
States = Annotated[list[str] | None, typer.Option("--state", help="State of the case; repeatable.")]
With = Annotated[str | None, typer.Option("--with", help="State of the other side, or its entry.")]
Types = Annotated[list[str] | None, typer.Option("--type", help="Type of request; repeatable.")]
Urgencies = Annotated[list[str] | None, typer.Option("--urgency", help="Urgency; repeatable.")]
Overdue = Annotated[bool, typer.Option("--overdue", help="Only where something is overdue.")]
Conflicts = Annotated[bool, typer.Option("--conflicts", help="Only where an officer has to decide.")]
Since = Annotated[
    str | None, typer.Option("--since", help="Submitted on this day or later (UTC), 2026-01-31.")
]
Caseworker = Annotated[
    str | None, typer.Option("--caseworker", help="Function of who works on it; '' for nobody.")
]
Text = Annotated[str, typer.Option("--text", help="In a reference of either side, or in the subject.")]
Consultations = Annotated[bool, typer.Option("--consultations", help="Consultations too.")]
Sort = Annotated[
    str | None,
    typer.Option("--sort", help="age, next, state, with, type, urgency or reference; -age turns it."),
]
View = Annotated[str | None, typer.Option("--view", help="Begin with the filters of this name.")]


def register(application: typer.Typer) -> None:
    """Add the group ``register``."""
    _group.add_typer(_views, name="view")
    application.add_typer(_group, name="register")


@command(
    _group,
    "list",
    needs=Needs.RELAY,
    example="rogatory register list --incoming --overdue --sort next",
)
async def list_register(
    call: Call,
    *,
    incoming: Incoming = False,
    outgoing: Outgoing = False,
    state: States = None,
    with_state: With = None,
    request_type: Types = None,
    urgency: Urgencies = None,
    overdue: Overdue = False,
    conflicts: Conflicts = False,
    since: Since = None,
    caseworker: Caseworker = None,
    text: Text = "",
    consultations: Consultations = False,
    sort: Sort = None,
    view: View = None,
    limit: Annotated[int, typer.Option(help="Rows a page.", min=1, max=1000)] = 50,
    page: Annotated[int, typer.Option(help="Which page.", min=1)] = 1,
) -> Answer:
    """Show requests: both references, type, urgency, state, age, what is due next, who works on it."""
    from rogatory_client.office import as_dict

    given = _given(
        incoming=incoming, outgoing=outgoing, states=state, with_state=with_state, types=request_type,
        urgencies=urgency, overdue=overdue, conflicts=conflicts, since=since, caseworker=caseworker,
        text=text, consultations=consultations, sort=sort,
    )  # fmt: skip
    async with call.office() as office:
        warnings = await call.refresh(office)
        wanted = _upon(None if view is None else office.register.view(view), given)
        found = office.register.page(wanted, limit=limit, page=page)
        shown = f"Page {found.page} of {found.pages}, {found.total} in all."
        return Answer({"register": as_dict(found)}, (register_table(found), Line(shown)), warnings=warnings)


@command(
    _group,
    "export",
    needs=Needs.RELAY,
    example="rogatory register export register.xlsx --incoming --since 2026-01-01",
)
async def export(
    call: Call,
    file: Annotated[Path, typer.Argument(help="New file; its name ends in .csv or .xlsx.")],
    *,
    incoming: Incoming = False,
    outgoing: Outgoing = False,
    state: States = None,
    with_state: With = None,
    since: Since = None,
    view: View = None,
    with_subjects: Annotated[
        bool, typer.Option("--with-subjects", help="Subjects too, which may name persons.")
    ] = False,
) -> Answer:
    """Write the register to a file: no texts and no names of persons, and nothing in it is a formula."""
    given = _given(incoming=incoming, outgoing=outgoing, states=state, with_state=with_state, since=since)
    async with call.office() as office:
        warnings = await call.refresh(office)
        wanted = _upon(None if view is None else office.register.view(view), given)
        count = office.register.export(file, wanted, with_subjects=with_subjects)
        said = f"{count} rows are in {file}. The file is outside of the vault and not encrypted."
        return Answer({"file": str(file), "rows": count}, (Line(said),), warnings=warnings)


@command(
    _group,
    "statistics",
    needs=Needs.RELAY,
    example="rogatory register statistics --by type --since 2026-01-01 --csv statistics.csv",
)
async def statistics(
    call: Call,
    *,
    by: Annotated[str, typer.Option(help="state (of the other side) or type.")] = "state",
    incoming: Incoming = False,
    outgoing: Outgoing = False,
    since: Since = None,
    csv: Annotated[Path | None, typer.Option(help="Write the figures to a new file, too.")] = None,
) -> Answer:
    """Count requests, and how long they take; numbers so small that they tell of one case are left out."""
    from rogatory_client.office import as_dict

    wanted = _upon(None, _given(incoming=incoming, outgoing=outgoing, since=since))
    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.register.statistics(wanted, by=by, csv=csv)
        return Answer({"statistics": as_dict(found)}, tuple(statistics_blocks(found)), warnings=warnings)


@command(
    _views,
    "save",
    needs=Needs.VAULT,
    example="rogatory register view save late --incoming --overdue",
)
async def save_view(
    call: Call,
    name: Annotated[str, typer.Argument(help="Name of the view.")],
    *,
    incoming: Incoming = False,
    outgoing: Outgoing = False,
    state: States = None,
    with_state: With = None,
    request_type: Types = None,
    urgency: Urgencies = None,
    overdue: Overdue = False,
    conflicts: Conflicts = False,
    since: Since = None,
    caseworker: Caseworker = None,
    text: Text = "",
    consultations: Consultations = False,
    sort: Sort = None,
) -> Answer:
    """Keep filters under a name; those it had before are replaced."""
    from rogatory_client.office import as_dict

    given = _given(
        incoming=incoming, outgoing=outgoing, states=state, with_state=with_state, types=request_type,
        urgencies=urgency, overdue=overdue, conflicts=conflicts, since=since, caseworker=caseworker,
        text=text, consultations=consultations, sort=sort,
    )  # fmt: skip
    async with call.office() as office:
        saved = office.register.save_view(name, _upon(None, given))
        return Answer({"view": as_dict(saved)}, (Line(f"`rogatory register --view '{saved.name}'`"),))


@command(_views, "list", needs=Needs.VAULT, example="rogatory register view list")
async def list_views(call: Call) -> Answer:
    """Show the kept filters."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        found = office.register.views()
        return Answer({"views": as_dict(found)}, (view_table(found),))


@command(_views, "remove", needs=Needs.VAULT, example="rogatory register view remove late")
async def remove_view(call: Call, name: Annotated[str, typer.Argument(help="Name of the view.")]) -> Answer:
    """Forget the filters of a name."""
    async with call.office() as office:
        office.register.remove_view(name)
        return Answer({"removed": name}, (Line("The view is gone; the register is as it was."),))


def _given(*, incoming: bool, outgoing: bool, since: str | None = None, **others: object) -> dict[str, Any]:
    """Return what was typed, by field of the filter; what was not typed changes no view."""
    if incoming and outgoing:
        raise MisuseError("--incoming and --outgoing together are no filter: leave both out")
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in others.items()
        if value not in (None, False, "", []) or (name == "caseworker" and value is not None)
    }
    if incoming or outgoing:
        given["direction"] = "incoming" if incoming else "outgoing"
    if since is not None:
        given["since"] = day(since)
    return given


def _upon(view: "RegisterFilter | None", given: dict[str, Any]) -> "RegisterFilter":
    from dataclasses import replace

    from rogatory_client.office import RegisterFilter

    return replace(view or RegisterFilter(), **given)


def day(text: str) -> int:
    """Return when a day begins by UTC, Unix seconds.

    Raises:
        MisuseError: it is no day.
    """
    try:
        return int(datetime.combine(date.fromisoformat(text), clock(), UTC).timestamp())
    except ValueError as error:
        raise MisuseError(f"{text!r} is no day: write it as 2026-01-31") from error
