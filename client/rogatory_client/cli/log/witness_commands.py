"""Commands for who runs a witness: make it, say which logs it cosigns, serve, and look at what it found."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.cli.answer import Answer, Block, Facts, Line, Table, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import command
from rogatory_client.cli.views import moment
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rogatory_client.witness.evidence import Evidence, Held
    from rogatory_crypto.log.note_key import VerifierKey
    from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint

_group = typer.Typer(help="Run a witness: it cosigns what continues the log it has seen.")

Folder = Annotated[Path, typer.Argument(help="Folder of the witness.")]


def register(group: typer.Typer) -> None:
    """Add the group ``witness`` to the group ``log``."""
    group.add_typer(_group, name="witness")


@command(_group, "init", example="rogatory log witness init witness --name witness.example/wacap")
def init(
    _call: Call,
    folder: Annotated[Path, typer.Argument(help="New folder for the witness.")],
    name: Annotated[str, typer.Option(help="The witness's name, as it stands in policies.")],
) -> Answer:
    """Make a witness and its two keys. The keys stay in the folder; hand out the public halves shown."""
    from rogatory_client.witness.folder import init_folder

    keys = init_folder(folder, name, secrets.token_bytes)
    data = {"folder": str(folder), "name": name, "vkeys": [key.encode() for key in keys]}
    advice = Line("Then: rogatory log witness add-log, and rogatory log witness serve.")
    made = Line(f"Made the witness {name}. Its keys for policies:")
    return Answer(data, (made, _keys(keys), advice))


@command(
    _group,
    "add-log",
    example="rogatory log witness add-log witness relay.example/log+0f3c9a51+AbcD…",
)
def add_log(
    _call: Call,
    folder: Folder,
    vkeys: Annotated[list[str], typer.Argument(help="Verifier keys of logs; a key's name is its origin.")],
) -> Answer:
    """Have the witness cosign more logs. A witness that runs reads them on SIGHUP."""
    from rogatory_client.witness.folder import add_logs, read_keys

    read_keys(folder)
    added = add_logs(folder, vkeys)
    data = {"folder": str(folder), "added": [key.encode() for key in added]}
    return Answer(data, (Line(f"{len(added)} of {len(vkeys)} keys are new: {_names(added) or 'nothing'}."),))


@command(
    _group,
    "serve",
    example="rogatory log witness serve witness --listen 0.0.0.0:8444 "
    "--certificate chain.pem --private-key key.pem",
)
def serve(
    call: Call,
    folder: Folder,
    listen: Annotated[str, typer.Option(help="host:port to listen on; port 0 for any.")],
    certificate: Annotated[Path | None, typer.Option(help="TLS certificate chain, PEM.")] = None,
    private_key: Annotated[Path | None, typer.Option(help="Its private key, PEM.")] = None,
    prefix: Annotated[str, typer.Option(help="Path in front of all others, such as /wacap.")] = "",
) -> Answer:
    """Serve until the process is told to stop (SIGTERM); its journal is JSON lines on standard error.

    Says on standard output, in one line of JSON, where it listens once it does. Without a certificate it
    listens on loopback only.
    """
    from rogatory_client.witness.serving import Listening, serve

    host, _, port = listen.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise MisuseError("listen is host:port, for example 0.0.0.0:8444")
    if prefix and (not prefix.startswith("/") or prefix.endswith("/") or not _is_path(prefix)):
        raise MisuseError("a prefix is a path such as /wacap")
    where = Listening(host.strip("[]"), int(port), certificate, private_key, prefix)
    serve(folder, where, lambda addresses: call.terminal.emit({"event": "ready", "addresses": addresses}))
    return Answer({"event": "stopped"})


@command(_group, "show", example="rogatory log witness show witness")
def show(_call: Call, folder: Folder) -> Answer:
    """Show the witness's keys, the newest checkpoint of each log, and evidence against logs."""
    from rogatory_client.witness.folder import STORE_NAME, read_keys, read_logs
    from rogatory_client.witness.store import WitnessStore

    keys, logs = tuple(key.verifier for key in read_keys(folder)), read_logs(folder)
    held: Sequence[Held] = ()
    evidence: Sequence[Evidence] = ()
    if (folder / STORE_NAME).exists():
        store = WitnessStore(folder / STORE_NAME, read_only=True)
        held, evidence = store.held(), store.evidence()
        store.close()
    data = {
        "name": keys[0].name,
        "vkeys": [key.encode() for key in keys],
        "logs": [key.encode() for same in logs.values() for key in same],
        "newest": [_checkpoint(each.newest) for each in held],
        "evidence": [_evidence(each) for each in evidence],
    }
    blocks = (_keys(keys), _logs_table(logs, held), *_alarms(evidence))
    return Answer(data, blocks)


def _is_path(prefix: str) -> bool:
    return all(character.isalnum() or character in "/-._~" for character in prefix) and prefix.isascii()


def _names(keys: "Sequence[VerifierKey]") -> str:
    return ", ".join(dict.fromkeys(key.name for key in keys))


def _keys(keys: "Sequence[VerifierKey]") -> Facts:
    return Facts([(key.type.name.removeprefix("COSIGNATURE_"), key.encode()) for key in keys])


def _checkpoint(signed: "SignedCheckpoint") -> dict[str, object]:
    head = signed.checkpoint
    return {
        "origin": head.origin,
        "size": head.size,
        "root": head.root.hex(),
        "note": signed.encode().decode(),
    }


def _evidence(evidence: "Evidence") -> dict[str, object]:
    return {
        "origin": evidence.origin,
        "found_at": evidence.found_at,
        "proof": evidence.is_proof,
        "reason": evidence.reason,
        "held": None if evidence.held is None else _checkpoint(evidence.held),
        "suspect": _checkpoint(evidence.suspect),
    }


def _logs_table(logs: "Mapping[str, Sequence[VerifierKey]]", held: "Sequence[Held]") -> Table:
    newest = {each.newest.checkpoint.origin: each.newest.checkpoint for each in held}
    rows = [
        (
            origin,
            str(len(logs.get(origin, ()))),
            str(newest[origin].size) if origin in newest else "",
            newest[origin].root.hex()[:16] if origin in newest else "",
        )
        for origin in sorted({*logs, *newest})
    ]
    return Table(("Log", "Keys", "Entries", "Root"), rows, "It cosigns no log yet.")


def _alarms(evidence: "Sequence[Evidence]") -> list[Block]:
    return [Line(_told(each), Tone.ALARM if each.is_proof else Tone.WAITING) for each in evidence]


def _told(evidence: "Evidence") -> str:
    did = "signed two histories" if evidence.is_proof else "signed what was not shown to continue its history"
    before = "nothing" if evidence.held is None else _head(evidence.held)
    found_at = moment(evidence.found_at)
    return f"{evidence.origin} {did}: cosigned was {before}, then came {_head(evidence.suspect)} ({found_at})"


def _head(signed: "SignedCheckpoint") -> str:
    return f"{signed.checkpoint.size} entries with root {signed.checkpoint.root.hex()[:16]}"
