"""Two offices with a device each and a room they share, for tests of the engine and the vault."""

import pytest
from tests.client.engine.case_room import A, B, Device, Offices, Talk, made_room


@pytest.fixture
def world() -> Offices:
    return Offices()


@pytest.fixture
def first(world: Offices) -> Device:
    return world.device(A)


@pytest.fixture
def second(world: Offices) -> Device:
    return world.device(B)


@pytest.fixture
def talk(first: Device, second: Device) -> Talk:
    return made_room(first, [second])
