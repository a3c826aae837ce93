"""What a step must be able to show; a missing fact ends the story."""

from collections.abc import Iterable
from typing import TypeVar

from rogatory_crypto.errors import RogatoryError

T = TypeVar("T")


class FactMissingError(RogatoryError):
    """Something the story claims did not happen."""


def require(holds: object, fact: str) -> None:
    """Go on only if the fact holds.

    Raises:
        FactMissingError: naming the fact.
    """
    if not holds:
        raise FactMissingError(f"not shown: {fact}")


def only(items: Iterable[T], fact: str) -> T:
    """Return the one item there must be.

    Raises:
        FactMissingError: there is none, or more than one.
    """
    found = list(items)
    require(len(found) == 1, f"{fact} (found {len(found)} instead of 1)")
    return found[0]
