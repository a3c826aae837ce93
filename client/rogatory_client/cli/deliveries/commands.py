"""Commands on how messages arrive: by message, by case, and how long evidence is waited for."""

from pathlib import Path
from typing import Annotated

import typer

from rogatory_client.cli.answer import Answer, Line, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.deliveries.views import case_delivery_blocks, delivery_blocks, terms_table
from rogatory_client.cli.exchange_commands import Message

_group = typer.Typer()
_attachments = typer.Typer(help="Files of messages that were sent before.")
case_group = typer.Typer()


def register(application: typer.Typer) -> None:
    """Add the commands."""
    application.add_typer(_group)
    application.add_typer(_attachments, name="attachment")


@command(_group, "receipts", needs=Needs.RELAY, example="rogatory receipts 3f9a01c27b44 --json")
async def receipts(call: Call, message: Message) -> Answer:
    """Show how far a message has come with each office, and what evidence stands behind each step.

    In the data, events have the names of ETSI EN 319 522-1. A receipt that came after a statement of
    non-delivery overrules it; both stay.
    """
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.deliveries.of_message(message)
        return Answer({"delivery": as_dict(found)}, tuple(delivery_blocks(found)), warnings=warnings)


@command(case_group, "deliveries", needs=Needs.RELAY, example="rogatory case deliveries MLA-2026-17")
async def deliveries(
    call: Call,
    room: Annotated[
        str | None, typer.Argument(help="Case; without one, what is late or has failed in any case.")
    ] = None,
) -> Answer:
    """Show how far each message of a case has come, and what cannot be read here and who must act."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.deliveries.troubled() if room is None else (office.deliveries.of_case(room),)
        blocks = [block for case in found for block in case_delivery_blocks(case)]
        shown = blocks or [Line("Nothing is late, and everything can be read here.", Tone.NEW)]
        return Answer({"deliveries": as_dict(found)}, shown, warnings=warnings)


@command(_group, "delivery-terms", needs=Needs.VAULT, example="rogatory delivery-terms --urgent --delivery 2")
async def delivery_terms(
    call: Call,
    *,
    urgent: Annotated[bool, typer.Option("--urgent", help="Set those of urgent cases.")] = False,
    delivery: Annotated[int | None, typer.Option(help="Hours until non-delivery is stated.")] = None,
    opening: Annotated[int | None, typer.Option(help="Hours until it is stated that nobody opened.")] = None,
) -> Answer:
    """Show or set how long this device waits for receipts before it states, signed, that none has come."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        terms = office.deliveries.terms()
        if delivery is not None or opening is not None:
            terms = office.deliveries.set_terms(urgent=urgent, delivery_h=delivery, opening_h=opening)
        return Answer({"terms": as_dict(terms)}, (terms_table(terms),))


@command(
    _attachments,
    "resend",
    needs=Needs.RELAY,
    example="rogatory attachment resend 3f9a01c27b44 0 evidence.zip",
)
async def resend(
    call: Call,
    message: Message,
    number: Annotated[int, typer.Argument(help="Number of the file in its message, from 0.")],
    file: Annotated[Path, typer.Argument(help="The file as it was sent; it must be the very same.")],
) -> Answer:
    """Bring a file of an own message to the relay again, where it holds it no more; nothing else changes."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        with call.terminal.progress() as progress:
            sent = await office.deliveries.resend_attachment(message, number, file, progress=progress)
        said = Line(f"The relay holds {sent.filename} again.")
        return Answer({"attachment": as_dict(sent)}, (said,), warnings=warnings)
