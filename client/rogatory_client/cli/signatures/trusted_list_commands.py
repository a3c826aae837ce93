"""Commands on trusted lists: keep the newest issue of each state's list, and see what it says."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import read_bytes
from rogatory_client.cli.answer import Answer, Facts, Line, Table
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import DEFAULT_HOME, command
from rogatory_client.cli.views import moment
from rogatory_crypto.errors import Code, MisuseError

if TYPE_CHECKING:
    from rogatory_client.signing.held_lists import HeldLists
    from rogatory_crypto.esign.trust.anchor import Anchor, Window
    from rogatory_crypto.esign.trust.list_snapshot import HeldList

DEFAULT_FOLDER: Final = DEFAULT_HOME / "trusted-lists"
_MAX_LIST_BYTES: Final = 16 << 20
_MAX_CERTIFICATE_BYTES: Final = 1 << 20
_SHOWN_SERVICES: Final = 500
_group = typer.Typer(help="Lists of trust services that states publish (ETSI TS 119 612).")

Folder = Annotated[
    Path,
    typer.Option(
        "--folder", help="Where lists are kept.", show_default="~/.local/share/rogatory/trusted-lists"
    ),
]
_Territory = Annotated[str, typer.Argument(help="Two letters of the state, or EU for the list of lists.")]
_ADVICE: Final = {
    Code.INVALID_CREDENTIAL: (
        "get the certificate of the list's signer on a way you trust, compare it, and give it with --signer"
    ),
    Code.REPLAYED: "get the newest issue from the state that publishes it",
    Code.CONFLICT: "get the list again from the state that publishes it, and compare",
    Code.BAD_SIGNATURE: "get the list again; it was changed, or never signed",
}


def register(application: typer.Typer) -> None:
    """Add the group ``trusted-list``."""
    application.add_typer(_group, name="trusted-list")


@command(
    _group, "add", example="rogatory trusted-list add eu-lotl.xml --signer lotl-signer.pem", advice=_ADVICE
)
def add(
    _call: Call,
    file: Annotated[Path, typer.Argument(help="The list, as its state publishes it (XML).")],
    *,
    signer: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Certificate (PEM or DER) of who signs this list; you vouch for it. Repeatable.",
        ),
    ] = None,
    folder: Folder = DEFAULT_FOLDER,
) -> Answer:
    """Keep a list, from a file; an older issue never takes the place of a newer one.

    The first list needs --signer. A list of lists that is kept says who signs the lists of its states. Its
    own signers change from issue to issue: add the issues between ("pivots") one after the other.
    """
    pins = [der for path in signer or () for der in _certificates(path)]
    now = int(time.time())
    held = _lists(folder).add(read_bytes(file, _MAX_LIST_BYTES), pins=pins, now=now)
    warnings = (_late(held),) if _is_late(held, now) else ()
    return Answer({"list": _as_dict(held)}, (_facts(held), Line("It is kept.")), warnings=warnings)


@command(_group, "list", example="rogatory trusted-list list --json")
def list_lists(_call: Call, folder: Folder = DEFAULT_FOLDER) -> Answer:
    """Show the lists that are kept, and until when each is fit to be used."""
    held, now = _lists(folder).all(), int(time.time())
    rows = [
        (
            each.territory,
            str(each.sequence),
            moment(each.issued_at),
            moment(each.next_update),
            "too old" if _is_late(each, now) else "in use",
        )
        for each in held
    ]
    table = Table(("Territory", "Number", "Issued", "Next update", "State"), rows, "No list is kept.")
    late = tuple(_late(each) for each in held if _is_late(each, now))
    return Answer({"lists": [_as_dict(each) for each in held]}, (table,), warnings=late)


@command(_group, "show", example="rogatory trusted-list show EE")
def show(_call: Call, territory: _Territory, folder: Folder = DEFAULT_FOLDER) -> Answer:
    """Show what a list that is kept says: its services with times of trust, or whose lists it names."""
    from rogatory_crypto.esign.trust.given_lists import anchors_of_lists

    held, document = _lists(folder).one(territory)
    anchors = anchors_of_lists([document], None).anchors[:_SHOWN_SERVICES]
    rows = [
        (
            anchor.source.territory,
            anchor.source.provider,
            anchor.source.service,
            ", ".join(_span(window) for window in anchor.windows),
        )
        for anchor in anchors
    ]
    table = Table(("Territory", "Provider", "Service", "Trusted"), rows, "It names no service that counts.")
    services = [_service(each) for each in anchors]
    return Answer({"list": _as_dict(held), "services": services}, (_facts(held), table))


@command(_group, "remove", example="rogatory trusted-list remove EE")
def remove(_call: Call, territory: _Territory, folder: Folder = DEFAULT_FOLDER) -> Answer:
    """Keep a list no longer; then an older issue of it could be added again."""
    removed = _lists(folder).remove(territory)
    return Answer({"removed": _as_dict(removed)}, (Line(f"The {removed.title} is no longer kept."),))


def _service(anchor: "Anchor") -> dict[str, object]:
    from rogatory_crypto.esign.certificate_summary import summary

    return {
        "provider": anchor.source.provider,
        "service": anchor.source.service,
        "territory": anchor.source.territory,
        "purposes": sorted(anchor.purposes),
        "trusted": [{"since": window.since, "until": window.until} for window in anchor.windows],
        "certificate": asdict(summary(anchor.certificate)),
    }


def _span(window: "Window") -> str:
    return f"{moment(window.since)} to {moment(window.until) or 'now'}"


def _lists(folder: Path) -> "HeldLists":
    from rogatory_client.signing.held_lists import HeldLists

    return HeldLists(folder)


def _certificates(path: Path) -> list[bytes]:
    from rogatory_crypto.esign.trust.anchor import SourceKind
    from rogatory_crypto.esign.trust.given import read_anchors

    anchors = read_anchors([read_bytes(path, _MAX_CERTIFICATE_BYTES)]).anchors
    if any(anchor.source.kind is not SourceKind.GIVEN for anchor in anchors):
        raise MisuseError(f"{path} holds no certificate")
    return [bytes(anchor.certificate.dump()) for anchor in anchors]


def _is_late(held: "HeldList", now: int) -> bool:
    return held.next_update is not None and held.next_update < now


def _late(held: "HeldList") -> str:
    return f"the {held.title} was to be replaced by {moment(held.next_update)}: add its next issue"


def _facts(held: "HeldList") -> Facts:
    return Facts(
        [
            ("List", held.title),
            ("Issued", moment(held.issued_at)),
            ("Next update", moment(held.next_update) or "none: the list is closed"),
            ("Signed by", held.signer.hex()),
            ("File", held.document.hex()),
        ]
    )


def _as_dict(held: "HeldList") -> dict[str, object]:
    return {
        "territory": held.territory,
        "title": held.title,
        "sequence": held.sequence,
        "issued_at": held.issued_at,
        "next_update": held.next_update,
        "sha256": held.document.hex(),
        "signer_sha256": held.signer.hex(),
        "accepted_at": held.accepted_at,
    }
