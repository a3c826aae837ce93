"""2. A secretariat posts a notice: the members of its network have it, nobody else does."""

from rogatory_client.demo.concurrently import together
from rogatory_client.demo.desk import Desk
from rogatory_client.demo.fact import only, require
from rogatory_client.demo.world import NETWORKS, World


async def play(world: World) -> str:
    """Post the notice and look at every desk."""
    words, (secretariat, *members) = world.words, NETWORKS["WACAP"]
    posted = await world.desks[secretariat].run(
        "notice", "post", "--network", "WACAP", "--subject", words.notice_subject, "--text", words.notice_text
    )
    require(posted["message"]["state"] == "relayed", "the relay took the notice")
    others = [desk for entry_id, desk in world.desks.items() if entry_id not in NETWORKS["WACAP"]]
    await together(
        *(_has(world.desks[member], world) for member in members), *(_has_not(desk) for desk in others)
    )
    return f"notice read by {len(members)} members; {len(others)} offices of other networks have nothing"


async def _has(desk: Desk, world: World) -> None:
    notices = (await desk.run("notice", "list"))["notices"]
    notice = only(notices, f"{desk.entry_id} has the notice, once")
    require(notice["subject"] == world.words.notice_subject, "its subject is the one posted")
    require(world.words.notice_text in notice["text"], "its text is the one posted")
    require(notice["sender"] == NETWORKS["WACAP"][0], "it is from the secretariat")


async def _has_not(desk: Desk) -> None:
    require(not (await desk.run("notice", "list"))["notices"], f"{desk.entry_id} has no notice")
