"""What an officer types to sign with the office's own seal: its key stays in the vault, and in memory."""

import asyncio
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.client.cli.sitting import sit
from tests.client.letter.test_rendering import LETTER
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import World

from rogatory_client.cli.signatures.document_commands import sign
from rogatory_client.demo.pki import build_pki, time_stamper
from rogatory_client.letter import render_letter
from rogatory_client.office.devices.sealing import OpenedSeal
from rogatory_client.signing import LongTerm, SignaturePurpose, sign_pdf
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign import Indication, check

FUNCTION = "Head of the central authority"


@pytest.fixture(scope="module")
def plain_letter() -> bytes:
    return render_letter(LETTER)


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = await world_with(tmp_path / "world", A, B)
    async with made.at(A) as office:
        await office.lifecycle.create_seal()
    monkeypatch.setattr("time.time", lambda: made.now)
    return made


async def opened(world: World, name: str | None = None) -> OpenedSeal:
    async with world.at(A) as office:
        return office.lifecycle.open_seal(name)


async def test_the_newest_seal_signs_and_its_key_is_written_nowhere(
    world: World, plain_letter: bytes, tmp_path: Path
) -> None:
    letter, out = tmp_path / "letter.pdf", tmp_path / "signed.pdf"
    letter.write_bytes(plain_letter)
    answer = await asyncio.to_thread(
        sign, sit(world, A), letter, out=out, function=FUNCTION, office_seal=True
    )
    assert answer.data["level"] == "PAdES-BASELINE-B"
    seal = (await opened(world)).seal
    report = check(out.read_bytes(), trust=[seal.certificate], at=int(world.now))
    assert report.indication is Indication.TOTAL_PASSED
    assert letter.read_bytes() == plain_letter
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.parent for path in files} >= {tmp_path}
    key = serialization.load_der_private_key(seal.private_key, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    secret = key.private_numbers().private_value.to_bytes(32)
    assert not [
        path for path in files if secret in (content := path.read_bytes()) or secret.hex().encode() in content
    ]
    assert "private_key" not in repr(seal)


async def test_the_offices_own_list_makes_it_last(world: World, plain_letter: bytes) -> None:
    # The vault holds the issuer too, so nobody else has to be asked whether the seal was taken back.
    now = int(world.now)
    held = await opened(world)
    pki = build_pki(now=now - 30, random=world.surroundings.random, passphrase=b"x")
    long_term = LongTerm(
        time_stamper(pki, now=now),
        [pki.root_pem, held.seal.issuer_certificate],
        [held.revocation_list, pki.crl, pki.tsa_certificate],
        archive=True,
    )
    purpose = SignaturePurpose(FUNCTION, "Request")
    signed = await asyncio.to_thread(sign_pdf, plain_letter, held.seal, purpose, now=now, long_term=long_term)
    report = check(signed, trust=[pki.root_pem, held.seal.issuer_certificate], at=now + 60)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.signatures[0].level == "PAdES-BASELINE-LTA"


async def test_a_seal_that_was_taken_back_signs_no_more_and_is_on_the_list(world: World) -> None:
    first = await opened(world)
    async with world.at(A) as office:
        (view,) = office.lifecycle.seals()
        await office.lifecycle.revoke_seal(view.sha256, "key lost")
        with pytest.raises(MisuseError, match="no such seal counts here"):
            office.lifecycle.open_seal()
        with pytest.raises(MisuseError, match="no such seal counts here"):
            office.lifecycle.open_seal(view.sha256[:12])
        made = await office.lifecycle.create_seal()
        second = office.lifecycle.open_seal(made.sha256[:12])
    assert second.seal.certificate != first.seal.certificate
    serial = x509.load_der_x509_certificate(first.seal.certificate).serial_number
    before, after = (x509.load_der_x509_crl(each.revocation_list) for each in (first, second))
    assert before.get_revoked_certificate_by_serial_number(serial) is None
    assert after.get_revoked_certificate_by_serial_number(serial) is not None


async def test_another_office_has_no_seal_of_it(world: World, plain_letter: bytes, tmp_path: Path) -> None:
    letter, out = tmp_path / "letter.pdf", tmp_path / "signed.pdf"
    letter.write_bytes(plain_letter)
    with pytest.raises(MisuseError, match="rogatory seal create"):
        await asyncio.to_thread(sign, sit(world, B), letter, out=out, function=FUNCTION, office_seal=True)
    assert not out.exists()
