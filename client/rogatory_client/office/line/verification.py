"""How a device verifies: many signatures at once, and all but the one that it has not given yet.

Both libraries let go of the interpreter while they verify.
"""

import os
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from rogatory_crypto.signing import Check, PublicKeys, Verify, holds, verify_now

_WORKERS: Final = os.cpu_count() or 1
# Entries are read faster than their signatures verified: what waits in between is memory.
AHEAD: Final = 4 * _WORKERS


def all_hold(batches: Iterable[Sequence[Check]]) -> bool:
    """Tell whether every signature holds, on all processors, while the next batch is still being read.

    Not much is read ahead, and hardly anything after the first signature that does not hold.
    """
    with ThreadPoolExecutor(_WORKERS) as pool:
        waiting: deque[Future[bool]] = deque()
        for batch in batches:
            if len(waiting) == AHEAD and not waiting.popleft().result():
                return False
            waiting.append(pool.submit(holds, batch))
        return all(verdict.result() for verdict in waiting)


def all_but(own: PublicKeys) -> Verify:
    """Return what verifies every signature but those of a key: its owner is still to be asked for one."""

    def verify(check: Check) -> None:
        if check.key != own:
            verify_now(check)

    return verify
