"""How offices are let in: the operator lets in secretariats, two officers of a secretariat everybody else.

Who knows the code does not call back, and who proposes does not confirm: each part is another officer's desk.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rogatory_client.demo.concurrently import together
from rogatory_client.demo.desk import Desk
from rogatory_client.demo.fact import require
from rogatory_client.demo.world import NETWORKS, World

_PRINTED_IN: Final = frozenset({"WACAP"})


async def by_secretariats(world: World) -> None:
    """Enrol the secretariats with two officers each, and by them the members of their networks."""
    await by_operator(world, *world.colleagues)
    await together(
        *(
            _enrol_network(Secretariat(network, world.desks[first], world.colleagues[first]), world)
            for network, first in world.secretariats.items()
        )
    )


async def by_operator(world: World, *entry_ids: str) -> None:
    """Enrol authorities that the root of trust names as secretariats, each with its first officer."""
    codes = await world.operator.invite(*entry_ids)
    await together(*(enrol(world.desks[entry_id], codes[entry_id]) for entry_id in entry_ids))


async def enrol(desk: Desk, code: str) -> dict[str, Any]:
    """Enrol a desk that has an empty vault; returns what it was told."""
    role = () if desk.role == "head" else ("--role", desk.role)
    enrolled = await desk.run("enrol", "--officer", desk.officer, *role, code=code)
    require(enrolled["identity"]["entry_id"] == desk.entry_id, f"{desk.entry_id} is who its code says")
    return enrolled


async def link(first: Desk, new: Desk, request: Path) -> str:
    """Let the empty vault of another officer of the same office in; returns its device id."""
    asked = await new.run(
        "device", "link-request", "--office", new.entry_id, "--officer", new.officer, "--role", new.role,
        "--out", str(request),
    )  # fmt: skip
    code = asked["confirmation_code"]
    approved = await first.run("device", "approve", str(request), "--confirmation-code", code)
    completed = await new.run("device", "complete")
    require(completed["identity"]["enrolled"], "the new device belongs to the office")
    device_id: str = approved["device"]["device_id"]
    return device_id


@dataclass(frozen=True, slots=True)
class Secretariat:
    """Two officers of the authority that runs a network.

    Attributes:
        network: the network's code.
        proposer: who proposes, prints the letter and so knows the code.
        confirmer: who confirms and calls back, and never sees the code.
    """

    network: str
    proposer: Desk
    confirmer: Desk

    async def let_in(self, office: Desk) -> None:
        """Propose, confirm, print, enrol, and compare words by telephone."""
        code = await self._invite(office.entry_id)
        enrolled = await enrol(office, code)
        await self._call_back(office, enrolled["call_back"]["words"])

    async def _invite(self, entry_id: str) -> str:
        papers = self.proposer.folder("papers")
        proposal, letter = papers / f"{entry_id}.txt", papers / f"{entry_id}-letter"
        # Names in some scripts need fonts that not every computer has; then the letter is plain text.
        form = () if self.network in _PRINTED_IN else ("--text",)
        await self.proposer.run(
            "enrolment", "propose", entry_id, "--network", self.network, "--out", str(proposal)
        )
        await self.confirmer.run("enrolment", "confirm", str(proposal), "--yes")
        printed = await self.proposer.run(
            "enrolment", "letter", entry_id, "--out", str(letter), "--show-code", *form
        )
        require(bool(form) or letter.read_bytes().startswith(b"%PDF"), f"the letter to {entry_id} is a PDF")
        code: str = printed["code"]
        return code

    async def _call_back(self, office: Desk, heard: list[str]) -> None:
        """The officer who has not seen the code calls: each side reads its words, the other enters them."""
        by_secretariat = await self.confirmer.run(
            "enrolment", "call-back", office.entry_id, "--words", " ".join(heard)
        )
        spoken = by_secretariat["call_back"]["words"]
        require(spoken != heard, "the two sides of a call read different words")
        by_office = await office.run("call-back", "--words", " ".join(spoken))
        for side in (by_secretariat, by_office):
            require(
                side["call_back"]["fits"], f"the words of {office.entry_id} fit on both sides of the call"
            )


async def _enrol_network(secretariat: Secretariat, world: World) -> None:
    linking = world.path("linking") / f"{secretariat.network}.txt"
    await link(secretariat.proposer, secretariat.confirmer, linking)
    _, *members = NETWORKS[secretariat.network]
    for member in members:
        await secretariat.let_in(world.desks[member])
    listed = (await secretariat.confirmer.run("enrolment", "list"))["enrolments"]
    called = {each["entry_id"] for each in listed if each["state"] == "called-back"}
    require(called == set(members), f"every member of {secretariat.network} was called back: {listed}")
