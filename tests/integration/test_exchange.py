"""Two offices over a real relay: what one says the other has once, whatever is killed meanwhile."""

import asyncio
import json
from pathlib import Path

import pytest

from rogatory_client.demo.relay_folder import largest_blob, log_rows, until
from rogatory_client.demo.world import REQUESTED, World, file_sha256

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def open_case(network: World, subject: str) -> str:
    asked = await network.requesting.run(
        "consult", "--to", REQUESTED, "--subject", subject, "--text", "May we ask?", "--reference", "OUR-1"
    )
    assert asked["message"]["state"] == "relayed"
    room_id: str = asked["message"]["room_id"]
    return room_id


async def texts(network: World, room_id: str) -> list[str]:
    shown = await network.requested.run("case", "show", room_id)
    return [message["text"] for message in shown["messages"]]


async def test_question_answer_and_both_references(network: World) -> None:
    room_id = await open_case(network, "Service of documents")
    assert await texts(network, room_id) == ["May we ask?"]
    await network.requested.run("send", room_id, "--text", "You may.")
    shown = await network.requesting.run("case", "show", "OUR-1")
    assert shown["case"]["room_id"] == room_id
    assert [message["text"] for message in shown["messages"]] == ["May we ask?", "You may."]


async def test_a_client_killed_while_sending_loses_and_doubles_nothing(network: World) -> None:
    room_id = await open_case(network, "Killed while sending")
    said = [f"Update {number}" for number in range(4)]
    for text in said:
        await network.requesting.run("send", room_id, "--text", text, "--offline")
    before = log_rows(network.relay.folder)
    sending = await network.requesting.start("sync")
    await until("a row at the relay", lambda: log_rows(network.relay.folder) > before, sending)
    sending.kill()
    await sending.communicate()
    await network.requesting.run("sync")
    assert (await network.requesting.run("outbox"))["outbox"] == []
    assert await texts(network, room_id) == ["May we ask?", *said]


async def test_a_client_killed_while_uploading_goes_on_where_it_was(network: World, tmp_path: Path) -> None:
    room_id = await open_case(network, "Killed while uploading")
    evidence = tmp_path / "evidence.bin"
    evidence.write_bytes(b"statement" * (4 << 20))
    await network.requesting.run("attach", room_id, str(evidence), "--offline")
    uploading = await network.requesting.start("sync")
    await until("a piece at the relay", lambda: largest_blob(network.relay.folder) >= 4 << 20, uploading)
    uploading.kill()
    await uploading.communicate()
    held = largest_blob(network.relay.folder)
    await network.requesting.run("sync")
    assert largest_blob(network.relay.folder) > held or held > evidence.stat().st_size
    received = (await network.requested.run("case", "show", room_id))["messages"]
    (with_file,) = [message for message in received if message["attachments"]]
    saved = await network.requested.run("save", with_file["message_id"], "--folder", str(tmp_path / "saved"))
    (file,) = saved["files"]
    assert file_sha256(Path(file["path"])) == file_sha256(evidence)


async def test_one_who_follows_sees_what_comes_in_at_once(network: World) -> None:
    room_id = await open_case(network, "Followed")
    await network.requested.run("sync")
    following = await network.requested.start("inbox", "--follow")
    assert following.stdout is not None
    try:
        async with asyncio.timeout(60):
            assert "messages" in json.loads(await following.stdout.readline())
            await network.requesting.run("send", room_id, "--text", "Are you there?")
            while True:
                event = json.loads(await following.stdout.readline())["event"]
                if event["kind"] == "message":
                    break
        assert event["room_id"] == room_id
    finally:
        following.kill()
        await following.communicate()


async def test_a_relay_that_is_down_keeps_the_message_in_the_outbox(network: World) -> None:
    room_id = await open_case(network, "Relay down")
    await network.relay.kill()
    kept = await network.requesting.answer("send", room_id, "--text", "Later, then.", exit_code=75)
    assert kept.data["message"]["state"] == "queued"
    assert "cannot be reached" in kept.said
    refused = await network.requesting.answer("sync", "--patience", "0", exit_code=69)
    assert refused.data["error"]["code"] == "unreachable"
    await network.relay.start()
    await network.requesting.run("sync")
    assert (await texts(network, room_id))[-1] == "Later, then."
