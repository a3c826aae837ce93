"""The role of an officer, as it is typed; it stands in the entry of his device, and others hold him to it."""

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_crypto.identity import Role

OfficerRole: TypeAlias = Annotated[
    str,
    typer.Option(
        "--role",
        help="head, case-officer, prosecutor, duty-officer, clerk, administrator, secretariat-officer, "
        "liaison or observer.",
    ),
]


def read_role(text: str) -> "Role":
    """Read a role; raise MisuseError naming those there are."""
    from rogatory_crypto.identity import Role

    try:
        return Role(text)
    except ValueError as error:
        raise MisuseError(f"{text} is no role: there are {', '.join(Role)}") from error
