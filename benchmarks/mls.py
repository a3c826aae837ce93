"""MLS operations at 10, 100 and 1000 members in both suites, with full validation and no storage.

Budgets (medians): protect 1 KiB 80 us, unprotect 120 us, join of 1000 150 ms, create and add 1000 500 ms
(post-quantum 700 ms), create or process a commit in a populated tree 2 ms, process an add at 1000 0.5 ms.
"""

import os
import statistics
from dataclasses import dataclass

from benchmarks.measure import median_seconds, report, timed

from rogatory_crypto import mls

SUITES = {0x0001: "classic 0x0001", 0xF04E: "post-quantum 0xF04E"}
SIZES = (10, 100, 1000)
NOW = 1_790_000_000
LIFETIME = mls.Lifetime(NOW - 60, NOW + 28 * 86_400 - 60)
KIBIBYTE = bytes(1024)
MESSAGES = 500
# As many members take part in traffic as fill the tree's upper levels; each holds a whole group in memory.
ACTIVE = 8


def admit(_identity: bytes, _signature_key: bytes) -> None:
    """Accept every credential: who is who is not what is measured."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member to be, with the key package it was added by."""

    signer: mls.SignatureKeyPair
    key_package: mls.KeyPackageSecrets


def new_person(suite: mls.CipherSuite, name: int) -> Person:
    """Make a signature key and a key package."""
    signer = mls.generate_signature_key(suite, os.urandom)
    identity = f"member {name}".encode()
    return Person(signer, mls.generate_key_package(suite, signer, identity, LIFETIME, os.urandom))


def create(suite: mls.CipherSuite, people: list[Person]) -> mls.StagedCommit:
    """Create a group and add everybody in one commit."""
    signer = mls.generate_signature_key(suite, os.urandom)
    group = mls.create_group(suite, os.urandom(32), signer, b"creator", LIFETIME, os.urandom)
    packages = tuple(person.key_package.message for person in people)
    return mls.stage_commit(group, add=packages, random=os.urandom, now=NOW, authenticate=admit)


def join(staged: mls.StagedCommit, person: Person) -> mls.Group:
    """Join by the Welcome, tree and every leaf signature verified."""
    assert staged.welcome is not None
    return mls.join_group(staged.welcome, person.key_package, now=NOW, authenticate=admit)


def received(group: mls.Group, message: bytes) -> mls.Group:
    """Process a message and return the state after it."""
    return mls.process(group, message, now=NOW, authenticate=admit).group


def measure_membership(scenario: str, suite: mls.CipherSuite, size: int) -> list[mls.Group]:
    """Report creation, joining and one more member; return the creator and some members in one epoch."""
    people = [new_person(suite, name) for name in range(size - 1)]
    staged, seconds = timed(lambda: create(suite, people))
    report(scenario, "create and add all", seconds * 1e3, "ms")
    assert staged.welcome is not None
    report(scenario, "Welcome with tree", len(staged.welcome) / 1e3, "kB")
    groups, times = [staged.group], []
    for person in people[:: max(1, size // ACTIVE)][:ACTIVE]:
        group, seconds = timed(lambda person=person: join(staged, person))  # type: ignore[misc]  # bound now
        groups.append(group)
        times.append(seconds)
    report(scenario, "join by Welcome", statistics.median(times) * 1e3, "ms")
    report(scenario, "join by Welcome, first", times[0] * 1e3, "ms")
    return groups


def measure_commits(scenario: str, suite: mls.CipherSuite, groups: list[mls.Group]) -> list[mls.Group]:
    """Report path updates by each active member in turn, then adding and removing one."""
    for metric in ("first, flat tree", "again, populated tree"):
        created, processed = [], []
        for at in range(len(groups)):
            staged, seconds = timed(
                lambda group=groups[at]: mls.stage_commit(  # type: ignore[misc]  # bound now
                    group, random=os.urandom, now=NOW, authenticate=admit, path=True
                )
            )
            created.append(seconds)
            groups, times = everybody_processes(groups, at, staged)
            processed += times
        report(scenario, f"update commit create, {metric}", statistics.median(created) * 1e3, "ms")
        report(scenario, f"update commit process, {metric}", statistics.median(processed) * 1e3, "ms")
    newcomer = new_person(suite, 1 << 20).key_package.message
    groups = measure_one_commit(scenario, "add one", groups, add=(newcomer,))
    return measure_one_commit(scenario, "remove one", groups, remove=(max_leaf(groups[0]),))


def max_leaf(group: mls.Group) -> int:
    """Return the rightmost member's leaf."""
    return max(member.leaf_index for member in group.members)


def measure_one_commit(
    scenario: str,
    metric: str,
    groups: list[mls.Group],
    *,
    add: tuple[bytes, ...] = (),
    remove: tuple[int, ...] = (),
) -> list[mls.Group]:
    """Report one commit by the creator and its processing by the others."""
    staged, seconds = timed(
        lambda: mls.stage_commit(
            groups[0], add=add, remove=remove, random=os.urandom, now=NOW, authenticate=admit
        )
    )
    report(scenario, f"{metric} create", seconds * 1e3, "ms")
    groups, times = everybody_processes(groups, 0, staged)
    report(scenario, f"{metric} process", statistics.median(times) * 1e3, "ms")
    return groups


def everybody_processes(
    groups: list[mls.Group], committer: int, staged: mls.StagedCommit
) -> tuple[list[mls.Group], list[float]]:
    """Merge at the committer, process at the others; return the next states and the times taken."""
    after, times = [], []
    for at, group in enumerate(groups):
        if at == committer:
            after.append(staged.group)
            continue
        state, seconds = timed(lambda group=group: received(group, staged.message))  # type: ignore[misc]  # bound
        after.append(state)
        times.append(seconds)
    return after, times


def measure_messages(scenario: str, sender: mls.Group, receiver: mls.Group) -> None:
    """Report protecting and unprotecting 1 KiB, state after state, and writing the state down."""
    protected, unprotected = [], []
    for _ in range(MESSAGES):
        (sender, message), seconds = timed(lambda: mls.protect(sender, KIBIBYTE, random=os.urandom))  # noqa: B023 - called at once
        protected.append(seconds)
        receiver, seconds = timed(lambda: received(receiver, message))  # noqa: B023 - called at once
        unprotected.append(seconds)
    report(scenario, "protect 1 KiB", statistics.median(protected) * 1e6, "us")
    report(scenario, "unprotect 1 KiB", statistics.median(unprotected) * 1e6, "us")
    report(scenario, "ratchet state to bytes", median_seconds(receiver.ratchet_state, 50) * 1e6, "us")
    report(scenario, "ratchet state", len(receiver.ratchet_state()), "B")


def main() -> None:
    """Measure every size in every suite."""
    for code, name in SUITES.items():
        suite = mls.cipher_suite(code)
        for size in SIZES:
            scenario = f"mls {name}, {size} members"
            groups = measure_membership(scenario, suite, size)
            groups = measure_commits(scenario, suite, groups)
            measure_messages(scenario, groups[0], groups[1])


if __name__ == "__main__":
    main()
