"""Signatures of what arrives: checked by themselves, as of the arrival, and again when somebody asks."""

import asyncio
import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import World

from rogatory_client.demo.pki import DemoPki, build_pki, time_stamper
from rogatory_client.letter import RequestLetter, render_letter
from rogatory_client.office.evidence.verdicts import STATE_UNKNOWN, VerdictView
from rogatory_client.signing import Checker, LongTerm, SealKey, SignaturePurpose, sign_file, sign_pdf
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign import Report
from rogatory_directory_sync.record import State

TABLE = b"a,b\n1,2\n"


def signed_letter(pki: DemoPki, now: int) -> bytes:
    letter = RequestLetter(
        requesting_authority="Central Authority",
        requesting_state="State A",
        requested_authority="Central Authority",
        requested_state="State B",
        reference="SN/2",
        request_type="Bank records",
        legal_basis="UNTOC article 18",
        facts="Money moved.",
        assistance=("Records",),
        signed_by="Head of the central authority",
        dated_at=now,
    )
    purpose = SignaturePurpose("Head of the central authority", "Request")
    key, lasting = SealKey(pki.signer_pkcs12, b"x"), long_term(pki, now)
    return sign_pdf(render_letter(letter), key, purpose, now=now, long_term=lasting)


def signed_table(pki: DemoPki, now: int) -> bytes:
    return sign_file(TABLE, SealKey(pki.signer_pkcs12, b"x"), now=now, long_term=long_term(pki, now))


def long_term(pki: DemoPki, now: int) -> LongTerm:
    return LongTerm(time_stamper(pki, now=now), [pki.root_pem], [pki.crl, pki.tsa_certificate])


async def sent(world: World, folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation(
            [B], "Company records", "See the files.", attachments=[folder / name for name in files]
        )
        await office.sync()


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await world_with(tmp_path, A, B)


async def test_a_signed_letter_is_checked_as_of_its_arrival_and_again(world: World, tmp_path: Path) -> None:
    now = int(world.now) - 60
    pki = build_pki(now=now, random=os.urandom, passphrase=b"x")
    await sent(world, tmp_path, {"letter.pdf": await asyncio.to_thread(signed_letter, pki, now)})
    async with world.at(B) as office:
        await office.sync()
        message = next(each for each in office.messages() if each.attachments)
        saved = await office.save_attachment(message.message_id, 0, tmp_path / "out")
        first = await office.verdicts.check(message.message_id, 0, saved, arrived=True)
        assert first is not None
        # Nobody said yet who is trusted: intact, but not established.
        assert (first.indication, first.signer_named) == ("INDETERMINATE", None)
        assert first.checked_for == message.at_ms // 1000
        second = await office.verdicts.check(message.message_id, 0, saved, trust=[pki.root_pem])
        assert second is not None
        assert second.indication == "TOTAL-PASSED"
        assert office.verdicts.of(message.message_id) == (first, second)
    async with world.at(B) as office:
        # What was said stays said, on disk.
        assert office.verdicts.of(message.message_id) == (first, second)


@pytest.mark.parametrize(
    "state", [None, State("EU", None, "European Union", None), State("DD", "DDR", "Formerly", None)]
)
async def test_a_sender_of_no_state_is_checked_without_one_and_that_is_told(
    world: World, tmp_path: Path, state: State | None
) -> None:
    now = int(world.now) - 60
    pki = build_pki(now=now, random=os.urandom, passphrase=b"x")
    await sent(world, tmp_path, {"letter.pdf": await asyncio.to_thread(signed_letter, pki, now)})
    async with world.at(B) as office:
        await office.sync()
        message = next(each for each in office.messages() if each.attachments)
        saved = await office.save_attachment(message.message_id, 0, tmp_path / "out")
        known = await office.verdicts.check(message.message_id, 0, saved, trust=[pki.root_pem], arrived=True)
        desk = office.verdicts._desk
        records = {name: replace(record, state=state) for name, record in desk.listing.records.items()}
        desk.listing = replace(desk.listing, records=records)
        unknown = await office.verdicts.check(message.message_id, 0, saved, trust=[pki.root_pem])
        assert known is not None
        assert unknown is not None
        assert (known.indication, unknown.indication) == ("TOTAL-PASSED", "TOTAL-PASSED")
        assert STATE_UNKNOWN not in told(known)
        assert STATE_UNKNOWN in told(unknown)


def told(verdict: VerdictView) -> Sequence[str]:
    warnings = verdict.report["warnings"]
    assert isinstance(warnings, list)
    return warnings


async def test_a_detached_signature_is_about_the_file_beside_it(world: World, tmp_path: Path) -> None:
    now = int(world.now) - 60
    pki = build_pki(now=now, random=os.urandom, passphrase=b"x")
    signature = await asyncio.to_thread(signed_table, pki, now)
    await sent(world, tmp_path, {"table.csv": TABLE, "table.p7s": signature})
    async with world.at(B) as office:
        await office.sync()
        message = next(each for each in office.messages() if each.attachments)
        table = await office.save_attachment(message.message_id, 0, tmp_path / "out")
        beside = await office.save_attachment(message.message_id, 1, tmp_path / "out")
        assert await office.verdicts.check(message.message_id, 0, table, arrived=True) is None
        checked = await office.verdicts.check(
            message.message_id, 1, beside, trust=[pki.root_pem], beside=[table], arrived=True
        )
        assert checked is not None
        assert checked.indication == "TOTAL-PASSED"


async def test_an_office_does_other_things_while_a_file_is_checked(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = int(world.now) - 60
    pki = build_pki(now=now, random=os.urandom, passphrase=b"x")
    await sent(world, tmp_path, {"letter.pdf": await asyncio.to_thread(signed_letter, pki, now)})
    loop, begun, released = asyncio.get_running_loop(), asyncio.Event(), threading.Event()
    check = Checker.check

    def held_up(self: Checker, document: bytes, **terms: Any) -> Report:
        loop.call_soon_threadsafe(begun.set)
        assert released.wait(60)
        return check(self, document, **terms)

    monkeypatch.setattr(Checker, "check", held_up)
    async with world.at(B) as office:
        await office.sync()
        message = next(each for each in office.messages() if each.attachments)
        saved = await office.save_attachment(message.message_id, 0, tmp_path / "out")
        checking = asyncio.create_task(office.verdicts.check(message.message_id, 0, saved, arrived=True))
        await begun.wait()
        # The check stands still, and the office goes on.
        await office.sync()
        assert not checking.done()
        released.set()
        assert await checking is not None


async def test_another_file_or_number_is_misuse(world: World, tmp_path: Path) -> None:
    await sent(world, tmp_path, {"note.txt": b"A note."})
    async with world.at(B) as office:
        await office.sync()
        message = next(each for each in office.messages() if each.attachments)
        saved = await office.save_attachment(message.message_id, 0, tmp_path / "out")
        with pytest.raises(MisuseError, match="numbered from 0"):
            await office.verdicts.check(message.message_id, 1, saved)
        with pytest.raises(MisuseError):
            await office.verdicts.check("ffffffffffff", 0, saved)
        assert office.verdicts.of(message.message_id) == ()
