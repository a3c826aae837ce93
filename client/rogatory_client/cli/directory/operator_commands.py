"""Commands of the directory operator: its key, the published directory, the invitations of offices.

The operator says which authorities exist and nothing else. Its key is in a file of its own, never in a vault.
"""

import secrets
import time
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import new_file, read_bytes
from rogatory_client.cli.answer import Answer, Facts, Line, Prose
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.profile_file import WRONG_TRUST
from rogatory_crypto.errors import Code

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from rogatory_client.cli.directory.operator_line import OperatorLine
    from rogatory_client.office import Progress

MAX_DAYS: Final = 90
_MAX_BYTES: Final = 32 << 20
_DAY_S: Final = 86_400
_ADVICE: Final = WRONG_TRUST | {
    Code.CONFLICT: "nothing is lost: run the command again in a minute, it goes on where it stopped",
    Code.EXPIRED: "the root operators renew it with `rogatory trust rotate`; a log waits for its witnesses",
}

Profile = Annotated[Path, typer.Option("--profile", help="Network profile of the relay.")]
Key = Annotated[Path, typer.Option("--operator-key", help="The operator's key file.")]


def register(group: typer.Typer) -> None:
    """Add the operator's commands to the group ``directory``."""
    for add in (_operator_init, _publish, _invite):
        add(group)


def _operator_init(group: typer.Typer) -> None:
    @command(
        group, "operator-init", needs=Needs.UNLOCKING, example="rogatory directory operator-init operator.key"
    )
    def operator_init(
        call: Call, file: Annotated[Path, typer.Argument(help="New key file; must not exist.")]
    ) -> Answer:
        """Directory operator: make your key. The public half, in FILE.pub, goes into the root of trust."""
        from rogatory_client.cli.directory.operator_key import create_operator_key

        public = create_operator_key(file, call.passphrase.of(file).new(), secrets.token_bytes)
        beside = file.with_name(f"{file.name}.pub")
        new_file(beside, f"{public.hex()}\n".encode())
        facts = Facts(
            [("Key file", str(file)), ("Public key", str(beside)), ("Fingerprint", public.fingerprint)]
        )
        data = {"file": str(file), "public_file": str(beside), "public_key": public.hex()}
        return Answer(data | {"fingerprint": public.fingerprint}, (facts,))


def _publish(group: typer.Typer) -> None:
    @command(
        group,
        "publish",
        needs=Needs.UNLOCKING,
        example="rogatory directory publish --state directory.json --operator-key operator.key "
        "--profile profile.json",
        advice=_ADVICE,
    )
    async def publish(
        call: Call,
        state: Annotated[Path, typer.Option(help="State file written by `rogatory directory sync`.")],
        operator_key: Key,
        profile: Profile,
    ) -> Answer:
        """Directory operator: log what changed, then sign the directory and hand it to the relay."""
        from rogatory_client.cli.directory.publishing import publish_directory

        content = read_bytes(state, _MAX_BYTES)
        async with _connected(call, operator_key, profile) as (line, progress):
            published = await publish_directory(line, content, progress)
        data = {**asdict(published), "sha256": published.sha256.hex()}
        if not published.is_new:
            said = f"The relay has this directory already, as number {published.sequence}."
            return Answer(data, (Line(said),), warnings=line.warnings)
        said = (
            f"Published {published.entries} entries as number {published.sequence}: {published.added} added, "
            f"{published.changed} changed, {published.withdrawn} withdrawn."
        )
        return Answer(data, (Line(said),), warnings=line.warnings)


def _invite(group: typer.Typer) -> None:
    @command(
        group,
        "invite",
        needs=Needs.UNLOCKING,
        example="rogatory directory invite NET-WACAP --operator-key operator.key --profile profile.json",
        advice=_ADVICE,
    )
    async def invite(
        call: Call,
        entry_ids: Annotated[list[str], typer.Argument(help="Entries of the published directory.")],
        operator_key: Key,
        profile: Profile,
        days: Annotated[int, typer.Option(min=1, max=MAX_DAYS, help="For how long the code is valid.")] = 14,
    ) -> Answer:
        """Directory operator: make one-time enrolment codes for secretariats. They are shown once."""
        from rogatory_client.cli.directory.inviting import invite_secretariats

        async with _connected(call, operator_key, profile) as (line, _):
            invited = await invite_secretariats(
                line, entry_ids, lifetime_s=days * _DAY_S, random=secrets.token_bytes
            )
        data = {"invitations": [asdict(each) for each in invited]}
        letters = [Prose(each.letter) for each in invited]
        said = Line("The codes are not kept anywhere: print the letters now.")
        return Answer(data, (*letters, said), warnings=line.warnings)


@asynccontextmanager
async def _connected(
    call: Call, operator_key: Path, profile: Path
) -> "AsyncIterator[tuple[OperatorLine, Progress]]":
    """Open the key, connect, and read the log, with a bar for what takes long."""
    from rogatory_client.cli.directory.operator_key import open_operator_key
    from rogatory_client.cli.directory.operator_line import no_progress, operator_line
    from rogatory_client.cli.profile_file import read_profile
    from rogatory_client.transport import HttpsLine

    now = int(time.time())
    private_keys = open_operator_key(operator_key, call.passphrase.of(operator_key).existing())
    known, _ = read_profile(profile, now=now)
    connection = HttpsLine(known, lambda: time.time_ns() // 1_000_000)
    with call.terminal.progress(counting=True) as shown:
        progress = shown or no_progress
        try:
            yield (
                await operator_line(connection.relay, known, private_keys, now=now, progress=progress),
                progress,
            )
        finally:
            await connection.close()
