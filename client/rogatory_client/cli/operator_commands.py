"""Commands of the directory operator: its key, the published directory, the invitations of offices.

The operator says which authorities exist and nothing else. Its key is in a file of its own, never in a vault.
"""

import secrets
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.cli.answer import Answer, Facts, Line, Prose
from rogatory_client.cli.bounded_file import new_file, read_bytes
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_crypto.errors import Code, MisuseError

if TYPE_CHECKING:
    from rogatory_crypto.identity import NetworkProfile

MAX_DAYS: Final = 90
_MAX_BYTES: Final = 32 << 20
_DAY_S: Final = 86_400

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
        from rogatory_client.cli.operator_key import create_operator_key

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
        advice={Code.CONFLICT: "somebody published at the same time: run the command again"},
    )
    async def publish(
        call: Call,
        state: Annotated[Path, typer.Option(help="State file written by `rogatory directory sync`.")],
        operator_key: Key,
        profile: Profile,
    ) -> Answer:
        """Directory operator: sign the directory and hand it to the relay."""
        from rogatory_client.cli.operator_key import open_operator_key
        from rogatory_client.cli.publishing import publish_directory

        key = open_operator_key(operator_key, call.passphrase.of(operator_key).existing())
        content = read_bytes(state, _MAX_BYTES)
        published = await publish_directory(_profile(profile), key, content, now=int(time.time()))
        said = f"Published {published['entries']} entries as number {published['sequence']}."
        return Answer(published, (Line(said),))


def _invite(group: typer.Typer) -> None:
    @command(
        group,
        "invite",
        needs=Needs.UNLOCKING,
        example="rogatory directory invite CNA-SN-01 --operator-key operator.key --profile profile.json",
    )
    async def invite(
        call: Call,
        entry_ids: Annotated[list[str], typer.Argument(help="Entries of the published directory.")],
        operator_key: Key,
        profile: Profile,
        days: Annotated[int, typer.Option(min=1, max=MAX_DAYS, help="For how long the code is valid.")] = 14,
    ) -> Answer:
        """Directory operator: make one-time enrolment codes, one for each authority. They are shown once."""
        from rogatory_client.cli.operator_key import open_operator_key
        from rogatory_client.cli.publishing import invite_offices

        key = open_operator_key(operator_key, call.passphrase.of(operator_key).existing())
        invited = await invite_offices(
            _profile(profile), key, entry_ids, now=int(time.time()), lifetime_s=days * _DAY_S,
            random=secrets.token_bytes,
        )  # fmt: skip
        data = {"invitations": [asdict(each) for each in invited]}
        letters = [Prose(each.letter) for each in invited]
        return Answer(data, (*letters, Line("The codes are not kept anywhere: print the letters now.")))


def _profile(path: Path) -> "NetworkProfile":
    from rogatory_crypto.identity import parse_profile

    try:
        return parse_profile(read_bytes(path, _MAX_BYTES).decode())
    except UnicodeDecodeError as error:
        raise MisuseError(f"{path} is no network profile") from error
