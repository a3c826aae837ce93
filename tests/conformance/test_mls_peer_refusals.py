"""What members in other processes refuse, and that a refusal costs nothing."""

import pytest
from tests.conformance.peer_process import PeerProcess
from tests.conformance.peer_world import PeerWorld

SUITES = (1, 0xF04E)


@pytest.fixture(params=SUITES, ids=hex)
def suite(request: pytest.FixtureRequest) -> int:
    assert isinstance(request.param, int)
    return request.param


def spoiled(message: str) -> list[str]:
    """Return a message with one wrong bit, many times over: all over it, and at both ends."""
    size = len(message) // 2
    places = sorted({*range(0, size, max(1, size // 40)), *range(8), *range(size - 8, size)})
    data = bytes.fromhex(message)
    return [(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]).hex() for place in places]


@pytest.mark.parametrize("public", [False, True], ids=["private", "public"])
def test_a_wrong_bit_in_a_handshake_costs_nothing(world: PeerWorld, *, public: bool) -> None:
    world.grow(2)
    proposed = world.members[2].ask("propose", type="update", public=public, aad="0102")["message"]
    for member in world.others(2):
        for wrong in spoiled(proposed):
            member.refused("process", message=wrong)
        member.ask("process", message=proposed)  # C08: the right one still opens
    answer = world.members[1].ask("commit", public=public, aad="0102")
    for member in world.others(1):
        for wrong in spoiled(answer["commit"]):
            member.refused("process", message=wrong)
    world.follow(1, answer)
    world.compare()


def test_a_wrong_bit_in_a_message_costs_nothing(world: PeerWorld) -> None:
    world.grow(1)
    said = world.members[0].ask("send", data="00" * 20, aad="0102")["message"]
    for wrong in spoiled(said):
        world.members[1].refused("process", message=wrong)
    assert world.members[1].ask("process", message=said)["data"] == "00" * 20  # C08
    world.members[1].refused("process", message=said)


def test_a_wrong_bit_in_a_welcome_costs_no_key_package(world: PeerWorld) -> None:
    newcomer = world.newcomer()
    answer = world.members[0].ask("commit", add=[newcomer.key_package])
    for wrong in spoiled(answer["welcome"]):
        newcomer.process.refused("join", kp=newcomer.kp, welcome=wrong)
    world.welcome([newcomer], answer)
    world.compare()


def test_a_wrong_bit_in_a_group_info_lets_nobody_in(world: PeerWorld) -> None:
    world.grow(1)
    newcomer, told = world.newcomer(), world.members[0].ask("group_info")["group_info"]
    for wrong in spoiled(told):
        newcomer.process.refused("join_external", kp=newcomer.kp, group_info=wrong)
    newcomer.process.ask("join_external", kp=newcomer.kp, group_info=told)


def test_a_wrong_bit_in_a_join_from_outside_is_noticed_by_all(world: PeerWorld) -> None:
    world.grow(2)
    newcomer, told = world.newcomer(), world.members[0].ask("group_info")["group_info"]
    asked = newcomer.process.ask("external_add", kp=newcomer.kp, group_info=told)["message"]
    joined = newcomer.process.ask("join_external", kp=newcomer.kp, group_info=told)
    for member in world.members.values():
        for wrong in (*spoiled(asked), *spoiled(joined["commit"])):
            member.refused("process", message=wrong)
    member = world.seat(newcomer, joined)
    world.follow(member.leaf, joined)
    world.compare()


def test_a_welcome_is_for_those_it_names(world: PeerWorld) -> None:
    newcomer, other = world.newcomer(), world.newcomer()
    answer = world.members[0].ask("commit", add=[newcomer.key_package])
    error = other.process.refused("join", kp=other.kp, welcome=answer["welcome"])  # K01
    assert "K01" in error


def test_a_message_of_another_group_is_refused(processes: list[PeerProcess], world: PeerWorld) -> None:
    world.grow(1)
    other = PeerWorld(processes, world.suite, world.group_id + "ff")
    other.grow(1)
    for message in (
        other.members[1].ask("send", data="00")["message"],
        other.members[1].ask("propose", type="update", public=True)["message"],
    ):
        assert "B01" in world.members[1].refused("process", message=message)


def test_a_group_info_of_a_past_epoch_lets_nobody_in(world: PeerWorld) -> None:
    world.grow(2)
    newcomer, told = world.newcomer(), world.members[0].ask("group_info")["group_info"]
    world.commit(1)
    asked = newcomer.process.ask("external_add", kp=newcomer.kp, group_info=told)["message"]
    joined = newcomer.process.ask("join_external", kp=newcomer.kp, group_info=told)["commit"]
    for member in world.members.values():
        member.refused("process", message=asked)  # M04
        member.refused("process", message=joined)


def test_a_proposal_ends_with_its_epoch(world: PeerWorld) -> None:
    world.grow(2)
    late = world.members[2].ask("propose", type="remove", leaf=0)["message"]
    world.commit(1)
    for member in world.others(2):
        member.refused("process", message=late)  # M04
    world.commit(2)
    assert sorted(world.members) == [0, 1, 2]


def test_a_stranger_cannot_take_the_seat_of_a_member(world: PeerWorld) -> None:
    world.grow(2)
    stranger, told = world.newcomer(), world.members[0].ask("group_info")["group_info"]
    stranger.process.refused("join_external", kp=stranger.kp, group_info=told, resync=True)  # H03
    twin = world.newcomer(world.members[1].identity)
    twin.process.refused("join_external", kp=twin.kp, group_info=told)  # G06: beside himself


def test_nobody_is_added_twice(world: PeerWorld) -> None:
    newcomer = world.newcomer()
    world.commit(0, [newcomer])
    world.members[1].refused("commit", add=[newcomer.key_package])  # G06
    twin, again = world.newcomer("twin"), world.newcomer("twin")
    for adds in ([twin.key_package, again.key_package], [twin.key_package, twin.key_package]):
        world.members[0].refused("commit", add=adds)  # G05
    world.members[0].refused("commit", add=[newcomer.key_package], proposals_by_ref=True)


def test_a_key_package_is_used_up_by_its_welcome(world: PeerWorld) -> None:
    newcomer = world.newcomer()
    answer = world.members[0].ask("commit", add=[newcomer.key_package])
    world.welcome([newcomer], answer)
    for cmd, fields in (
        ("join", {"welcome": answer["welcome"]}),
        ("external_add", {"group_info": world.members[0].ask("group_info")["group_info"]}),
    ):
        assert "E07" in newcomer.process.refused(cmd, kp=newcomer.kp, **fields)
