"""Random courses of events in a group of peers, the same again for the same seed."""

import random
from dataclasses import dataclass, field
from typing import Any, Final

from tests.conformance.peer_world import Member, Newcomer, PeerWorld

_LATEST: Final = 60  # epochs; a peer keeps a few more


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that has been sent and has not arrived."""

    message: str = field(repr=False)
    text: str
    by: int
    epoch: int
    to: list[Member] = field(repr=False)


class History:
    """A random course of events that repeats for the same seed."""

    def __init__(self, world: PeerWorld, seed: int, most: int) -> None:
        self.world = world
        self.most = most
        self.chance = random.Random(seed)  # noqa: S311  # a history is repeatable
        self.letters: list[Letter] = []

    def run(self, steps: int) -> None:
        """Let so many things happen."""
        for _ in range(steps):
            self.step()

    def step(self) -> None:
        """Let one thing happen, fit for the size that the group has."""
        world, size = self.world, len(self.world.members)
        by = self.chance.choice(sorted(world.members))
        possible = [self._update, self._talk, self._psk, self._write, self._arrive]
        possible += [self._add, self._external, self._ask] if size < self.most else []
        possible += [self._remove, self._resync, self._race] if size > 2 else []
        self.chance.choice(possible)(by)

    def _framing(self) -> dict[str, Any]:
        return {"public": self.chance.random() < 0.5, "tree_ext": self.chance.random() < 0.5}

    def _by_ref(self) -> dict[str, Any]:
        return {"proposals_by_ref": self.chance.random() < 0.4, **self._framing()}

    def _update(self, by: int) -> None:
        others = [leaf for leaf in self.world.members if leaf != by]
        for leaf in self.chance.sample(others, min(len(others), self.chance.randrange(4))):
            message = self.world.members[leaf].ask("propose", type="update")["message"]
            self.world.deliver(leaf, message)
        self.world.commit(by, **self._framing())

    def _talk(self, by: int) -> None:
        self.world.talk(by, self.chance.randbytes(self.chance.randrange(300)))

    def _write(self, by: int) -> None:
        sender, text = self.world.members[by], self.chance.randbytes(20).hex()
        message = sender.ask("send", data=text)["message"]
        letter = Letter(message, text, by, sender.state["epoch"], self.world.others(by))
        self.letters.append(letter)

    def _arrive(self, _by: int) -> None:
        """Deliver a letter to those who are still there, in whatever epoch they are by now."""
        now = next(iter(self.world.members.values())).state["epoch"]
        self.letters = [letter for letter in self.letters if now - letter.epoch <= _LATEST]
        if not self.letters:
            return
        letter = self.letters.pop(self.chance.randrange(len(self.letters)))
        present = {id(member) for member in self.world.members.values()}
        for member in (member for member in letter.to if id(member) in present):
            heard = member.ask("process", message=letter.message)
            assert (heard["data"], heard["sender"], heard["epoch"]) == (letter.text, letter.by, letter.epoch)
            member.refused("process", message=letter.message)

    def _race(self, by: int) -> None:
        rival = self.chance.choice(self.world.others(by))
        winner = self.world.members[by].ask("commit", stage=True, **self._framing())
        loser = rival.ask("commit", stage=True, **self._framing())
        self.world.members[by].ask("merge")
        self.world.follow(by, winner)
        self.world.compare()
        rival.refused("merge")
        self.world.members[by].refused("process", message=loser["commit"])

    def _psk(self, by: int) -> None:
        psk_id, psk = self.chance.randbytes(8).hex(), self.chance.randbytes(32).hex()
        for process in {
            id(member.process): member.process for member in self.world.members.values()
        }.values():
            process.ask("set_psk", psk_id=psk_id, psk=psk)
        self.world.commit(by, psk=[{"id": psk_id}], **self._by_ref())

    def _add(self, by: int) -> None:
        room = self.most - len(self.world.members)
        self.world.grow(self.chance.randint(1, min(room, 4 + self.most // 10)), by, **self._by_ref())

    def _remove(self, by: int) -> None:
        others = [leaf for leaf in self.world.members if leaf != by]
        gone = self.chance.sample(others, min(len(others), self.chance.randint(1, 2)))
        self.world.commit(by, remove=gone, **self._by_ref())

    def _external(self, by: int, newcomer: Newcomer | None = None, **fields: bool) -> None:
        newcomer = newcomer or self.world.newcomer()
        told = self.world.members[by].ask("group_info")["group_info"]
        answer = newcomer.process.ask("join_external", kp=newcomer.kp, group_info=told, **fields)
        self.world.members.pop(answer["own_leaf"], None)
        member = self.world.seat(newcomer, answer)
        self.world.follow(member.leaf, answer)
        self.world.compare()

    def _resync(self, by: int) -> None:
        lost = self.chance.choice([leaf for leaf in self.world.members if leaf != by])
        gone = self.world.members.pop(lost)
        again = self.world.newcomer(gone.identity, gone.process)
        self._external(by, again, resync=True)

    def _ask(self, by: int) -> None:
        newcomer = self.world.newcomer()
        told = self.world.members[by].ask("group_info")["group_info"]
        asked = newcomer.process.ask("external_add", kp=newcomer.kp, group_info=told)["message"]
        for member in self.world.members.values():
            member.ask("process", message=asked)
        self.world.commit(by, proposed=[newcomer], **self._framing())
