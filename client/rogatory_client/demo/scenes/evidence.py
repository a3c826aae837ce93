"""8. The recipient acknowledges under its own reference; the sender verifies evidence of every stage."""

from rogatory_client.demo.fact import only, require
from rogatory_client.demo.world import REQUESTED, World

_STAGES = ("relayed", "delivered", "opened", "acknowledged")


async def play(world: World) -> str:
    """Acknowledge and look at the receipts."""
    case, words = world.case, world.words
    await world.requested.run(
        "case", "acknowledge", case.room_id, "--reference", words.requested_reference,
        "--message", case.request_id,
    )  # fmt: skip
    receipts = (await world.requesting.run("case", "receipts", case.request_id))["receipts"]
    for stage in _STAGES:
        found = [receipt for receipt in receipts if receipt["stage"] == stage]
        require(found, f"there is evidence that the request was {stage}")
        require(all(receipt["signed"] for receipt in found), f"the evidence for {stage} is signed")
    for stage in _STAGES[1:]:
        by = {receipt["authority"] for receipt in receipts if receipt["stage"] == stage}
        require(by == {REQUESTED}, f"the requested office itself says {stage}")
    acknowledged = only(
        (receipt for receipt in receipts if receipt["stage"] == "acknowledged"), "one acknowledgement"
    )
    require(acknowledged["own_reference"] == words.requested_reference, "it carries their own reference")
    found_by = (await world.requesting.run("case", "list", "--search", words.requested_reference))["cases"]
    require([room["room_id"] for room in found_by] == [case.room_id], "the case is found by their reference")
    return "relayed, delivered, opened, acknowledged: signed and verified at the sender"
