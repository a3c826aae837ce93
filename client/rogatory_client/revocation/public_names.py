"""Host names that stand for public addresses only.

A name that an officer has allowed may come to stand for a machine inside the office's own network, by error
or by somebody's will. An address written in numbers is what the officer has allowed, and is asked as it is.
"""

import ipaddress
import socket
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")


class PrivateAddressError(OSError):
    """A name stands for an address that is not public."""


def is_public(address: str) -> bool:
    """Tell whether an address is one machine's on the public network, whatever it is wrapped in.

    Addresses of version 6 that stand for others: RFC 4291 section 2.5.5, RFC 3056 section 2, RFC 6052.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found in _TRANSLATED:
            return _is_one_machine(ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF))
        wrapped = found.sixtofour
        if found.is_site_local or (wrapped is not None and not _is_one_machine(wrapped)):
            return False
    return _is_one_machine(found)


def _is_one_machine(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


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
        if not all(is_public(each["host"]) for each in found):
            raise PrivateAddressError(f"{host} is a machine inside a network")
        return found

    async def close(self) -> None:
        """Give back what it holds."""
        await self._system.close()
