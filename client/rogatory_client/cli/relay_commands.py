"""Commands for who runs a relay, which is another program: these hand over to it and import none of it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from rogatory_client.bounded_file import new_file, read_bytes
from rogatory_client.cli.answer import Answer, Facts, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import command
from rogatory_crypto.errors import Code, MisuseError

_RELAY: Final = "rogatory_server"
_MAX_PEM_BYTES: Final = 1 << 20
_group = typer.Typer(help="Run a relay: it stores and forwards what it cannot read.")

Config = Annotated[Path, typer.Option("--config", help="The relay's configuration file.")]


def register(application: typer.Typer) -> None:
    """Add the group ``relay``."""
    application.add_typer(_group, name="relay")


@command(
    _group,
    "init",
    example="rogatory relay init relay --origin relay.example --listen 0.0.0.0:8443 "
    "--certificate chain.pem --private-key key.pem",
)
def init(
    _call: Call,
    folder: Annotated[Path, typer.Argument(help="New folder for the relay.")],
    origin: Annotated[str, typer.Option(help="The relay's name in addresses and postmarks.")],
    listen: Annotated[str, typer.Option(help="host:port to listen on.")],
    certificate: Annotated[Path, typer.Option(help="TLS certificate chain, PEM.")],
    private_key: Annotated[Path, typer.Option(help="Its private key, PEM.")],
    admin_port: Annotated[int, typer.Option(help="Loopback port for health and metrics; 0 for none.")] = 0,
) -> Answer:
    """Make the folder of a new relay: its keys, its configuration, and a place for the root of trust."""
    made = _ask_relay(
        "init", str(folder), "--origin", origin, "--listen", listen,
        "--certificate", str(certificate), "--private-key", str(private_key),
        "--admin-port", str(admin_port),
    )  # fmt: skip
    files = [_write_verifier_key(folder, text) for text in made["log_keys"]]
    facts = Facts(
        [
            ("Configuration", made["config"]),
            ("Postmark key", made["postmark_key"]),
            *(("Log key", str(file)) for file in files),
            ("Root of trust", made["trust_folder"]),
        ]
    )
    lines = (
        Line("Give postmark key and log keys to the operators, and put what they sign in that folder."),
        Line(f"Then start it with: rogatory relay serve --config {made['config']}"),
    )
    return Answer({**made, "log_key_files": [str(file) for file in files]}, (facts, *lines))


@command(_group, "serve", example="rogatory relay serve --config relay/relay.toml")
def serve(_call: Call, config: Config) -> Answer:
    """Serve until the process is told to stop (SIGTERM). Its journal is JSON lines without content."""
    if not config.is_file():
        raise MisuseError(f"there is no file {config}: make one with `rogatory relay init`")
    os.execv(sys.executable, _relay_command("serve", "--config", str(config)))  # noqa: S606 - our own program


@command(_group, "next-postmark-key", example="rogatory relay next-postmark-key --config relay/relay.toml")
def next_postmark_key(_call: Call, config: Config) -> Answer:
    """Make the key that signs postmarks next. It takes its turn when the network trust says so."""
    if not config.is_file():
        raise MisuseError(f"there is no file {config}: make one with `rogatory relay init`")
    made = _ask_relay("next-postmark-key", "--config", str(config))
    lines = (
        Line("Give it to the operators: they name it in the network trust, from a time that is to come."),
        Line("Then put what they sign into the trust folder, and start the relay again before that time."),
    )
    return Answer(made, (Facts([("Postmark key", made["postmark_key"])]), *lines))


@command(
    _group,
    "profile",
    example="rogatory relay profile --relay https://relay.example:8443 --origin relay.example --trust trust "
    "--out profile.json",
    advice={
        Code.EXPIRED: "renew the trust with `rogatory trust rotate` before you hand out profiles",
        Code.BAD_SIGNATURE: "believe none of it: ask the operators for the folder again",
        Code.INVALID_CREDENTIAL: "check that the trust folder is this network's",
    },
)
def profile(
    _call: Call,
    *,
    relay: Annotated[str, typer.Option(help="https:// address under which offices reach the relay.")],
    origin: Annotated[str, typer.Option(help="The relay's name in addresses and postmarks.")],
    trust: Annotated[Path, typer.Option(help="Trust folder, signed by its operators.")],
    out: Annotated[Path, typer.Option(help="Where the network profile goes.")],
    tls_ca: Annotated[
        Path | None, typer.Option(help="PEM of the only certificate authority to trust for the relay.")
    ] = None,
    suite: Annotated[str | None, typer.Option(help="MLS cipher suite of new groups, such as 0xF04E.")] = None,
) -> Answer:
    """Write the network profile that offices get with their enrolment letter."""
    from rogatory_client.cli.trust.folder import read_trust_folder
    from rogatory_crypto.identity import DEFAULT_SUITE, NetworkProfile, parse_profile

    pinned = read_trust_folder(trust).verified(origin)
    pinned.current(int(time.time()))
    authority = None if tls_ca is None else read_bytes(tls_ca, _MAX_PEM_BYTES).decode("ascii", "replace")
    chosen = DEFAULT_SUITE if suite is None else _number(suite)
    made = NetworkProfile(relay, origin, pinned.root.encoded, pinned.encoded, chosen, authority)
    text = made.to_json()
    parse_profile(text)  # what no office could read is not written
    out.write_text(text)
    data = {"profile": str(out), "relay_url": relay, "origin": origin, "root": pinned.root.version}
    data |= {"trust": pinned.trust.version, "expires_at": pinned.expires_at, "suite": chosen}
    return Answer(data, (Line(f"Wrote {out}: hand it to every office."),))


def _number(suite: str) -> int:
    try:
        return int(suite, 0)
    except ValueError as error:
        raise MisuseError(f"{suite} is no cipher suite: write it like 0xF04E") from error


def _write_verifier_key(folder: Path, text: str) -> Path:
    from rogatory_crypto.log.note_key import SignatureType, parse_verifier_key

    kinds = {SignatureType.ED25519: "ed25519", SignatureType.COSIGNATURE_ML_DSA_44: "ml-dsa-44"}
    file = folder / f"log-{kinds[parse_verifier_key(text).type]}.vkey"
    new_file(file, f"{text}\n".encode())
    return file


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
