"""Write MLS test vectors of our own: ``python mls_generate.py DIR [--suite 0xF04E]... [--seed TEXT]``.

One file of each kind, in the format of the official ones, for the classical suite and the post-quantum ones.
Whatever a suite leaves to chance comes from the seed, so that a second run writes the same bytes; only ML-KEM
encapsulation and ML-DSA signatures draw randomness of their own. Each kind and suite has its own source: its
cases do not depend on which others are made. The kinds live in ``generator/``.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # as a script it finds only its own folder

from tests.conformance.generator import basics, epochs, messages, passive, trees
from tests.conformance.generator.seeded import Case
from tests.crypto.mls.world import seeded_random

from rogatory_crypto.mls import CipherSuite, Random, cipher_suite
from rogatory_crypto.primitives import CIPHER_SUITES

SUITES: Final = tuple(code for code in (0x0001, 0xF04E, 0xF052) if code in CIPHER_SUITES)
SEED: Final = "rogatory"
WITHOUT_SUITE: Final[Mapping[str, Callable[[], list[Case]]]] = {
    "tree-math": basics.tree_math_cases,
    "deserialization": basics.deserialization_cases,
}
BY_SUITE: Final[Mapping[str, Callable[[CipherSuite, Random], list[Case]]]] = {
    "crypto-basics": basics.crypto_basics_cases,
    "key-schedule": epochs.key_schedule_cases,
    "message-protection": messages.message_protection_cases,
    "messages": messages.messages_cases,
    "passive-client-handling-commit": passive.passive_commit_cases,
    "passive-client-random": passive.passive_random_cases,
    "passive-client-welcome": passive.passive_welcome_cases,
    "psk_secret": epochs.psk_secret_cases,
    "secret-tree": epochs.secret_tree_cases,
    "transcript-hashes": epochs.transcript_hashes_cases,
    "tree-operations": trees.tree_operations_cases,
    "tree-validation": trees.tree_validation_cases,
    "treekem": trees.treekem_cases,
    "welcome": messages.welcome_cases,
}


def cases_of(kind: str, suites: list[int], seed: str) -> list[Case]:
    """Return the cases of one kind, suite by suite."""
    if kind in WITHOUT_SUITE:
        return WITHOUT_SUITE[kind]()
    made = []
    for code in suites:
        made += BY_SUITE[kind](cipher_suite(code), seeded_random(f"{seed}/{kind}/{code}"))
    return made


def write(folder: Path, suites: list[int], seed: str) -> None:
    """Write a file of each kind, one case a line."""
    for kind in sorted((*WITHOUT_SUITE, *BY_SUITE)):
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases_of(kind, suites, seed))
        (folder / f"{kind}.json").write_text(f"[\n{lines}\n]\n")


def main(words: list[str]) -> int:
    """Write into the folder named on the command line."""
    parser = argparse.ArgumentParser(description="write MLS test vectors of every kind")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--suite", type=lambda text: int(text, 0), action="append")
    parser.add_argument("--seed", default=SEED)
    wanted = parser.parse_args(words)
    write(wanted.folder, wanted.suite or list(SUITES), wanted.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
