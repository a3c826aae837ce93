"""Every test of the log runs on both databases, as those of the store."""

from tests.server.store.conftest import store

__all__ = ["store"]
