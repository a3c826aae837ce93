"""All commands together: each explains itself with an example, none takes a secret, none starts slowly."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from rogatory_client.cli.application import build, run
from rogatory_client.cli.failure import ExitCode


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, each in group.commands.items():
        if hasattr(each, "commands"):
            yield from commands(each, (*path, name))
        else:
            yield (*path, name), each


COMMANDS = dict(commands(typer.main.get_command(build())))


def test_the_commands_officers_and_operators_need_are_there() -> None:
    words = {" ".join(path) for path in COMMANDS}
    assert words >= {
        "init", "enrol", "consult", "send", "inbox", "show", "attach", "save", "outbox", "sync", "sign",
        "letter", "check-signature", "demo", "notice post", "notice list", "case list", "case show",
        "case acknowledge", "case receipts", "device list", "device link-request", "device approve",
        "device complete", "device revoke", "directory sync", "directory search", "directory show",
        "directory operator-init", "directory publish", "directory invite", "relay init", "relay serve",
        "relay profile", "trust key-init", "trust draft", "trust sign", "trust rotate", "trust show",
        "trust check", "network propose", "network confirm", "network members",
    }  # fmt: skip


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_command_explains_itself(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    assert command.help
    assert command.epilog.startswith(f"Example: rogatory {' '.join(path)}")
    named = {name: option for option in command.params for name in option.opts}
    assert "--json" in named
    unexplained = [name for name, option in named.items() if not getattr(option, "help", None)]
    assert unexplained == []


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_no_secret_is_an_argument_or_an_environment_variable(path: tuple[str, ...]) -> None:
    for option in COMMANDS[path].params:
        assert option.envvar is None
        for name in option.opts:
            is_secret = not {"passphrase", "password", "secret", "pin"}.isdisjoint(name.split("-"))
            assert not is_secret or name == "--passphrase-fd"
            assert name not in {"--code", "code"}


@pytest.mark.parametrize(
    "arguments", [[], ["--help"], ["inbox", "--help"], ["directory", "invite", "--help"]], ids=str
)
def test_help_needs_nothing_heavy(arguments: list[str]) -> None:
    heavy = (
        "aiohttp",
        "sqlalchemy",
        "cryptography",
        "pyhanko",
        "nacl",
        "websockets",
        "rich",
        "typst",
        "keyring",
    )
    program = (
        "import sys; from rogatory_client.cli.application import run; "
        f"code = run({arguments!r}); print(sorted(set({heavy!r}) & set(sys.modules)), file=sys.stderr); "
        "sys.exit(code)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stderr.strip() == "[]"
    assert "Usage: rogatory" in ended.stdout


def test_a_defect_shows_its_trace_only_if_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: object) -> None:
        raise ZeroDivisionError("the reason")

    monkeypatch.setattr("rogatory_client.cli.directory.lookup.read_entries", fail)
    command = ["directory", "search", "--state", "x.json"]
    assert run(command) == ExitCode.INTERNAL
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "the reason" not in said
    assert "Traceback" not in said
    assert run([*command, "--debug"]) == ExitCode.INTERNAL
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupted_command_says_that_nothing_is_lost(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_path: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rogatory_client.cli.directory.lookup.read_entries", interrupt)
    assert run(["directory", "search", "--state", "x.json"]) == ExitCode.INTERRUPTED
    assert "nothing is lost" in capsys.readouterr().err


def readme_commands() -> Iterator[str]:
    root = Path(__file__).resolve().parents[3]
    for readme in (root / "README.md", *sorted(root.glob("*/README.md"))):
        for block in re.findall(r"```sh\n(.*?)```", readme.read_text(), re.DOTALL):
            lines = block.replace("\\\n", " ").splitlines()
            yield from (line for line in lines if line.startswith("rogatory "))


def test_the_readmes_have_commands() -> None:
    assert len(list(readme_commands())) >= 12


@pytest.mark.parametrize("line", list(readme_commands()))
def test_a_command_of_a_readme_exists_with_its_options(line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    path = next((path for path in COMMANDS if tuple(words[: len(path)]) == path), None)
    if path is None:
        assert words == ["--help"]
        return
    known = {name for option in COMMANDS[path].params for name in option.opts} | {"--help"}
    assert {word for word in words if word.startswith("--")} <= known
