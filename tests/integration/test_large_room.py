"""A room of many devices over a real relay: the tree lies beside the Welcome, whoever is killed meanwhile."""

from pathlib import Path

import pytest
from tests.integration.silent_devices import enter_silent_devices
from tests.integration.small_network import SILENT

from rogatory_client.demo.relay_folder import largest_blob, log_rows, until
from rogatory_client.demo.world import REQUESTED, World
from rogatory_crypto.wire.tree_object import MAX_WELCOME_TREE_BYTES

pytestmark = pytest.mark.asyncio(loop_scope="module")
MANY = 25


def blob_path(network: World) -> Path:
    (path,) = (network.relay.folder / "data" / "blobs").iterdir()
    return path


async def test_the_maker_of_a_large_room_is_killed_and_who_joins_misses_the_tree(network: World) -> None:
    await enter_silent_devices(network, SILENT, MANY)
    await network.requesting.run("sync")
    asked = await network.requesting.run(
        "consult", "--to", REQUESTED, "--to", SILENT, "--subject", "A large room", "--text", "May we ask?",
        "--offline",
    )  # fmt: skip
    room_id = asked["message"]["room_id"]
    making = await network.requesting.start("sync")
    await until("the tree at the relay", lambda: largest_blob(network.relay.folder) > 0, making)
    making.kill()
    await making.communicate()
    await network.relay.kill()
    await network.relay.start()
    await network.requesting.run("sync")
    assert (await network.requesting.run("outbox"))["outbox"] == []
    tree = blob_path(network)
    assert tree.stat().st_size > MAX_WELCOME_TREE_BYTES
    assert log_rows(network.relay.folder) >= 3

    # The relay has lost a part of it: nobody is half in, and the rest of the office's work goes on.
    whole = tree.read_bytes()
    tree.write_bytes(whole[:20_000])
    assert "asked for again" in (await network.requested.answer("sync")).said
    assert (await network.requested.run("case", "list"))["cases"] == []

    tree.write_bytes(whole)
    await network.requested.run("sync")
    await network.requested.run("send", room_id, "--text", "You may.")
    shown = await network.requesting.run("case", "show", room_id)
    assert [message["text"] for message in shown["messages"]] == ["May we ask?", "You may."]
