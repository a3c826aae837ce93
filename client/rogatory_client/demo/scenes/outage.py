"""6. The relay dies twice without warning, in an upload and in sending: nothing is lost or doubled."""

from rogatory_client.cli.failure import ExitCode
from rogatory_client.demo.fact import only, require
from rogatory_client.demo.relay_folder import largest_blob, log_rows, until
from rogatory_client.demo.world import EVIDENCE_BYTES, World

_UPDATES = 4


async def play(world: World) -> str:
    """Kill the relay in the middle of things, start it again, and count."""
    held = await _kill_during_upload(world)
    await _kill_while_sending(world)
    waiting = (await world.requesting.run("outbox"))["outbox"]
    require(not waiting, "nothing waits at the sender any more")
    await _count(world)
    return (
        f"relay killed after {held >> 20} of {EVIDENCE_BYTES >> 20} MiB and again while {_UPDATES} messages "
        "went out; every message is there once"
    )


async def _kill_during_upload(world: World) -> int:
    sending = await world.requesting.start("sync")
    await until(
        "part of the evidence at the relay",
        lambda: largest_blob(world.relay.folder) > EVIDENCE_BYTES // 8,
        sending,
    )
    await world.relay.kill()
    held = largest_blob(world.relay.folder)
    require(held < EVIDENCE_BYTES, "the relay died in the middle of the upload")
    require(sending.returncode is None, "the sender's command goes on trying")
    await world.relay.start()
    ended = await world.requesting.finish(sending)
    require(ended.exit_code == ExitCode.OK, f"the upload went on by itself ({ended.said})")
    return held


async def _kill_while_sending(world: World) -> None:
    for number in range(_UPDATES):
        await world.requesting.run(
            "send", world.case.room_id, "--text", world.words.update(number), "--offline"
        )
    before = log_rows(world.relay.folder)
    sending = await world.requesting.start("sync")
    await until("a message reached the relay", lambda: log_rows(world.relay.folder) > before, sending)
    await world.relay.kill()
    await world.relay.start()
    ended = await world.requesting.finish(sending)
    require(ended.exit_code == ExitCode.OK, f"sending went on by itself ({ended.said})")


async def _count(world: World) -> None:
    timeline = (await world.requested.run("case", "show", world.case.room_id))["messages"]
    texts = [message["text"] for message in timeline]
    for number in range(_UPDATES):
        update = world.words.update(number)
        only((text for text in texts if update in text), f"update {number:02d} arrived, once")
    only(
        (message for message in timeline if message["message_id"] == world.case.request_id),
        "the request arrived, once",
    )
