"""Commands on the office's seal: the certificate that documents are signed with, named in the log."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.bounded_file import new_file
from rogatory_client.cli.answer import Answer, Facts, Line, Table
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.passphrase import read_secret
from rogatory_client.cli.views import moment, short
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.office.devices.sealing import SealView

_group = typer.Typer(help="The office's seal for documents.")
_Seal = Annotated[str, typer.Argument(help="Seal: SHA-256 of its certificate, or the beginning of it.")]


def register(application: typer.Typer) -> None:
    """Add the group ``seal``."""
    application.add_typer(_group, name="seal")


@command(_group, "create", needs=Needs.VAULT, example="rogatory seal create --days 730")
async def create(
    call: Call,
    days: Annotated[int, typer.Option(help="How long the seal is valid.")] = 730,
    short_name: Annotated[
        str | None, typer.Option(help="What readers of a document see; from the directory if not given.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="Two letters of ISO 3166-1; from the directory if not given.")
    ] = None,
) -> Answer:
    """On a device with the office key: make a seal and enter it in the log."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        made = await office.lifecycle.create_seal(days=days, short_name=short_name, country=country)
        said = Line("Made, and named in the log. `rogatory seal export` writes it for `rogatory sign`.")
        return Answer({"seal": as_dict(made)}, (_facts(made), said), warnings=warnings)


@command(
    _group,
    "export",
    needs=Needs.VAULT,
    example="rogatory seal export 3f9a01c27b44 --out seal.p12 --issuer-out issuer.pem",
)
async def export(
    call: Call,
    seal: _Seal,
    out: Annotated[Path, typer.Option(help="Write key and certificate to this file, PKCS#12.")],
    issuer_out: Annotated[
        Path | None, typer.Option(help="Write the issuer's certificate, for others to trust, PEM.")
    ] = None,
    seal_fd: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Read the file's passphrase from this file descriptor."),
    ] = None,
) -> Answer:
    """Write a seal with its key to a file under a passphrase of its own, which is asked for."""
    if out.exists() or (issuer_out is not None and issuer_out.exists()):
        raise MisuseError("a file of that name exists: choose another")
    async with call.office() as office:
        secret = read_secret(seal_fd, "Passphrase of the seal's file: ")
        exported = office.lifecycle.export_seal(seal, secret.encode())
        new_file(out, exported.pkcs12, mode=0o600)
        if issuer_out is not None:
            new_file(issuer_out, exported.issuer_pem)
        return Answer({"file": str(out)}, (Line(f"{out} holds the seal and its key: keep it closed."),))


@command(_group, "revoke", needs=Needs.VAULT, example="rogatory seal revoke 3f9a01c27b44 --reason 'key lost'")
async def revoke(
    call: Call, seal: _Seal, reason: Annotated[str, typer.Option(help="Why, for everybody to read.")]
) -> Answer:
    """On a device with the office key: take a seal back for ever; what it sealed before stays sealed."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        revoked = await office.lifecycle.revoke_seal(seal, reason)
        return Answer({"seal": as_dict(revoked)}, (_facts(revoked), Line("Taken back in the log.")))


@command(_group, "list", needs=Needs.RELAY, example="rogatory seal list")
async def list_seals(call: Call) -> Answer:
    """Show the seals of your office, those of the past too."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        seals = office.lifecycle.seals()
        rows = [
            (short(each.sha256), _state(each), moment(each.not_after), "yes" if each.here else "no")
            for each in seals
        ]
        table = Table(("Seal", "In the log", "Valid until", "Key here"), rows, "No seal yet.")
        return Answer({"seals": as_dict(seals)}, (table,), warnings=warnings)


def _facts(seal: "SealView") -> Facts:
    return Facts(
        [("Seal", seal.sha256), ("In the log", _state(seal)), ("Valid until", moment(seal.not_after))]
    )


def _state(seal: "SealView") -> str:
    if seal.logged_at is None:
        return "not yet"
    if seal.ended_at is not None:
        return f"taken back {moment(seal.ended_at)}"
    return f"since {moment(seal.logged_at)}"
