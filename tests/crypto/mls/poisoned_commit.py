"""A commit that is sound in all that everybody checks, but one recipient finds a wrong path secret in it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.crypto.mls.honest_party import SHARED_KEYS
from tests.crypto.mls.world import NOW, trust

from rogatory_crypto.mls import Group, StagedCommit, stage_commit, treekem
from rogatory_crypto.mls.treekem import UpdatePath


def stage_poisoned_commit(group: Group, random: Callable[[int], bytes], which: int) -> StagedCommit:
    """Return an empty commit in whose path one secret, by number, is not the one that its recipients need."""
    honest = treekem.seal_path

    def seal_path(*arguments: object) -> UpdatePath:
        path: UpdatePath = honest(*arguments)  # type: ignore[arg-type]  # passed on as they came
        return misdirected(path, which)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(treekem, "seal_path", seal_path)
        return stage_commit(group, path=True, random=random, now=NOW, authenticate=trust, psks=SHARED_KEYS)


def misdirected(path: UpdatePath, which: int) -> UpdatePath:
    """Return the path with one ciphertext replaced by another of its own."""
    sealed = [list(node.encrypted_path_secret) for node in path.nodes]
    places = [(row, column) for row, secrets in enumerate(sealed) for column in range(len(secrets))]
    if places:
        (row, column), (other_row, other_column) = (
            places[which % len(places)],
            places[which // 2 % len(places)],
        )
        sealed[row][column] = sealed[other_row][other_column]
    nodes = zip(path.nodes, sealed, strict=True)
    changed = (replace(node, encrypted_path_secret=tuple(secrets)) for node, secrets in nodes)
    return replace(path, nodes=tuple(changed))
