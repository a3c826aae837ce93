"""``rogatory demo``: shows a stranger what this is for, on real processes, and proves it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.cli.answer import Answer, Block, Line, Table
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import command
from rogatory_client.cli.failure import ExitCode
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.demo import Outcome, StepOutcome

_group = typer.Typer()


def register(application: typer.Typer) -> None:
    """Add ``demo``."""
    application.add_typer(_group)


@command(_group, "demo", example="rogatory demo --once")
async def demo(
    call: Call,
    *,
    once: Annotated[bool, typer.Option("--once", help="Play the story once and end.")] = False,
    keep: Annotated[Path | None, typer.Option(help="Keep everything in this new folder.")] = None,
) -> Answer:
    """Play the whole story on this computer: nine offices, a relay, a request with its evidence.

    Every office, the relay and each witness run in processes of their own; at the end the relay turns
    against the offices. Ends with 0 only if every step held.
    """
    from rogatory_client.demo import play

    if not once:
        raise MisuseError("say --once: the story is played once, from an empty folder")
    call.terminal.say(
        Line(
            "Nine offices in three networks, a relay and the witnesses of its log now start on this computer,"
            " each on its own."
        )
    )
    told = 0

    def tell(step: "StepOutcome") -> None:
        nonlocal told
        told += 1
        call.terminal.say(_line(told, step))

    outcome = await play(keep, tell)
    return Answer(outcome.as_dict(), _summary(outcome), ExitCode.OK if outcome.ok else ExitCode.FAILED)


def _line(number: int, step: "StepOutcome") -> Line:
    tick, cross = ("✓", "✗") if (sys.stdout.encoding or "").lower().startswith("utf") else ("ok", "FAILED")
    return Line(f"{tick if step.ok else cross} {number}. {step.name} ({step.seconds:.1f} s): {step.detail}")


def _summary(outcome: "Outcome") -> list[Block]:
    rows = [
        (str(number), step.name, "held" if step.ok else "FAILED", f"{step.seconds:.1f}")
        for number, step in enumerate(outcome.steps, start=1)
    ]
    total = sum(step.seconds for step in outcome.steps)
    end = f"Every step held, in {total:.0f} seconds." if outcome.ok else "The story ended early: see above."
    return [Table(("", "Step", "Result", "Seconds"), rows, ""), Line(end)]
