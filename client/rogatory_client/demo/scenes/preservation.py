"""12. CASC: computer data is preserved at once; one command writes, seals and sends what is asked."""

from rogatory_client.demo.fact import require
from rogatory_client.demo.world import PRESERVING, PRESSING, World, file_sha256


async def play(world: World) -> str:
    """Press the request, see who is to be called, acknowledge."""
    asking, asked, words = world.desks[PRESSING], world.desks[PRESERVING], world.words
    letter = asking.folder("papers") / words.preservation_letter_name
    await asking.run("seal", "create")
    sent = await asking.run(
        "request", "preserve", "--to", PRESERVING, "--data", words.account, "--custodian", "a mail provider",
        "--offence", "Fraud by e-mail", "--facts", words.facts, "--relation", "The account sent the e-mails.",
        "--necessity", "Logs are deleted after seven days.", "--reference", words.preservation_reference,
        "--office-seal", "--letter", str(letter),
    )  # fmt: skip
    room_id = sent["message"]["room_id"]
    require(file_sha256(letter), "the letter was written and sealed")
    (pressed,) = (await asking.run("case", "escalation", room_id))["escalation"]
    require(pressed["waiting"] and pressed["steps"], "who is to be called next is known")
    await asked.run(
        "case", "acknowledge", words.preservation_reference, "--reference", words.preserved_reference
    )
    state = (await asking.run("case", "state", words.preserved_reference))["case"]["state"]
    require(state == "acknowledged", f"{PRESSING} sees that it is in hand")
    return "one command: letter of request written, sealed, checked against the addressee's entry, and sent"
