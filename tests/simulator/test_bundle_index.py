"""The index of a bundle tells all that people have to know of a case, whatever the other side writes."""

import asyncio
import html
import re
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from tests.simulator.test_bundle import Case, answered_case, sealed_bundle, wrong
from tests.simulator.test_story import A, B

from rogatory_client.bundle.event_wording import lines_of
from rogatory_client.bundle.gathered import Gathered
from rogatory_client.bundle.wording import wording
from rogatory_client.plain_text import REPLACEMENT
from rogatory_crypto.content.case_progress import StateSet
from rogatory_crypto.content.urgent import OralRequest
from rogatory_crypto.wire.identifier import EntryId


@pytest.fixture
async def case(tmp_path: Path) -> Case:
    return await answered_case(tmp_path)


async def gathered_after(case: Case, *texts: str, language: str = "en") -> Gathered:
    """What a bundle holds after the other office has said some more."""
    async with case.world.at(B) as office:
        await office.sync()
        for text in texts:
            office.reply("SN/2", text)
        await office.sync()
    async with case.world.at(A) as office:
        await office.sync()
        return office.bundles.gather("SN/2", case.documents, language=language)


def page_of(gathered: Gathered) -> str:
    return html.unescape(re.sub("<[^>]+>", "", gathered.contents.index_html.decode()))


def paper_of(gathered: Gathered) -> str:
    pages = PdfReader(BytesIO(gathered.contents.index_pdf)).pages
    return " ".join(" ".join(each.extract_text() for each in pages).split())


async def test_no_sign_of_the_other_side_keeps_a_bundle_from_being_made(case: Case) -> None:
    """U+0378 is no letter and U+FFFE no character: no font shows the one, no HTML may hold the other."""
    gathered = await gathered_after(case, "Granted \u0378 in part.", "Not \ufffe all of it.")
    assert "Granted \u0378 in part." in page_of(gathered)
    assert f"Not {REPLACEMENT} all of it." in page_of(gathered)
    assert f"Granted {REPLACEMENT} in part." in paper_of(gathered)
    assert "no font of the maker" in paper_of(gathered)
    document = await asyncio.to_thread(sealed_bundle, gathered)
    assert wrong(case.verified(document)) == []


async def test_a_long_message_is_in_it_to_its_last_word(case: Case) -> None:
    """Beside the index it stands in CBOR only, which no court reads."""
    lines = "\n".join(f"Record {number}." for number in range(300))
    gathered = await gathered_after(case, lines, "word " * 2_000 + "last.")
    for told in (page_of(gathered), paper_of(gathered)):
        assert "Record 299." in told
        assert "last." in told


async def test_what_a_change_of_state_says_is_told_in_words(case: Case) -> None:
    async with case.world.at(B) as office:
        await office.sync()
        said = office.reply("SN/2", "Before we refuse, let us speak about the sovereignty clause.")
        await office.sync()
        office.cases.set_state(
            "SN/2",
            "refused",
            ground="essential_interests",
            reasons="It is prejudicial to security.\nNothing else can be done.",
            consultation=said.message_id,
        )
        await office.sync()
    gathered = await gathered_after(case)
    page = page_of(gathered)
    for text in (
        "Ground: essential_interests (",
        "Reasons: It is prejudicial to security.",
        "Nothing else can be done.",
        f"Consultation on it: {said.message_id[:12]}",
    ):
        assert text in page, text
    assert "StateSet" not in page


def test_what_is_asked_is_numbered_with_its_day() -> None:
    event = StateSet("info_requested", (), items=("Which branch?", "Since when?"), due="2026-12-24")
    assert tuple(lines_of(event, wording("en"))) == (
        "state info_requested", "Points: 1. Which branch?", "2. Since when?", "By: 2026-12-24"
    )  # fmt: skip


async def test_a_document_is_named_as_it_was_sent(case: Case) -> None:
    page = page_of(await gathered_after(case))
    assert re.search(r"letter\.pdf: documents/[0-9a-f]{16}-00-letter\.pdf", page)


@pytest.mark.parametrize("language", ["en", "fr", "es", "ru", "zh", "ar", "pt"])
def test_a_call_at_an_impossible_time_is_told(language: str) -> None:
    event = OralRequest((1 << 53) - 1, EntryId(A), "", EntryId(B), "", "Freeze\nthe account.")
    heading, *said = lines_of(event, wording(language))
    assert A in heading
    assert B in heading
    assert said[0].endswith("Freeze")
    assert said[-1].endswith("9999-12-31 23:59:59 UTC")
