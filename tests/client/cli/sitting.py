"""Commands as an officer gives them, at the devices of a simulated world."""

from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.simulator.world import World

from rogatory_client.cli.answer import Answer, Facts, Line, Prose, Table
from rogatory_client.cli.call import Call
from rogatory_client.cli.passphrase import PassphraseSource
from rogatory_client.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from rogatory_client.office import Office


@dataclass(frozen=True, slots=True)
class SittingCall(Call):
    """A call whose vault is one of the world's."""

    world: World | None = None
    name: str = ""

    @asynccontextmanager
    async def office(self) -> "AsyncIterator[Office]":
        assert self.world is not None
        async with self.world.at(self.name) as office:
            yield office


def sit(world: World, name: str) -> Call:
    """The call of a command that is typed at a device."""
    source = PassphraseSource(None, keyring=False, what=Path())
    return SittingCall(Terminal(as_json=True), Path(), source, world=world, name=name)


def said(answer: Answer) -> str:
    """Everything a person reads of an answer."""
    texts: list[str] = []
    for block in answer.blocks:
        match block:
            case Line(text) | Prose(text):
                texts.append(text)
            case Facts(pairs):
                texts += [f"{name}: {value}" for name, value in pairs]
            case Table(_, rows):
                texts += [" | ".join(row) for row in rows]
            case _:
                texts.append("")
    return "\n".join(texts)
