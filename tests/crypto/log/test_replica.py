"""A replica believes what it has recomputed, and never less than before (RFC 9162 section 2.1)."""

from dataclasses import replace
from functools import cache

import pytest
from tests.crypto.identity.enrolled_office import OPERATOR, EnrolledOffice, keys
from tests.crypto.log.written_log import TRUST
from tests.trusted_network import NOW, TrustedNetwork

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity.former import Former
from rogatory_crypto.log.chains import FIRST
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.entry_body import sign_content
from rogatory_crypto.log.entry_content import Change, DirectoryChange
from rogatory_crypto.log.merkle import leaf_hash, verify_consistency, verify_inclusion
from rogatory_crypto.log.replay import Fault
from rogatory_crypto.log.replica import Replica
from rogatory_crypto.log.signed_checkpoint import sign_checkpoint
from rogatory_crypto.log.split_view import verify_split_view
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.wire.identifier import EntryId

NETWORK = TrustedNetwork(witnesses=1)
TRUSTED = replace(TRUST, origin=NETWORK.log_origin)


# ML-DSA-44 signs the same thing differently each time.
@cache
def entry(name: str, number: int) -> bytes:
    change = DirectoryChange(EntryId(f"{name}-{number}"), Change.ADDED, bytes([number]) * 32)
    return sign_content(change, NETWORK.log_origin, FIRST, {b"": OPERATOR}, NOW).encode()


def entries(count: int, name: str = "CNA") -> list[bytes]:
    return [entry(name, number) for number in range(count)]


def signed(held: list[bytes], network: TrustedNetwork = NETWORK, at: int = NOW) -> bytes:
    tree = Tree(map(leaf_hash, held))
    return network.signed(Checkpoint(NETWORK.log_origin, tree.size, tree.root()), at).encode()


def replica(network: TrustedNetwork = NETWORK) -> Replica:
    return Replica(TRUSTED, network.policy)


def grow(held: Replica, new: list[bytes], checkpoint: bytes, now: int = NOW) -> None:
    held.take(held.judge(checkpoint, list(map(leaf_hash, new)), now=now), lambda: new)


def refused(held: Replica, new: list[bytes], checkpoint: bytes, now: int = NOW) -> Code:
    size, accepted = held.size, held.accepted
    with pytest.raises(PeerError) as refusal:
        grow(held, new, checkpoint, now)
    assert (held.size, held.accepted) == (size, accepted)
    return refusal.value.code


@pytest.fixture
def held() -> Replica:
    made = replica()
    grow(made, entries(5), signed(entries(5)))
    return made


def test_it_grows_by_what_the_log_has_signed(held: Replica) -> None:
    new = entries(9)
    grow(held, new[5:], signed(new))
    assert held.size == 9
    tree = Tree(map(leaf_hash, new))
    for index in range(9):
        verify_inclusion(leaf_hash(new[index]), index, 9, held.prove(index), tree.root())
    for old in range(1, 10):
        verify_consistency(old, tree.root(old), 9, tree.root(), held.prove_prefix(old))
        assert held.root(old) == tree.root(old)
    assert held.root(10) is None


def test_other_entries_than_the_signed_ones_change_nothing(held: Replica) -> None:
    new = entries(9)
    assert refused(held, [*new[5:8], new[0]], signed(new)) is Code.HASH_MISMATCH
    assert refused(held, new[6:], signed(new)) is Code.MALFORMED
    assert refused(held, [*new[5:], new[0]], signed(new)) is Code.MALFORMED


def test_a_history_that_does_not_continue_its_own_changes_nothing(held: Replica) -> None:
    fork = [*entries(4), *entries(5, "OTHER")]
    assert refused(held, fork[5:], signed(fork)) is Code.HASH_MISMATCH
    assert refused(held, [], signed(fork[:5])) is Code.HASH_MISMATCH


def test_the_first_checkpoint_must_be_that_of_its_entries() -> None:
    assert refused(replica(), entries(5, "OTHER"), signed(entries(5))) is Code.HASH_MISMATCH


def test_a_smaller_tree_changes_nothing(held: Replica) -> None:
    assert refused(held, [], signed(entries(4))) is Code.CONFLICT


def test_a_checkpoint_without_its_witnesses_changes_nothing(held: Replica) -> None:
    alone = replace(NETWORK, witnesses=0)
    assert refused(held, entries(6)[5:], signed(entries(6), alone)) is Code.FORBIDDEN


def test_a_stale_checkpoint_changes_nothing(held: Replica) -> None:
    late = NOW + 86_400 + 1
    assert refused(held, entries(6)[5:], signed(entries(6)), late) is Code.EXPIRED
    with pytest.raises(PeerError) as refusal:
        held.require_fresh(now=late)
    assert refusal.value.code is Code.EXPIRED


def test_a_checkpoint_of_another_log_changes_nothing(held: Replica) -> None:
    other = TrustedNetwork("other.example", witnesses=1)
    tree = Tree(map(leaf_hash, entries(6)))
    foreign = other.signed(Checkpoint(other.log_origin, 6, tree.root()), NOW).encode()
    assert refused(held, entries(6)[5:], foreign) is Code.CONFLICT
    assert held.origin == NETWORK.log_origin


def test_what_was_stored_is_taken_up_again(held: Replica) -> None:
    again = replica()
    again.restore(entries(5), frozenset({2}), signed(entries(5)), now=NOW + 10**8)
    assert again.accepted is not None
    assert again.size == again.accepted.checkpoint.size == held.size
    assert EntryId("CNA-2") not in again.audit.records
    assert EntryId("CNA-3") in again.audit.records


def test_what_was_stored_is_not_verified_again_and_what_comes_is() -> None:
    stranger = replace(TRUSTED, operator_key=keys("stranger").public)
    again = Replica(stranger, NETWORK.policy)
    again.restore(entries(5), frozenset(), signed(entries(5)), now=NOW)
    assert not again.findings
    grow(again, entries(6)[5:], signed(entries(6)))
    assert [finding.index for finding in again.findings] == [5]


def invitation(secretariat: EnrolledOffice) -> bytes:
    statement = secretariat.invitation().encoded
    return LogEntry(EntryType.IDENTITY_STATEMENT, *FIRST, statement, NOW).encode()


def test_trust_that_was_withheld_speaks_for_entries_that_came_before_it(held: Replica) -> None:
    """Or the relay could make two offices differ for ever about who is an office."""
    secretariat = EnrolledOffice("NET-CASC")
    new = [*entries(5), invitation(secretariat)]
    grow(held, new[5:], signed(new))
    assert held.refused == {5}
    newer = replace(TRUSTED, secretariats={"CASC": secretariat.entry_id})
    assert held.judge_anew(newer, lambda: new) == ()
    assert held.refused == frozenset()
    assert held.registry.invitation_for(secretariat.code.public_key()) is not None
    late = Replica(newer, NETWORK.policy)
    grow(late, new, signed(new))
    assert vars(late.registry) == vars(held.registry)


def test_what_a_key_signed_after_its_time_is_believed_no_more(held: Replica) -> None:
    """Its thief was believed until the newer trust came."""
    ended = Former(operators=((NOW, TRUSTED.operator_key),))
    newer = replace(TRUSTED, operator_key=keys("stranger").public, former=ended)
    found = held.judge_anew(newer, lambda: entries(5))
    assert [each.fault for each in found] == [Fault.SIGNATURE_REFUSED] * 5
    assert held.refused == frozenset(range(5))
    assert not held.audit.records


def test_other_entries_than_those_held_are_not_judged_anew(held: Replica) -> None:
    with pytest.raises(MisuseError):
        held.judge_anew(TRUSTED, lambda: entries(4))
    assert len(held.audit.records) == held.size == 5


@pytest.mark.parametrize("stored", [entries(4), entries(6), entries(5, "OTHER")])
def test_other_stored_entries_than_the_checkpoints_are_refused(stored: list[bytes]) -> None:
    again = replica()
    with pytest.raises(PeerError) as refusal:
        again.restore(stored, frozenset(), signed(entries(5)), now=NOW)
    assert refusal.value.code is Code.HASH_MISMATCH
    assert (again.size, again.accepted) == (0, None)
    again.restore(entries(5), frozenset(), signed(entries(5)), now=NOW)


def test_only_what_was_judged_can_be_taken(held: Replica) -> None:
    new = entries(7)
    judged = held.judge(signed(new), list(map(leaf_hash, new[5:])), now=NOW)
    with pytest.raises(MisuseError):
        held.take(judged, lambda: [new[5], new[5]])
    assert held.size == 5


def test_checkpoints_are_judged_by_a_newer_policy_from_then_on(held: Replica) -> None:
    other = replace(NETWORK, origin="relay.example", witnesses=2)
    held.believe(other.policy)
    assert refused(held, entries(6)[5:], signed(entries(6))) is Code.FORBIDDEN
    grow(held, entries(6)[5:], signed(entries(6), other))


def test_two_histories_are_proven_by_the_leaves_of_the_other(held: Replica) -> None:
    for fork in ([*entries(4), *entries(5, "OTHER")], [*entries(4), entries(1, "OTHER")[0]]):
        evidence = held.contradicts(signed(fork), list(map(leaf_hash, fork)))
        assert evidence is not None
        caught = verify_split_view(evidence, NETWORK.policy.log_keys(NETWORK.log_origin))
        assert {caught.older.size, caught.newer.size} == {5, len(fork)}


def test_nonsense_accuses_nobody(held: Replica) -> None:
    fork = [*entries(4), *entries(5, "OTHER")]
    assert held.contradicts(signed(fork), list(map(leaf_hash, fork[:-1]))) is None
    assert held.contradicts(signed(entries(9)), list(map(leaf_hash, entries(9)))) is None
    assert replica().contradicts(signed(fork), list(map(leaf_hash, fork))) is None
    stranger = TrustedNetwork("another.example")
    unsigned = Checkpoint(NETWORK.log_origin, 9, bytes(32))
    with pytest.raises(PeerError):
        held.contradicts(sign_checkpoint(unsigned, stranger.log_keys, NOW).encode(), [])


@pytest.mark.parametrize("spoilt", [None, 0, 3])
def test_signatures_put_together_are_judged_as_one_by_one(spoilt: int | None) -> None:
    new = entries(6)
    if spoilt is not None:
        new[spoilt] = new[spoilt][:-20] + bytes([new[spoilt][-20] ^ 1]) + new[spoilt][-19:]
    together, apart = replica(), replica()
    grow(together, new, signed(new))
    judged = apart.judge(signed(new), list(map(leaf_hash, new)), now=NOW)
    apart.take(judged, lambda: new, lambda _checks: False)
    assert together.findings == apart.findings
    assert together.refused == apart.refused == (frozenset() if spoilt is None else {spoilt})
    assert together.audit.records == apart.audit.records
