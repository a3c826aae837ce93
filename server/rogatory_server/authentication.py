"""Challenges and tokens, in memory only. Pure: time and randomness are arguments.

A challenge is for one device, good once and for a minute. It carries its own proof, so that nothing is kept
for whoever merely asks: strangers have no table to fill. What is kept is bounded for each device, so that
one device locks out no other. A token is 32 random bytes; only its hash is kept, so that a copy of the
relay's memory or log lets nobody in for long. Whether the device is still in service is asked at every use.
After a restart, or when the clock was set back, devices authenticate again.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry
from rogatory_crypto.wire.challenge import Challenge, ChallengeResponse, Token, verify_challenge_response
from rogatory_crypto.wire.identifier import DeviceId

CHALLENGE_MS: Final = 60_000
TOKEN_MS: Final = 15 * 60_000
MAX_TOKENS_OF_DEVICE: Final = 16
MAX_ANSWERS_OF_DEVICE: Final = 64
# A clock may be corrected by this much backwards without anybody noticing.
CLOCK_STEP_MS: Final = 60_000
_TOKEN_BYTES: Final = 32
_KEY_BYTES: Final = 32
# A nonce: when it was made, randomness, and the relay's own proof over both and the device.
_TIME_BYTES: Final = 8
_PROOF_BYTES: Final = 16
_HEAD_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class _Grant:
    device_id: DeviceId
    expires_at_ms: int


@dataclass(slots=True)
class _Kept:
    """What is kept for one device: its tokens, oldest first, and the challenges it has answered."""

    tokens: list[bytes] = field(default_factory=list)
    answered: dict[bytes, int] = field(default_factory=dict)


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
        self._key = random(_KEY_BYTES)
        self._tokens: dict[bytes, _Grant] = {}
        self._kept: dict[DeviceId, _Kept] = {}

    def challenge(self, device_id: DeviceId, now_ms: int) -> Challenge:
        """Return a fresh challenge, whether or not such a device exists."""
        head = now_ms.to_bytes(_TIME_BYTES) + self._random(_HEAD_BYTES - _TIME_BYTES)
        return Challenge(head + self._proof(head, device_id), now_ms, now_ms + CHALLENGE_MS)

    def grant(self, response: ChallengeResponse, now_ms: int) -> Token:
        """Return a token for the device that answered its challenge.

        Raises:
            PeerError: UNAUTHENTICATED for an unknown, used or expired challenge, another device, or a
                signature that holds for none of the relay's names; REVOKED or EXPIRED for its device;
                QUOTA_EXCEEDED for a device that authenticates all the time.
        """
        made_at_ms = self._made_at(response)
        if not _is_valid(made_at_ms, made_at_ms + CHALLENGE_MS, now_ms):
            raise PeerError(Code.UNAUTHENTICATED, "the challenge has expired")
        self._verify(response)
        self._require_in_service(response.device_id, now_ms)
        kept = self._kept.setdefault(response.device_id, _Kept())
        _answer_once(kept, response.nonce, made_at_ms + CHALLENGE_MS, now_ms)
        token = urlsafe_b64encode(self._random(_TOKEN_BYTES)).decode().rstrip("=")
        self._keep_token(kept, _hash(token), _Grant(response.device_id, now_ms + TOKEN_MS))
        return Token(token, now_ms + TOKEN_MS)

    def authenticate(self, token: str, now_ms: int) -> DeviceId:
        """Return the device a token was given to.

        Raises:
            PeerError: UNAUTHENTICATED, REVOKED or EXPIRED.
        """
        # The look-up is by hash: its timing says nothing about the token.
        grant = self._tokens.get(_hash(token))
        if grant is None or not _is_valid(grant.expires_at_ms - TOKEN_MS, grant.expires_at_ms, now_ms):
            raise PeerError(Code.UNAUTHENTICATED, "no such token, or it has expired")
        self._require_in_service(grant.device_id, now_ms)
        return grant.device_id

    def forget(self, device_id: DeviceId) -> None:
        """Drop every token of a device."""
        kept = self._kept.get(device_id)
        if kept is not None:
            for key in kept.tokens:
                del self._tokens[key]
            kept.tokens.clear()

    def _proof(self, head: bytes, device_id: DeviceId) -> bytes:
        return digest(self._key, head + device_id, "sha256")[:_PROOF_BYTES]

    def _made_at(self, response: ChallengeResponse) -> int:
        head, proof = response.nonce[:_HEAD_BYTES], response.nonce[_HEAD_BYTES:]
        if not compare_digest(proof, self._proof(head, response.device_id)):
            raise PeerError(Code.UNAUTHENTICATED, "no such challenge for this device")
        return int.from_bytes(head[:_TIME_BYTES])

    def _keep_token(self, kept: _Kept, key: bytes, grant: _Grant) -> None:
        kept.tokens.append(key)
        self._tokens[key] = grant
        if len(kept.tokens) > MAX_TOKENS_OF_DEVICE:
            del self._tokens[kept.tokens.pop(0)]

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


def _is_valid(from_ms: int, to_ms: int, now_ms: int) -> bool:
    """Tell whether a moment is in an interval; one long before it means that the clock was set back."""
    return from_ms - CLOCK_STEP_MS <= now_ms < to_ms


def _answer_once(kept: _Kept, nonce: bytes, expires_at_ms: int, now_ms: int) -> None:
    """Note that a challenge was answered, for as long as it could be answered again."""
    for known, expiry in tuple(kept.answered.items()):
        if expiry + CLOCK_STEP_MS <= now_ms:
            del kept.answered[known]
    if nonce in kept.answered:
        raise PeerError(Code.UNAUTHENTICATED, "the challenge was answered before")
    if len(kept.answered) >= MAX_ANSWERS_OF_DEVICE:
        raise PeerError(Code.QUOTA_EXCEEDED, "the device authenticates too often")
    kept.answered[nonce] = expires_at_ms
