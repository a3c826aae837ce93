"""11. The request is asked about, executed and closed; both sides see every change, and whose it was."""

from rogatory_client.demo.concurrently import together
from rogatory_client.demo.desk import Desk
from rogatory_client.demo.fact import only, require
from rogatory_client.demo.world import World

_STATES = ("sent", "acknowledged", "under_review", "in_execution", "executed", "closed")


async def play(world: World) -> str:
    """Review, ask how far it is, answer, execute, close; then make a seal for what follows."""
    asking, asked, room_id, words = world.requesting, world.requested, world.case.room_id, world.words
    await asked.run("case", "set", room_id, "under_review")
    await asking.run("case", "enquire", room_id)
    await asked.run("case", "answer-enquiry", room_id, words.progress)
    await asked.run("case", "set", room_id, "in_execution", "--confidentiality", "can_keep")
    result = await asked.run("send", room_id, "--text", words.result)
    await asked.run("case", "set", room_id, "executed", "--message", result["message"]["message_id"])
    await together(
        asking.run("case", "set", room_id, "closed"), _require_row(asked, words.requesting_reference)
    )
    ours, theirs = await together(asking.run("case", "state", room_id), asked.run("case", "state", room_id))
    require(ours["case"]["changes"] == theirs["case"]["changes"], "both offices see the same changes")
    states = [change["state"] for change in ours["case"]["changes"]]
    require([each for each in _STATES if each in states] == list(_STATES), f"every state is there: {states}")
    await asking.run("seal", "create")
    return f"{', '.join(_STATES)}: signed by who set them, the same at both offices"


async def _require_row(desk: Desk, reference: str) -> None:
    """The register finds a request by the reference that the other side quotes."""
    rows = (await desk.run("register", "list", "--incoming", "--offline"))["register"]["rows"]
    only(
        (row for row in rows if reference in (row["their_reference"] or "")), "the register lists the request"
    )
