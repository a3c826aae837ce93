"""7. The recipient compares the files and checks the letter; then a tampered copy and an unknown issuer."""

from pathlib import Path

from rogatory_client.demo.command_process import run_command
from rogatory_client.demo.concurrently import together
from rogatory_client.demo.fact import only, require
from rogatory_client.demo.world import World, file_sha256


async def play(world: World) -> str:
    """Save, compare, check."""
    case, folder = world.case, world.requested.folder("received")
    opened = (await world.requested.run("show", case.request_id))["message"]
    require(len(opened["attachments"]) == 2, "letter and evidence are attached")
    saved = (await world.requested.run("save", case.request_id, "--folder", str(folder)))["files"]
    paths = {Path(each["path"]).name: Path(each["path"]) for each in saved}
    evidence, case.saved_letter = paths[case.evidence.name], paths[case.letter.name]
    require(file_sha256(evidence) == case.evidence_sha256, "the evidence is bit for bit what was sent")
    tampered = folder / "tampered.pdf"
    tampered.write_bytes(_tampered(case.saved_letter.read_bytes()))
    # An office that trusts another authority only: to it the letter's issuer is unknown.
    stranger = world.path("tls") / "ca.pem"
    await together(
        _verdict(case.saved_letter, case.trust, "TOTAL-PASSED", 0),
        _verdict(tampered, case.trust, "TOTAL-FAILED", 1),
        _verdict(case.saved_letter, stranger, "INDETERMINATE", 2),
    )
    return "letter TOTAL-PASSED; tampered copy TOTAL-FAILED; unknown issuer INDETERMINATE; evidence identical"


async def _verdict(file: Path, trust: Path, expected: str, exit_code: int) -> None:
    checked = await run_command("check-signature", str(file), "--trust", str(trust), exit_code=None)
    require(checked.data.get("indication") == expected, f"{file.name} is {expected}: {checked.data}")
    require(checked.exit_code == exit_code, f"{file.name} ends with exit code {exit_code}")
    only(checked.data["signatures"], f"{file.name} has one signature")


def _tampered(document: bytes) -> bytes:
    """Change one signed byte: the first letter of a heading in the letter's outline."""
    place = document.index(b"/Title(") + len(b"/Title(")
    return document[:place] + bytes([document[place] + 1]) + document[place + 1 :]
