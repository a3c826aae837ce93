"""Commands on what becomes of a device later: its term, the office key, the leaving of its officer."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import new_file, read_bytes
from rogatory_client.cli.answer import Answer, Block, Facts, Line, Prose, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.views import device_table, short
from rogatory_crypto.errors import Code, MisuseError

if TYPE_CHECKING:
    from rogatory_client.office.devices.hand_over import HandOverView

_MAX_TEXT_BYTES: Final = 64 << 10
_OVERTAKEN: Final = {
    Code.CONFLICT: "something else was said about the office since: have it proposed again",
    Code.EXPIRED: "have it proposed again with `rogatory device hand-over`",
}
_NEXT: Final = {
    "confirm": "Next: the second officer runs `rogatory device confirm-hand-over` within seven days.",
    "seal": "Next: on a device with the office key, `rogatory device seal-hand-over`.",
}


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
    example="rogatory device key-grant request.txt --confirmation-code K7QA-2MXC-R5TD-4WFE --out grant.txt",
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


@command(
    _commands,
    "hand-over",
    needs=Needs.VAULT,
    example="rogatory device hand-over 3f9a01c27b44 --to 77aa12bd0031 --out hand-over.txt",
)
async def hand_over(
    call: Call,
    leaver: Annotated[str, typer.Argument(help="Device of the officer who leaves.")],
    to: Annotated[str, typer.Option(help="Device that takes over.")],
    out: Annotated[Path, typer.Option(help="Write the proposal for the second officer to this file.")],
    confirmer: Annotated[
        str | None, typer.Option(help="Device of the second officer, where there are several.")
    ] = None,
) -> Answer:
    """First officer: propose that a leaver's device is out and another has its work; a second confirms."""
    async with call.office() as office:
        proposed = await office.lifecycle.propose_hand_over(leaver, to, confirmer=confirmer)
        return _handed_over(proposed, out)


@command(
    _commands,
    "confirm-hand-over",
    needs=Needs.VAULT,
    example="rogatory device confirm-hand-over hand-over.txt",
    advice=_OVERTAKEN,
)
async def confirm_hand_over(
    call: Call,
    proposal: Annotated[Path, typer.Argument(help="The first officer's file.")],
    out: Annotated[
        Path | None, typer.Option(help="Write it here, where a third device holds the office key.")
    ] = None,
    *,
    show: Annotated[bool, typer.Option("--show", help="Say what it is, and sign nothing.")] = False,
) -> Answer:
    """Second officer: agree to a hand-over; it is published where either officer holds the office key."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        text = _read_text(proposal)
        considered = await office.lifecycle.consider_hand_over(text)
        if show:
            return Answer({"hand_over": as_dict(considered)}, (_hand_over_facts(considered),))
        return _handed_over(await office.lifecycle.confirm_hand_over(text), out)


@command(
    _commands,
    "seal-hand-over",
    needs=Needs.VAULT,
    example="rogatory device seal-hand-over confirmed.txt",
    advice=_OVERTAKEN,
)
async def seal_hand_over(
    call: Call, confirmed: Annotated[Path, typer.Argument(help="The file that both officers have signed.")]
) -> Answer:
    """On a device with the office key: publish what both officers have signed."""
    async with call.office() as office:
        return _handed_over(await office.lifecycle.seal_hand_over(_read_text(confirmed)), None)


def _handed_over(view: "HandOverView", out: Path | None) -> Answer:
    from rogatory_client.office import as_dict

    lines: list[Block] = [_hand_over_facts(view)]
    if view.still_assigned:
        who = f"'{view.leaver_officer}' '{view.successor_officer}'"
        said = f"{len(view.still_assigned)} open cases are still assigned to {view.leaver_officer}"
        lines.append(Line(f"{said}: `rogatory office hand-over-cases {who}`.", Tone.WAITING))
    if view.text is None:
        lines.append(Line("Handed over: the leaver's device is out, at the relay and in every case."))
        if view.replace_key:
            advice = "The leaver may know the office key: run `rogatory device key-replace` now."
            lines.append(Line(advice, Tone.ALARM))
    else:
        where = "is below" if out is None else f"is in {out}"
        if out is not None:
            new_file(out, view.text.encode() + b"\n")
        else:
            lines.append(Prose(view.text))
        lines.append(Line(f"{_NEXT[view.next_step]} What to hand on {where}."))
    return Answer({"hand_over": as_dict(view)}, lines)


def _hand_over_facts(view: "HandOverView") -> Facts:
    return Facts(
        [
            ("Leaves", f"{short(view.leaver)} ({view.leaver_officer})"),
            ("Takes over", f"{short(view.successor)} ({view.successor_officer})"),
            ("Confirms", f"{short(view.confirmer)} ({view.confirmer_officer})"),
        ]
    )


def _read_text(path: Path) -> str:
    try:
        return read_bytes(path, _MAX_TEXT_BYTES).decode("ascii")
    except UnicodeDecodeError as error:
        raise MisuseError(f"{path} is not a file of this program") from error
