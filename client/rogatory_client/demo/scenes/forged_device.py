"""10. The relay's operator enters a device of his own in an office's name; both offices refuse it."""

from typing import Any

from rogatory_client.cli.failure import ExitCode
from rogatory_client.demo.command_process import run_command
from rogatory_client.demo.concurrently import together
from rogatory_client.demo.desk import Desk
from rogatory_client.demo.fact import only, require
from rogatory_client.demo.malicious_process import conspire, show
from rogatory_client.demo.relay_folder import groups_of
from rogatory_client.demo.world import REQUESTED, World


async def play(world: World) -> str:
    """Forge, have it cosigned, try to get in; then see who believes it."""
    in_service = await _devices(world)
    forged = await _forge(world)
    index, device_id = forged["index"], forged["device_id"]
    await together(
        *(_refuse(desk, index) for desk in (world.requesting, world.requested)),
        conspire("enter", world.relay, str(world.profile)),
    )
    require(await _devices(world) == in_service, "the office has the devices it had")
    await _go_on(world)
    in_cases = groups_of(world.relay.folder, bytes.fromhex(device_id))
    require(in_cases == 0, "the forged device waits at the relay, and nobody lets it into a case")
    finding = await _find(world, index)
    return (
        f"signed by the relay's log, cosigned by {await _cosigned(world, index)} witnesses, ready to join: "
        f"both offices and `log verify` name entry {index} ({finding}); the case goes on without it"
    )


async def _devices(world: World) -> set[str]:
    """Return the devices in service by the office's own list, as many as the other office counts."""
    own, theirs = await together(
        world.requested.run("device", "list"), world.requesting.run("offices", REQUESTED)
    )
    in_service = {device["device_id"] for device in own["devices"] if device["in_service"]}
    listed = only(
        (each for each in theirs["entries"] if each["entry_id"] == REQUESTED), "the office is listed"
    )
    require(listed["devices"] == len(in_service), "both offices count the same devices")
    return in_service


async def _forge(world: World) -> dict[str, Any]:
    await world.relay.stop()
    forged = await conspire("forge", world.relay, REQUESTED)
    await show(world.relay, forged["index"] + 1)
    return forged


async def _cosigned(world: World, index: int) -> int:
    shown = await together(*(witness.show() for witness in world.witnesses))
    return sum(each["size"] > index for held in shown for each in held["newest"])


async def _refuse(desk: Desk, index: int) -> None:
    said = (await desk.run("sync"))["sync"]["warnings"]
    named = [each for each in said if f"entry {index} of the log" in each and "forged" in each]
    require(named and REQUESTED in named[0], f"{desk.entry_id} names the forgery: {said}")
    alarms = (await desk.run("alarm", "list"))["alarms"]
    kept = [each for each in alarms if f"entry {index} of the log" in each["text"]]
    require(kept, f"{desk.entry_id} keeps the alarm until an officer takes note of it")


async def _go_on(world: World) -> None:
    case, words = world.case, world.words
    await world.requesting.run("send", case.room_id, "--text", words.after_forgery)
    received = (await world.requested.run("case", "show", case.room_id))["messages"]
    only((each for each in received if words.after_forgery in each["text"]), "the case goes on")


async def _find(world: World, index: int) -> str:
    """Anybody with the profile finds it: fetch the whole log and verify it offline."""
    folder = str(world.folder / "log")
    await run_command("log", "fetch", "--profile", str(world.profile), "--out", folder)
    verified = await run_command(
        "log", "verify", folder, "--profile", str(world.profile), exit_code=ExitCode.FAILED
    )
    require(verified.data["checkpoint"], "the witnesses' checkpoint covers what was verified")
    found = only(verified.data["findings"], "one finding in the whole log")
    require(
        found["place"] == f"entry {index}" and REQUESTED in found["detail"], f"it is the forgery: {found}"
    )
    name: str = found["name"]
    return name
