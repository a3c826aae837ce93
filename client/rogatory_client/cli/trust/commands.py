"""Commands of the root operators: who may say what a network believes, signed by enough of them.

Each operator has a key of its own and signs apart: the folder goes round, and what has enough signatures
takes its final name. Nobody can do it alone where the threshold is two or more.
"""

import secrets
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.cli.answer import Answer, Facts, Line, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_crypto.errors import Code, MisuseError

if TYPE_CHECKING:
    from rogatory_client.cli.trust.folder import TrustFolder

_DAY_S: Final = 86_400
_MAX_DAYS: Final = 3_650
_MAX_FORMER_DAYS: Final = 90
_WARN_DAYS: Final = 60
_ADVICE: Final = {
    Code.EXPIRED: "renew it with `rogatory trust rotate`, then let the operators sign",
    Code.BAD_SIGNATURE: "believe none of it: ask the operators for the folder again, and who changed it",
    Code.REPLAYED: "check that these files belong together",
    Code.INVALID_CREDENTIAL: "check that the folder is this network's",
}
_group = typer.Typer(help="Root of trust: what a network believes, signed by several operators.")

Folder = Annotated[Path, typer.Argument(help="Trust folder.")]
RootKeys = Annotated[
    list[str] | None,
    typer.Option("--root-key", help="An operator's public key, or its .pub file; once for each operator."),
]
Threshold = Annotated[int | None, typer.Option(min=1, help="How many operators must sign.")]
Days = Annotated[int, typer.Option(min=1, max=_MAX_DAYS, help="For how long it is valid.")]


def register(application: typer.Typer) -> None:
    """Add the group ``trust``."""
    application.add_typer(_group, name="trust")


@command(_group, "key-init", needs=Needs.UNLOCKING, example="rogatory trust key-init operator-1.key")
def key_init(
    call: Call,
    file: Annotated[Path, typer.Argument(help="New key file; must not exist.")],
    post_quantum: Annotated[bool, typer.Option("--post-quantum", help="ML-DSA-44, not Ed25519.")] = False,  # noqa: FBT002
) -> Answer:
    """Root operator: make your key. The public half, in FILE.pub, goes to whoever drafts."""
    from rogatory_client.cli.trust.root_key import create_root_key

    secret = call.passphrase.of(file).new()
    made = create_root_key(file, secret, secrets.token_bytes, post_quantum=post_quantum)
    facts = Facts([("Key file", str(file)), ("Public half", str(made.file)), ("Key id", made.key_id)])
    data = {"file": str(file), "public_file": str(made.file), "key_id": made.key_id}
    return Answer(data | {"public_key": made.public_key.hex()}, (facts,))


@command(
    _group,
    "draft",
    example="rogatory trust draft trust --root-key 1.pub --root-key 2.pub --root-key 3.pub --threshold 2 "
    "--directory-key operator.key.pub --postmark-key 77aa… --log log.vkey "
    "--witness wacap=witness.vkey=https://witness.example --quorum 1 --secretariat WACAP=NET-WACAP",
)
def draft(
    _call: Call,
    folder: Folder,
    *,
    root_key: RootKeys = None,
    threshold: Threshold = None,
    directory_key: Annotated[
        str | None, typer.Option(help="The directory operator's public keys, or their .pub file.")
    ] = None,
    postmark_key: Annotated[str | None, typer.Option(help="The relay's postmark key.")] = None,
    log: Annotated[list[str] | None, typer.Option(help="VKEY[=URL] of the log, or VKEY's file.")] = None,
    witness: Annotated[list[str] | None, typer.Option(help="NAME=VKEY[=URL], or VKEY's file.")] = None,
    quorum: Annotated[int | None, typer.Option(min=0, help="How many witnesses must cosign.")] = None,
    policy: Annotated[Path | None, typer.Option(help="A tlog-policy file, instead of the three.")] = None,
    secretariat: Annotated[list[str] | None, typer.Option(help="NETWORK=ENTRY that runs it.")] = None,
    days: Days = 365,
    former_days: Annotated[
        int,
        typer.Option(min=0, max=_MAX_FORMER_DAYS, help="For how long replaced keys and secretariats count."),
    ] = 7,
) -> Answer:
    """Write what the network is to believe, for the operators to sign. Later, name only what changes."""
    from rogatory_client.cli.trust.drafting import Believed, first_drafts, next_draft
    from rogatory_client.cli.trust.folder import TrustFolder, read_trust_folder

    now = int(time.time())
    until = now + former_days * _DAY_S
    believed = Believed(
        directory_key, postmark_key, log or (), witness or (), quorum, policy, secretariat or (), until
    )
    expires_at = now + days * _DAY_S
    held = read_trust_folder(folder) if folder.exists() else TrustFolder(folder)
    if not held.roots:
        root, trust = first_drafts(root_key or (), threshold, believed, expires_at)
        folder.mkdir(exist_ok=True)
        return _drafted(held.with_drafts(root, trust))
    if root_key or threshold:
        raise MisuseError("the operators change with `rogatory trust rotate`, not in a draft")
    if held.trust is None:
        raise MisuseError(f"{folder} has a root but no targets.json: restore it, then draft what changes")
    return _drafted(held.with_drafts(None, next_draft(held.trust, believed, expires_at)))


@command(
    _group,
    "rotate",
    example="rogatory trust rotate trust --root-key 1.pub --root-key 2.pub --root-key 4.pub --threshold 2",
)
def rotate(
    _call: Call,
    folder: Folder,
    root_key: RootKeys = None,
    threshold: Threshold = None,
    days: Days = 365,
) -> Answer:
    """Write the next root: with other operators, or with the same for another year. It is signed by both."""
    from rogatory_client.cli.trust.drafting import next_root
    from rogatory_client.cli.trust.folder import read_trust_folder

    held = read_trust_folder(folder)
    root, trust = next_root(held, root_key or (), threshold, int(time.time()) + days * _DAY_S)
    return _drafted(held.with_drafts(root, trust))


@command(
    _group,
    "sign",
    needs=Needs.UNLOCKING,
    example="rogatory trust sign trust --key operator-1.key",
    advice=_ADVICE,
)
def sign(
    call: Call,
    folder: Folder,
    key: Annotated[Path, typer.Option(help="Your key file.")],
) -> Answer:
    """Root operator: sign what waits in the folder. Read it first with `rogatory trust show`."""
    from rogatory_client.cli.trust.folder import read_trust_folder
    from rogatory_client.cli.trust.root_key import open_root_key
    from rogatory_client.cli.trust.views import waiting, waiting_data

    read_trust_folder(folder).require_drafts()
    private = open_root_key(key, call.passphrase.of(key).existing())
    # Another operator may have signed while this one typed the passphrase.
    signed = read_trust_folder(folder).signed_by(private)
    data = {"complete": not signed.has_drafts, "waiting": waiting_data(signed)}
    if signed.has_drafts:
        return Answer(data, tuple(waiting(signed)))
    return Answer(data, (Line("Complete: hand the folder to the relay and to whoever writes profiles."),))


@command(_group, "show", example="rogatory trust show trust", advice=_ADVICE)
def show(_call: Call, folder: Folder) -> Answer:
    """Show who decides, what the network believes, and what still waits for whom."""
    from rogatory_client.cli.trust.folder import read_trust_folder
    from rogatory_client.cli.trust.views import blocks, describe

    held = read_trust_folder(folder)
    return Answer(describe(held), tuple(blocks(held, int(time.time()))))


@command(_group, "check", example="rogatory trust check trust --origin relay.example", advice=_ADVICE)
def check(
    _call: Call,
    folder: Folder,
    origin: Annotated[str, typer.Option(help="The relay's name, whose log it must be about.")],
) -> Answer:
    """Check every signature, version and date, as an office does."""
    from rogatory_client.cli.trust.folder import read_trust_folder
    from rogatory_client.cli.trust.views import date_of, weaknesses

    now, held = int(time.time()), read_trust_folder(folder)
    pinned = held.verified(origin)
    trust = pinned.current(now)
    data = {"root": pinned.root.version, "trust": trust.version, "expires_at": pinned.expires_at}
    said = f"Network trust {trust.version} under root {pinned.root.version} holds for {origin}"
    warnings = weaknesses(replace(held, root_draft=None, trust_draft=None))
    left = (pinned.expires_at - now) // _DAY_S
    if left < _WARN_DAYS:
        warnings += (f"it expires in {left} days: renew it with `rogatory trust rotate`",)
    return Answer(data, (Line(f"{said} until {date_of(pinned.expires_at)}.", Tone.NEW),), warnings=warnings)


def _drafted(folder: "TrustFolder") -> Answer:
    from rogatory_client.cli.trust.views import waiting, waiting_data, weaknesses

    said = Line(f"Drafted in {folder.path}: every operator reads it and signs with `rogatory trust sign`.")
    data = {"folder": str(folder.path), "waiting": waiting_data(folder)}
    return Answer(data, (said, *waiting(folder)), warnings=weaknesses(folder))
