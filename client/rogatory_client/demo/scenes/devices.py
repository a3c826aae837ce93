"""9. A second device joins an office and works; it is revoked and reads nothing that is said afterwards."""

from rogatory_client.demo.concurrently import together
from rogatory_client.demo.enrolment import link
from rogatory_client.demo.fact import only, require
from rogatory_client.demo.world import World


async def play(world: World) -> str:
    """Link, work, revoke."""
    device_id = await _link(world)
    seen = await _work(world)
    await _revoke(world, device_id)
    return f"second device read {seen} earlier messages and answered; once revoked it read nothing new"


async def _link(world: World) -> str:
    new, first = world.duty_desk, world.requested
    await new.make_vault(world.profile)
    device_id = await link(first, new, world.path("linking") / "request.txt")
    # Only now are the new device's keys at the relay; another device of the office lets it into the cases.
    listed = await first.run("device", "list")
    in_service = [device["device_id"] for device in listed["devices"] if device["in_service"]]
    require(len(in_service) == 2, "the office has two devices in service")
    require(device_id in in_service, "the new device is one of them")
    return device_id


async def _work(world: World) -> int:
    case, words = world.case, world.words
    timeline = (await world.duty_desk.run("case", "show", case.room_id))["messages"]
    only(
        (message for message in timeline if message["message_id"] == case.request_id),
        "the new device can read the earlier request",
    )
    await world.duty_desk.run("send", case.room_id, "--text", words.second_device_text)
    received = (await world.requesting.run("case", "show", case.room_id))["messages"]
    answer = only(
        (message for message in received if words.second_device_text in message["text"]),
        "the other office has the new device's answer",
    )
    require(answer["officer"] == world.duty_desk.officer, "it names the function of the new device's officer")
    return len(timeline)


async def _revoke(world: World, device_id: str) -> None:
    case, words = world.case, world.words
    await world.requested.run("device", "revoke", device_id, "--reason", "lost")
    await world.requesting.run("send", case.room_id, "--text", words.after_revocation)
    shown, _ = await together(
        world.requested.run("case", "show", case.room_id), world.duty_desk.answer("sync", exit_code=None)
    )
    only(
        (message for message in shown["messages"] if words.after_revocation in message["text"]),
        "the office's other device has what is said now",
    )
    shown = await world.duty_desk.run("case", "show", case.room_id, "--offline")
    texts = [message["text"] for message in shown["messages"]]
    require(not any(words.after_revocation in text for text in texts), "the revoked device has nothing of it")
