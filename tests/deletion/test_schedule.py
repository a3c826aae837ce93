"""After each thing a device does: what must be gone is neither on its disk nor within reach of its code.

The disk is read as a thief with the passphrase reads it; reach is every object of the device's process. Each
search also has to find all that may still be there, or it would prove nothing (checklist L and M).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.crypto.mls.world import HYBRID, NOW
from tests.deletion.under_test import UnderTest, under_test

DAY = 86_400


@pytest.fixture
def member(tmp_path: Path) -> Iterator[UnderTest]:
    with under_test(tmp_path / "home") as started:
        yield started


def check(member: UnderTest, *expected: str) -> None:
    """Search for everything; ``expected`` names what this step at least had to delete."""
    gone, kept = member.gone(), member.kept()
    assert set(expected) <= {note.label for note in gone}
    disk = member.disk()
    assert disk.finds(gone) == []
    assert disk.log == b""
    assert disk.finds(kept) == [f"{note.label} in the file" for note in kept]
    reachable: bytes = member.ask("reachable")
    assert [note.label for note in gone if note.secret in reachable] == []
    assert [note.label for note in kept if note.secret not in reachable] == []


def test_making_a_key_package(member: UnderTest) -> None:
    member.ask("key_package")
    assert [note.label for note in member.kept()] == ["private key", "private key"]
    check(member, "random")


def test_creating_a_group(member: UnderTest) -> None:
    member.ask("create")
    check(member, "random", "extract", "epoch", "welcome")


def test_joining_by_a_welcome(member: UnderTest) -> None:
    """L06 K13: the init key, and of what the Welcome brought all but the epoch and the path's keys."""
    member.joined()
    private = [note for note in member.gone() if note.label == "private key"]
    assert len(private) == 1
    check(member, "private key", "extract", "epoch", "welcome", "path", "node")


def test_using_up_one_key_package_of_many(member: UnderTest) -> None:
    """L06: rows of the size of KeyPackages share pages, which move their rows when one goes."""
    for number in range(1, 40):
        member.ask("key_package")
        if number % 3 == 0:
            member.ask("drop_key_package", number // 2)
    check(member, "private key")
    member.joined()
    check(member, "private key")


def test_sending(member: UnderTest) -> None:
    """L02 L03: the message key is gone before the ciphertext leaves."""
    member.joined().ask("protect", b"what is said")
    check(member, "encryption", "tree", "application", "key", "nonce")


def test_receiving(member: UnderTest) -> None:
    """L02 L03 L07."""
    member.joined().ask("receive", member.said(1, b"what is heard"))
    check(member, "encryption", "tree", "application", "key", "nonce")


def test_receiving_out_of_order(member: UnderTest) -> None:
    """L03: a key that was passed over waits for its message and for no longer."""
    said = [member.joined().said(1, b"first"), *(member.said(1, text) for text in (b"second", b"third"))]
    member.ask("expect_skipped", 0, 1)
    member.ask("receive", said[2])
    assert {"key", "nonce"} <= {note.label for note in member.kept()}
    check(member, "secret", "key", "nonce")
    member.ask("expect_skipped", 0)
    member.ask("receive", said[1])
    check(member, "secret", "key", "nonce")
    member.ask("expect_skipped")
    member.ask("receive", said[0])
    assert {"key", "nonce"}.isdisjoint({note.label for note in member.kept()})
    check(member, "secret", "key", "nonce")


def test_catching_up_in_one_transaction(member: UnderTest) -> None:
    member.joined().ask("receive_all", [member.said(seat, b"text") for seat in (0, 1, 2) * 20])
    check(member, "secret", "key", "nonce")


def test_processing_a_commit(member: UnderTest) -> None:
    """L01 L04: of the former epoch only what opens its last messages stays."""
    member.joined().ask("receive", member.committed(1))
    former = ("exporter", "external", "confirm", "membership", "init", "authentication")
    check(member, *former, "path", "node", "extract", "epoch", "welcome", "private key")


def test_a_straggler_of_a_past_epoch(member: UnderTest) -> None:
    """M01 L03."""
    late = member.joined().said(1, b"late")
    member.ask("receive", member.committed(2))
    member.ask("receive", late)
    check(member, "encryption", "application", "key", "nonce")


def test_an_update_that_is_committed(member: UnderTest) -> None:
    """L04: the old leaf key ends with the epoch in which the new one takes its place."""
    proposal = member.joined().ask("propose_update")
    before = [note.context for note in member.kept() if note.label == "private key"]
    check(member, "random", "key", "nonce")
    member.world.broadcast(proposal)
    member.ask("receive", member.committed(0))
    after = [note.context for note in member.kept() if note.label == "private key"]
    assert set(before) != set(after)
    check(member, "private key")


def test_an_update_that_nobody_commits(member: UnderTest) -> None:
    """L05."""
    member.joined().ask("propose_update")
    waiting = [note for note in member.kept() if note.label == "private key"][-1]
    member.ask("receive", member.committed(0))
    assert waiting in member.gone()
    check(member, "private key")


def test_a_commit_that_is_accepted(member: UnderTest) -> None:
    """N01 L04: until then both epochs live, afterwards one."""
    message, _ = member.joined().ask("stage", [], [])
    check(member, "path", "node", "random", "extract")
    assert [note.label for note in member.kept()].count("init") == 2
    member.world.broadcast(message)
    member.ask("merge")
    assert [note.label for note in member.kept()].count("init") == 1
    check(member, "init", "exporter", "membership", "private key")


def test_a_commit_that_lost(member: UnderTest) -> None:
    """N05: the keys of a discarded commit go with it."""
    member.joined().ask("stage", [], [])
    staged = [note for note in member.kept() if note.label in {"init", "private key", "encryption"}]
    member.ask("discard")
    assert len([note for note in staged if note in member.gone()]) >= 3
    check(member, "init", "encryption", "private key")
    member.ask("receive", member.committed(2))
    check(member, "init", "encryption", "private key")


def test_adding_and_removing_others(member: UnderTest) -> None:
    package = member.joined().world.client(b"newcomer").key_package()
    message, _ = member.ask("stage", [package.message], [1])
    member.world.broadcast(message)
    member.ask("merge")
    check(member, "init", "path", "node", "private key")


def test_being_removed(member: UnderTest) -> None:
    """I12 L01: what remains opens the messages that were on their way, and nothing else."""
    seat = len(member.joined().world.groups)
    member.ask("receive", member.committed(0, remove=[seat]))
    assert "private key" not in {note.label for note in member.kept()}
    check(member, "init", "exporter", "external", "confirm", "membership", "private key")
    member.ask("forget", NOW + 15 * DAY)
    assert "sender data" not in {note.label for note in member.kept()}
    check(member, "sender data", "handshake")


def test_epochs_are_retired_by_their_number(member: UnderTest) -> None:
    """M01 M03: five stay."""
    member.joined()
    for seat in (0, 1, 2, 0, 1, 2, 0):
        member.ask("receive", member.said(seat, b"said"))
        member.ask("receive", member.committed(seat))
    assert [note.label for note in member.kept()].count("sender data") == 6
    check(member, "sender data", "encryption", "secret", "handshake", "tree")


def test_epochs_are_retired_by_time_without_traffic(member: UnderTest) -> None:
    """M03: the timer deletes, not the next message."""
    member.joined()
    for day in (0, 10):
        member.ask("receive", member.said(1, b"said"), NOW + day * DAY)
        member.ask("receive", member.committed(1), NOW + day * DAY)
    assert [note.label for note in member.kept()].count("sender data") == 3
    member.ask("forget", NOW + 15 * DAY)
    assert [note.label for note in member.kept()].count("sender data") == 2
    check(member, "sender data", "secret", "handshake", "tree")
    member.ask("forget", NOW + 25 * DAY)
    assert [note.label for note in member.kept()].count("sender data") == 1
    check(member, "sender data", "secret", "handshake", "tree")


def test_nothing_comes_back_with_a_restart(member: UnderTest) -> None:
    """L07."""
    member.joined().ask("receive", member.said(1, b"said"))
    member.ask("receive", member.committed(1))
    member.ask("restart")
    member.ask("protect", b"said after the restart")
    check(member, "init", "encryption", "key", "nonce")


def test_the_same_with_the_hybrid_suite(tmp_path: Path) -> None:
    with under_test(tmp_path / "home", HYBRID) as member:
        member.joined().ask("receive", member.said(1, b"said"))
        check(member, "private key", "key", "nonce")
        member.ask("receive", member.committed(1))
        check(member, "init", "path", "node", "private key")
        message, _ = member.ask("stage", [], [2])
        member.world.broadcast(message)
        member.ask("merge")
        check(member, "init", "path", "node", "private key")
