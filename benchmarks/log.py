"""The transparency log: proofs, appends, checkpoints and the replay of a whole log, beside raw SHA-256.

Proofs are over random leaves of trees from 10^3 to 10^6; ``hashes`` is how long a proof is, which must grow
with the logarithm. ``sha256_65`` is hashlib alone on the 65 bytes of a tree node, in the same run: what a
proof costs at least is its hashes at that rate. The replay is of a log as its operator writes it: offices
enrol, enter and revoke devices, records change, batches of postmarks are signed.
"""

import random
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final, TypeVar

from benchmarks.measure import elapsed, median_seconds, report, timed
from tests.crypto.identity.enrolled_office import EnrolledOffice, seed
from tests.crypto.log.log_world import NOW, POLICY, World
from tests.crypto.log.written_log import SECRETARIAT, TRUST, WrittenLog

from rogatory_client.office.line.verification import all_hold
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.entry_content import Change, DirectoryChange
from rogatory_crypto.log.log_proof import LogProof, parse_log_proof, verify_log_proof
from rogatory_crypto.log.merkle import leaf_hash, verify_consistency, verify_inclusion
from rogatory_crypto.log.nodes import Node
from rogatory_crypto.log.note_key import SignatureType, SigningKey
from rogatory_crypto.log.replay import replay
from rogatory_crypto.log.replica import Replica
from rogatory_crypto.log.signed_checkpoint import sign_checkpoint
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.log.witness_policy import Log, Policy

SIZES: Final = (10**3, 10**4, 10**5, 10**6)
PROOFS: Final = 2_000
REPLAYED: Final = 10_000
DEVICES_PER_OFFICE: Final = 20

Item = TypeVar("Item")


def raw_hashes() -> None:
    nodes = [number.to_bytes(65) for number in range(100_000)]
    seconds = median_seconds(lambda: [sha256(node).digest() for node in nodes], 5)
    report("log raw", "sha256_65", len(nodes) / seconds, "1/s")


def appends(size: int) -> Tree:
    leaves = [leaf_hash(number.to_bytes(8)) for number in range(size)]
    tree, seconds = timed(lambda: Tree(leaves))
    report(f"log n{size}", "append", size / seconds, "1/s")
    return tree


def proofs(tree: Tree, chosen: random.Random) -> None:
    size, root, scenario = tree.size, tree.root(), f"log n{tree.size}"
    indexes = [chosen.randrange(size) for _ in range(PROOFS)]
    found, seconds = timed(lambda: [tree.prove_inclusion(index) for index in indexes])
    report(scenario, "prove_inclusion", PROOFS / seconds, "1/s")
    report(scenario, "inclusion_hashes", max(map(len, found)), "hashes")
    pairs = [(leaf_hash(index.to_bytes(8)), index, path) for index, path in zip(indexes, found, strict=True)]
    rate(
        scenario,
        "verify_inclusion",
        pairs,
        lambda pair: verify_inclusion(pair[0], pair[1], size, pair[2], root),
        budget=50_000.0,
    )
    olds = [(old, tree.root(old), tree.prove_consistency(old)) for old in indexes[: PROOFS // 4] if old]
    report(scenario, "consistency_hashes", max(len(path) for _, _, path in olds), "hashes")
    rate(
        scenario,
        "verify_consistency",
        olds,
        lambda item: verify_consistency(item[0], item[1], size, root, item[2]),
    )


def rate(
    scenario: str,
    metric: str,
    items: Sequence[Item],
    action: Callable[[Item], None],
    *,
    budget: float | None = None,
) -> None:
    def run() -> None:
        for item in items:
            action(item)

    report(scenario, metric, len(items) / median_seconds(run, 5), "1/s", budget)


def standing_proofs() -> None:
    """A proof with everything in it: the log's signature and three cosignatures, one of them ML-DSA-44."""
    world = World().grow(1000)
    data = LogProof(500, world.tree.prove_inclusion(500), world.witnessed(by="023")).encode()
    leaf = world.tree.node(Node(0, 500))
    seconds = median_seconds(lambda: verify_log_proof(parse_log_proof(data), leaf, POLICY, now=NOW), 200)
    report("log proof", "verify_offline", 1 / seconds, "1/s")
    report("log proof", "size", len(data), "bytes")


def written(count: int) -> list[bytes]:
    log, secretariat = WrittenLog(), EnrolledOffice(SECRETARIAT)
    log.begin(secretariat)
    number = 0
    while len(log.entries) < count:
        office = EnrolledOffice(f"CNA-{number:05}")
        log.by_operator(DirectoryChange(office.entry_id, Change.ADDED, seed(office.name)))
        log.enrol(office, secretariat)
        for device in range(DEVICES_PER_OFFICE):
            log.statement(office.device(str(device)))
            log.batch(seed(f"{number} {device}"))
        log.statement(office.revocation("0"))
        number += 1
    return log.entries[:count]


def replays() -> None:
    entries = written(REPLAYED)
    tree = Tree(map(leaf_hash, entries))
    head = Checkpoint(TRUST.origin, tree.size, tree.root())
    result, seconds = timed(lambda: replay(entries, TRUST, head))
    assert not result.findings
    report("log replay", f"replay_{REPLAYED}", seconds, "s")
    report("log replay", "entries", REPLAYED / seconds, "1/s")
    cold_client(entries, head)
    report("log replay", "bytes_per_entry", sum(map(len, entries)) / REPLAYED, "bytes")


def cold_client(entries: list[bytes], head: Checkpoint) -> None:
    """What a new office does with a log it has just downloaded, on all processors."""
    key = SigningKey(TRUST.origin, SignatureType.ED25519, seed("log key"))
    policy = Policy((Log(key.verifier),), (), (), None)
    signed = sign_checkpoint(head, [key], 0).encode()

    def follow() -> Replica:
        replica = Replica(TRUST, policy)
        judged = replica.judge(signed, [leaf_hash(entry) for entry in entries], now=NOW)
        replica.take(judged, lambda: entries, all_hold)
        return replica

    replica = follow()
    assert (replica.size, replica.findings) == (len(entries), ())
    report("log cold client", f"verify_{len(entries)}", elapsed(follow, 5), "s", budget=2.0)
    _, seconds = timed(lambda: Replica(TRUST, policy).restore(entries, frozenset(), signed, now=NOW))
    report("log cold client", f"restore_{len(entries)}", seconds, "s")


def main() -> None:
    chosen = random.Random(0)  # noqa: S311  # which leaves are looked up, not a secret
    raw_hashes()
    for size in SIZES:
        proofs(appends(size), chosen)
    standing_proofs()
    replays()
    raw_hashes()


if __name__ == "__main__":
    main()
