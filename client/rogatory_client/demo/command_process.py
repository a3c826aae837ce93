"""Runs the command ``rogatory`` as another program would: arguments in, JSON out, secrets by descriptor."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import WeakKeyDictionary

from rogatory_client.demo.fact import FactMissingError

PROGRAM: Final = (sys.executable, "-m", "rogatory_client.cli")
# One more than cores, because each also waits for the disk and the relay now and then.
_AT_ONCE: Final = (os.cpu_count() or 1) + 1
_turns: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]] = WeakKeyDictionary()
_TIME_LIMIT_S: Final = 100


@dataclass(frozen=True, slots=True)
class Answered:
    """How a command ended: its exit code, its JSON, and what it said on standard error."""

    exit_code: int
    data: dict[str, Any] = field(repr=False)
    said: str


async def start_command(
    *arguments: str, secrets: Mapping[str, bytes] | None = None
) -> asyncio.subprocess.Process:
    """Start a command whose answer is read later with ``finish_command``.

    Args:
        arguments: of ``rogatory``; ``--json`` is added.
        secrets: what to hand over through a file descriptor, by the option that names the descriptor.
    """
    with ExitStack() as pipes:
        given: list[str] = []
        descriptors: list[int] = []
        for option, secret in (secrets or {}).items():
            reading, writing = os.pipe()
            pipes.callback(os.close, reading)
            os.write(writing, secret + b"\n")
            os.close(writing)
            descriptors.append(reading)
            given += [option, str(reading)]
        return await start_program(*PROGRAM, *arguments, *given, "--json", descriptors=descriptors)


async def start_program(*program: str, descriptors: Sequence[int] = ()) -> asyncio.subprocess.Process:
    """Start any program that answers with JSON; ``descriptors`` are those it gets."""
    return await asyncio.create_subprocess_exec(
        *program,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        pass_fds=descriptors,
    )  # fmt: skip


async def finish_command(process: asyncio.subprocess.Process) -> Answered:
    """Wait for a command and read its answer.

    Raises:
        FactMissingError: it does not end, or gives no JSON.
    """
    try:
        async with asyncio.timeout(_TIME_LIMIT_S):
            out, err = await process.communicate()
    except TimeoutError as error:
        raise FactMissingError(f"a command did not end within {_TIME_LIMIT_S} seconds") from error
    finally:
        # Also when this is cancelled because something else has failed: no process outlives the story.
        if process.returncode is None:
            process.kill()
            await process.wait()
    said = err.decode(errors="replace").strip()
    try:
        data = json.loads(out)
    except ValueError as error:
        raise FactMissingError(
            f"a command gave no JSON (exit {process.returncode}): {said[-600:]}"
        ) from error
    return Answered(process.returncode or 0, data, said)


async def run_command(
    *arguments: str, secrets: Mapping[str, bytes] | None = None, exit_code: int | None = 0
) -> Answered:
    """Run a command to its end.

    Args:
        arguments: of ``rogatory``.
        secrets: as in ``start_command``.
        exit_code: the one it must end with; None for any.

    Raises:
        FactMissingError: it ended with another one.
    """
    async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE)):
        answered = await finish_command(await start_command(*arguments, secrets=secrets))
    if exit_code is not None and answered.exit_code != exit_code:
        raise FactMissingError(
            f"`rogatory {' '.join(arguments[:2])}` ended with {answered.exit_code} instead of {exit_code}: "
            f"{answered.said[-600:]}"
        )
    return answered
