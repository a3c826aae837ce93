"""A request that is sent from its draft, by an office that is killed, with signal 9, at every step of it.

However far it came, the draft is put away exactly if its request was queued, so it is sent once and never
lost (checklist L07).
"""

import asyncio
import signal
from multiprocessing import get_context
from pathlib import Path

import pytest
from tests.faults.killed_office import Steps, counted
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import PASSPHRASE, World

from rogatory_client.office import Office
from rogatory_client.transport import HttpsLine
from rogatory_client.vault import keys, open_vault
from rogatory_crypto.errors import MisuseError

MOST_STEPS = 20


def send(home: Path, journal: Path, draft: str, letter: Path, kill_at: int) -> None:
    """Submit a request from a draft; what goes over the network is not begun."""
    steps = Steps(journal, kill_at)
    vault = open_vault(home, PASSPHRASE)
    with vault.reading() as connection:
        profile = keys.load_identity(connection).profile
    office = Office(counted(vault, steps), HttpsLine(profile, lambda: 0))
    submit(office, draft, letter)
    vault.close()


def submit(office: Office, draft: str, letter: Path) -> None:
    office.submit_request(
        request_type="taking_evidence", legal_basis="UNTOC 18", reference="SN/2", letter=letter, to=(B,),
        draft=draft,
    )  # fmt: skip


async def process(world: World, journal: Path, draft: str, letter: Path, kill_at: int) -> int | None:
    context = get_context("forkserver")
    child = context.Process(target=send, args=(world.folder / A, journal, draft, letter, kill_at))
    child.start()
    await asyncio.to_thread(child.join, 120)
    return child.exitcode


async def test_a_draft_is_put_away_with_its_request_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()
    world, journal = await world_with(tmp_path / "world", A, B), tmp_path / "journal"
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 a letter")
    async with world.at(A) as office:
        await office.sync()
    for step in range(1, MOST_STEPS):
        async with world.at(A) as office:
            draft = office.drafts.new("taking_evidence", B).draft_id
            before = len(office.messages())
        first = await process(world, journal, draft, letter, step)
        async with world.at(A) as office:
            queued = len(office.messages()) > before
            assert (office.drafts.show(draft).removed_at is not None) is queued
            if queued:
                with pytest.raises(MisuseError, match="put away"):
                    submit(office, draft, letter)
            else:
                submit(office, draft, letter)
            assert len([each for each in office.messages() if each.kind == "request"]) == step
        if first == 0:
            break
        assert first == -signal.SIGKILL
    else:
        raise AssertionError("it never comes to its end")
    assert set(journal.with_suffix(".steps").read_text().splitlines()) == {"written", "on disk", "erased"}
