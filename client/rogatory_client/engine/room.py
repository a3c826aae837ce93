"""A room as this device knows it: a value, replaced whole by every step.

A room begins as a plan (``offices`` without ``group``), or with a Welcome. A change of its members is staged
beside the living group and replaces it only when the relay has accepted it; until then rows of the room wait
unread, so that the staged group and the living one never part.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from rogatory_client.engine.carried_effect import Carried
from rogatory_client.engine.delivery_effect import UnreadableRows
from rogatory_client.engine.kept_group import HELD, GroupField, KeptGroup, Outline, outline_of
from rogatory_client.engine.log_view import LogView
from rogatory_client.engine.partner_effect import WaitingHistory
from rogatory_crypto import mls
from rogatory_crypto.casework.company import Word
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.seen_checkpoint import SeenCheckpoint
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import DeviceCredential, Registry, authority_uri, room_uri
from rogatory_crypto.log.split_view import SplitView
from rogatory_crypto.wire.identifier import (
    DeviceId,
    EntryId,
    GroupId,
    SubmissionId,
)

NOTHING_READ: Final = -1


@dataclass(frozen=True, slots=True)
class StagedChange:
    """A commit on its way to the relay, and the group it leads to."""

    submission_id: SubmissionId
    epoch: int
    message: bytes
    welcome: bytes | None
    added: tuple[DeviceId, ...]
    removed: tuple[DeviceId, ...]
    group: mls.Group = field(repr=False)


@dataclass(frozen=True, slots=True)
class Seat:
    """An office that is or was in a room, and from when on as this device knows, in Unix milliseconds."""

    entry_id: EntryId
    since_ms: int


@dataclass(frozen=True)
class Room:
    """One room; its group may rest in the vault until it is asked for.

    Attributes:
        kind: None until its opening event has been read.
        offices: whom the creator plans to have in it; empty for a room somebody else made.
        position: the highest row of the log that is in the vault, ``NOTHING_READ`` at first.
        needs_epoch: nothing is staged or sealed over this connection before the group has reached this epoch.
        lost: devices that could not follow a commit, to be taken out and in again (N06); perhaps this one.
        seats: the offices that are in it or were; who comes back keeps its first one.
    """

    group_id: GroupId
    kind: CaseKind | None = None
    subject: str = ""
    network: str | None = None
    offices: tuple[EntryId, ...] = ()
    position: int = NOTHING_READ
    needs_epoch: int = 0
    lost: tuple[DeviceId, ...] = ()
    seats: tuple[Seat, ...] = ()
    group: GroupField = field(default=GroupField(), repr=False)
    staged: StagedChange | None = field(default=None, repr=False)

    @property
    def stand(self) -> mls.Group | Outline | None:
        """Epoch and status, without opening a group that rests."""
        kept: mls.Group | KeptGroup | None = self.__dict__[HELD]
        return kept.outline if isinstance(kept, KeptGroup) else kept

    @property
    def outline(self) -> Outline | None:
        """What is public of the group; None where there is none, or it is none of offices' devices."""
        stand = self.stand
        return outline_of(stand) if isinstance(stand, mls.Group) else stand

    @property
    def rests(self) -> bool:
        """Whether the group is as it came from the vault."""
        return isinstance(self.__dict__[HELD], KeptGroup)

    @property
    def is_at_rest(self) -> bool:
        """Whether even the keys of the group have not been read since."""
        return self.resting is not None

    @property
    def resting(self) -> Outline | None:
        """The outline of a group whose keys have not been read; None of any other."""
        kept = self.__dict__[HELD]
        return kept.outline if isinstance(kept, KeptGroup) and not kept.is_open else None

    @property
    def keeps_past_epochs(self) -> bool:
        """Whether the group has keys of former epochs."""
        match self.stand:
            case None:
                return False
            case Outline(past_epochs=count):
                return count > 0
            case group:
                return bool(group.past)

    @property
    def is_planned(self) -> bool:
        """Whether this device still has to create the room."""
        return self.stand is None and bool(self.offices)

    @property
    def was_left(self) -> bool:
        """Whether a commit has removed this device."""
        return self.stand is not None and not self.stand.active

    @property
    def is_behind(self) -> bool:
        """Whether the relay has named an epoch whose commit has not come yet."""
        stand = self.stand
        return stand is not None and stand.active and stand.epoch < self.needs_epoch

    def is_followed_by(self, device: DeviceId) -> bool:
        """Whether this device is a member and no commit has left it behind."""
        return self.stand is not None and self.stand.active and device not in self.lost

    def with_offices(self, offices: tuple[EntryId, ...]) -> "Room":
        """Return the room as one that these offices should be in."""
        return replace(self, offices=tuple(dict.fromkeys((*self.offices, *offices))))

    def seating(self, offices: Iterable[EntryId], at_ms: int) -> "Room":
        """Return the room with a seat for each of these offices."""
        known = {seat.entry_id for seat in self.seats}
        seats = tuple(Seat(office, at_ms) for office in sorted(set(offices) - known))
        return replace(self, seats=(*self.seats, *seats)) if seats else self

    def seat_of(self, office: EntryId) -> Seat | None:
        """Return since when an office is or was in the room; None where that is not known."""
        return next((seat for seat in self.seats if seat.entry_id == office), None)

    def ahead(self, position: int) -> "Room":
        """Return the room with its rows read up to a position."""
        return self._having(position=position)

    def advanced(self, group: mls.Group) -> "Room":
        """Return the room with the keys of its group moved on."""
        return self._having(**{HELD: group})

    def _having(self, **changed: object) -> "Room":
        # What changes with each message; ``replace`` asks for every field anew and takes ten times as long.
        room = object.__new__(Room)
        room.__dict__.update(self.__dict__, **changed)
        return room

    def losing(self, device: DeviceId) -> "Room":
        """Return the room as one in which a device has fallen behind."""
        return replace(self, lost=tuple(dict.fromkeys((*self.lost, device))))

    def waiting_for(self, epoch: int | None) -> "Room":
        """Return the room as one that must not speak before it has reached an epoch."""
        return self if epoch is None else replace(self, needs_epoch=max(epoch, self.needs_epoch))


@dataclass(frozen=True, slots=True)
class Oneself:
    """This device and its keys."""

    entry_id: EntryId
    officer: str
    device_id: DeviceId
    signer: mls.SignatureKeyPair = field(repr=False)
    holds_office_key: bool
    credential: DeviceCredential

    @property
    def authority(self) -> str:
        """The office's URI, which is the sender of all it says."""
        return self.credential.authority


@dataclass(frozen=True, slots=True)
class Heard:
    """A checkpoint that is ahead of our own view, who said it in which room, and when we heard it."""

    checkpoint: SeenCheckpoint
    group_id: GroupId
    entry_id: EntryId
    device_id: DeviceId
    at: int


@dataclass(frozen=True, slots=True)
class Context:
    """What the engine may look at, and the time and randomness of one step.

    Attributes:
        secretariats: entry id of the secretariat, by network code.
        key_packages: the private halves of what this device has published.
        own_payloads: SHA-256 of what this device has submitted and not yet seen in the log.
        now: Unix seconds.
        log: this device's replica of the log.
        heard: checkpoints of others that wait for the replica to grow, the first of each office.
        split: evidence that the log has two histories, until an officer has taken note of it.
        unaccepted: offices that have enrolled anew and whose keys no officer has accepted.
        changed: all that have enrolled anew, accepted or not.
        returning: offices that an officer lets back, by the room of the case.
        held_histories: what was handed back and waits for its room.
        companies: what was said about who is in a case, by room.
        states: of offices, by ISO 3166-1 code, as the directory says.
        rooms: of this device.
        handed_back_by: who has handed a case back, by its room.
        carried: what came by carrier and the relay has not shown, by the SHA-256 of its ciphertext.
        unreadable: rows that this device could not open, by room and number.
    """

    oneself: Oneself
    registry: Registry
    suite: int
    secretariats: Mapping[str, EntryId]
    key_packages: tuple[mls.KeyPackageSecrets, ...] = field(repr=False)
    own_payloads: frozenset[bytes]
    now: int
    random: Callable[[int], bytes]
    log: LogView
    heard: tuple[Heard, ...] = ()
    split: SplitView | None = None
    unaccepted: frozenset[EntryId] = frozenset()
    changed: frozenset[EntryId] = frozenset()
    returning: Mapping[GroupId, frozenset[EntryId]] = field(default_factory=dict)
    held_histories: tuple[WaitingHistory, ...] = ()
    companies: Mapping[GroupId, tuple[Word, ...]] = field(default_factory=dict)
    states: Mapping[EntryId, str] = field(default_factory=dict)
    handed_back_by: Mapping[GroupId, tuple[str, ...]] = field(default_factory=dict)
    rooms: Mapping[GroupId, Room] = field(default_factory=dict, repr=False)
    carried: Mapping[bytes, Carried] = field(default_factory=dict)
    unreadable: UnreadableRows = field(default_factory=dict)

    def uri_of_room(self, group_id: GroupId) -> str:
        """Return the URI of a room at this relay."""
        return room_uri(self.registry.origin, group_id)

    def uri_of_authority(self, entry_id: EntryId) -> str:
        """Return the URI of an office at this relay."""
        return authority_uri(self.registry.origin, entry_id)

    def authenticate_newcomer(self, credential: mls.Credential, signature_key: bytes) -> None:
        """Let only devices in service be added by this device."""
        self.registry.verify_credential(_identity(credential), signature_key, self.now)

    def authenticate_member(self, credential: mls.Credential, signature_key: bytes) -> None:
        """Know whose leaf this is, in service or not.

        All members must judge a commit alike, whenever they read it, or the group would split; a leaf that is
        out of service is removed by the next commit instead, before anything more is said.
        """
        self.registry.attribute(_identity(credential), signature_key)


def _identity(credential: mls.Credential) -> bytes:
    """Return the identity of a device; certificates have no seat in our rooms."""
    if not isinstance(credential, mls.BasicCredential):
        raise PeerError(Code.INVALID_CREDENTIAL, "D03: not a basic credential")
    return credential.identity


def device_of(member: mls.Member) -> DeviceId:
    """Return the device a leaf speaks for."""
    return DeviceCredential.decode(member.identity).device_id
