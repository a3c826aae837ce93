"""Commands of the call after an enrolment: the secretariat's side and the office's."""

from dataclasses import replace
from typing import Annotated, Final

import typer

from rogatory_client.cli.admission.enrolment_views import call_answer
from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_crypto.errors import Code

_HEARD_ADVICE: Final = {Code.MALFORMED: "ask the other side to read it again; nothing was kept"}

_office_side = typer.Typer()
_secretariat_side = typer.Typer()

Words = Annotated[str | None, typer.Option("--words", help="What the other side has read, words or digits.")]


def register(application: typer.Typer) -> None:
    """Add the office's side."""
    application.add_typer(_office_side)


def register_in(group: typer.Typer) -> None:
    """Add the secretariat's side to the group ``enrolment``."""
    group.registered_commands += _secretariat_side.registered_commands


@command(
    _secretariat_side,
    "call-back",
    needs=Needs.RELAY,
    example="rogatory enrolment call-back CNA-SN-01",
    advice=_HEARD_ADVICE,
)
async def call_back(
    call: Call,
    authority: Annotated[str, typer.Argument(help="The authority's entry, such as CNA-SN-01.")],
    words: Words = None,
) -> Answer:
    """The officer who did not make the code: call the office, read your words, enter what it reads."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        view = office.admissions.call_back(authority, words)
        numbers = ", ".join(view.telephones) or "a number known from elsewhere"
        asked = (Line(f"Call {view.name} ({authority}) on {numbers}."),)
        again = f"rogatory enrolment call-back {authority}"
        return replace(call_answer(view, {"call_back": as_dict(view)}, asked, again), warnings=warnings)


@command(_office_side, "call-back", needs=Needs.RELAY, example="rogatory call-back", advice=_HEARD_ADVICE)
async def answer_call(call: Call, words: Words = None) -> Answer:
    """When the secretariat calls after you enrolled: read your words, enter what it reads."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        view = office.admissions.answer_call(words)
        asked = (
            Line(f"Wait to be called, by {view.name or 'the directory operator'}; never call yourself."),
        )
        again = "rogatory call-back"
        return replace(call_answer(view, {"call_back": as_dict(view)}, asked, again), warnings=warnings)
