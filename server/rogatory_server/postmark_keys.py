"""With what postmarks are signed: the key that the network trust names for the time, out of those at hand.

Everybody judges a postmark by the key of the moment it states, so the next key has to take its turn in
exactly that second. Both files lie there beforehand; the trust says which one counts when.
"""

from collections.abc import Callable, Sequence
from typing import Final

import structlog

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.signing import public_key

_log = structlog.get_logger(__name__)
_SECOND_MS: Final = 1000


class PostmarkKeys:
    """The relay's Ed25519 keys for postmarks.

    Args:
        origin: the relay's name in postmarks.
        private_keys: the seeds at hand, the one in force first.
        named_at: returns the public key that the trust names for a time, unix seconds.
    """

    def __init__(self, origin: str, private_keys: Sequence[bytes], named_at: Callable[[int], bytes]) -> None:
        self.origin = origin
        self._private = {public_key(each): each for each in private_keys}
        self._named_at = named_at
        self._in_use = b""

    def require(self, at: int) -> None:
        """Return if a key for a time, unix seconds, is at hand.

        Raises:
            MisuseError: none is.
        """
        if self._named_at(at) not in self._private:
            raise MisuseError("the network trust names another postmark key than this relay's")

    def public_at(self, at_ms: int) -> bytes:
        """Return the public key in force at a time, unix milliseconds."""
        return self._named_at(at_ms // _SECOND_MS)

    def private_at(self, at_ms: int) -> bytes:
        """Return the seed that signs what is accepted at a time, unix milliseconds.

        Where the next key is not at hand in time, the last one goes on, and nobody believes what it signs:
        what offices have sent waits with them until the file is there and the relay was started again.
        """
        named = self.public_at(at_ms)
        if named != self._in_use:
            self._take_up(named)
        return self._private.get(named) or next(iter(self._private.values()))

    def _take_up(self, named: bytes) -> None:
        if named not in self._private:
            _log.error("postmark_key_is_missing", key=named.hex())
        elif self._in_use:
            _log.info("postmark_key_has_taken_its_turn", key=named.hex())
        self._in_use = named
