"""The checkpoints of the log: signed once, cosigned by witnesses, stored, and only then shown.

There is one history. The newest signed checkpoint stands in the database, and its successor takes its place
only if it is still the one expected. After a start nothing new is signed before the quorum of the witnesses
has cosigned the newest checkpoint that the database knows, once more: a database that was rolled back knows
an older one than they have cosigned, and they say so. What grew while one checkpoint was cosigned is in the
next one.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeAlias

import structlog
from sqlalchemy.exc import SQLAlchemyError

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.cosignature import Cosignature
from rogatory_crypto.log.merkle import EMPTY_ROOT
from rogatory_crypto.log.note_key import SigningKey
from rogatory_crypto.log.signed_checkpoint import (
    SignedCheckpoint,
    parse_signed_checkpoint,
    sign_checkpoint,
    verify_cosignatures,
    verify_log,
)
from rogatory_crypto.log.signed_note import NoteSignature
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.log.witness_policy import Policy, quorum_time, verify_checkpoint
from rogatory_server.log.newest_note import NewestNote
from rogatory_server.log.witness_client import Ahead, Answer, Cosigned, Declined
from rogatory_server.log.witness_link import WitnessLink
from rogatory_server.store import Store, transparency
from rogatory_server.store.transparency import State

# How long one checkpoint waits for its quorum before a newer one takes its turn.
ROUND_S: Final = 10.0
INTERVAL_S: Final = 0.1
RETRY_S: Final = 1.0
_END_OF_TIME: Final = 1 << 62

# The newest line of each key, by its id and name.
Lines: TypeAlias = dict[tuple[bytes, str], NoteSignature]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LogIdentity:
    """Who signs, and whom clients believe.

    Attributes:
        origin: the log's.
        keys: of the log, all named in the policy.
        policy: the witnesses and their quorum.
    """

    origin: str
    keys: tuple[SigningKey, ...]
    policy: Policy


class Publisher:
    """Signs and publishes.

    Args:
        identity: who signs.
        store: where checkpoints are kept.
        newest: the newest one beside it.
        tree: over the durable entries.
        now: returns unix seconds.
        refresh_s: how old cosignatures may become while nothing happens.
    """

    def __init__(
        self,
        identity: LogIdentity,
        store: Store,
        newest: NewestNote,
        tree: Tree,
        now: Callable[[], int],
        refresh_s: float,
    ) -> None:
        known = set(identity.policy.log_keys(identity.origin))
        if not identity.keys or not {key.verifier for key in identity.keys} <= known:
            raise MisuseError(f"the network trust names other keys for the log {identity.origin}")
        _require_reachable(identity.policy)
        self.links: Sequence[WitnessLink] = ()
        self.on_published: Callable[[int], None] = lambda _: None
        self.on_witnessed: Callable[[int], None] = lambda _: None
        self._identity = identity
        self._store = store
        self._newest = newest
        self._tree = tree
        self._now = now
        self._refresh_s = refresh_s
        self._signed: SignedCheckpoint | None = None
        self._published: SignedCheckpoint | None = None
        self._lines: Lines = {}
        self._stirred = asyncio.Event()
        self._moved = asyncio.Event()
        self._claims: dict[str, str] = {}
        self._is_trusted = False
        self._asked_at = -RETRY_S

    @property
    def published(self) -> SignedCheckpoint | None:
        """The newest checkpoint that anybody may see."""
        return self._published

    @property
    def size(self) -> int:
        """How many entries the published checkpoint covers."""
        return 0 if self._published is None else self._published.checkpoint.size

    @property
    def witnessed_at(self) -> int:
        """For which time the quorum of the published checkpoint vouches, unix seconds; 0 without one."""
        if self._published is None or self._identity.policy.quorum is None:
            return 0
        keys = (witness.key for witness in self._identity.policy.witnesses)
        cosignatures = verify_cosignatures(self._published, keys)
        return quorum_time(self._identity.policy, cosignatures, not_after=_END_OF_TIME) or 0

    @property
    def contradictions(self) -> int:
        """How many witnesses say that they know more, or other, than this relay."""
        return len(self._claims)

    def require_one_history(self) -> None:
        """Return unless witnesses say that they know more, or other, than this relay.

        Raises:
            PeerError: UNAVAILABLE.
        """
        if self._claims and not self._is_trusted:
            raise PeerError(Code.UNAVAILABLE, "; ".join(self._claims.values()))

    async def covered(self, size: int, patience_s: float) -> bool:
        """Wait until a published checkpoint covers so many entries; tell whether it does."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while self.size < size:
                    await self._moved.wait()
        return self.size >= size

    async def signed_size(self) -> int:
        """Return how many entries the newest stored checkpoint covers, verified as this log's own.

        Raises:
            MisuseError: it is not.
        """
        note = await self._note(State.SIGNED)
        return 0 if note is None else _own(lambda: self._verify_own(note)).checkpoint.size

    async def load(self) -> None:
        """Take up the newest checkpoints, once the tree is that of all stored entries.

        Raises:
            MisuseError: the stored entries are not those that were signed.
        """
        self._signed = await self._stored(State.SIGNED)
        self._published = await self._stored(State.PUBLISHED)
        self._require_newest()
        if self._signed is None:
            await self._sign(Checkpoint(self._identity.origin, 0, EMPTY_ROOT))

    def stir(self) -> None:
        """Say that the tree has grown."""
        self._stirred.set()

    def ask_again(self) -> None:
        """Have the newest checkpoint cosigned once more, now; at most once a second."""
        now = asyncio.get_running_loop().time()
        if self._signed is not None and now - self._asked_at >= RETRY_S:
            self._asked_at = now
            self._want(self._signed)

    async def run(self) -> None:
        """Publish until cancelled."""
        while True:
            assert self._signed is not None  # noqa: S101  # ``load`` has run
            signed = self._signed
            reached = await self._cosign(signed)
            # A quorum outweighs what single witnesses claim; without one, any claim is enough to stop.
            self._is_trusted = reached or (self._is_trusted and not self._claims)
            if self._is_trusted:
                await self._next_turn(signed, reached=reached)
                await self._sign_newest()

    def deliver(self, link: WitnessLink, signed: SignedCheckpoint, answer: Answer) -> None:
        """Take in what a witness has answered."""
        match answer:
            case Cosigned(lines=lines):
                self._claims.pop(link.url, None)
                if signed is self._signed:
                    self._lines.update({(line.key_id, line.name): line for line in lines})
            case Ahead(size=size):
                size_here = signed.checkpoint.size
                self._claims[link.url] = _rolled_back(link.url, size, size_here)
            case Declined(contradicts=True):
                self._claims[link.url] = f"the witness {link.url} holds another history of this log"
            case Declined():
                return
        self._stirred.set()

    def _require_newest(self) -> None:
        note = self._newest.read()
        if note is None:
            return
        size = 0 if self._signed is None else self._signed.checkpoint.size
        signed = _own(lambda: self._verify_own(note)).checkpoint
        if signed.size > self._tree.size or self._tree.root(signed.size) != signed.root:
            raise MisuseError(
                f"the database was rolled back: it has signed {size} entries of this log, or others, and "
                f"{self._newest.path} has {signed.size}; restore the newer database, because nobody will "
                "believe this log again if it goes on from here"
            )

    async def _note(self, state: State) -> bytes | None:
        return await self._store.read(lambda connection: transparency.newest_checkpoint(connection, state))

    async def _stored(self, state: State) -> SignedCheckpoint | None:
        note = await self._note(state)
        return None if note is None else _own(lambda: self._compare(self._verify_own(note)))

    def _verify_own(self, note: bytes) -> SignedCheckpoint:
        signed = parse_signed_checkpoint(note)
        # By any key that the trust names: the log's keys may have been replaced since.
        verify_log(signed, self._identity.policy.log_keys(self._identity.origin))
        if signed.checkpoint.origin != self._identity.origin:
            raise PeerError(Code.CONFLICT, "a checkpoint of another log")
        return signed

    def _compare(self, signed: SignedCheckpoint) -> SignedCheckpoint:
        head = signed.checkpoint
        if head.size > self._tree.size:
            raise PeerError(Code.CONFLICT, f"{self._tree.size} entries where {head.size} were signed")
        if self._tree.root(head.size) != head.root:
            raise PeerError(Code.HASH_MISMATCH, "the entries have another root")
        return signed

    async def _sign_newest(self) -> None:
        if self._signed is not None and self._tree.size == self._signed.checkpoint.size:
            return
        try:
            await self._sign(Checkpoint(self._identity.origin, self._tree.size, self._tree.root()))
        except (PeerError, SQLAlchemyError, OSError) as error:
            _log.warning("checkpoint_not_stored", reason=str(error))
            await asyncio.sleep(RETRY_S)

    async def _sign(self, head: Checkpoint) -> None:
        expected = None if self._signed is None else self._signed.encode()
        signed = sign_checkpoint(head, self._identity.keys, self._now())
        # The signature leaves this process only after its place in the one history is taken.
        await asyncio.to_thread(self._newest.replace, signed.encode())
        await self._exchange(State.SIGNED, expected, signed)
        self._signed, self._lines = signed, {}

    async def _exchange(self, state: State, expected: bytes | None, signed: SignedCheckpoint) -> None:
        note = signed.encode()
        await self._store.write(
            lambda connection: transparency.exchange_checkpoint(connection, state, expected, note)
        )

    async def _cosign(self, signed: SignedCheckpoint) -> bool:
        """Ask the witnesses, wait one round for their quorum, publish; tell whether there is one."""
        self._want(signed)
        loop = asyncio.get_running_loop()
        due = loop.time() + ROUND_S
        while not await self._publish(signed):
            if not await self._stir_before(due):
                break
        else:
            return True
        if self._claims:
            _log.error("log_is_not_signed", reason="; ".join(self._claims.values()))
        return False

    def _want(self, signed: SignedCheckpoint) -> None:
        for link in self.links:
            link.want(signed)

    async def _publish(self, signed: SignedCheckpoint) -> bool:
        """Store and show the checkpoint with all cosignatures that came, if they are a quorum."""
        cosigned = signed.with_signatures(self._lines.values())
        try:
            witnessed = verify_checkpoint(cosigned, self._identity.policy, now=self._now())
        except PeerError:
            return False
        if witnessed.witnessed_at is not None:
            self.on_witnessed(witnessed.witnessed_at)
        expected = None if self._published is None else self._published.encode()
        if cosigned.encode() != expected:
            try:
                await self._exchange(State.PUBLISHED, expected, cosigned)
            except (PeerError, SQLAlchemyError) as error:
                _log.warning("checkpoint_not_stored", reason=str(error))
                return False
        self._show(cosigned)
        return True

    def _show(self, cosigned: SignedCheckpoint) -> None:
        grown = cosigned.checkpoint.size > self.size
        self._published = cosigned
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
        if grown:
            self.on_published(self.size)

    async def _next_turn(self, signed: SignedCheckpoint, *, reached: bool) -> None:
        """Wait until there is something to sign or cosign, adding cosignatures that come late."""
        due = asyncio.get_running_loop().time() + (self._refresh_s if reached else 0)
        await asyncio.sleep(INTERVAL_S)
        while self._tree.size == signed.checkpoint.size and await self._stir_before(due):
            await self._publish(signed)

    async def _stir_before(self, due: float) -> bool:
        """Wait until the tree has grown or a witness has answered; tell whether that was before ``due``."""
        try:
            async with asyncio.timeout_at(due):
                await self._stirred.wait()
        except TimeoutError:
            return False
        self._stirred.clear()
        return True


def _require_reachable(policy: Policy) -> None:
    asked = tuple(Cosignature(each.key, 1) for each in policy.witnesses if each.url is not None)
    if policy.quorum is not None and quorum_time(policy, asked, not_after=1) is None:
        raise MisuseError("the network trust's quorum needs witnesses whose address it does not name")


def _own(read: Callable[[], SignedCheckpoint]) -> SignedCheckpoint:
    try:
        return read()
    except PeerError as error:
        reason = f"the stored entries are not those that this log has signed: {error}"
        raise MisuseError(f"{reason}; restore the whole database, nothing is signed over it") from error


def _rolled_back(url: str, size: int, size_here: int) -> str:
    return (
        f"the witness {url} has cosigned {size} entries of this log and the database ends at {size_here}: "
        "it was rolled back or another relay runs on a copy of it; nothing is signed or accepted for the log "
        "until the newer database is restored"
    )
