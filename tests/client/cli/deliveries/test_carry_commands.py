"""`rogatory carry`, as officers give it, and with the real process where nothing but a file is at hand."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.client.cli.sitting import SittingCall, said, sit
from tests.simulator.carriers import acquainted
from tests.simulator.test_story import A, B
from tests.simulator.world import World

from rogatory_client.cli import exchange_commands
from rogatory_client.cli.call import Call
from rogatory_client.cli.cases import commands as case_commands
from rogatory_client.cli.deliveries import carry_commands
from rogatory_client.cli.deliveries.carry_commands import read_size
from rogatory_client.cli.failure import ExitCode
from rogatory_crypto.errors import MisuseError, PeerError


@pytest.fixture
async def world(tmp_path: Path) -> World:
    (tmp_path / "world").mkdir()
    return await acquainted(tmp_path / "world", A, B)


def offline(world: World, name: str) -> Call:
    call = sit(world, name)
    assert isinstance(call, SittingCall)
    return replace(call, offline=True)


async def test_an_officer_carries_and_a_colleague_takes_in(world: World, tmp_path: Path) -> None:
    async with world.at(A) as office:
        office.reply("SN/2", "Two pages follow.", attachments=[world.folder / "letter.pdf"])
    file = tmp_path / "accra.carry"
    out = await carry_commands.out(sit(world, A), file, to=B)
    assert out.exit_code == 0
    assert f"Written: {file}" in said(out)
    assert f"For: {B}" in said(out)
    came = await carry_commands.in_(sit(world, B), [file])
    assert came.exit_code == 0
    assert f"From {A}, case officer; made " in said(came)
    assert "as it claims" in said(came)
    assert "New: 1, receipts included" in said(came)
    assert "No postmark says when it was sent" in said(came)
    assert came.data["carried"]["attachments"] == 1  # type: ignore[index]  # a JSON object
    async with world.at(B) as office:
        message = office.messages()[-1].message_id
        await office.save_attachment(message, 0, tmp_path)
    again = await carry_commands.in_(sit(world, B), [file])
    assert "Here before: 1" in said(again)


async def test_what_is_shown_of_it_says_what_is_not_known(world: World, tmp_path: Path) -> None:
    async with world.at(A) as office:
        office.reply("SN/2", "Two pages follow.")
    await carry_commands.out(sit(world, A), tmp_path / "one.carry", case="SN/2")
    await carry_commands.in_(sit(world, B), [tmp_path / "one.carry"])
    async with world.at(B) as office:
        message = office.messages()[-1].message_id
    shown = said(await exchange_commands.show(offline(world, B), message))
    assert "Postmark: not postmarked: came by carrier at this time, not yet confirmed by the relay" in shown
    assert "as its sender claims" in shown
    assert "State: read, by carrier" in shown


async def test_evidence_without_a_postmark_says_so(world: World, tmp_path: Path) -> None:
    async with world.at(A) as office:
        message = office.reply("SN/2", "Two pages follow.").message_id
        office.carrier.out(tmp_path / "one.carry")
    async with world.at(B) as office:
        office.carrier.take_in([tmp_path / "one.carry"])
        office.carrier.out(tmp_path / "back.carry")
    await carry_commands.in_(sit(world, A), [tmp_path / "back.carry"])
    before = await case_commands.receipts(offline(world, A), message)
    assert "delivered | CNA-GH-01" in said(before)
    assert "Not postmarked: the relay has not taken it in yet" in said(before)
    assert before.data["confirmed_by_relay"] is False
    await world.sync(A)
    after = await case_commands.receipts(offline(world, A), message)
    assert after.data["confirmed_by_relay"] is True
    assert "Not postmarked" not in said(after)
    assert "relayed | relay.example" in said(after)


async def test_parts_for_mail_are_taken_in_in_any_order(world: World, tmp_path: Path) -> None:
    async with world.at(A) as office:
        office.reply("SN/2", "x" * 5_000)
    out = await carry_commands.out(sit(world, A), tmp_path / "one.carry", parts="2K")
    files = [Path(each) for each in out.data["carried"]["files"]]  # type: ignore[index]  # a JSON object
    assert len(files) > 2
    assert all(each.stat().st_size <= 2_000 for each in files)
    assert f"in {len(files)} parts" in said(out)
    with pytest.raises(PeerError, match="missing: 1"):
        await carry_commands.in_(sit(world, B), files[1:])
    came = await carry_commands.in_(sit(world, B), files[::-1])
    assert came.exit_code == 0


async def test_what_cannot_be_carried_or_taken_in_yet_is_said(world: World, tmp_path: Path) -> None:
    async with world.at(A) as office:
        office.reply("SN/2", "Carried.")
        office.start_consultation([B], "A new case", "Not carried.")
    out = await carry_commands.out(sit(world, A), tmp_path / "one.carry")
    assert "A new case" in said(out)
    assert "connect once with `rogatory sync`" in said(out)
    world.tick(8 * 86_400)
    await world.sync(A)
    async with world.at(A) as office:
        office.reply("SN/2", "From another epoch.")
        office.carrier.out(tmp_path / "two.carry")
    came = await carry_commands.in_(sit(world, B), [tmp_path / "two.carry"])
    assert came.exit_code == ExitCode.TRY_AGAIN
    assert "has not come here: connect with `rogatory sync`" in said(came)


async def test_either_an_office_or_a_case(world: World, tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="--to"):
        await carry_commands.out(sit(world, A), tmp_path / "one.carry", to=B, case="SN/2")


@given(st.integers(1, 999_999), st.sampled_from([("", 1), ("K", 1_000), ("m", 1_000_000), (" G", None)]))
def test_a_size_is_read_as_mail_counts(number: int, unit: tuple[str, int | None]) -> None:
    name, factor = unit
    if factor is None:
        with pytest.raises(MisuseError):
            read_size(f"{number}{name}")
    else:
        assert read_size(f"{number}{name}") == number * factor


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "14 MB", "1.5M", "14M\n\n1", "\u0661M", "9" * 40, "\u202e14M"]
)
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(MisuseError):
        read_size(text)


def test_the_process_names_what_is_wrong_with_a_vault_that_is_not_there(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rogatory_client.cli", "carry", "in", str(tmp_path / "no.carry")]
    ran = subprocess.run(
        [*command, "--home", str(tmp_path / "none"), "--passphrase-fd", "0", "--json"],
        input=b"a passphrase\n", capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert ran.returncode not in {0, ExitCode.INTERNAL}
    assert b"vault" in ran.stdout + ran.stderr
