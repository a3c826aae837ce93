"""The application: every command in its group, and the one place where a failure becomes an exit code."""

import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Final

import typer
from typer.exceptions import TyperException

from rogatory_client.cli.failure import ExitCode, Failure, explain
from rogatory_client.cli.terminal import Terminal

_EPILOG: Final = (
    "Exit codes: 0 done; 1 failed; 64 wrong use; 65 what came in is wrong; 69 relay unreachable; "
    "74 disk full; 75 try again (what was to be sent is kept); 77 refused. check-signature "
    "and bundle verify: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE. draft check: 0 ready, 1 blocked, "
    "2 questions likely."
)

# In the order of the help; each is loaded when the application is built.
_COMMANDS: Final = (
    "office_commands",
    "requests.consultation_commands",
    "exchange_commands",
    "deliveries.carry_commands",
    "requests.commands",
    "drafts.commands",
    "signatures.verdict_commands",
    "cases.commands",
    "cases.reminder_commands",
    "deliveries.commands",
    "register.commands",
    "register.retention_commands",
    "register.search_commands",
    "cases.bundle_commands",
    "devices.commands",
    "admission.enrolment_commands",
    "admission.network_commands",
    "admission.call_back_commands",
    "log.alarm_commands",
    "directory.commands",
    "signatures.check_commands",
    "signatures.document_commands",
    "signatures.revision_commands",
    "log.commands",
    "relay_commands",
    "devices.seal_commands",
    "devices.partner_commands",
    "trust.commands",
    "signatures.trusted_list_commands",
    "signatures.revocation_commands",
    "demo_command",
)


def build() -> typer.Typer:
    """Return the application with all commands."""
    application = typer.Typer(
        name="rogatory",
        help="Encrypted exchange of mutual legal assistance between central authorities.",
        epilog=_EPILOG,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for name in _COMMANDS:
        import_module(f"rogatory_client.cli.{name}").register(application)
    return application


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code and raises nothing.

    Args:
        arguments: without the program's name.
    """
    terminal = Terminal(as_json="--json" in arguments, debug="--debug" in arguments)
    try:
        outcome = typer.main.get_command(build()).main(
            args=list(arguments) or ["--help"], prog_name="rogatory", standalone_mode=False
        )
    except typer.Abort:
        terminal.fail(explain(KeyboardInterrupt()))
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing can be said to them any more.
        sys.stdout = None
        return ExitCode.FAILED
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the one place where failures become words
        return _fail(terminal, error)
    if outcome == ExitCode.INTERRUPTED:
        terminal.fail(explain(KeyboardInterrupt()))
    return outcome if isinstance(outcome, int) else ExitCode.OK


def _fail(terminal: Terminal, error: BaseException) -> int:
    if terminal.debug:
        traceback.print_exception(error, file=sys.stderr)
    failure = _misuse(error) or explain(error)
    terminal.fail(failure)
    return int(failure.exit_code)


def _misuse(error: BaseException) -> Failure | None:
    """What the parser of arguments found wrong."""
    if not isinstance(error, TyperException):
        return None
    context = getattr(error, "ctx", None)
    where = context.command_path if context else "rogatory"
    return Failure(ExitCode.MISUSE, "misuse", error.format_message(), f"see `{where} --help`")
