"""14. An office that is not in the case gets nothing, and the relay holds nothing that anybody can read."""

import asyncio
import json
from pathlib import Path

from rogatory_client.demo.concurrently import together
from rogatory_client.demo.fact import require
from rogatory_client.demo.plaintext_search import Marker, markers_of, search_database, search_files
from rogatory_client.demo.world import World


async def play(world: World) -> str:
    """Ask the outsider, then search everything the relay has."""
    markers = _markers(world)
    await together(_ask_outsider(world), _prove_search(world, markers))
    await world.relay.stop()
    files, cells, found = await asyncio.to_thread(_search_relay, world.relay.folder, markers)
    require(not found, f"nothing readable at the relay, yet: {', '.join(sorted(found))}")
    searched = f"{len(markers)} words searched in {files} files and {cells} database cells"
    return f"outsider has nothing; {searched}: none found"


async def _ask_outsider(world: World) -> None:
    inbox = (await world.outsider.run("inbox", "--all"))["messages"]
    require(
        not [each for each in inbox if each["room_id"] == world.case.room_id],
        "the outsider has no part in it",
    )
    await world.outsider.run("case", "show", world.case.room_id, exit_code=64)


def _markers(world: World) -> list[Marker]:
    words, case = world.words, world.case
    texts = [
        words.notice_subject, words.notice_text, words.case_subject, words.question, words.answer,
        words.request_text, words.requesting_reference, words.requested_reference, words.evidence_name,
        words.letter_name, words.second_device_text, words.after_revocation, words.update(0), words.tag,
        words.after_forgery, words.progress, words.result,
    ]  # fmt: skip
    evidence, letter = case.evidence.read_bytes()[: 1 << 12], case.letter.read_bytes()
    pieces = {"evidence, random part": evidence[1024:1088], "letter, middle": letter[len(letter) // 2 :][:64]}
    return markers_of(texts, pieces)


async def _prove_search(world: World, markers: list[Marker]) -> None:
    """The same search must find every word where it is allowed to be: on the desks."""
    exported = world.requested.folder("received") / "export.json"
    everything = await world.requested.run("inbox", "--all", "--offline")
    cases = await world.requested.run("case", "list", "--offline")
    exported.write_text(json.dumps([everything, cases], ensure_ascii=False))
    _, found = await asyncio.to_thread(search_files, world.requested.folder("received"), markers)
    missed = {marker.name for marker in markers} - found
    require(not missed, f"the search finds what the recipient saved; missed: {', '.join(sorted(missed))}")


def _search_relay(folder: Path, markers: list[Marker]) -> tuple[int, int, set[str]]:
    files, in_files = search_files(folder, markers)
    cells, in_cells = search_database(folder / "data" / "relay.sqlite", markers)
    return files, cells, in_files | in_cells
