"""Commands on what becomes of a device later: its term, the office key, the leaving of its officer."""

from typing import Annotated

import typer

from rogatory_client.cli.answer import Answer
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.views import device_table


def register_in(group: typer.Typer) -> None:
    """Add the commands to the group ``device``."""
    group.registered_commands += _commands.registered_commands


_commands = typer.Typer()


@command(_commands, "renew", needs=Needs.VAULT, example="rogatory device renew 3f9a01c27b44 --days 365")
async def renew(
    call: Call,
    devices: Annotated[
        list[str] | None,
        typer.Argument(help="Devices: ids or beginnings of them; all that end within 60 days if none."),
    ] = None,
    days: Annotated[int, typer.Option(help="Length of the term from now on.")] = 730,
) -> Answer:
    """On a device with the office key: prolong the terms of devices before they end."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        renewed = await office.lifecycle.renew(devices or (), days=days)
        warnings = await call.refresh(office)
        return Answer({"devices": as_dict(renewed)}, (device_table(renewed),), warnings=warnings)
