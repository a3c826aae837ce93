"""Challenges and tokens, in memory only. Pure: time and randomness are arguments.

A challenge is for one device, good once and for a minute. A token is 32 random bytes; only its hash is kept,
so that a copy of the relay's memory or log lets nobody in for long. Whether the device is still in service
is asked at every use. After a restart devices authenticate again.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry
from rogatory_crypto.wire.challenge import Challenge, ChallengeResponse, Token, verify_challenge_response
from rogatory_crypto.wire.identifier import DeviceId

CHALLENGE_MS: Final = 60_000
TOKEN_MS: Final = 15 * 60_000
MAX_CHALLENGES: Final = 16_384
MAX_TOKENS: Final = 65_536
_NONCE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class _Grant:
    device_id: DeviceId
    expires_at_ms: int


class Authenticator:
    """Who may act as which device.

    Args:
        registry: returns the newest state of devices and keys.
        server_names: the names the relay's certificate is for.
        random: a source of random bytes.
    """

    def __init__(
        self, registry: Callable[[], Registry], server_names: Sequence[str], random: Callable[[int], bytes]
    ) -> None:
        self._registry = registry
        self._server_names = tuple(server_names)
        self._random = random
        self._challenges: dict[bytes, _Grant] = {}
        self._tokens: dict[bytes, _Grant] = {}

    def challenge(self, device_id: DeviceId, now_ms: int) -> Challenge:
        """Return a fresh challenge, whether or not such a device exists.

        Raises:
            PeerError: UNAVAILABLE while too many challenges are open.
        """
        _make_room(self._challenges, MAX_CHALLENGES, now_ms)
        nonce = self._random(_NONCE_BYTES)
        self._challenges[nonce] = _Grant(device_id, now_ms + CHALLENGE_MS)
        return Challenge(nonce, now_ms, now_ms + CHALLENGE_MS)

    def grant(self, response: ChallengeResponse, now_ms: int) -> Token:
        """Return a token for the device that answered its challenge.

        Raises:
            PeerError: UNAUTHENTICATED for an unknown, used or expired challenge, another device, or a
                signature that holds for none of the relay's names; REVOKED or EXPIRED for its device.
        """
        challenge = self._challenges.pop(response.nonce, None)
        if challenge is None or challenge.device_id != response.device_id:
            raise PeerError(Code.UNAUTHENTICATED, "no such challenge for this device")
        if now_ms >= challenge.expires_at_ms:
            raise PeerError(Code.UNAUTHENTICATED, "the challenge has expired")
        self._verify(response)
        self._require_in_service(response.device_id, now_ms)
        _make_room(self._tokens, MAX_TOKENS, now_ms)
        token = urlsafe_b64encode(self._random(_NONCE_BYTES)).decode().rstrip("=")
        self._tokens[_hash(token)] = _Grant(response.device_id, now_ms + TOKEN_MS)
        return Token(token, now_ms + TOKEN_MS)

    def authenticate(self, token: str, now_ms: int) -> DeviceId:
        """Return the device a token was given to.

        Raises:
            PeerError: UNAUTHENTICATED, REVOKED or EXPIRED.
        """
        # The look-up is by hash: its timing says nothing about the token.
        grant = self._tokens.get(_hash(token))
        if grant is None or now_ms >= grant.expires_at_ms:
            raise PeerError(Code.UNAUTHENTICATED, "no such token, or it has expired")
        self._require_in_service(grant.device_id, now_ms)
        return grant.device_id

    def forget(self, device_id: DeviceId) -> None:
        """Drop every token and challenge of a device."""
        self._tokens = {key: grant for key, grant in self._tokens.items() if grant.device_id != device_id}
        self._challenges = {
            key: grant for key, grant in self._challenges.items() if grant.device_id != device_id
        }

    def _verify(self, response: ChallengeResponse) -> None:
        device = self._registry().devices.get(response.device_id)
        if device is None:
            raise PeerError(Code.UNAUTHENTICATED, "no such device entry")
        for server_name in self._server_names:
            try:
                verify_challenge_response(
                    response, server_name=server_name, public_key=device.entry.signature_key
                )
            except PeerError:
                continue
            return
        raise PeerError(Code.UNAUTHENTICATED, "the signature holds for none of the relay's names")

    def _require_in_service(self, device_id: DeviceId, now_ms: int) -> None:
        device = self._registry().devices[device_id]
        if device.revoked_at is not None:
            raise PeerError(Code.REVOKED, "the device was revoked by its office")
        if not device.is_in_service(now_ms // 1000):
            raise PeerError(Code.EXPIRED, "the device entry is not valid now")


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _make_room(grants: dict[bytes, _Grant], maximum: int, now_ms: int) -> None:
    if len(grants) < maximum:
        return
    for key in [key for key, grant in grants.items() if grant.expires_at_ms <= now_ms]:
        del grants[key]
    if len(grants) >= maximum:
        raise PeerError(Code.UNAVAILABLE, "too many devices authenticate at once")
