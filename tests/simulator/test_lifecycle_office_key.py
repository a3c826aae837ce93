"""The office key at a second device, and its replacement: by hand, by code, and only to who may hold it."""

from pathlib import Path

import pytest
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import Adversary, Killed, World

from rogatory_client.office import Office
from rogatory_client.office.carried_text import confirmation_code, from_line, to_line
from rogatory_client.office.devices.office_key import GRANT_PREFIX, REQUEST_PREFIX
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import Role

DAY = 86_400
ADMIN, CLERK = "administrator", "clerk"


async def join(world: World, name: str, officer: str, role: Role, office: str = A) -> None:
    """Link one more device to an office."""
    world.new_device(name)
    async with world.at(name) as opened:
        request = await opened.link_request(office, officer, role)
    async with world.at(office) as opened:
        await opened.approve_link(request.text, request.confirmation_code)
    await world.sync(name)


async def office_of_two(folder: Path) -> World:
    world = await world_with(folder, A)
    await join(world, ADMIN, "administrator", Role.ADMINISTRATOR)
    return world


async def ask(world: World, name: str = ADMIN) -> tuple[str, str]:
    async with world.at(name) as office:
        asked = await office.lifecycle.request_key()
        return asked.text, asked.confirmation_code


async def grant(world: World, asked: tuple[str, str], name: str = A) -> str:
    async with world.at(name) as office:
        return (await office.lifecycle.grant_key(*asked)).text


async def accept(world: World, text: str, name: str = ADMIN) -> None:
    async with world.at(name) as office:
        await office.lifecycle.accept_key(text)


async def holds(world: World, name: str) -> bool:
    async with world.at(name) as office:
        await office.sync()
        return office.identity.holds_office_key


async def require_refused(office: Office, asked: tuple[str, str], code: Code) -> None:
    with pytest.raises(PeerError) as raised:
        await office.lifecycle.grant_key(*asked)
    assert raised.value.code is code


async def test_a_second_device_gets_the_key_and_uses_it(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    logged = len(world.relay.log.entries)
    await accept(world, await grant(world, await ask(world)))
    assert await holds(world, ADMIN)
    assert len(world.relay.log.entries) == logged, "nothing of it passes the relay"
    async with world.at(ADMIN) as office:
        first = next(each for each in office.devices() if not each.this_device)
        revoked = await office.revoke_device(first.device_id, "lost")
        assert not revoked.in_service


async def test_two_holders_of_the_key_make_one_room_for_the_office(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    await accept(world, await grant(world, await ask(world)))
    for name in (ADMIN, A, ADMIN, A):
        await world.sync(name)
    for name in (ADMIN, A):
        async with world.at(name) as office:
            kinds = [room.kind for room in office._desk.rooms.values()]
            assert kinds == [CaseKind.OFFICE]


async def test_a_grant_is_good_once_and_for_who_asked(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    await join(world, "deputy", "deputy head", Role.HEAD)
    first = await grant(world, await ask(world))
    second = await grant(world, await ask(world))
    with pytest.raises(MisuseError, match="answers no request"):
        await accept(world, first)  # he has asked again since
    with pytest.raises(MisuseError, match="answers no request"):
        await accept(world, second, "deputy")
    await ask(world, "deputy")
    with pytest.raises(MisuseError, match="answers no request"):
        await accept(world, second, "deputy")
    await accept(world, second)
    with pytest.raises(MisuseError, match="answers no request"):
        await accept(world, second)
    with pytest.raises(MisuseError, match="holds the office key"):
        await ask(world)


async def test_only_roles_that_may_hold_it_ask_and_get_it(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    await join(world, CLERK, "clerk", Role.CLERK)
    with pytest.raises(MisuseError, match="role clerk may not hold"):
        await ask(world, CLERK)
    asked = await ask(world)
    with pytest.raises(MisuseError, match="does not hold the office key"):
        await grant(world, asked, CLERK)
    with pytest.raises(MisuseError, match="confirmation code"):
        await grant(world, (asked[0], "AAAA-AAAA-AAAA-AAAA"))


async def test_what_was_changed_on_its_way_is_refused(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    asked, _ = await ask(world)
    encoded = from_line(REQUEST_PREFIX, asked, maximum=8192)
    for at, code in ((40, Code.BAD_SIGNATURE), (len(encoded) - 1, Code.BAD_SIGNATURE)):
        changed = encoded[:at] + bytes([encoded[at] ^ 1]) + encoded[at + 1 :]
        async with world.at(A) as office:
            with pytest.raises(PeerError) as raised:
                await office.lifecycle.grant_key(to_line(REQUEST_PREFIX, changed), confirmation_code(changed))
            assert raised.value.code in {code, Code.NOT_FOUND, Code.MALFORMED, Code.FORBIDDEN}
    granted = from_line(GRANT_PREFIX, await grant(world, (asked, confirmation_code(encoded))), maximum=8192)
    changed = granted[:-1] + bytes([granted[-1] ^ 1])
    with pytest.raises(PeerError) as raised:
        await accept(world, to_line(GRANT_PREFIX, changed))
    assert raised.value.code is Code.BAD_SIGNATURE
    assert not await holds(world, ADMIN)


async def test_requests_age_and_die_with_their_device(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    asked = await ask(world)
    world.tick(DAY + 1)
    async with world.at(A) as office:
        await require_refused(office, asked, Code.EXPIRED)
    asked = await ask(world)
    granted = await grant(world, asked)
    world.tick(DAY + 1)
    with pytest.raises(PeerError, match="24 hours"):
        await accept(world, granted)
    asked = await ask(world)
    async with world.at(A) as office:
        other = next(each for each in office.devices() if not each.this_device)
        await office.revoke_device(other.device_id, "lost")
        await require_refused(office, asked, Code.REVOKED)


async def test_another_office_grants_nothing(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    await world.enrol(B)
    asked = await ask(world)
    async with world.at(B) as office:
        await require_refused(office, asked, Code.FORBIDDEN)


async def test_a_replaced_key_leaves_devices_in_service_and_others_without_it(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    await accept(world, await grant(world, await ask(world)))
    stale = await grant_to_deputy(world)
    async with world.at(A) as office:
        await office.lifecycle.replace_key()
        assert office.identity.holds_office_key
        assert all(each.in_service for each in office.devices())
    with pytest.raises(PeerError, match="not the keys that the log names"):
        await accept(world, stale, "deputy")
    async with world.at(ADMIN) as office:
        report = await office.sync()
        assert any("office key was replaced" in each for each in report.warnings)
        assert not office.identity.holds_office_key
        with pytest.raises(MisuseError, match="does not hold the office key"):
            await office.lifecycle.renew()
    await accept(world, await grant(world, await ask(world)))
    async with world.at(ADMIN) as office:
        report = await office.sync()
        assert not any("office key was replaced" in each for each in report.warnings)
        await office.lifecycle.renew([each.device_id for each in office.devices()], days=730)


async def grant_to_deputy(world: World) -> str:
    await join(world, "deputy", "deputy head", Role.HEAD)
    granted = await grant(world, await ask(world, "deputy"))
    world.tick(60)
    return granted


async def test_a_succession_cut_after_every_step_never_loses_the_key(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A)
    cuts = 0
    for cut in range(1, 60):
        world.adversary = Adversary(world.chance, kill_at=cut)
        try:
            async with world.at(A) as office:
                await office.lifecycle.replace_key()
        except Killed:
            cuts += 1
            world.adversary = Adversary(world.chance)
            await world.sync(A)
            assert await holds(world, A)
        else:
            break
    world.adversary = Adversary(world.chance)
    assert cuts > 4, "there are steps to be cut at"
    async with world.at(A) as office:
        (device,) = office.devices()
        world.tick(DAY)
        await office.lifecycle.renew([device.device_id])
