"""Signatures verified on all processors: the same verdict as one by one, and little in memory."""

from collections.abc import Iterator, Sequence

import pytest

from rogatory_client.office.line.verification import AHEAD, all_hold
from rogatory_crypto.signing import Check, public_key, sign

SEED = bytes(range(32))
GOOD = Check("Test", b"body", sign("Test", b"body", SEED), public_key(SEED))
FORGED = Check("Test", b"another body", GOOD.signature, GOOD.key)
MANY = 50 * AHEAD


@pytest.mark.parametrize("place", [0, 1, AHEAD, MANY - 1])
def test_one_forged_signature_anywhere_is_found(place: int) -> None:
    batches = [(GOOD,)] * MANY
    assert all_hold(batches)
    assert not all_hold([*batches[:place], (GOOD, FORGED), *batches[place + 1 :]])


def test_nothing_holds() -> None:
    assert all_hold([])
    assert all_hold([()])


def test_what_comes_after_a_forged_signature_is_not_read() -> None:
    read = 0

    def batches() -> Iterator[Sequence[Check]]:
        nonlocal read
        yield (FORGED,)
        while read < MANY:
            read += 1
            yield (GOOD,)

    assert not all_hold(batches())
    assert read <= AHEAD
