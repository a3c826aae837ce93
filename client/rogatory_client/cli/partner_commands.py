"""Commands on other offices whose keys have changed: who they are, and accepting them after a call."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.cli.answer import Answer, Facts, Line, Table, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.views import moment
from rogatory_crypto.errors import Code

if TYPE_CHECKING:
    from rogatory_client.office.partner_keys import ChangedPartnerView

_group = typer.Typer(help="Other offices whose keys have changed.")
_AGAIN: Final = "rogatory office accept {} --words '...'"
_ADVICE: Final = {
    Code.MALFORMED: "ask the other side to read it again; nothing was kept",
    Code.HASH_MISMATCH: "call again, on a number known from elsewhere; send that office nothing until then",
}


def register(application: typer.Typer) -> None:
    """Add the group ``office``."""
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
            f"The keys of {accepted.entry_id} are accepted: its devices may be added again.", Tone.NEW
        )
        return Answer({"partner": as_dict(accepted)}, (said,), warnings=warnings)


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
