"""A relay's log in memory, cosigned by witnesses; an adversary may put into it what nobody said."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.trusted_network import TrustedNetwork

from rogatory_client.office.line.log_replica import audit_trust
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.audit import Audit
from rogatory_crypto.log.chains import Chains
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.entry_body import decode_body, sign_content, subject_of
from rogatory_crypto.log.entry_content import Content
from rogatory_crypto.log.merkle import leaf_hash
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.wire.log_request import EntryPublication, LogPage, ProposedEntry

PAGE = 3
RENEWED_S = 3_600


def proposed(statements: Iterable[bytes]) -> EntryPublication:
    """Identity statements as they are handed to a relay."""
    kind = EntryType.IDENTITY_STATEMENT
    return EntryPublication(tuple(ProposedEntry(kind, each) for each in statements))


@dataclass
class SimulatedLog:
    """What a relay keeps of its log.

    Attributes:
        network: whose keys sign.
        now: the relay's clock, unix seconds.
        entries: encoded.
        cosigns: whether the witnesses answer.
    """

    network: TrustedNetwork
    now: Callable[[], int]
    entries: list[bytes] = field(default_factory=list)
    cosigns: bool = True
    _tree: Tree = field(default_factory=Tree)
    _chains: Chains = field(default_factory=Chains)
    _bodies: set[bytes] = field(default_factory=set)
    _published: tuple[int, int, bytes] | None = None

    def __post_init__(self) -> None:
        self.audit = Audit(audit_trust(self.network.pinned))

    @property
    def size(self) -> int:
        """How many entries the newest published checkpoint has."""
        return 0 if self._published is None else self._published[0]

    def append(self, publication: EntryPublication) -> int:
        """Append what holds; return the index of the first."""
        first = len(self.entries)
        for item in publication.entries:
            kind = EntryType(item.type)
            draft = LogEntry(kind, 0, None, item.body, self.now())
            place = self._chains.next_place(subject_of(decode_body(draft)))
            entry = LogEntry(kind, *place, item.body, self.now())
            if item.body in self._bodies:
                raise PeerError(Code.CONFLICT, "the entry stands in the log already")
            self.audit.accept(entry, decode_body(entry), index=len(self.entries))
            self.force(entry)
        self.publish()
        return first

    def force(self, entry: LogEntry) -> None:
        """Append an entry whether or not it holds."""
        encoded = entry.encode()
        self._bodies.add(entry.body)
        self._chains.extend(subject_of(decode_body(entry)), leaf_hash(encoded))
        self._tree.append(leaf_hash(encoded))
        self.entries.append(encoded)

    def forced(self, kind: EntryType, body: bytes, at: int | None = None) -> LogEntry:
        """An entry in its right place, whatever its body says."""
        at = self.now() if at is None else at
        place = self._chains.next_place(subject_of(decode_body(LogEntry(kind, 0, None, body, at))))
        return LogEntry(kind, *place, body, at)

    def content(self, content: Content) -> ProposedEntry:
        """Content signed by the directory operator for its place."""
        place = self._chains.next_place(content.subject)
        keys = {b"": self.network.directory_private}
        entry = sign_content(content, self.network.log_origin, place, keys, self.now())
        return ProposedEntry(entry.type, entry.body)

    def forked_at(self, size: int) -> "SimulatedLog":
        """Another history of the same log, with the same first entries."""
        fork = SimulatedLog(self.network, self.now)
        for encoded in self.entries[:size]:
            entry = LogEntry.decode(encoded)
            fork.audit.accept(entry, decode_body(entry), index=len(fork.entries))
            fork.force(entry)
        return fork

    def publish(self) -> None:
        """Sign a checkpoint over everything and have it cosigned."""
        if self.cosigns:
            checkpoint = Checkpoint(self.network.log_origin, self._tree.size, self._tree.root())
            signed = self.network.signed(checkpoint, self.now()).encode()
            self._published = (self._tree.size, self.now(), signed)

    def checkpoint(self) -> bytes:
        """The newest, cosigned anew every hour."""
        if self._published is None or self._published[1] + RENEWED_S < self.now():
            self.publish()
        if self._published is None:
            raise PeerError(Code.NOT_FOUND, "no checkpoint yet")
        return self._published[2]

    def page(self, first: int) -> LogPage:
        """A few entries at a time, so that there are always several pages."""
        return LogPage(first, self.size, tuple(self.entries[first : min(first + PAGE, self.size)]))
