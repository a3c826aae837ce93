"""The list of identity statements: verified before it is stored, stored before it counts.

The registry is rebuilt from the store at start. A publication is tried on a copy of it, written, and only
then becomes the state that everybody is judged by: all of its statements or none.
"""

import asyncio
from collections.abc import Sequence

from sqlalchemy import Connection

from rogatory_crypto.identity import AuthorityEntry, Registry, Revocation, Statement
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.identifier import DeviceId
from rogatory_crypto.wire.request import ListedStatement, StatementPage
from rogatory_server.store import Store, identity, key_packages

_PAGE_BYTES = limits.MAX_BODY_BYTES - (64 << 10)


class StatementList:
    """Every identity statement, in order, and what follows from them.

    Args:
        store: where the statements are.
        registry: empty, with the relay's origin and the operator's key.
    """

    def __init__(self, store: Store, registry: Registry) -> None:
        self._store = store
        self._registry = registry
        self._turn = asyncio.Lock()

    @property
    def registry(self) -> Registry:
        """The state after the last durable statement."""
        return self._registry

    async def load(self) -> None:
        """Feed the registry with everything stored."""
        while page := await self._page(self._registry.size):
            for accepted_at, body in page:
                self._registry.apply(body, accepted_at)

    async def page(self, first_index: int) -> StatementPage:
        """Return statements from an index on."""
        found = await self._page(first_index)
        listed = tuple(ListedStatement(accepted_at, body) for accepted_at, body in found)
        return StatementPage(first_index, max(self._registry.size, first_index + len(listed)), listed)

    async def append(self, statements: Sequence[bytes], now: int) -> tuple[int, tuple[DeviceId, ...]]:
        """Append statements, all or none.

        Returns:
            The index of the first, and the devices that are out of service because of them.

        Raises:
            PeerError: a statement does not hold or does not follow; CONFLICT for one that is there already.
        """
        async with self._turn:
            tried = self._registry.copy()
            # A clock set back must not stop enrolment: the list's own time only goes forward.
            now = max(now, tried.latest)
            signed = [tried.apply(body, now) for body in statements]
            first = self._registry.size
            retired = _retired(self._registry, tried, [item.statement for item in signed])
            await self._store.write(lambda connection: _append(connection, first, now, statements, retired))
            self._registry = tried
            return first, retired

    async def _page(self, first: int) -> list[identity.StoredStatement]:
        return await self._store.read(
            lambda connection: identity.statements_from(
                connection, first, max_count=limits.MAX_STATEMENTS_PER_PAGE, max_bytes=_PAGE_BYTES
            )
        )


def _retired(before: Registry, after: Registry, statements: Sequence[Statement]) -> tuple[DeviceId, ...]:
    """Find devices taken out of service by a revocation or by their office's new key."""
    concerned = {item.entry_id for item in statements if isinstance(item, Revocation | AuthorityEntry)}
    return tuple(
        device_id
        for device_id, device in (after.devices.items() if concerned else ())
        if device.entry.entry_id in concerned
        and device.revoked_at is not None
        and (device_id not in before.devices or before.devices[device_id].revoked_at is None)
    )


def _append(
    connection: Connection,
    first: int,
    now: int,
    statements: Sequence[bytes],
    retired: Sequence[DeviceId],
) -> None:
    identity.append_statements(connection, first, now, statements)
    for device_id in retired:
        key_packages.drop_device(connection, device_id)
