"""The life cycle over a line that loses, repeats and reorders, with devices that die: all come to the same.

Officers of several offices act on what their devices hold, send what they said when the line lets them, carry
it on sticks, and some forge. Real vaults, real groups, a clock that goes when told.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from tests.effort import examples
from tests.simulator.offices_at_work import (
    ACTS,
    CASE,
    CLERK,
    DEVICES,
    OFFICE_OF,
    internal,
    opened,
    shared,
    usurp,
)
from tests.simulator.relay import SimulatedFeed
from tests.simulator.world import Adversary, Killed

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire import frame

T = TypeVar("T")
WHO = st.sampled_from(DEVICES)
STEPS = (*["act"] * 6, *["synchronise"] * 3, "die", "carry out", "take in", "take in", "later")


class Offices(RuleBasedStateMachine):
    @initialize(seed=st.integers(0, 1 << 16))
    def begin(self, seed: int) -> None:
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory()
        self.world = self.wait(opened(Path(self.folder.name)))
        self.world.chance.seed(seed)
        self.world.relay.jumble = self.jumble
        self.files: list[Path] = []
        self.said: set[str] = set()
        self.forged: set[str] = set()

    def wait(self, awaited: Awaitable[T]) -> T:
        async def awaiting() -> T:
            return await awaited

        return self.runner.run(awaiting())

    def jumble(self, feed: SimulatedFeed) -> None:
        """Repeat rows and let rooms overtake each other; within a room the relay's order stays."""
        rooms = [each for each in feed.queue if isinstance(each, frame.Deliver)]
        others = [each for each in feed.queue if not isinstance(each, frame.Deliver)]
        single = {
            each.group_id: [
                frame.Deliver(each.group_id, (row,)) for row in each.rows for _ in range(self.times())
            ]
            for each in rooms
        }
        mixed = []
        while waiting := [each for each in single.values() if each]:
            mixed.append(self.world.chance.choice(waiting).pop(0))
        feed.queue.clear()
        feed.queue.extend([*others[:1], *mixed, *others[1:]])

    def times(self) -> int:
        return self.world.chance.choice((1, 1, 2, 3))

    @rule(step=st.sampled_from(STEPS), who=WHO, data=st.data())
    def go_on(self, step: str, who: str, data: st.DataObject) -> None:
        """One rule, as of several Hypothesis would leave some out of a story."""
        match step:
            case "act":
                with suppress(MisuseError):
                    self.wait(self.act(who, data))
            case "synchronise":
                breaks, kills = data.draw(st.sampled_from([(0, 0), (20, 0), (20, 35)]))
                self.world.adversary = Adversary(self.world.chance, break_one_in=breaks, kill_one_in=kills)
                self.wait(self.world.sync(who))
            case "die":
                self.world.adversary = Adversary(self.world.chance, kill_at=data.draw(st.integers(1, 30)))
                with suppress(Killed):
                    self.wait(self.synchronise_once(who))
            case "carry out":
                with suppress(MisuseError):
                    self.wait(self.carry_out(who))
            case "take in":
                with suppress(MisuseError):
                    self.wait(self.take_in(who, data))
            case _:
                self.world.tick(data.draw(st.sampled_from([1, 3_600, 90_000])))
        self.world.adversary = Adversary(self.world.chance)

    async def act(self, who: str, data: st.DataObject) -> None:
        """An officer does something with what this device holds; a clerk, what is an officer's to do."""
        act = data.draw(st.sampled_from([*ACTS]))
        async with self.world.at(who) as office:
            if who == CLERK:
                self.forged.add(usurp(office, data.draw).message_id)
            elif (said := ACTS[act](office, data.draw)) is not None:
                self.said.add(said.message_id)

    async def synchronise_once(self, who: str) -> None:
        """To be gone at some step of it: what was not sent waits."""
        async with self.world.at(who) as office:
            await office.sync()

    async def carry_out(self, who: str) -> None:
        path = Path(self.folder.name) / f"{len(self.files)}.carry"
        async with self.world.at(who) as office:
            office.carrier.out(path)
        self.files.append(path)

    async def take_in(self, who: str, data: st.DataObject) -> None:
        """What comes on a stick comes before the relay's, or after it, or again."""
        if self.files:
            async with self.world.at(who) as office:
                office.carrier.take_in([data.draw(st.sampled_from(self.files))])

    def teardown(self) -> None:
        if not hasattr(self, "runner"):
            return
        try:
            self.wait(self.compare())
        finally:
            self.runner.close()
            self.folder.cleanup()

    async def compare(self) -> None:
        for _ in range(3):
            for name in DEVICES:
                await self.world.sync(name)
        seen, at_home = {}, {}
        for name in DEVICES:
            async with self.world.at(name) as office:
                assert not office.outbox()
                seen[name], at_home[name] = shared(office), internal(office)
                held = {each.message_id for each in office.messages(CASE)}
                assert self.said <= held, f"{name} has lost something"
                assert name == CLERK or self.forged.isdisjoint(held)
                valid = [each for each in office.cases.state(CASE).changes if each.standing == "valid"]
                assert self.forged.isdisjoint(each.message_id for each in valid)
            refused = {code for code, _ in self.world.notes(name)}
            assert refused <= {"forbidden"}, f"{name} has refused {refused}"
        for name in DEVICES[1:]:
            # A program that was changed keeps what it said itself, and nobody else does.
            if name != CLERK or not self.forged:
                assert seen[name] == seen[DEVICES[0]], f"{name} sees another case"
                assert at_home[name] == at_home[OFFICE_OF[name]], f"{name} sees other work"


Offices.TestCase.settings = settings(
    max_examples=examples(6),
    stateful_step_count=25,
    deadline=None,
    # To find a shorter story, each attempt would be played anew for seconds.
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
test_all_offices_come_to_the_same = Offices.TestCase
