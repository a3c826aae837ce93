"""Many signatures at once come to the same as each in its place, wherever the wrong one is."""

from collections.abc import Sequence

import pytest

from rogatory_client.monitor import together
from rogatory_client.monitor.together import verified_together
from rogatory_crypto import signing
from rogatory_crypto.errors import PeerError
from rogatory_crypto.signing import Check, Verify

SEED = bytes(range(32))
COUNT = 20


def check(number: int, *, holds: bool) -> Check:
    body = number.to_bytes(4)
    signature = signing.sign("Test", body if holds else b"another body", SEED)
    return Check("Test", body, signature, signing.public_key(SEED))


class Replays:
    """Hands over checks as a replay does, and takes note of those that were refused in their place."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = checks
        self.begun = 0

    def __call__(self, verify: Verify) -> list[int]:
        self.begun += 1
        refused = []
        for number, each in enumerate(self.checks):
            try:
                verify(each)
            except PeerError:
                refused.append(number)
        return refused


@pytest.mark.parametrize("wrong", [None, *range(COUNT)])
@pytest.mark.parametrize("window", [1, 7, COUNT, 100])
def test_which_one_is_wrong_is_said_all_the_same(
    wrong: int | None, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "WINDOW", window)
    replays = Replays([check(number, holds=number != wrong) for number in range(COUNT)])
    assert verified_together(replays) == ([] if wrong is None else [wrong])
    assert replays.begun == (1 if wrong is None else 2)
