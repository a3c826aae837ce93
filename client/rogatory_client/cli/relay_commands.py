"""Commands for who runs a relay, which is another program: these hand over to it and import none of it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from rogatory_client.cli.answer import Answer, Facts, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import command
from rogatory_crypto.errors import MisuseError

_RELAY: Final = "rogatory_server"
_group = typer.Typer(help="Run a relay: it stores and forwards what it cannot read.")

Config = Annotated[Path, typer.Option("--config", help="The relay's configuration file.")]


def register(application: typer.Typer) -> None:
    """Add the group ``relay``."""
    application.add_typer(_group, name="relay")


@command(
    _group,
    "init",
    example="rogatory relay init relay --origin relay.example --listen 0.0.0.0:8443 "
    "--certificate chain.pem --private-key key.pem --operator-key 5b0f…",
)
def init(
    _call: Call,
    folder: Annotated[Path, typer.Argument(help="New folder for the relay.")],
    origin: Annotated[str, typer.Option(help="The relay's name in addresses and postmarks.")],
    listen: Annotated[str, typer.Option(help="host:port to listen on.")],
    certificate: Annotated[Path, typer.Option(help="TLS certificate chain, PEM.")],
    private_key: Annotated[Path, typer.Option(help="Its private key, PEM.")],
    operator_key: Annotated[str, typer.Option(help="The directory operator's public key, 64 hex digits.")],
    admin_port: Annotated[int, typer.Option(help="Loopback port for health and metrics; 0 for none.")] = 0,
) -> Answer:
    """Make the folder of a new relay: its postmark key and its configuration."""
    made = _ask_relay(
        "init", str(folder), "--origin", origin, "--listen", listen,
        "--certificate", str(certificate), "--private-key", str(private_key),
        "--operator-key", operator_key, "--admin-port", str(admin_port),
    )  # fmt: skip
    facts = Facts([("Configuration", made["config"]), ("Postmark key", made["postmark_key"])])
    return Answer(made, (facts, Line(f"Start it with: rogatory relay serve --config {made['config']}")))


@command(_group, "serve", example="rogatory relay serve --config relay/relay.toml")
def serve(_call: Call, config: Config) -> Answer:
    """Serve until the process is told to stop (SIGTERM). Its journal is JSON lines without content."""
    if not config.is_file():
        raise MisuseError(f"there is no file {config}: make one with `rogatory relay init`")
    os.execv(sys.executable, _relay_command("serve", "--config", str(config)))  # noqa: S606 - our own program


@command(
    _group,
    "profile",
    example="rogatory relay profile --config relay/relay.toml --url https://relay.example:8443 "
    "--out profile.json",
)
def profile(
    _call: Call,
    config: Config,
    url: Annotated[str, typer.Option(help="https:// address under which offices reach the relay.")],
    out: Annotated[Path, typer.Option(help="Where the network profile goes.")],
    tls_ca: Annotated[
        Path | None, typer.Option(help="PEM of the only certificate authority to trust for the relay.")
    ] = None,
    suite: Annotated[str | None, typer.Option(help="MLS cipher suite of new groups, such as 0xF04E.")] = None,
) -> Answer:
    """Write the network profile that offices get with their enrolment letter."""
    options = ["--config", str(config), "--url", url]
    options += ["--tls-ca", str(tls_ca)] if tls_ca else []
    options += ["--suite", suite] if suite else []
    made = _ask_relay("profile", *options)
    out.write_text(json.dumps(made, indent=2) + "\n")
    return Answer({"profile": str(out), **made}, (Line(f"Wrote {out}: hand it to every office."),))


def _relay_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", _RELAY, *arguments]


def _ask_relay(*arguments: str) -> dict[str, Any]:
    finished = subprocess.run(  # noqa: S603 - our own program, no shell
        _relay_command(*arguments), capture_output=True, text=True, check=False
    )
    if finished.returncode:
        raise MisuseError(finished.stderr.removeprefix("rogatory: ").strip() or "the relay program failed")
    answer: dict[str, Any] = json.loads(finished.stdout)
    return answer
