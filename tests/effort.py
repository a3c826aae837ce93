"""How long the random tests search: ``ROGATORY_EFFORT=20`` gives each twenty times its examples."""

import os
from typing import Final

EFFORT: Final = int(os.environ.get("ROGATORY_EFFORT", "1"))


def examples(usual: int) -> int:
    """Return how many examples to try where ``usual`` are enough for every run."""
    return usual * EFFORT
