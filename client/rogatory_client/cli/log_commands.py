"""Commands on the transparency log: fetch it, verify all of it, read its history; run a witness."""

import typer

_group = typer.Typer(help="The public log: fetch, verify and read it, or run a witness.")


def register(application: typer.Typer) -> None:
    """Add the group ``log``."""
    from rogatory_client.cli import witness_commands

    witness_commands.register(_group)
    application.add_typer(_group, name="log")
