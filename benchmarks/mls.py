"""MLS operations as groups grow, in the classic and the post-quantum suite, fully validated, without storage.

A flat tree is that of a new group, where nobody has a path: a first commit seals to everybody. A populated
tree is the same after each member has updated once, in random order. ``ROGATORY_BENCH_MEMBERS`` (each at
least 4) and ``ROGATORY_BENCH_SUITES`` restrict a run, as in ``10,1000`` and ``0xF04E``.
"""

import os
import random
import statistics
from collections.abc import Callable
from typing import Final

from benchmarks.measure import median_seconds, timed
from benchmarks.mls_budgets import Case
from benchmarks.mls_group import Crowd, Person, found, gather, join, new_person, process, stage
from benchmarks.mls_limits import KIBIBYTE, BareMessage, bare_path

from rogatory_crypto import mls

SUITES: Final = os.environ.get("ROGATORY_BENCH_SUITES", "0x0001,0xF04E")
SIZES: Final = os.environ.get("ROGATORY_BENCH_MEMBERS", "10,100,500,1000,2000")
WITH_TREE: Final = 1000  # members; a larger post-quantum tree does not fit into a Welcome and is sent apart
MESSAGES: Final = 500
REPETITIONS: Final = 41
AT_MOST_S: Final = 1.2


def measure_membership(case: Case) -> Crowd:
    """Report creation and joining; return the group."""
    people = [new_person(case.suite, name) for name in range(case.size - 1)]
    creator, with_tree = found(case.suite), case.size <= WITH_TREE

    def create() -> mls.StagedCommit:
        return stage(creator, add=people, include_tree=with_tree)

    case.time("create and add all", median_seconds(create, REPETITIONS, AT_MOST_S), "ms")
    staged = create()
    tree = staged.group.ratchet_tree
    assert staged.welcome is not None
    case.figure("Welcome with tree" if with_tree else "Welcome", len(staged.welcome) / 1e3, "kB")
    case.figure("ratchet tree", len(tree) / 1e3, "kB")
    seconds = median_seconds(lambda: join(staged, people[0], tree), REPETITIONS, AT_MOST_S)
    case.time("join by Welcome", seconds, "ms")
    return gather(staged, people)


def measure_commits(case: Case, crowd: Crowd, tree: str, newcomer: Person) -> None:
    """Report commits that nobody keeps: a fresh path, one more member, one less."""
    committer = crowd.member(0)
    leaver = max(crowd.signers)
    measure_commit(case, crowd, f"update commit, {tree}", lambda: stage(committer, path=True))
    measure_commit(case, crowd, f"add one, {tree}", lambda: stage(committer, add=[newcomer]))
    measure_commit(case, crowd, f"remove one, {tree}", lambda: stage(committer, remove=(leaver,)))


def measure_commit(case: Case, crowd: Crowd, metric: str, make: Callable[[], mls.StagedCommit]) -> None:
    """Report one commit: to make, its size, to process."""
    case.time(f"{metric}, create", median_seconds(make, REPETITIONS, AT_MOST_S), "ms")
    staged = make()
    case.figure(f"{metric}, message", len(staged.message) / 1e3, "kB")
    seconds = median_seconds(lambda: process(crowd.receiver, staged.message), REPETITIONS, AT_MOST_S)
    case.time(f"{metric}, process", seconds, "ms")


def measure_limit(case: Case, crowd: Crowd) -> None:
    """Report what the key pairs and seals of a path cost alone, where each parent has one recipient."""
    leaf = crowd.state.tree.leaf(crowd.receiver.own_leaf)
    assert leaf is not None
    nodes = len(crowd.state.tree.filtered_direct_path(crowd.receiver.own_leaf))
    seconds = median_seconds(
        lambda: bare_path(case.suite, nodes, leaf.encryption_key), REPETITIONS, AT_MOST_S
    )
    case.time("update commit, its key pairs and seals alone", seconds, "ms")


def measure_warm_up(case: Case, crowd: Crowd) -> Crowd:
    """Let every member update once, in random order; report the traffic and return the populated group."""
    seats = sorted(crowd.signers)
    random.Random(case.size).shuffle(seats)  # noqa: S311 - the same order in every run
    sizes = []
    for seat in seats:
        crowd, size = crowd.updated_by(seat)
        sizes.append(size)
    crowd.assert_agreed()
    case.figure("warm-up traffic, all updates", sum(sizes) / 1e3, "kB")
    case.figure("warm-up traffic, mean update", statistics.mean(sizes), "B")
    case.figure("warm-up traffic, first update", sizes[0], "B")
    case.figure("warm-up traffic, tenth update", sizes[min(9, len(sizes) - 1)], "B")
    case.figure("warm-up traffic, last update", sizes[-1], "B")
    return crowd


def measure_messages(case: Case, crowd: Crowd) -> None:
    """Report 1 KiB protected and unprotected, state after state, and the primitives alone in between."""
    sender, receiver, bare = crowd.member(0), crowd.receiver, BareMessage.of(case.suite)
    times: dict[str, list[float]] = {name: [] for name in ("protect", "unprotect", "sign", "verify")}
    for _ in range(MESSAGES):
        (sender, message), seconds = timed(lambda: mls.protect(sender, KIBIBYTE, random=os.urandom))  # noqa: B023 - called at once
        times["protect"].append(seconds)
        receiver, seconds = timed(lambda: process(receiver, message))  # noqa: B023 - called at once
        times["unprotect"].append(seconds)
        sealed, seconds = timed(bare.protect)
        times["sign"].append(seconds)
        times["verify"].append(timed(lambda: bare.unprotect(*sealed))[1])  # noqa: B023 - called at once
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    case.time("protect 1 KiB", medians["protect"], "us")
    case.figure("protect 1 KiB, against signing and sealing alone", medians["protect"] / medians["sign"], "x")
    case.time("unprotect 1 KiB", medians["unprotect"], "us")
    ratio = medians["unprotect"] / medians["verify"]
    case.figure("unprotect 1 KiB, against opening and verifying alone", ratio, "x")
    measure_state(case, receiver)


def measure_state(case: Case, group: mls.Group) -> None:
    """Report writing down what changes with each message."""
    case.time("ratchet state to bytes", median_seconds(group.ratchet_state, REPETITIONS), "us")
    case.figure("ratchet state", len(group.ratchet_state()), "B")


def measure(case: Case) -> None:
    """Report everything of one suite at one size."""
    crowd = measure_membership(case)
    newcomer = new_person(case.suite, case.size)
    measure_messages(case, crowd)
    measure_commits(case, crowd, "flat tree", newcomer)
    crowd = measure_warm_up(case, crowd)
    measure_commits(case, crowd, "populated tree", newcomer)
    measure_limit(case, crowd)


def main() -> None:
    """Measure every size in every suite."""
    for code in SUITES.split(","):
        for size in SIZES.split(","):
            measure(Case(mls.cipher_suite(int(code, 16)), int(size)))


if __name__ == "__main__":
    main()
