"""Commands of an office as such: its vault, its enrolment, its synchronisation with the relay."""

import time
from pathlib import Path
from typing import Annotated, Final

import typer

from rogatory_client.cli.admission.enrolment_views import spoken
from rogatory_client.cli.answer import Answer, Facts, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.cases.reminder_commands import reminder_lines
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.devices.officer_role import OfficerRole, read_role
from rogatory_client.cli.passphrase import read_secret
from rogatory_client.cli.profile_file import WRONG_TRUST, read_profile
from rogatory_client.cli.views import entry_table, outbox_table
from rogatory_crypto.errors import Code

_group = typer.Typer()
_NEW_CODE: Final = "ask who sent the letter for a new enrolment code"


def register(application: typer.Typer) -> None:
    """Add the commands of an office."""
    application.add_typer(_group)


@command(
    _group,
    "init",
    needs=Needs.VAULT,
    example="rogatory init --profile profile.json",
    advice=WRONG_TRUST,
)
def init(
    call: Call, profile: Annotated[Path, typer.Option(help="Network profile from the enrolment letter.")]
) -> Answer:
    """Make an empty vault on this computer, under a passphrase of your choice."""
    from rogatory_client.office import Office

    parsed, warnings = read_profile(profile, now=int(time.time()))
    Office.create(call.home, parsed, call.passphrase.new())
    said = Line(f"The vault is in {call.home}. Next: `rogatory enrol` with the code from the letter.")
    return Answer(
        {"home": str(call.home), "relay": parsed.relay_url, "origin": parsed.origin},
        (said,),
        warnings=warnings,
    )


@command(
    _group,
    "enrol",
    needs=Needs.VAULT,
    example="rogatory enrol --officer 'head of unit' --role head",
    advice={
        Code.MALFORMED: "type the code again as it stands in the letter: nine groups of four",
        Code.NOT_FOUND: f"no invitation belongs to this code; {_NEW_CODE}",
        Code.EXPIRED: _NEW_CODE,
        Code.ALREADY_USED: f"{_NEW_CODE}, and tell it that somebody has used this one",
    },
)
async def enrol(
    call: Call,
    officer: Annotated[str, typer.Option(help="Function of this device's officer; never a person's name.")],
    role: OfficerRole = "head",
    code_fd: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Read the code from this file descriptor.")
    ] = None,
) -> Answer:
    """Enrol your authority with the one-time code from the letter; the code is asked for."""
    from rogatory_client.office import as_dict

    chosen = read_role(role)
    async with call.office() as office:
        identity = await office.enrol(read_secret(code_fd, "Enrolment code: "), officer, chosen)
        call_back = office.admissions.answer_call()
        facts = Facts(
            [("Authority", identity.entry_id), ("Officer", identity.officer), ("Device", identity.device_id)]
        )
        called = Line("You will be called on your number in the directory; never call yourself. Then:")
        again = Line("Enter what the caller reads with: rogatory call-back --words '...'")
        data = {"identity": as_dict(identity), "call_back": as_dict(call_back)}
        return Answer(data, (Line("Enrolled."), facts, called, *spoken(call_back), again))


@command(_group, "whoami", needs=Needs.VAULT, example="rogatory whoami")
async def whoami(call: Call) -> Answer:
    """Show which office and device this vault belongs to."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        identity = office.identity
        facts = Facts(
            [
                ("Authority", identity.entry_id or "not enrolled yet"),
                ("Officer", identity.officer),
                ("Device", identity.device_id),
                ("Relay", identity.origin),
                ("Office key", "on this device" if identity.holds_office_key else "on another device"),
            ]
        )
        return Answer({"identity": as_dict(identity)}, (facts,))


@command(_group, "sync", needs=Needs.VAULT, example="rogatory sync")
async def sync(
    call: Call,
    *,
    patience: Annotated[
        float, typer.Option(min=0, help="For how many seconds an unreachable relay is tried again.")
    ] = 60.0,
    headers_only: Annotated[
        bool,
        typer.Option(
            "--headers-only", help="On a thin line: messages with attachments wait for a better one."
        ),
    ] = False,
) -> Answer:
    """Send what waits and fetch what has come: texts first, attachments only with `rogatory save`."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        with call.terminal.progress() as progress:
            report = await office.sync(progress=progress, patience_s=patience, headers_only=headers_only)
        said = f"Received {report.received}, sent {report.sent}, waiting {report.waiting}."
        warnings = (*report.warnings, *reminder_lines(office))
        return Answer({"sync": as_dict(report)}, (Line(said),), warnings=warnings)


@command(_group, "outbox", needs=Needs.VAULT, example="rogatory outbox")
async def outbox(call: Call) -> Answer:
    """Show what waits to be sent; needs no relay."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        items = office.outbox()
        return Answer({"outbox": as_dict(items)}, (outbox_table(items),))


@command(_group, "offices", needs=Needs.RELAY, example="rogatory offices Senegal")
async def offices(
    call: Call, words: Annotated[str | None, typer.Argument(help="Words to look for.")] = None
) -> Answer:
    """Show the offices of the verified directory and whether they can be reached here."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        entries = office.directory(words)
        return Answer({"entries": as_dict(entries)}, (entry_table(entries),), warnings=warnings)
