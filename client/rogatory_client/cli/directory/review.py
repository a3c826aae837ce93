"""Four eyes over held changes: what waits, one officer's signed word, and the key it is signed with."""

import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.bounded_file import read_bytes
from rogatory_client.cli.answer import Answer, Facts, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.directory.commands import State, read_entries
from rogatory_client.cli.directory.views import held_blocks, held_data
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_directory_sync import Entry

_MAX_BYTES = 1 << 20
OfficerKey = Annotated[Path | None, typer.Option("--key", help="The officer's key file.")]


def register(group: typer.Typer) -> None:
    """Add the commands to the group ``directory``."""
    for add in (_officer_init, _review):
        add(group)


def _officer_init(group: typer.Typer) -> None:
    @command(
        group, "officer-init", needs=Needs.UNLOCKING, example="rogatory directory officer-init officer.key"
    )
    def officer_init(
        call: Call, file: Annotated[Path, typer.Argument(help="New key file; must not exist.")]
    ) -> Answer:
        """Officer: make the key that signs decisions and edits. Its public key goes on the officers' list."""
        from rogatory_client.cli.directory.operator_key import OFFICER_KIND, create_operator_key

        secret = call.passphrase.of(file).new()
        public = create_operator_key(file, secret, secrets.token_bytes, kind=OFFICER_KIND).ed25519
        facts = Facts([("Key file", str(file)), ("Public key", public.hex())])
        return Answer({"file": str(file), "public_key": public.hex()}, (facts,))


def open_officer_key(call: Call, file: Path) -> bytes:
    """The seed in an officer's key file."""
    from rogatory_client.cli.directory.operator_key import OFFICER_KIND, open_operator_key

    return open_operator_key(file, call.passphrase.of(file).existing(), kind=OFFICER_KIND).ed25519


def _review(group: typer.Typer) -> None:
    @command(
        group,
        "review",
        needs=Needs.UNLOCKING,
        example="rogatory directory review --state directory.json --officers officers.json\n\n"
        "rogatory directory review --state directory.json --officers officers.json --key officer.key "
        "--approve 5b0f --reason 'called back over the number known before'",
    )
    def review(
        call: Call,
        state: State,
        officers: Annotated[Path, typer.Option("--officers", help="JSON list of the officers who decide.")],
        approve: Annotated[str, typer.Option(metavar="ID", help="Approve this held change.")] = "",
        reject: Annotated[str, typer.Option(metavar="ID", help="Reject this held change.")] = "",
        reason: Annotated[str, typer.Option(help="What was done to be sure.")] = "",
        key: OfficerKey = None,
    ) -> Answer:
        """Show the changes that wait for two officers, or sign a decision on one of them."""
        from rogatory_directory_sync import held_changes, read_officers

        known = dict(read_officers(read_bytes(officers, _MAX_BYTES), officers.name))
        entries = read_entries(state)
        if not approve and not reject:
            changes = held_changes(entries, known)
            return Answer({"held": [held_data(item) for item in changes]}, held_blocks(changes, known))
        if (approve and reject) or key is None:
            raise MisuseError("name one change, with --approve or --reject, and your key with --key")
        return _decide(entries, state, known, approve, reject, reason, open_officer_key(call, key))


def _decide(
    entries: "dict[str, Entry]", state: Path, known: dict[bytes, str], approve: str, reject: str, reason: str,
    private: bytes,
) -> Answer:  # fmt: skip
    from rogatory_directory_sync import (
        Verdict,
        annotations_path,
        decide_change,
        find_change,
        held_changes,
        write_all,
        write_annotations,
    )

    change = find_change(held_changes(entries, known), approve or reject)
    verdict = Verdict.APPROVE if approve else Verdict.REJECT
    decided, reached = decide_change(
        entries, change, verdict, reason, at=int(time.time()), private=private, officers=known
    )
    write_all({annotations_path(state): write_annotations(decided)})
    after = [item for item in held_changes(decided, known) if item.change_id == change.change_id]
    data = {"id": change.change_id, "settlement": reached.name.lower(), "held": [held_data(after[0])]}
    return Answer(data, [*held_blocks(after, known), Line("Your decision is signed and kept.")])
