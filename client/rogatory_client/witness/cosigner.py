"""One request to a witness, from bytes to bytes: decide, make it durable, and only then cosign."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rogatory_client.witness.evidence import Evidence
from rogatory_client.witness.store import WitnessStore
from rogatory_crypto.log.add_checkpoint import encode_cosignatures
from rogatory_crypto.log.merkle import EMPTY_ROOT
from rogatory_crypto.log.note_key import SigningKey, VerifierKey
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint
from rogatory_crypto.log.witness import Refusal, Swap, conflict, cosignatures, decide

COSIGNATURES_CONTENT_TYPE: Final = "text/plain"


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back, and what is to be said at home.

    Attributes:
        status: of HTTP.
        body: cosignatures, the newest size, or nothing.
        content_type: of the body.
        reason: why not, for the journal; empty where cosigned.
        evidence: new evidence against the log.
    """

    status: int
    body: bytes
    content_type: str
    reason: str = ""
    evidence: Evidence | None = None


class Cosigner:
    """The witness without its network.

    Args:
        store: what it remembers.
        keys: its own.
        logs: trusted keys by origin; replaced by ``trust``.
        clock: unix seconds.
    """

    def __init__(
        self,
        store: WitnessStore,
        keys: Sequence[SigningKey],
        logs: Mapping[str, Sequence[VerifierKey]],
        clock: Callable[[], int],
    ) -> None:
        self._store = store
        self._keys = keys
        self._logs = logs
        self._clock = clock

    @property
    def logs(self) -> Mapping[str, Sequence[VerifierKey]]:
        """The keys of the logs it cosigns, by origin."""
        return self._logs

    def trust(self, logs: Mapping[str, Sequence[VerifierKey]]) -> None:
        """Cosign these logs from now on, and no others."""
        self._logs = logs

    def add_checkpoint(self, request: bytes) -> Reply:
        """Answer a request to cosign (tlog-witness, add-checkpoint); may be called from several threads.

        Raises:
            sqlite3.Error: the store failed; nothing was cosigned.
        """
        match decide(request, self._logs, _Newest(self._store)):
            case Swap() as swap:
                return self._cosign(swap)
            case Refusal() as refusal:
                return self._refuse(refusal)

    def published(self, origin_sha256: str) -> bytes | None:
        """Return what monitors may see of a log (tlog-witness, Monitor Retrieval Mechanism)."""
        return self._store.published(origin_sha256)

    def _cosign(self, swap: Swap) -> Reply:
        if not self._store.swap(swap):
            return self._refuse(conflict(self._store.newest(swap.origin)))
        lines = cosignatures(swap, self._keys, self._clock())
        self._store.publish(swap.new, swap.new.with_signatures(lines))
        return Reply(200, encode_cosignatures(lines), COSIGNATURES_CONTENT_TYPE)

    def _refuse(self, refusal: Refusal) -> Reply:
        evidence = self._keep(refusal) if refusal.suspect is not None else None
        return Reply(refusal.status, refusal.body, refusal.content_type, refusal.reason, evidence)

    def _keep(self, refusal: Refusal) -> Evidence | None:
        suspect = refusal.suspect
        if suspect is None:
            return None
        held = self._store.newest(suspect.checkpoint.origin)
        if held is not None and _is_same(held, suspect):
            return None
        is_proof = _contradict(held, suspect)
        evidence = Evidence(suspect.checkpoint.origin, self._clock(), is_proof, refusal.reason, held, suspect)
        return evidence if self._store.keep(evidence) else None


class _Newest(Mapping[str, SignedCheckpoint]):
    """The store as ``decide`` reads it."""

    def __init__(self, store: WitnessStore) -> None:
        self._store = store

    def __getitem__(self, origin: str) -> SignedCheckpoint:
        newest = self._store.newest(origin)
        if newest is None:
            raise KeyError(origin)
        return newest

    def __iter__(self) -> Iterator[str]:
        return iter([held.newest.checkpoint.origin for held in self._store.held()])

    def __len__(self) -> int:
        return len(self._store.held())


def _is_same(one: SignedCheckpoint, other: SignedCheckpoint) -> bool:
    return (one.checkpoint.size, one.checkpoint.root) == (other.checkpoint.size, other.checkpoint.root)


def _contradict(held: SignedCheckpoint | None, suspect: SignedCheckpoint) -> bool:
    """Tell whether no tree can be what both say: one size with two roots, or an empty tree that is not."""
    if suspect.checkpoint.size == 0 and suspect.checkpoint.root != EMPTY_ROOT:
        return True
    return (
        held is not None and held.checkpoint.size == suspect.checkpoint.size and not _is_same(held, suspect)
    )
