"""Offices with devices and real groups, in memory: what the engine's tests are played in.

Keys follow from names, randomness from one seed, and the clock stands still unless a test says otherwise.
``Device.context`` is what the engine may look at; ``made_room`` is a room in which all have read the opening.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tests.client.engine.log_replica import Replica
from tests.crypto.identity.enrolled_office import NOW, EnrolledOffice, new_registry
from tests.crypto.log.written_log import WrittenLog

from rogatory_client.engine.acknowledging import acknowledge
from rogatory_client.engine.delivery import receive
from rogatory_client.engine.effect import ArchivedMessage, Note, Outcome, SaveMessage
from rogatory_client.engine.log_view import LogView
from rogatory_client.engine.membership import Change
from rogatory_client.engine.room import Context, Heard, Oneself, Room
from rogatory_client.engine.staging import merge, stage_change
from rogatory_client.engine.writing import text_part, write, write_event
from rogatory_crypto import mls
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import CaseEvent, CaseOpened
from rogatory_crypto.content.message import Message
from rogatory_crypto.content.nested_part import NestedPart
from rogatory_crypto.identity import Registry, Role, SignedStatement
from rogatory_crypto.log.split_view import SplitView
from rogatory_crypto.signing import public_key
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId, RowKind
from rogatory_crypto.wire.identifier import Sequence as RowNumber

SUITE = 0x0001
GROUP = GroupId(b"g" * 32)
A, B, C, NET = "CNA-SN-01", "CNA-GH-01", "CNA-NG-01", "NET-WACAP"
LATER = NOW + 100


@dataclass
class Device:
    """One device: its key packages and what it sees of the world."""

    world: "Offices"
    office: EnrolledOffice
    name: str
    holds_office_key: bool = True
    key_packages: tuple[mls.KeyPackageSecrets, ...] = ()
    own_payloads: frozenset[bytes] = frozenset()
    log: LogView | None = None
    heard: tuple[Heard, ...] = ()
    split: SplitView | None = None

    @property
    def id(self) -> DeviceId:
        return self.office.device_id(self.name)

    @property
    def signer(self) -> mls.SignatureKeyPair:
        private = self.office.device_private(self.name)
        return mls.SignatureKeyPair(private, public_key(private))

    @property
    def oneself(self) -> Oneself:
        credential = self.world.registry.credential_of(self.id)
        return Oneself(
            self.office.entry_id, credential.officer, self.id, self.signer, self.holds_office_key, credential
        )

    @property
    def context(self) -> Context:
        return Context(
            oneself=self.oneself,
            registry=self.world.registry,
            suite=SUITE,
            secretariats={"WACAP": EntryId(NET)},
            key_packages=self.key_packages,
            own_payloads=self.own_payloads,
            now=self.world.now,
            random=self.world.random,
            log=self.log or self.world.view,
            heard=self.heard,
            split=self.split,
        )

    def key_package(self, *, last_resort: bool = False, begins: int = NOW - 60, ends: int = 0) -> bytes:
        """Publish one more KeyPackage."""
        made = mls.generate_key_package(
            mls.cipher_suite(SUITE),
            self.signer,
            mls.BasicCredential(self.oneself.credential.encode()),
            mls.Lifetime(begins, ends or begins + 30 * 86_400),
            self.world.random,
            last_resort=last_resort,
        )
        self.key_packages = (*self.key_packages, made)
        return made.message

    def text(self, text: str, group_id: GroupId = GROUP) -> Message:
        return write((text_part(text),), group_id, self.context)

    def event(self, event: CaseEvent, group_id: GroupId = GROUP, *, topic: bytes = b"") -> Message:
        return write_event(event, group_id, self.context, topic=topic)

    def parts(self, *parts: NestedPart, group_id: GroupId = GROUP) -> Message:
        return write(parts, group_id, self.context)


@dataclass
class Offices:
    """Enrolled offices, their devices, and the time."""

    now: int = LATER
    registry: Registry = field(default_factory=new_registry)
    offices: dict[str, EnrolledOffice] = field(default_factory=dict)
    written: WrittenLog = field(default_factory=WrittenLog)
    views: dict[tuple[int, int], Replica] = field(default_factory=dict, repr=False)
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311  # repeatable

    def random(self, count: int) -> bytes:
        return self.chance.randbytes(count)

    def device(
        self,
        office: str,
        name: str = "first",
        *,
        officer: str = "case officer",
        role: Role | None = None,
        not_after: int = NOW + 365 * 86_400,
    ) -> Device:
        """Enter one more device, enrolling its office first if need be."""
        if office not in self.offices:
            enrolled = self.offices[office] = EnrolledOffice(office)
            invitation = enrolled.invitation()
            for signed in (invitation, enrolled.enrolment(invitation)):
                self.enter(signed, NOW)
        role = role or (Role.SECRETARIAT_OFFICER if office == NET else Role.CASE_OFFICER)
        self.enter(self.offices[office].device(name, officer=officer, role=role, not_after=not_after), NOW)
        return Device(self, self.offices[office], name, holds_office_key=name == "first")

    @property
    def view(self) -> Replica:
        """What has been entered, cosigned now: the view of whoever has no other."""
        at = (len(self.written.entries), self.now)
        if at not in self.views:
            self.views[at] = Replica(tuple(self.written.entries), self.now)
        return self.views[at]

    def revoke(self, device: Device, at: int | None = None) -> None:
        self.enter(device.office.revocation(device.name), self.now if at is None else at)

    def enter(self, signed: SignedStatement, at: int) -> None:
        """Let the log and the registry take a statement in."""
        self.registry.apply(signed.encoded, at, index=len(self.written.entries))
        self.written.at = at
        self.written.statement(signed)


@dataclass
class Talk:
    """One room as several devices have it, and the number of its last row."""

    rooms: dict[DeviceId, Room]
    last: int = 0

    def of(self, device: Device) -> Room:
        return self.rooms[device.id]

    def row(self, kind: RowKind, payload: bytes, at: int | None = None) -> Row:
        self.last += 1
        return Row(RowNumber(self.last), (LATER if at is None else at) * 1000, kind, payload)

    def sealed(self, sender: Device, message: Message | bytes) -> bytes:
        content = message if isinstance(message, bytes) else message.encoded
        room = self.of(sender)
        assert room.group is not None
        group, payload = mls.protect(room.group, content, random=sender.world.random)
        self.rooms[sender.id] = replace(room, group=group)
        return payload

    def said(self, sender: Device, message: Message | bytes, at: int | None = None) -> Row:
        return self.row(RowKind.APPLICATION, self.sealed(sender, message), at)

    def take(self, device: Device, row: Row, group_id: GroupId = GROUP) -> Outcome:
        """Let a device receive a row, and keep its rooms."""
        mine = {group_id: self.rooms[device.id]} if device.id in self.rooms else {}
        outcome = acknowledge(receive(mine, group_id, row, device.context), device.context)
        for room in outcome.rooms:
            if room.group_id == group_id:
                self.rooms[device.id] = room
        return outcome

    def tell(self, sender: Device, message: Message | bytes, *receivers: Device) -> list[Outcome]:
        row = self.said(sender, message)
        return [self.take(receiver, row) for receiver in receivers]


def committed(
    maker: Device, room: Room, change: Change, packages: dict[DeviceId, bytes]
) -> tuple[Room, Room]:
    """Stage a change; return the room with it staged and the room with it merged."""
    (staged,) = stage_change(room, change, packages, maker.context).rooms
    (merged,) = merge(staged, 1, maker.context).rooms
    return staged, merged


def made_room(
    maker: Device,
    others: Sequence[Device],
    kind: CaseKind = CaseKind.CONSULTATION,
    group_id: GroupId = GROUP,
) -> Talk:
    """Make a room in which everybody has read the opening."""
    offices = tuple(dict.fromkeys(other.office.entry_id for other in others))
    network = "WACAP" if kind is CaseKind.NETWORK else None
    planned = Room(group_id, kind, "Company records", network, offices)
    packages = {other.id: other.key_package() for other in others}
    staged, merged = committed(maker, planned, Change(tuple(packages)), packages)
    assert staged.staged is not None
    assert staged.staged.welcome is not None
    talk = Talk({maker.id: merged})
    talk.row(RowKind.COMMIT, staged.staged.message)
    welcome = talk.row(RowKind.WELCOME, staged.staged.welcome)
    opening = maker.event(CaseOpened(kind, "Company records", None, network), group_id)
    opened = talk.said(maker, opening)
    for other in others:
        for row in (welcome, opened):
            assert talk.take(other, row, group_id).refused is None
    return talk


def followed(talk: Talk, maker: Device, change: Change, packages: dict[DeviceId, bytes]) -> Row:
    """Change the members; return the row of the commit."""
    staged, talk.rooms[maker.id] = committed(maker, talk.of(maker), change, packages)
    assert staged.staged is not None
    return talk.row(RowKind.COMMIT, staged.staged.message)


def leaf_of(room: Room, device: Device) -> int:
    """Where a device sits."""
    assert room.group is not None
    identity = device.oneself.credential.encode()
    return next(member.leaf_index for member in room.group.members if member.identity == identity)


def notes(outcome: Outcome) -> list[str]:
    """Which codes were noted."""
    return [effect.code for effect in outcome.effects if isinstance(effect, Note)]


def kinds(outcome: Outcome) -> list[str]:
    """What is written, by the names of the effects."""
    return [type(effect).__name__ for effect in outcome.effects]


def archived(outcome: Outcome) -> ArchivedMessage:
    """The one message that was saved."""
    (found,) = (effect.message for effect in outcome.effects if isinstance(effect, SaveMessage))
    return found
