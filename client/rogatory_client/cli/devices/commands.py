"""Commands on the office's devices: each has keys of its own; the office alone adds and removes them."""

from pathlib import Path
from typing import Annotated, Final

import typer

from rogatory_client.bounded_file import new_file, read_bytes
from rogatory_client.cli.answer import Answer, Codes, Line, Prose
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.devices import lifecycle as device_lifecycle
from rogatory_client.cli.devices.officer_role import OfficerRole, read_role
from rogatory_client.cli.failure import ExitCode
from rogatory_client.cli.views import device_table, short
from rogatory_crypto.errors import Code, MisuseError

_group = typer.Typer(help="Devices of this office.")
_MAX_REQUEST_BYTES: Final = 64 << 10


def register(application: typer.Typer) -> None:
    """Add the group ``device``."""
    device_lifecycle.register_in(_group)
    application.add_typer(_group, name="device")


@command(_group, "list", needs=Needs.RELAY, example="rogatory device list")
async def list_devices(call: Call) -> Answer:
    """Show the devices of your office and which are in service."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        devices = office.devices()
        return Answer({"devices": as_dict(devices)}, (device_table(devices),), warnings=warnings)


@command(
    _group,
    "link-request",
    needs=Needs.VAULT,
    example="rogatory device link-request --office CNA-SN-01 --officer 'duty officer' --role duty-officer "
    "--out request.txt",
)
async def link_request(
    call: Call,
    office: Annotated[str, typer.Option(help="Your office's entry, such as CNA-SN-01.")],
    officer: Annotated[str, typer.Option(help="Function of this device's officer; never a person's name.")],
    role: OfficerRole = "case-officer",
    out: Annotated[Path | None, typer.Option(help="Write the request to this file.")] = None,
    *,
    qr: Annotated[bool, typer.Option("--qr", help="Show the request as QR codes.")] = False,
) -> Answer:
    """On a new device: ask to become a device of your office."""
    chosen = read_role(role)
    async with call.office() as opened:
        request = await opened.link_request(office, officer, chosen)
        if out is not None:
            new_file(out, request.text.encode() + b"\n")
        told = Line(f"Read this code to the officer at the first device: {request.confirmation_code}")
        where = Line(f"The request is in {out}.") if out else Prose(request.text)
        codes = (Codes(request.text),) if qr else ()
        data = {"request": request.text, "confirmation_code": request.confirmation_code}
        done = Line("When it is approved: `rogatory device complete`.")
        return Answer(data, (*codes, where, told, done))


@command(
    _group,
    "approve",
    needs=Needs.VAULT,
    example="rogatory device approve request.txt --confirmation-code K7QA-2MXC-R5TD-4WFE\n\n"
    "rogatory device approve --picture screen.png --confirmation-code K7QA-2MXC-R5TD-4WFE",
    advice={Code.FORBIDDEN: "compare the code with the new device's screen: it may be another request"},
)
async def approve(
    call: Call,
    confirmation_code: Annotated[str, typer.Option(help="The code the new device shows.")],
    request: Annotated[Path | None, typer.Argument(help="The request from the new device.")] = None,
    picture: Annotated[
        list[Path] | None, typer.Option(help="Picture of the QR codes that the new device shows.")
    ] = None,
) -> Answer:
    """On the device with the office key: let the new device in, after comparing its code."""
    from rogatory_client.office import as_dict

    text = _request_text(request, picture or [])
    async with call.office() as office:
        device = await office.approve_link(text.strip(), confirmation_code)
        warnings = await call.refresh(office)
        said = Line(f"Device {short(device.device_id)} ({device.officer}) is part of the office now.")
        return Answer({"device": as_dict(device)}, (said,), warnings=warnings)


@command(_group, "complete", needs=Needs.VAULT, example="rogatory device complete")
async def complete(call: Call) -> Answer:
    """On the new device: finish linking after the approval and fetch the office's cases."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        report = await office.sync()
        identity = office.identity
        data = {"identity": as_dict(identity), "sync": as_dict(report)}
        if not identity.enrolled:
            waiting = Line("Not approved yet: approve the request on the first device, then run this again.")
            return Answer(data, (waiting,), ExitCode.TRY_AGAIN, report.warnings)
        said = Line(f"This device belongs to {identity.entry_id} now.")
        next_step = Line("The cases come once another device of the office has run `rogatory sync`.")
        return Answer(data, (said, next_step), warnings=report.warnings)


@command(_group, "revoke", needs=Needs.VAULT, example="rogatory device revoke 3f9a01c27b44 --reason lost")
async def revoke(
    call: Call,
    device: Annotated[str, typer.Argument(help="Device: its id or the beginning of it.")],
    reason: Annotated[str, typer.Option(help="lost, officer-left, replaced or compromised.")],
) -> Answer:
    """Take a device of your office out of service for ever; it reads nothing that is said afterwards."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        await office.sync()
        matching = [each.device_id for each in office.devices() if each.device_id.startswith(device)]
        if len(matching) != 1:
            raise MisuseError(f"{len(matching)} devices begin with {device}: see `rogatory device list`")
        revoked = await office.revoke_device(matching[0], reason)
        warnings = await call.refresh(office)
        said = Line(f"Device {short(revoked.device_id)} ({revoked.officer}) is out of service.")
        return Answer({"device": as_dict(revoked)}, (said,), warnings=warnings)


def _request_text(request: Path | None, pictures: list[Path]) -> str:
    if (request is None) == (not pictures):
        raise MisuseError("name the new device's request: either its file or, with --picture, pictures of it")
    if request is None:
        from rogatory_client.cli.pictures.reading import read_picture_files

        return read_picture_files(pictures)
    try:
        return read_bytes(request, _MAX_REQUEST_BYTES).decode()
    except UnicodeDecodeError as error:
        raise MisuseError(f"{request} is no linking request") from error
