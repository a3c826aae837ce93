"""How long a body may take to arrive."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from rogatory_crypto.errors import Code, PeerError
from rogatory_server import http_bodies

if TYPE_CHECKING:
    from aiohttp import web


class Trickle:
    """A body of one byte now and then that never ends."""

    async def readany(self) -> bytes:
        await asyncio.sleep(0.001)
        return b"x"


@dataclass
class Trickling:
    """A request with such a body."""

    content: Trickle = field(default_factory=Trickle)


async def read(request: "web.Request") -> list[bytes]:
    return [part async for part in http_bodies.parts(request)]


async def test_a_body_that_comes_byte_by_byte_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_bodies, "BODY_TIMEOUT_S", 0.05)
    with pytest.raises(PeerError) as caught:
        await read(cast("web.Request", Trickling()))
    assert caught.value.code is Code.WRONG_LENGTH
