"""Commands on devices, keys and seals, from file to file between the devices of an office."""

import os
import stat
from pathlib import Path

import pytest
from tests.client.cli.sitting import said, sit
from tests.simulator.test_lifecycle_anew import words
from tests.simulator.test_lifecycle_office_key import ADMIN, join
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import World

from rogatory_client.cli.devices import lifecycle as device_lifecycle
from rogatory_client.cli.devices import partner_commands, seal_commands
from rogatory_client.cli.devices.commands import list_devices
from rogatory_client.cli.pictures.qr import qr_codes
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import Role

CLERK = "clerk"


async def office_of_three(folder: Path) -> World:
    world = await world_with(folder / "world", A)
    await join(world, ADMIN, "administrator", Role.ADMINISTRATOR)
    await join(world, CLERK, "clerk", Role.CLERK)
    await world.sync(A)
    return world


async def id_of(world: World, name: str) -> str:
    async with world.at(name) as office:
        return office.identity.device_id


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "world").mkdir()
    return tmp_path


async def test_the_office_key_goes_from_file_to_file(folder: Path) -> None:
    world = await office_of_three(folder)
    request, granted = folder / "request.txt", folder / "grant.txt"
    asked = await device_lifecycle.key_request(sit(world, ADMIN), request)
    code = str(asked.data["confirmation_code"])
    assert code in said(asked)
    answer = await device_lifecycle.key_grant(sit(world, A), request, code, granted)
    assert "(administrator); no other device can open it" in said(answer)
    assert stat.S_IMODE(granted.stat().st_mode) == 0o600
    taken = await device_lifecycle.key_accept(sit(world, ADMIN), granted)
    assert taken.data == {"holds_office_key": True}
    with pytest.raises(MisuseError, match="exists: choose another name"):
        await device_lifecycle.key_grant(sit(world, A), request, code, granted)
    replaced = await device_lifecycle.key_replace(sit(world, ADMIN))
    assert "rogatory device key-request" in said(replaced)
    with pytest.raises(MisuseError, match="does not hold the office key"):
        await device_lifecycle.key_replace(sit(world, A))


async def test_a_linking_request_fits_into_one_code(folder: Path) -> None:
    world = await world_with(folder / "world", A)
    world.new_device("second")
    async with world.at("second") as office:
        asked = await office.link_request(A, "duty officer")
    assert len(qr_codes(asked.text, columns=200)) == 1
    with pytest.raises(PeerError) as raised:
        async with world.at(A) as office:
            await office.approve_link(asked.text[:-9], asked.confirmation_code)
    assert raised.value.code is Code.MALFORMED
    with pytest.raises(MisuseError, match="confirmation code"):
        async with world.at(A) as office:
            await office.approve_link(asked.text[:-8], asked.confirmation_code)


async def test_a_file_of_something_else_is_named(folder: Path) -> None:
    world = await world_with(folder / "world", A)
    (folder / "picture").write_bytes(bytes(range(128, 256)))
    with pytest.raises(MisuseError, match="not a file of this program"):
        await device_lifecycle.key_accept(sit(world, A), folder / "picture")


async def test_a_hand_over_goes_from_file_to_file(folder: Path) -> None:
    world = await office_of_three(folder)
    out = folder / "hand-over.txt"
    leaver, to = await id_of(world, ADMIN), await id_of(world, CLERK)
    proposed = await device_lifecycle.hand_over(sit(world, A), leaver[:12], to[:12], out)
    assert "confirm-hand-over" in said(proposed)
    shown = await device_lifecycle.confirm_hand_over(sit(world, CLERK), out, show=True)
    assert f"Leaves: {leaver[:12]} (administrator)" in said(shown)
    done = await device_lifecycle.confirm_hand_over(sit(world, CLERK), out)
    assert "rogatory device key-replace" in said(done), "an administrator may have had the key"
    listed = await list_devices(sit(world, A))
    assert f"no, handed over to {to[:12]}" in said(listed)


async def test_terms_are_listed_and_renewed(folder: Path) -> None:
    world = await office_of_three(folder)
    world.tick(700.5 * 86_400)
    listed = said(await list_devices(sit(world, A)))
    assert listed.count("expires in 29 days") == 3
    await device_lifecycle.renew(sit(world, A), days=365)
    listed = said(await list_devices(sit(world, A)))
    assert listed.count(", renewed") == 3
    assert "expires in" not in listed


async def test_a_seal_is_made_exported_and_taken_back(folder: Path) -> None:
    world = await world_with(folder / "world", A)
    made = await seal_commands.create(sit(world, A), days=30)
    assert "In the log: since" in said(made)
    sha256 = made.data["seal"]["sha256"]  # type: ignore[index]  # a dictionary
    reading, writing = os.pipe()
    os.write(writing, b"passphrase of the file\n")
    os.close(writing)
    out, issuer = folder / "seal.p12", folder / "issuer.pem"
    await seal_commands.export(sit(world, A), sha256[:12], out, issuer, reading)
    os.close(reading)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert issuer.read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
    await seal_commands.revoke(sit(world, A), sha256, "key lost")
    assert "taken back" in said(await seal_commands.list_seals(sit(world, A)))


async def test_a_partner_with_other_keys_is_called_and_accepted(folder: Path) -> None:
    world = await world_with(folder / "world", A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?")
        await office.sync()
    await world.enrol(B, "anew")
    asked = await partner_commands.accept(sit(world, A), B)
    assert f"rogatory office accept {B} --words" in said(asked)
    assert "not yet" in said(await partner_commands.changed(sit(world, A)))
    await partner_commands.accept(sit(world, A), B, words(world))
    assert "case officer" in said(await partner_commands.changed(sit(world, A)))
