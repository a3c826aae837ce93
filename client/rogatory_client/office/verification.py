"""Many signatures at once: both libraries let go of the interpreter while they verify."""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from rogatory_crypto.signing import Check, holds

_WORKERS: Final = os.cpu_count() or 1


def all_hold(batches: Iterable[Sequence[Check]]) -> bool:
    """Tell whether every signature holds, on all processors, while the next batch is still being read."""
    with ThreadPoolExecutor(_WORKERS) as pool:
        verdicts = [pool.submit(holds, batch) for batch in batches]
        return all(verdict.result() for verdict in verdicts)
