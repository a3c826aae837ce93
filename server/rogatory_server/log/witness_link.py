"""One witness among those that the policy names: asked for the newest checkpoint, at its own pace.

A witness that is slow, down or wrong holds up nobody: it is asked again, ever more seldom, until it has
cosigned what is newest by then.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from rogatory_crypto.errors import TransportError
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint
from rogatory_server.log.witness_client import Ahead, Answer, Cosigned, Declined, WitnessClient

RETRY_S: Final = 1.0
MAX_RETRY_S: Final = 60.0

_log = structlog.get_logger(__name__)


class WitnessLink:
    """Asks one witness for cosignatures until it has them.

    Args:
        client: the witness.
        now: returns unix seconds.
        deliver: told of every answer; runs on the event loop.
    """

    def __init__(
        self,
        client: WitnessClient,
        now: Callable[[], int],
        deliver: Callable[["WitnessLink", SignedCheckpoint, Answer], None],
    ) -> None:
        self.url = client.url
        self._client = client
        self._now = now
        self._deliver = deliver
        self._target: SignedCheckpoint | None = None
        self._wanted = asyncio.Event()

    def want(self, signed: SignedCheckpoint) -> None:
        """Ask for this checkpoint in place of any other."""
        self._target = signed
        self._wanted.set()

    async def run(self) -> None:
        """Ask until cancelled."""
        delay = RETRY_S
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if self._target is None or await self._ask(self._target):
                delay = RETRY_S
                continue
            try:
                async with asyncio.timeout(delay):
                    await self._wanted.wait()
            except TimeoutError:
                self._wanted.set()
            delay = min(2 * delay, MAX_RETRY_S)

    async def _ask(self, target: SignedCheckpoint) -> bool:
        try:
            answer = await self._client.cosign(target, self._now)
        except TransportError as error:
            answer = Declined(f"it cannot be reached: {error}")
        match answer:
            case Declined(reason=reason):
                _log.warning("witness_declined", witness=self.url, reason=reason)
            case Ahead(size=size):
                _log.error("witness_is_ahead", witness=self.url, its_size=size, size=target.checkpoint.size)
            case Cosigned():
                pass
        self._deliver(self, target, answer)
        return isinstance(answer, Cosigned)
