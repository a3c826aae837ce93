"""How a function becomes a command: the options every command has are added here, once.

A command function takes a ``Call`` and its own arguments, and returns an ``Answer`` or a coroutine of one.
What it raises reaches ``application.run``, which alone turns it into words and an exit code.
"""

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Iterable
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Concatenate, Final, ParamSpec, TypeAlias, TypeVar, get_type_hints

import typer

from rogatory_client.cli.answer import Answer
from rogatory_client.cli.call import Call
from rogatory_client.cli.failure import RefusedHereError
from rogatory_client.cli.passphrase import PassphraseSource
from rogatory_client.cli.terminal import Terminal
from rogatory_crypto.errors import Code, PeerError

P = ParamSpec("P")
Outcome: TypeAlias = Answer | Coroutine[Any, Any, Answer]
R = TypeVar("R", bound=Outcome)

DEFAULT_HOME: Final = Path.home() / ".local" / "share" / "rogatory"

_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
_Debug = Annotated[bool, typer.Option("--debug", help="Show the trace of a failure on this terminal.")]
_Home = Annotated[
    Path, typer.Option("--home", help="Folder of the vault.", show_default="~/.local/share/rogatory")
]
_Descriptor = Annotated[
    int | None,
    typer.Option(
        "--passphrase-fd", metavar="N", min=0, help="Read the passphrase from this file descriptor."
    ),
]
_Keyring = Annotated[bool, typer.Option("--keyring", help="Take the passphrase from the system's keyring.")]
_Offline = Annotated[bool, typer.Option("--offline", help="Do not contact the relay.")]


class Needs(Enum):
    """Which common options a command has, by name."""

    NOTHING = ""
    UNLOCKING = "passphrase_fd keyring"
    VAULT = "home passphrase_fd keyring"
    RELAY = "offline home passphrase_fd keyring"


_COMMON: Final[dict[str, tuple[object, object]]] = {
    "offline": (_Offline, False),
    "home": (_Home, DEFAULT_HOME),
    "passphrase_fd": (_Descriptor, None),
    "keyring": (_Keyring, False),
    "as_json": (_AsJson, False),
    "debug": (_Debug, False),
}


def command(
    group: typer.Typer,
    name: str,
    *,
    example: str,
    needs: Needs = Needs.NOTHING,
    advice: dict[Code, str] | None = None,
) -> Callable[[Callable[Concatenate[Call, P], R]], Callable[Concatenate[Call, P], R]]:
    """Make a function a command of ``group``.

    Args:
        group: the application or a group of it.
        name: as typed.
        example: one line that works, shown at the end of the help.
        needs: which common options it has.
        advice: what to do about refusals that mean more here than in general.
    """

    def register(function: Callable[Concatenate[Call, P], R]) -> Callable[Concatenate[Call, P], R]:
        def invoke(**given: Any) -> None:  # noqa: ANN401 - arguments of any command
            call = _call({common: given.pop(common) for common in _common_names(needs)})
            call.terminal.show(outcome := _complete(function, call, given, advice or {}))
            raise typer.Exit(outcome.exit_code)

        _describe(invoke, function, needs)
        group.command(name, help=function.__doc__, epilog=f"Example: {example}")(invoke)
        return function

    return register


def _complete(
    function: Callable[..., Outcome], call: Call, given: dict[str, Any], advice: dict[Code, str]
) -> Answer:
    try:
        outcome = function(call, **given)
        return outcome if isinstance(outcome, Answer) else asyncio.run(outcome)
    except PeerError as error:
        if error.code in advice:
            raise RefusedHereError(error, advice[error.code]) from error
        raise


def _call(common: dict[str, Any]) -> Call:
    home = common.get("home", DEFAULT_HOME)
    source = PassphraseSource(common.get("passphrase_fd"), common.get("keyring", False), home)
    terminal = Terminal(as_json=common["as_json"], debug=common["debug"])
    return Call(terminal, home, source, common.get("offline", False))


def _common_names(needs: Needs) -> Iterable[str]:
    return (*needs.value.split(), "as_json", "debug")


def _describe(invoke: Callable[..., None], function: Callable[..., Outcome], needs: Needs) -> None:
    hints = get_type_hints(function, include_extras=True)
    own = list(inspect.signature(function).parameters.values())[1:]
    parameters = [parameter.replace(annotation=hints[parameter.name]) for parameter in own]
    for name in _common_names(needs):
        annotation, default = _COMMON[name]
        parameters.append(
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        )
    keyword = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    invoke.__signature__ = inspect.Signature(keyword)  # type: ignore[attr-defined]
    invoke.__annotations__ = {parameter.name: parameter.annotation for parameter in keyword}
