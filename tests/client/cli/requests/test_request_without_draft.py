"""A request that is sent without a draft has a type of the catalogue and a letter."""

from pathlib import Path

import pytest
from tests.client.cli.drafting import two_offices
from tests.client.cli.sitting import sit
from tests.simulator.test_story import A, B
from tests.simulator.world import World

from rogatory_client.cli import exchange_commands
from rogatory_client.written import kind_of
from rogatory_crypto.errors import MisuseError


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await two_offices(tmp_path)


async def send(world: World, type_id: str, letter: Path) -> None:
    await exchange_commands.send(
        sit(world, A), request_type=type_id, letter=letter, legal_basis="UNTOC 18", reference="SN/2",
        to=[B], subject="Records",
    )  # fmt: skip


async def test_what_is_no_request_is_not_sent(world: World, tmp_path: Path) -> None:
    letter, empty, page = (tmp_path / name for name in ("letter.pdf", "empty.pdf", "letter.html"))
    letter.write_bytes(b"%PDF-1.7 letter")
    empty.write_bytes(b"")
    page.write_text("<html><body>Facts</body></html>")
    assert kind_of(page.read_bytes()).value == "HTML"
    for type_id, path, said in (
        ("production_content", letter, "there is no request type production_content"),
        ("informal_consultation", letter, "is not a formal request"),
        ("extradition", empty, "this file is none of these"),
        ("extradition", page, "--letter is a signed PDF"),
    ):
        with pytest.raises(MisuseError, match=said):
            await send(world, type_id, path)
    async with world.at(A) as office:
        assert office.rooms() == ()
    await send(world, "extradition", letter)
    await world.sync(B)
    async with world.at(B) as office:
        (request,) = [each for each in office.messages() if each.kind == "request"]
        assert request.details["request_type"] == "extradition"
