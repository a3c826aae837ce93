"""Commands on what becomes of a device later: its term, the office key, the leaving of its officer."""

from pathlib import Path
from typing import Annotated, Final

import typer

from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.bounded_file import new_file, read_bytes
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.views import device_table, short
from rogatory_crypto.errors import Code, MisuseError

_MAX_TEXT_BYTES: Final = 64 << 10


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


@command(_commands, "key-request", needs=Needs.VAULT, example="rogatory device key-request --out request.txt")
async def key_request(
    call: Call,
    out: Annotated[Path, typer.Option(help="Write the request to this file.")],
) -> Answer:
    """On a device of the head or administrator: ask for the office key, from a device that holds it."""
    async with call.office() as office:
        asked = await office.lifecycle.request_key()
        new_file(out, asked.text.encode() + b"\n")
        data = {"request": asked.text, "confirmation_code": asked.confirmation_code}
        where = Line(f"The request is in {out}. Take it to a device with the office key within 24 hours.")
        told = Line(f"Read this code to the officer there: {asked.confirmation_code}")
        return Answer(data, (where, told, Line("With the answer: `rogatory device key-accept`.")))


@command(
    _commands,
    "key-grant",
    needs=Needs.VAULT,
    example="rogatory device key-grant request.txt --confirmation-code 4711-0815-2342-6667 --out grant.txt",
    advice={Code.EXPIRED: "ask anew on the other device with `rogatory device key-request`"},
)
async def key_grant(
    call: Call,
    request: Annotated[Path, typer.Argument(help="The request from the other device.")],
    confirmation_code: Annotated[str, typer.Option(help="The code the other device shows.")],
    out: Annotated[Path, typer.Option(help="Write the sealed key to this file.")],
) -> Answer:
    """On a device with the office key: seal it for the device that asks, after comparing its code."""
    async with call.office() as office:
        granted = await office.lifecycle.grant_key(_read_text(request), confirmation_code)
        new_file(out, granted.text.encode() + b"\n", mode=0o600)
        data = {"grant": granted.text, "device_id": granted.device_id, "officer": granted.officer}
        who = f"{short(granted.device_id)} ({granted.officer})"
        return Answer(data, (Line(f"Take {out} to the device {who}; no other device can open it."),))


@command(_commands, "key-accept", needs=Needs.VAULT, example="rogatory device key-accept grant.txt")
async def key_accept(
    call: Call, grant: Annotated[Path, typer.Argument(help="The sealed key from the other device.")]
) -> Answer:
    """On the device that asked: take the office key out of the answer."""
    async with call.office() as office:
        await office.lifecycle.accept_key(_read_text(grant))
        data = {"holds_office_key": office.identity.holds_office_key}
        return Answer(data, (Line("This device holds the office key now. Delete both files."),))


@command(_commands, "key-replace", needs=Needs.VAULT, example="rogatory device key-replace")
async def key_replace(call: Call) -> Answer:
    """On a device with the office key: give the office a new one; its devices stay in service."""
    async with call.office() as office:
        await office.lifecycle.replace_key()
        warnings = await call.refresh(office)
        data = {"holds_office_key": office.identity.holds_office_key}
        said = Line("The office has a new key, and partners are told. The former one is worth nothing.")
        others = Line("Other devices that held it ask again with `rogatory device key-request`.")
        return Answer(data, (said, others), warnings=warnings)


def _read_text(path: Path) -> str:
    try:
        return read_bytes(path, _MAX_TEXT_BYTES).decode("ascii")
    except UnicodeDecodeError as error:
        raise MisuseError(f"{path} is not a file of this program") from error
