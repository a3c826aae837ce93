"""How long the random tests search: ``ROGATORY_EFFORT=20`` gives each twenty times its examples.

Unasked, every run tries the same examples, so that a change is judged by what it changes. With an effort the
examples are drawn anew each time; what is found then becomes a test of its own.
"""

import os
from typing import Final

from hypothesis import settings

_ASKED: Final = os.environ.get("ROGATORY_EFFORT")
EFFORT: Final = int(_ASKED or "1")


def settle_examples() -> None:
    """Decide, before any test is read, whether examples are always the same."""
    settings.register_profile("rogatory", derandomize=_ASKED is None, deadline=None)
    settings.load_profile("rogatory")


def examples(usual: int) -> int:
    """Return how many examples to try where ``usual`` are enough for every run."""
    return usual * EFFORT
