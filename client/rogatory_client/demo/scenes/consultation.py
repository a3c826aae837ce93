"""3. A prosecutor asks informally, the other office answers; nothing of it can be proven to outsiders."""

from rogatory_client.demo.fact import only, require
from rogatory_client.demo.world import REQUESTED, REQUESTING, World


async def play(world: World) -> str:
    """Ask and answer."""
    words = world.words
    asked = await world.requesting.run(
        "consult", "--to", REQUESTED, "--subject", words.case_subject, "--text", words.question
    )
    room_id = world.case.room_id = asked["message"]["room_id"]
    received = (await world.requested.run("inbox"))["messages"]
    question = only(
        (message for message in received if words.question in message["text"]), "the question arrived, once"
    )
    require(question["sender"] == REQUESTING and question["room_id"] == room_id, "it is from the prosecutor")
    require(not question["formal"], "it is informal")
    answered = await world.requested.run("send", room_id, "--text", words.answer)
    world.case.informal_ids = (asked["message"]["message_id"], answered["message"]["message_id"])
    timeline = await world.requesting.run("case", "show", room_id)
    require(timeline["case"]["kind"] == "consultation", "the case is a consultation")
    only(
        (message for message in timeline["messages"] if words.answer in message["text"]),
        "the answer arrived, once",
    )
    evidence = (await world.requesting.run("case", "receipts", asked["message"]["message_id"]))["receipts"]
    from_them = [receipt for receipt in evidence if receipt["authority"] == REQUESTED]
    require(not any(receipt["signed"] for receipt in from_them), "the other office signed nothing informal")
    return "question and answer exchanged informally; no signed evidence of it exists"
