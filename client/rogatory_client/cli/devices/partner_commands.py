"""Commands on other offices whose keys have changed: accepting them after a call, and their old cases."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.cli.answer import Answer, Facts, Line, Table, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.failure import ExitCode
from rogatory_client.cli.mailbox import office_commands as office_mailbox_commands
from rogatory_client.cli.views import moment, short
from rogatory_crypto.errors import Code

if TYPE_CHECKING:
    from rogatory_client.office import ReturnView
    from rogatory_client.office.devices.partner_keys import ChangedPartnerView

_group = typer.Typer(help="How your office works, and other offices whose keys have changed.")
_AGAIN: Final = "rogatory office accept {} --words '...'"
_ADVICE: Final = {
    Code.MALFORMED: "ask the other side to read it again; nothing was kept",
    Code.HASH_MISMATCH: "call again, on a number known from elsewhere; send that office nothing until then",
}


def register(application: typer.Typer) -> None:
    """Add the group ``office``."""
    _group.add_typer(office_mailbox_commands.group)
    application.add_typer(_group, name="office")


@command(_group, "changed", needs=Needs.RELAY, example="rogatory office changed")
async def changed(call: Call) -> Answer:
    """Show the offices in your cases that have enrolled anew, and who has accepted their keys."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        views = office.partners.changed()
        rows = [(each.entry_id, each.name, moment(each.changed_at), _accepted(each)) for each in views]
        table = Table(("Office", "Name", "Changed", "Accepted"), rows, "No office has other keys.")
        return Answer({"changed": as_dict(views)}, (table,), warnings=warnings)


@command(_group, "accept", needs=Needs.RELAY, example="rogatory office accept CNA-SN-01", advice=_ADVICE)
async def accept(
    call: Call,
    entry_id: Annotated[str, typer.Argument(help="The office, such as CNA-SN-01.")],
    words: Annotated[
        str | None, typer.Option("--words", help="What the office has read to you, words or digits.")
    ] = None,
) -> Answer:
    """Accept an office's new keys, after calling it on its known number and comparing words."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        if words is None:
            view = office.partners.named(entry_id)
            return Answer({"partner": as_dict(view)}, _call_blocks(view), warnings=warnings)
        accepted = office.partners.accept(entry_id, words)
        said = Line(
            f"The keys of {accepted.entry_id} are accepted: its devices may be added again. "
            f"Into its old cases it comes back by `rogatory office return {accepted.entry_id}`.",
            Tone.NEW,
        )
        return Answer({"partner": as_dict(accepted)}, (said,), warnings=warnings)


@command(
    _group,
    "return",
    needs=Needs.RELAY,
    example="rogatory office return CNA-SN-01 --case MLA-2026-17",
)
async def let_back(
    call: Call,
    entry_id: Annotated[str, typer.Argument(help="The office, such as CNA-SN-01.")],
    *,
    case: Annotated[
        list[str] | None, typer.Option(help="Case: its id, the beginning of it, or a reference.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All cases it was in.")] = False,
    with_history: Annotated[
        bool,
        typer.Option(
            "--with-history/--without-history",
            help="Hand it what was said since it came into the case, also while it was away.",
        ),
    ] = True,
) -> Answer:
    """Let an office that has enrolled anew back into old cases; without a case, show which they are."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        if not case and not everything:
            views = office.partners.cases(entry_id)
            return Answer({"returns": as_dict(views)}, (_return_table(views),), warnings=warnings)
        office.partners.let_back(entry_id, None if everything else case, with_history=with_history)
        warnings = await call.refresh(office)
        views = office.partners.cases(entry_id)
        exit_code = ExitCode.TRY_AGAIN if _is_waiting(views) and not call.offline else ExitCode.OK
        return Answer({"returns": as_dict(views)}, (_return_table(views),), exit_code, warnings)


def _is_waiting(views: Iterable["ReturnView"]) -> bool:
    return any(each.state == "waiting" for each in views)


def _return_table(views: Iterable["ReturnView"]) -> Table:
    rows = [
        (
            short(each.case_id),
            each.subject,
            ", ".join(f"{office}: {reference}" for office, reference in each.references.items()),
            each.state if each.with_history is not False else f"{each.state}, without history",
            "" if each.consented_by is None else f"{moment(each.consented_at)}, {each.consented_by}",
        )
        for each in views
    ]
    headings = ("Case", "Subject", "References", "State", "Consented")
    return Table(headings, rows, "It was in no case with you before.")


def _call_blocks(view: "ChangedPartnerView") -> tuple[Facts, Line]:
    facts = Facts(
        [
            ("Call", f"{view.entry_id} {view.name}".strip()),
            ("Telephone", ", ".join(view.telephones)),
            ("Read aloud", " ".join(view.words)),
            ("or", " ".join(view.numbers)),
        ]
    )
    ask = f"Write down what it reads, from `rogatory call-back`. Then: {_AGAIN.format(view.entry_id)}"
    return facts, Line(ask)


def _accepted(view: "ChangedPartnerView") -> str:
    if view.accepted_at is None:
        return "not yet: call it, then `rogatory office accept`"
    return f"{moment(view.accepted_at)}, {view.accepted_by}"
