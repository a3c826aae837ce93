"""Host names that stand for public addresses only.

A name that an officer has allowed may come to stand for a machine inside the office's own network, by error
or by somebody's will. An address written in numbers is what the officer has allowed, and is asked as it is.
"""

import ipaddress
import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver


class PrivateAddressError(OSError):
    """A name stands for an address that is not public."""


class PublicNames(AbstractResolver):
    """Resolves names as the system does, and refuses those that are not public."""

    def __init__(self) -> None:
        self._system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a name.

        Raises:
            PrivateAddressError: one of them is not public.
            OSError: there is no such name.
        """
        found = await self._system.resolve(host, port, family)
        if not all(ipaddress.ip_address(each["host"].partition("%")[0]).is_global for each in found):
            raise PrivateAddressError(f"{host} is a machine inside a network")
        return found

    async def close(self) -> None:
        """Give back what it holds."""
        await self._system.close()
