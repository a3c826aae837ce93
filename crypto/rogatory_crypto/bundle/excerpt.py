"""What a bundle holds of the log: every entry about the authorities concerned, each proven to stand there.

The chain of an authority is whole up to its end, and so are those of the secretariats whose officers invited
it, up to the directory operator. An excerpt is replayed by the rules of a whole log. It cannot show what it
does not hold: an entry that was left away at the end of a chain, or a rule that only others' entries break.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity.signed_statement import SignedStatement
from rogatory_crypto.identity.statement import DeviceEntry, Invitation
from rogatory_crypto.log.audit import Audit, Trust
from rogatory_crypto.log.chains import Chains
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.entry import LogEntry
from rogatory_crypto.log.entry_body import decode_body, subject_of
from rogatory_crypto.log.entry_content import Subject
from rogatory_crypto.log.log_proof import MAX_PATH
from rogatory_crypto.log.merkle import Proof, leaf_hash, verify_inclusion
from rogatory_crypto.log.signed_note import MAX_NOTE_BYTES
from rogatory_crypto.wire import identifier
from rogatory_crypto.wire.identifier import DeviceId, EntryId
from rogatory_crypto.wire.structure import Structure

MAX_ENTRIES: Final = 2_000
MAX_BYTES: Final = 32 << 20


@dataclass(frozen=True, slots=True)
class ProvenEntry(Structure):
    """An entry, its place in the log, and the proof that it stands there; nothing is verified."""

    index: int
    entry: bytes
    path: Proof
    READERS: ClassVar = (
        identifier.read_sequence,
        partial(cbor.byte_string, minimum=1, maximum=LogEntry.LIMIT),
        partial(cbor.array_of, reader=identifier.read_hash, maximum=MAX_PATH),
    )


@dataclass(frozen=True, slots=True)
class Excerpt(Structure):
    """A cosigned checkpoint, and entries of its tree by rising index."""

    checkpoint: bytes
    entries: tuple[ProvenEntry, ...]
    LIMIT: ClassVar = MAX_BYTES
    READERS: ClassVar = (
        partial(cbor.byte_string, minimum=1, maximum=MAX_NOTE_BYTES),
        partial(cbor.array_of, reader=ProvenEntry.from_plain, minimum=1, maximum=MAX_ENTRIES),
    )


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the entries of an excerpt add up to, and which are not believed, in words."""

    audit: Audit
    refused: tuple[str, ...]


@dataclass
class _Index:
    """Where what stands in a log: positions by subject, offices by device, and who invited whom."""

    chains: Chains = field(default_factory=Chains)
    positions: dict[Subject, list[int]] = field(default_factory=lambda: defaultdict(list))
    offices: dict[DeviceId, EntryId] = field(default_factory=dict)
    inviters: dict[EntryId, set[DeviceId]] = field(default_factory=lambda: defaultdict(set))

    def take(self, position: int, data: bytes) -> None:
        try:
            entry = LogEntry.decode(data)
            body = decode_body(entry)
        except PeerError:
            return  # in nobody's chain
        subject = subject_of(body)
        if (entry.sequence, entry.previous) != self.chains.next_place(subject):
            return
        self.chains.extend(subject, leaf_hash(data))
        self.positions[subject].append(position)
        match body:
            case SignedStatement(statement=DeviceEntry() as device):
                self.offices.setdefault(device.device_id, device.entry_id)
            case SignedStatement(statement=Invitation(proposer=bytes() as proposer) as invitation):
                self.inviters[invitation.entry_id].add(DeviceId(proposer))
            case _:
                pass

    def concerned(self, authorities: Iterable[EntryId]) -> Iterator[EntryId]:
        """Yield the authorities, those whose officers invited them, and so on up."""
        waiting, seen = list(authorities), set[EntryId]()
        while waiting:
            authority = waiting.pop()
            if authority not in seen:
                seen.add(authority)
                yield authority
                invited_by = self.inviters.get(authority, set())
                waiting += [self.offices[device] for device in invited_by if device in self.offices]


def positions_about(entries: Iterable[bytes], authorities: Collection[EntryId]) -> tuple[int, ...]:
    """Return where a log tells of these authorities, their seals, and those who admitted them; rising.

    Args:
        entries: of the whole log, in order.
        authorities: whose chains are wanted.
    """
    index = _Index()
    for position, data in enumerate(entries):
        index.take(position, data)
    subjects = (
        Subject(f"{kind}/{authority}")
        for authority in index.concerned(authorities)
        for kind in ("authority", "seal")
    )
    return tuple(sorted(position for subject in subjects for position in index.positions.get(subject, ())))


def replay_excerpt(entries: Iterable[ProvenEntry], head: Checkpoint, trust: Trust) -> Replayed:
    """Prove that each entry stands in a tree that is believed, and replay them.

    Args:
        entries: as they came.
        head: a verified checkpoint.
        trust: what the entries are measured against.

    Raises:
        PeerError: HASH_MISMATCH for an entry that does not stand there, CONFLICT where entries are not in
            order or a chain has a hole, else for one that cannot be read.
    """
    audit, chains, refused, newest = Audit(trust), Chains(), list[str](), -1
    for each in entries:
        if each.index <= newest:
            raise PeerError(Code.CONFLICT, "entries of the log that are not in order")
        newest = each.index
        leaf = leaf_hash(each.entry)
        verify_inclusion(leaf, each.index, head.size, each.path, head.root)
        entry = LogEntry.decode(each.entry)
        body = decode_body(entry)
        subject = subject_of(body)
        if (entry.sequence, entry.previous) != chains.next_place(subject):
            raise PeerError(Code.CONFLICT, f"entries about {subject} are missing before entry {each.index}")
        chains.extend(subject, leaf)
        try:
            audit.accept(entry, body, index=each.index)
        except PeerError as error:
            refused.append(f"entry {each.index} about {subject} is not believed: {error}")
    return Replayed(audit, tuple(refused))


def prove_entries(entries: Mapping[int, bytes], proofs: Mapping[int, Proof]) -> tuple[ProvenEntry, ...]:
    """Return entries with their proofs, by rising index."""
    return tuple(ProvenEntry(index, entries[index], proofs[index]) for index in sorted(entries))
