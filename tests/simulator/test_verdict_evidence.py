"""What a check on arrival knows of revocation: what was fetched before, nothing where that was damaged."""

import asyncio
import os
from hashlib import sha256
from pathlib import Path

import pytest
from tests.client.revocation.signed_letter import signed_letter
from tests.simulator.test_story import A, B, world_with
from tests.simulator.test_verdict_trust import keep, saved
from tests.simulator.test_verdicts import sent
from tests.simulator.world import World

from rogatory_client.cli.signatures import verdict_commands
from rogatory_client.cli.signatures.verdict_commands import read_kept, saved_answer
from rogatory_client.demo.pki import DemoPki, build_pki
from rogatory_client.office.evidence import verdicts
from rogatory_client.revocation import HeldEvidence, Source
from rogatory_client.revocation.held import list_place
from rogatory_client.revocation.lists import read_list
from rogatory_client.revocation.sources import read_certificate
from rogatory_client.signing import check_process

ADDRESS = "http://ca.example/list.crl"


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await world_with(tmp_path, A, B)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(verdict_commands, "DEFAULT_FOLDER", tmp_path / "lists")
    monkeypatch.setattr(verdict_commands, "REVOCATION_FOLDER", tmp_path / "revocation")
    return tmp_path


async def received(world: World, folder: Path, *, revoked_at: int | None = None) -> DemoPki:
    """A letter without revocation data waits at the relay; its issuer is trusted here."""
    now = int(world.now) - 60
    pki = build_pki(now=now, random=os.urandom, passphrase=b"x", signer_revoked_at=revoked_at)
    signed = await asyncio.to_thread(signed_letter, pki.signer_pkcs12, now)
    await sent(world, folder, {"letter.pdf": signed})
    keep(folder / "lists", "SN", pki, int(world.now))
    return pki


def fetched(folder: Path, pki: DemoPki, now: int) -> None:
    source = Source(read_certificate(pki.root_pem), crl=(ADDRESS,))
    with HeldEvidence(folder / "revocation").writing() as writing:
        writing.put(list_place(source, ADDRESS), read_list(pki.crl, source, now), now=now)


async def test_what_was_fetched_decides(world: World, kept: Path) -> None:
    pki = await received(world, kept)
    fetched(kept, pki, int(world.now))
    assert (await saved(world, kept / "out"))[1].indication == "TOTAL-PASSED"


async def test_without_it_nothing_passes(world: World, kept: Path) -> None:
    await received(world, kept)
    assert (await saved(world, kept / "out"))[1].indication == "INDETERMINATE"


async def test_a_revocation_that_was_fetched_is_told(world: World, kept: Path) -> None:
    pki = await received(world, kept, revoked_at=int(world.now) - 120)
    fetched(kept, pki, int(world.now))
    verdict = (await saved(world, kept / "out"))[1]
    assert verdict.indication == "INDETERMINATE"
    assert "revoked" in verdict.sentence


async def test_damage_keeps_no_file_back(world: World, kept: Path) -> None:
    pki = await received(world, kept)
    fetched(kept, pki, int(world.now))
    (damaged,) = (kept / "revocation").glob("*.crl")
    damaged.write_bytes(damaged.read_bytes()[:-2])
    path, verdict = await saved(world, kept / "out")
    assert path.read_bytes().startswith(b"%PDF-")
    assert verdict.indication == "INDETERMINATE"
    # What could not be read may be a revocation, so it is told whatever the verdict is.
    (warning,) = saved_answer([path], {path: verdict}, read_kept()).warnings
    assert damaged.name in warning


async def test_a_file_that_is_too_large_to_check_is_saved_and_known_by_its_hash(
    world: World, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await received(world, kept)
    monkeypatch.setattr(verdicts, "MAX_DOCUMENT_BYTES", 1000)
    monkeypatch.setattr(check_process, "MAX_DOCUMENT_BYTES", 1000)
    path, verdict = await saved(world, kept / "out")
    assert verdict.indication == "INDETERMINATE"
    assert "too large" in str(verdict.report)
    assert verdict.sha256 == sha256(path.read_bytes()).hexdigest()
    # It can be checked again where there is room.
    monkeypatch.undo()
    async with world.at(B) as office:
        assert await office.verdicts.check(verdict.message_id, 0, path) is not None
