"""What is printed: escaped, without colour off a terminal, JSON in ASCII and alone on standard output."""

import json

import pytest

from rogatory_client.cli.answer import Answer, Facts, Line, Prose, Table
from rogatory_client.cli.failure import ExitCode, Failure
from rogatory_client.cli.terminal import Terminal

HOSTILE = "[bold red]subject[/] \x1b[31m\u202e:smile: [link=file:///etc]x[/link]"
VISIBLE = "[bold red]subject[/] \ufffd[31m\ufffd:smile: [link=file:///etc]x[/link]"


@pytest.mark.parametrize(
    "block",
    [
        Line(HOSTILE),
        Prose(HOSTILE),
        Facts([("Subject", HOSTILE), (HOSTILE, "value"), ("left out", None)]),
        Table(("Subject",), [(HOSTILE,)], "none"),
        Table(("Subject",), [], HOSTILE),
    ],
    ids=["line", "prose", "facts", "table", "empty table"],
)
def test_markup_and_control_from_others_is_only_text(
    block: Line | Prose | Facts | Table, capsys: pytest.CaptureFixture[str]
) -> None:
    Terminal(as_json=False).show(Answer({}, (block,)))
    printed = capsys.readouterr().out
    assert VISIBLE in printed
    assert "\x1b" not in printed
    assert "left out" not in printed


def test_json_is_one_ascii_object_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(as_json=True)
    terminal.say(Line("not for programs"))
    terminal.show(Answer({"text": HOSTILE + "\x9b"}, (Line("not for programs"),), warnings=("careful",)))
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"text": HOSTILE + "\x9b"}
    assert printed.out.isascii()
    assert printed.out.count("\n") == 1
    assert printed.err == "rogatory: careful\n"


def test_failures_go_to_standard_error_and_stay_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    failure = Failure(ExitCode.DATA, "malformed", "bad\nname \x1b[2J", "ask again")
    Terminal(as_json=False).fail(failure)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "rogatory: bad name \ufffd[2J\nrogatory: ask again\n"


def test_failures_in_json_name_code_and_advice(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal(as_json=True).fail(Failure(ExitCode.REFUSED, "revoked", "gone", "link a new one"))
    error = json.loads(capsys.readouterr().out)["error"]
    assert error == {"code": "revoked", "what": "gone", "advice": "link a new one", "exit_code": 77}


def test_no_bar_where_nobody_sees_it(capsys: pytest.CaptureFixture[str]) -> None:
    for terminal in (Terminal(as_json=True), Terminal(as_json=False)):
        with terminal.progress() as progress:
            assert progress is None
    assert capsys.readouterr().err == ""


def test_a_long_sentence_is_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal(as_json=False).show(Answer({}, (Line("word " * 60),)))
    assert capsys.readouterr().out.count("\n") == 1
