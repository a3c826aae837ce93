"""Run the official MLS test vectors: ``python mls_vectors.py DIR``.

Every ``*.json`` file in DIR must be of a known kind, hold at least one case, and pass entirely; anything else
ends with a non-zero exit status. A line ``FILE passed/total`` is printed for each file. The kinds live in
``vectors/``; their format is that of the MLS working group's repository mls-implementations.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # as a script it finds only its own folder

from tests.conformance.vectors.arithmetic import deserialization_case, tree_math_case
from tests.conformance.vectors.case import Case
from tests.conformance.vectors.encodings import messages_case, welcome_case
from tests.conformance.vectors.labelled import crypto_basics_case
from tests.conformance.vectors.passive_client import passive_client_case
from tests.conformance.vectors.paths import treekem_case
from tests.conformance.vectors.protection import message_protection_case, secret_tree_case
from tests.conformance.vectors.schedule import key_schedule_case, psk_secret_case, transcript_hashes_case
from tests.conformance.vectors.trees import tree_operations_case, tree_validation_case

KINDS: dict[str, Callable[[Case], None]] = {
    "crypto-basics": crypto_basics_case,
    "deserialization": deserialization_case,
    "key-schedule": key_schedule_case,
    "message-protection": message_protection_case,
    "messages": messages_case,
    "passive-client-handling-commit": passive_client_case,
    "passive-client-random": passive_client_case,
    "passive-client-welcome": passive_client_case,
    "psk_secret": psk_secret_case,
    "secret-tree": secret_tree_case,
    "transcript-hashes": transcript_hashes_case,
    "tree-math": tree_math_case,
    "tree-operations": tree_operations_case,
    "tree-validation": tree_validation_case,
    "treekem": treekem_case,
    "welcome": welcome_case,
}


def read_cases(path: Path) -> list[Case]:
    """Return the cases of a file, none if it is no list of objects."""
    try:
        cases = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return []
    return cases if isinstance(cases, list) and all(isinstance(case, dict) for case in cases) else []


def run_file(path: Path) -> bool:
    """Run one file and tell whether every case of it passed."""
    run, cases = KINDS.get(path.stem), read_cases(path)
    if run is None or not cases:
        print(f"{path.name} 0/0: {'no cases' if run else 'unknown kind'}")
        return False
    passed = 0
    for number, case in enumerate(cases):
        try:
            run(case)
        except Exception as error:  # noqa: BLE001  # whatever happens, it is a miss of this case only
            print(f"{path.name} case {number}: {type(error).__name__}: {str(error)[:300]}")
        else:
            passed += 1
    print(f"{path.name} {passed}/{len(cases)}")
    return passed == len(cases)


def main(arguments: list[str]) -> int:
    """Run every file of the folder named on the command line."""
    if len(arguments) != 1:
        print("usage: mls_vectors.py DIR")
        return 64
    files = sorted(Path(arguments[0]).glob("*.json"))
    if not files:
        print("no vector files")
        return 1
    results = [run_file(path) for path in files]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
