"""Several processes, each with our MLS behind JSON lines, that exchange nothing but hex."""

import sys
from typing import Any

import pytest
from tests.conformance import mls_history
from tests.conformance.peer_history import History
from tests.conformance.peer_process import SCRIPT, PeerProcess
from tests.conformance.peer_world import COMPARED, PeerWorld

from rogatory_crypto.primitives import CIPHER_SUITES

SUITES = [code for code in (1, 2, 3, 0x4E, 0x4F, 0xF04E, 0xF052) if code in CIPHER_SUITES]
FRAMINGS: tuple[dict[str, Any], ...] = ({"public": False}, {"public": True})


@pytest.fixture(params=SUITES, ids=hex)
def suite(request: pytest.FixtureRequest) -> int:
    assert isinstance(request.param, int)
    return request.param


def test_the_suites_are_told(processes: list[PeerProcess]) -> None:
    told = processes[0].ask("hello")
    assert {suite["id"]: suite["name"] for suite in told["suites"]} == {
        code: suite.name for code, suite in CIPHER_SUITES.items()
    }


def test_newcomers_join_by_a_welcome_with_the_tree_and_beside_it(world: PeerWorld) -> None:
    first = [world.newcomer() for _ in range(3)]
    answer = world.members[0].ask("commit", add=[newcomer.key_package for newcomer in first])
    world.welcome(first, answer, ratchet_tree=None)
    world.compare()
    late = world.newcomer()
    answer = world.members[0].ask("commit", add=[late.key_package], tree_ext=False)
    world.follow(0, answer)
    late.process.refused("join", kp=late.kp, welcome=answer["welcome"])  # K05: nobody said which tree
    world.welcome([late], answer)
    world.compare()
    assert sorted(world.members) == list(range(5))
    late.process.refused("join", kp=late.kp, welcome=answer["welcome"], ratchet_tree=answer["ratchet_tree"])


def test_everybody_exports_the_same_secret(world: PeerWorld) -> None:
    world.grow(3)
    request = {"label": "case", "context": "00ff", "length": 40}
    secrets = {member.ask("export", **request)["secret"] for member in world.members.values()}
    assert [len(secret) for secret in secrets] == [80]
    assert world.members[0].ask("export", **{**request, "context": ""})["secret"] not in secrets
    world.members[0].refused("export", label="case", context="", length=1 << 20)


def test_messages_arrive_out_of_order_and_once(world: PeerWorld) -> None:
    world.grow(2)
    sent = [world.members[1].ask("send", data=f"{n:02x}")["message"] for n in range(6)]
    for member in world.others(1):
        for position in (5, 0, 3, 4, 1, 2):
            heard = member.ask("process", message=sent[position])
            assert (heard["data"], heard["sender"]) == (f"{position:02x}", 1)
        for message in sent:
            member.refused("process", message=message)  # C06


def test_messages_of_past_epochs_keep_their_sender(world: PeerWorld) -> None:
    world.grow(3)
    left = world.members[2].state["epoch"]
    straggler = world.members[2].ask("send", data="aa", aad="bb")["message"]
    world.commit(0, remove=[2])
    world.grow(1)  # the seat has somebody else now (M02)
    world.commit(1)
    for member in world.members.values():
        if member.identity != world.members[2].identity:
            heard = member.ask("process", message=straggler)
            assert (heard["data"], heard["sender"], heard["aad"]) == ("aa", 2, "bb")
            assert heard["epoch"] == left
            member.refused("process", message=straggler)


def test_a_commit_of_a_past_epoch_is_refused(world: PeerWorld) -> None:
    world.grow(2)
    late = world.members[1].ask("commit", stage=True)["commit"]
    world.commit(0)
    world.members[2].refused("process", message=late)  # M04


@pytest.mark.parametrize("framing", FRAMINGS, ids=["private", "public"])
def test_every_leaf_updates_its_path(world: PeerWorld, framing: dict[str, Any]) -> None:
    world.grow(4)
    for leaf in sorted(world.members):
        before = world.members[leaf].state["members"][leaf]["encryption_key"]
        world.commit(leaf, aad="c0ffee", **framing)
        assert world.members[leaf].state["members"][leaf]["encryption_key"] != before
    world.talk(4, b"after five paths")


@pytest.mark.parametrize("framing", FRAMINGS, ids=["private", "public"])
def test_proposals_of_everybody_are_committed_by_reference(world: PeerWorld, framing: dict[str, Any]) -> None:
    world.grow(4)
    newcomer = world.newcomer()
    proposed: list[tuple[int, dict[str, Any]]] = [
        (1, {"type": "add", "key_package": newcomer.key_package}),
        (2, {"type": "update"}),
        (0, {"type": "remove", "leaf": 4}),
    ]
    for leaf, fields in proposed:
        message = world.members[leaf].ask("propose", **fields, **framing)["message"]
        for answer in world.deliver(leaf, message):
            assert (answer["kind"], answer["sender"]) == ("proposal", leaf)
    world.commit(3, proposed=[newcomer], **framing)  # N04: what waits is committed without being named
    assert world.members[4].identity == newcomer.identity  # on the seat just left (G14)


def test_a_commit_may_propose_first(world: PeerWorld) -> None:
    world.grow(3)
    for process in {member.process for member in world.members.values()}:
        process.ask("set_psk", psk_id="0a", psk="0b" * 32)
    answer = world.commit(
        1, [world.newcomer()], remove=[2], psk=[{"id": "0a"}], proposals_by_ref=True, public=True
    )
    assert len(answer["proposals"]) == 3
    described = world.members[0].process.ask("decode", message=answer["commit"])
    assert (described["wireformat"], described["proposals"]) == ("mls_public_message", 3)


def test_who_is_removed_knows_it(world: PeerWorld) -> None:
    world.grow(4)
    removed = [world.members[2], world.members[4]]
    world.commit(1, remove=[2, 4])
    for member in removed:
        assert member.ask("state")["active"] == "removedFromGroup"
        member.refused("send", data="00")  # I12
        member.refused("commit")
    world.talk(3, b"without them")


def test_a_psk_binds_an_epoch_to_who_holds_it(world: PeerWorld) -> None:
    world.grow(2)
    knowing, ignorant = world.members[1], world.members[2]
    name = world.group_id
    size = len(knowing.state["epoch_authenticator"])
    nonce = "5a" * (size // 2)
    world.members[0].refused("commit", psk=[{"id": name}])  # J03
    for member in (world.members[0], knowing):
        member.process.ask("set_psk", psk_id=name, psk="77" * 16)
    answer = world.members[0].ask("commit", psk=[{"id": name, "nonce": nonce}], public=True)
    assert nonce in answer["commit"]
    knowing.ask("process", message=answer["commit"])
    ignorant.refused("process", message=answer["commit"])
    ignorant.process.ask("set_psk", psk_id=name, psk="78" * 16)
    ignorant.refused("process", message=answer["commit"])  # I09: another key by the same name
    ignorant.process.ask("set_psk", psk_id=name, psk="77" * 16)
    ignorant.ask("process", message=answer["commit"])
    world.compare()


def test_a_welcome_may_demand_a_psk(world: PeerWorld) -> None:
    world.grow(2)
    name, holder = world.group_id, world.members[0].process
    for member in world.members.values():
        member.process.ask("set_psk", psk_id=name, psk="33")
    with PeerProcess() as fresh:
        newcomer = world.newcomer(process=fresh)
        answer = world.members[0].ask("commit", add=[newcomer.key_package], psk=[{"id": name}])
        world.follow(0, answer)
        fresh.refused("join", kp=newcomer.kp, welcome=answer["welcome"])  # J03
        world.welcome([newcomer], answer, psks={name: "33"})
        world.compare()
        world.talk(3, b"let in")
        holder.refused("set_psk", psk_id=name, psk="3")


def join_from_outside(world: PeerWorld, **fields: Any) -> int:
    newcomer = world.newcomer()
    told = world.members[0].ask("group_info", tree="ratchet_tree" not in fields)["group_info"]
    answer = newcomer.process.ask("join_external", kp=newcomer.kp, group_info=told, **fields)
    member = world.seat(newcomer, answer)
    world.follow(member.leaf, answer)
    world.compare()
    return member.leaf


def test_outsiders_join_by_a_commit_of_their_own(world: PeerWorld) -> None:
    world.grow(2)
    assert join_from_outside(world) == 3
    tree = world.members[0].ask("ratchet_tree")["ratchet_tree"]
    assert join_from_outside(world, ratchet_tree=tree) == 4
    world.talk(4, b"from outside")
    world.commit(3)
    world.commit(1, remove=[2])
    assert join_from_outside(world) == 2  # H06: the leftmost blank


def test_a_lost_member_takes_its_seat_again(world: PeerWorld) -> None:
    world.grow(3)
    lost = world.members.pop(1)
    again = world.newcomer(lost.identity, lost.process)
    told = world.members[2].ask("group_info")["group_info"]
    answer = again.process.ask("join_external", kp=again.kp, group_info=told, resync=True)
    member = world.seat(again, answer)
    assert member.leaf == 1
    world.follow(1, answer)
    world.compare()
    assert lost.ask("process", message=answer["commit"])["active"] == "removedFromGroup"
    world.talk(1, b"back")


def test_a_spent_key_package_still_signs_the_way_back(world: PeerWorld) -> None:
    client = world.newcomer()
    world.commit(0, [client])
    lost, told = world.members.pop(1), world.members[0].ask("group_info")["group_info"]
    answer = client.process.ask("join_external", kp=client.kp, group_info=told, resync=True)
    before, after = lost.state["members"][1], answer["members"][1]
    assert after["signature_key"] == before["signature_key"]
    assert after["encryption_key"] != before["encryption_key"]
    world.seat(client, answer)
    world.follow(1, answer)
    world.compare()


def test_somebody_asks_to_be_added(world: PeerWorld) -> None:
    world.grow(2)
    newcomer = world.newcomer()
    told = world.members[0].ask("group_info")["group_info"]
    asked = newcomer.process.ask("external_add", kp=newcomer.kp, group_info=told)["message"]
    for member in world.members.values():
        answer = member.ask("process", message=asked)
        assert (answer["kind"], answer["sender"]) == ("proposal", None)
    world.commit(2, proposed=[newcomer])


def test_of_two_commits_one_is_accepted(world: PeerWorld) -> None:
    world.grow(3)
    before = world.members[1].state
    winner = world.members[1].ask("commit", stage=True)
    loser = world.members[2].ask("commit", remove=[3], stage=True)
    assert winner["staged"] is loser["staged"] is True
    now = world.members[1].ask("state")
    assert [now[name] for name in COMPARED] == [before[name] for name in COMPARED]
    merged = world.members[1].ask("merge")
    assert merged["epoch"] == winner["epoch_after"]
    world.follow(1, winner)
    world.compare()
    world.members[2].refused("merge")  # N05: it was dropped when another's came first
    world.members[2].refused("discard")
    world.members[0].refused("process", message=loser["commit"])
    world.talk(2, b"undisturbed")


def test_what_was_read_while_a_commit_was_staged_stays_read(world: PeerWorld) -> None:
    world.grow(2)
    read, unread = (world.members[2].ask("send", data=data)["message"] for data in ("01", "02"))
    committer = world.members[1]
    staged = committer.ask("commit", stage=True)
    committer.ask("process", message=read)
    world.talk(1, b"still in the old epoch")
    committer.ask("merge")
    world.follow(1, staged)
    world.compare()
    committer.refused("process", message=read)  # C06
    assert committer.ask("process", message=unread)["data"] == "02"


def test_a_discarded_commit_leaves_no_trace(world: PeerWorld) -> None:
    world.grow(2)
    speaker = world.members[1]
    before = speaker.state
    speaker.ask("commit", remove=[2], stage=True)
    after = speaker.ask("discard")
    assert [after[name] for name in COMPARED] == [before[name] for name in COMPARED]
    speaker.refused("merge")
    world.talk(1, b"as before")
    world.commit(1, remove=[2])


def test_what_comes_back_from_the_relay_is_known_again(world: PeerWorld) -> None:
    world.grow(2)
    speaker = world.members[1]
    said = speaker.ask("send", data="00", aad="11")["message"]
    echo = speaker.ask("process", message=said)
    assert (echo["kind"], echo["sender"], echo["data"], echo["aad"]) == ("application", 1, None, "11")
    assert echo["echo"] is True
    for framing in FRAMINGS:
        proposed = speaker.ask("propose", type="update", **framing)["message"]
        world.deliver(1, proposed)
        assert speaker.ask("process", message=proposed)["kind"] == "proposal"
        world.commit(0)
        committed = world.commit(1, **framing)["commit"]
        echo = speaker.ask("process", message=committed)
        assert (echo["kind"], echo["sender"]) == ("commit", 1)
        world.compare()


def test_a_random_history_leaves_nobody_behind(world: PeerWorld) -> None:
    History(world, seed=world.suite, most=20).run(25)


def test_a_history_can_be_run_with_a_peer_of_any_command() -> None:
    peer = f"{sys.executable} {SCRIPT}"
    words = ["--members", "6", "--steps", "10", "--processes", "1", "--suite", "0x4F", "--peer", peer]
    assert mls_history.main(words) == 0
