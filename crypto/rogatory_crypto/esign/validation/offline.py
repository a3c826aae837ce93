"""Drives the validation library's coroutines to their end without an event loop.

Everything they need is already here, so nothing may ever wait: a coroutine that suspends is waiting for the
world outside (a socket, a timer) and is refused. This is the proof in code that a check uses no network.
"""

from collections.abc import Coroutine
from typing import Any, TypeVar

from pyhanko_certvalidator.fetchers.api import FetcherBackend, Fetchers

T = TypeVar("T")


class SuspendedError(Exception):
    """A check tried to wait for something outside the document."""


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The value of a coroutine that never suspends.

    Raises:
        SuspendedError: it did.
    """
    try:
        coroutine.send(None)
    except StopIteration as stop:
        value: T = stop.value
        return value
    coroutine.close()
    raise SuspendedError("a check wanted to wait for something outside the document")


class NoFetchers(FetcherBackend):
    """Stands where the library would otherwise make its own network client."""

    def get_fetchers(self) -> Fetchers:
        """Refuses: nothing is ever fetched."""
        raise SuspendedError("a check wanted to fetch something")

    async def close(self) -> None:
        """Nothing was opened."""
