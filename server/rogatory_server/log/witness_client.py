"""How the relay asks a witness for its cosignature (C2SP tlog-witness, add-checkpoint).

Nothing that a witness says is believed beyond its own signature.
"""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, TypeAlias

import aiohttp
from yarl import URL

from rogatory_crypto.errors import MisuseError, PeerError, TransportError
from rogatory_crypto.log.add_checkpoint import AddCheckpoint, parse_cosignatures
from rogatory_crypto.log.lines import read_decimal
from rogatory_crypto.log.merkle import Proof
from rogatory_crypto.log.note_key import VerifierKey
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint, verify_cosignatures
from rogatory_crypto.log.signed_note import MAX_NOTE_BYTES, NoteSignature, SignedNote
from rogatory_crypto.log.witness_policy import CLOCK_TOLERANCE_S

ATTEMPTS: Final = 3
_REASONS: Final = {
    400: "it cannot read the request",
    403: "it does not trust the log's keys",
    404: "it does not know the log",
    422: "it holds another history",
}


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Signature lines of the witness's own keys, made now, that hold."""

    lines: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True)
class Ahead:
    """The witness says it has cosigned a larger tree than this relay has ever signed."""

    size: int


@dataclass(frozen=True, slots=True)
class Declined:
    """No cosignature; ``contradicts`` if the witness says it knows another history."""

    reason: str
    contradicts: bool = False


Answer: TypeAlias = Cosigned | Ahead | Declined
Prove: TypeAlias = Callable[[int, int], Proof]


class WitnessClient:
    """One witness, by the address where checkpoints are submitted.

    Args:
        url: its submission prefix; ``https``, or ``http`` on this machine.
        keys: what it signs with.
        http: the session, with its time-outs.
        tls: whose certificates to believe.
        prove: returns the consistency proof between two sizes of the log.
    """

    def __init__(
        self,
        url: str,
        keys: Sequence[VerifierKey],
        http: aiohttp.ClientSession,
        tls: ssl.SSLContext,
        prove: Prove,
    ) -> None:
        self.url = url
        self._address = witness_address(url)
        self._keys = tuple(keys)
        self._http = http
        self._tls = tls
        self._prove = prove
        self._known_size = 0

    async def cosign(self, signed: SignedCheckpoint, now: Callable[[], int]) -> Answer:
        """Ask for cosignatures of a checkpoint.

        Args:
            signed: what the log has signed.
            now: returns unix seconds.

        Raises:
            TransportError: the witness cannot be reached or does not answer in time.
        """
        for _ in range(ATTEMPTS):
            size = signed.checkpoint.size
            old = min(self._known_size, size)
            request = AddCheckpoint(old, self._prove(old, size), signed).encode()
            status, body = await self._post(request)
            if status == 200:
                answer = read_cosignatures(signed, body, self._keys, now())
                self._known_size = size if isinstance(answer, Cosigned) else self._known_size
                return answer
            if status != 409:
                reason = _REASONS.get(status, f"it answers with the status {status}")
                return Declined(reason, contradicts=status == 422)
            try:
                self._known_size = read_decimal(body.decode("latin-1").removesuffix("\n"))
            except PeerError:
                return Declined("it names no size in a conflict")
            if self._known_size > size:
                return Ahead(self._known_size)
        return Declined("it names a different size each time")

    async def _post(self, body: bytes) -> tuple[int, bytes]:
        try:
            async with self._http.post(
                self._address, data=body, ssl=self._tls, allow_redirects=False
            ) as answer:
                return answer.status, await _bounded(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TransportError(f"{type(error).__name__}: {error}") from error


def read_cosignatures(
    signed: SignedCheckpoint, body: bytes, keys: Sequence[VerifierKey], now: int
) -> Cosigned | Declined:
    """Take from an answer the lines of known keys, if all of those hold and are of now.

    Args:
        signed: what was to be cosigned.
        body: the answer.
        keys: the witness's.
        now: unix seconds.
    """
    try:
        note = SignedNote(signed.note.text, parse_cosignatures(body))
        own = tuple(line for _, line in note.signatures_by(keys))
        answered = SignedCheckpoint(signed.checkpoint, SignedNote(note.text, own))
        times = [each.timestamp for each in verify_cosignatures(answered, keys)]
    except PeerError as error:
        return Declined(f"its cosignature does not hold: {error}")
    if not times or not all(abs(time - now) <= CLOCK_TOLERANCE_S for time in times):
        return Declined("it sent no cosignature of its own, made now")
    return Cosigned(own)


def witness_address(url: str) -> URL:
    """Return where checkpoints go.

    Raises:
        MisuseError: the URL is not ``https``, nor ``http`` to a loopback address.
    """
    try:
        parsed = URL(url)
    except ValueError as error:
        raise MisuseError(f"the policy's witness {url} has no address: {error}") from error
    local = parsed.scheme == "http" and _is_loopback(parsed.host)
    if not local and (parsed.scheme != "https" or not parsed.host):
        raise MisuseError(f"the policy's witness {url} has no https:// address")
    return URL(url.rstrip("/") + "/add-checkpoint")


def _is_loopback(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for part in answer.content.iter_any():
        body += part
        if len(body) > MAX_NOTE_BYTES:
            raise aiohttp.ClientPayloadError("an answer without end")
    return bytes(body)
