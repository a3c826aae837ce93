"""The office's seal: made under the office key, named in the log, judged as of its time."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from tests.simulator.test_lifecycle_office_key import ADMIN, join
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import Adversary, Killed, World

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import Role
from rogatory_crypto.identity.logged_seal import verify_logged_seal
from rogatory_crypto.wire.identifier import EntryId

SECRET = b"another passphrase"


async def sealed_office(folder: Path) -> tuple[World, str]:
    world = await world_with(folder, A, B)
    async with world.at(A) as office:
        made = await office.lifecycle.create_seal()
        assert made.here
        assert made.logged_at is not None
    return world, made.sha256


async def verified_at(world: World, sha256: str, at: int) -> None:
    """By another office, from its own replica."""
    async with world.at(B) as office:
        await office.sync()
        seals = office._desk.replica.audit.seals
        verify_logged_seal(bytes.fromhex(sha256), EntryId(A), seals, at)


async def test_a_seal_is_named_in_the_log_and_exported_under_a_passphrase(tmp_path: Path) -> None:
    world, sha256 = await sealed_office(tmp_path)
    await verified_at(world, sha256, int(world.now))
    async with world.at(A) as office:
        exported = office.lifecycle.export_seal(sha256[:12], SECRET)
        with pytest.raises(MisuseError, match="without a passphrase"):
            office.lifecycle.export_seal(sha256, b"")
        assert not [each for each in office.alarms() if "seal" in each.text]
    key, certificate, above = pkcs12.load_key_and_certificates(exported.pkcs12, SECRET)
    issuer = x509.load_pem_x509_certificate(exported.issuer_pem)
    assert key is not None
    assert certificate is not None
    assert above == [issuer]
    certificate.verify_directly_issued_by(issuer)
    assert "SN" in certificate.subject.rfc4514_string()


async def test_a_seal_that_was_taken_back_keeps_what_it_sealed_before(tmp_path: Path) -> None:
    world, sha256 = await sealed_office(tmp_path)
    before = int(world.now)
    world.tick(60)
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="1 to 200 characters"):
            await office.lifecycle.revoke_seal(sha256, "")
        revoked = await office.lifecycle.revoke_seal(sha256, "key lost")
        assert revoked.ended_at is not None
        with pytest.raises(MisuseError, match="does not count any more"):
            await office.lifecycle.revoke_seal(sha256, "key lost")
        with pytest.raises(MisuseError, match="only a seal that counts"):
            office.lifecycle.export_seal(sha256, SECRET)
    await verified_at(world, sha256, before)
    with pytest.raises(PeerError) as raised:
        await verified_at(world, sha256, int(world.now))
    assert raised.value.code is Code.REVOKED


async def test_a_next_seal_has_the_same_issuer(tmp_path: Path) -> None:
    world, first = await sealed_office(tmp_path)
    async with world.at(A) as office:
        second = await office.lifecycle.create_seal(days=30)
        pems = {office.lifecycle.export_seal(each, SECRET).issuer_pem for each in (first, second.sha256)}
        assert len(pems) == 1
        renamed = await office.lifecycle.create_seal(short_name="Autorité centrale", country="SN")
        assert office.lifecycle.export_seal(renamed.sha256, SECRET).issuer_pem not in pems
        assert len(office.lifecycle.seals()) == 3


async def test_only_the_office_key_seals_and_only_here(tmp_path: Path) -> None:
    world, sha256 = await sealed_office(tmp_path)
    await join(world, ADMIN, "administrator", Role.ADMINISTRATOR)
    async with world.at(ADMIN) as office:
        await office.sync()
        (seen,) = office.lifecycle.seals()
        assert not seen.here
        with pytest.raises(MisuseError, match="does not hold the office key"):
            await office.lifecycle.create_seal()
        with pytest.raises(MisuseError, match="does not hold the office key"):
            await office.lifecycle.revoke_seal(sha256, "mine")
        with pytest.raises(MisuseError, match="from the device that made it"):
            office.lifecycle.export_seal(sha256, SECRET)
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="no seal of this office"):
            office.lifecycle.export_seal("ff" * 32, SECRET)
        with pytest.raises(MisuseError, match="1 to 1098 days"):
            await office.lifecycle.create_seal(days=1099)


async def test_a_seal_cut_after_every_step_is_in_the_log_once_or_not_at_all(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A)
    cuts = 0
    for cut in range(1, 60):
        world.adversary = Adversary(world.chance, kill_at=cut)
        try:
            async with world.at(A) as office:
                await office.lifecycle.create_seal()
        except Killed:
            cuts += 1
            world.adversary = Adversary(world.chance)
            await world.sync(A)
        else:
            break
    world.adversary = Adversary(world.chance)
    assert cuts > 4, "there are steps to be cut at"
    async with world.at(A) as office:
        await office.sync()
        logged = [each.sha256 for each in office.lifecycle.seals() if each.logged_at is not None]
        assert len(logged) == len(set(logged)) > 0
        assert all(each.here for each in office.lifecycle.seals())
