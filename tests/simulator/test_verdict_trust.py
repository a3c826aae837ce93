"""Whom a check on arrival trusts: for the sender's state, and by what is kept as far as it is not damaged."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.crypto.esign.trust.list_builder import DAY, Entry, ListDraft, Party
from tests.simulator.test_story import A, B, world_with
from tests.simulator.test_verdicts import sent, signed_letter
from tests.simulator.world import World

from rogatory_client.cli.signatures import verdict_commands
from rogatory_client.cli.signatures.verdict_commands import check_saved, read_kept
from rogatory_client.demo.pki import DemoPki, build_pki
from rogatory_client.office.evidence.verdicts import VerdictView
from rogatory_client.signing.held_lists import HeldLists


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await world_with(tmp_path, A, B)


@pytest.fixture
async def pki(world: World, tmp_path: Path) -> DemoPki:
    """Has signed a letter from Senegal that waits at the relay."""
    now = int(world.now) - 60
    made = build_pki(now=now, random=os.urandom, passphrase=b"x")
    await sent(world, tmp_path, {"letter.pdf": await asyncio.to_thread(signed_letter, made, now)})
    return made


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "lists"
    monkeypatch.setattr(verdict_commands, "DEFAULT_FOLDER", folder)
    return folder


def keep(folder: Path, territory: str, pki: DemoPki, now: int) -> None:
    """Keep a list of a state that names the root."""
    operator = Party("Operator", not_before=now - 2 * DAY)
    root = x509.load_pem_x509_certificate(pki.root_pem).public_bytes(Encoding.DER)
    draft = ListDraft([[Entry("granted", now - DAY, [root])]], territory=territory)
    dated = replace(draft, issued_at=now - DAY, next_update=now + DAY)
    HeldLists(folder).add(dated.signed(operator), pins=[operator.der], now=now)


async def saved(world: World, folder: Path) -> tuple[Path, VerdictView]:
    async with world.at(B) as office:
        await office.sync()
        message = next(each for each in office.messages() if each.attachments)
        path = await office.save_attachment(message.message_id, 0, folder)
        verdict = (await check_saved(office, message, {0: path}, read_kept()))[path]
        assert verdict is not None
        assert office.verdicts.of(message.message_id) == (verdict,)
        return path, verdict


async def test_a_list_of_the_senders_state_says_whom_to_trust(
    world: World, pki: DemoPki, kept: Path, tmp_path: Path
) -> None:
    keep(kept, "SN", pki, int(world.now))
    assert (await saved(world, tmp_path / "out"))[1].indication == "TOTAL-PASSED"


async def test_a_list_of_another_state_says_nothing_of_the_sender(
    world: World, pki: DemoPki, kept: Path, tmp_path: Path
) -> None:
    keep(kept, "EE", pki, int(world.now))
    verdict = (await saved(world, tmp_path / "out"))[1]
    assert verdict.indication == "INDETERMINATE"
    assert "is trusted for Estonia, not for Senegal" in verdict.sentence


@pytest.mark.parametrize("damage", ["list", "index"])
async def test_damage_to_what_is_kept_is_named_and_keeps_no_file_back(
    world: World, pki: DemoPki, kept: Path, tmp_path: Path, damage: str
) -> None:
    keep(kept, "SN", pki, int(world.now))
    (damaged,) = kept.glob("*.xml" if damage == "list" else "held.json")
    damaged.write_bytes(damaged.read_bytes()[:-2])
    path, verdict = await saved(world, tmp_path / "out")
    assert path.read_bytes().startswith(b"%PDF-")
    assert verdict.indication == "INDETERMINATE"
    assert damaged.name in str(verdict.report)
