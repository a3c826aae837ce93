"""The office: everything a caseworker can do, each call safe to cut at any point and to repeat.

Whatever is to be sent is first in the vault; ``sync`` and ``follow`` carry it to the relay and bring what has
come. Calls that are not coroutines need no relay.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy import Connection

from rogatory_client.office import alarming, reading, speaking
from rogatory_client.office.departments import Departments
from rogatory_client.office.desk import Desk, Surroundings
from rogatory_client.office.devices import enrolment, refounding
from rogatory_client.office.line import after_sync
from rogatory_client.office.line.courier import PATIENCE_S, Courier, Pause
from rogatory_client.office.line.saving import save
from rogatory_client.office.line.spent_codes import forget_spent_codes
from rogatory_client.office.line.trusting import learn
from rogatory_client.office.showing import wanted_attachment
from rogatory_client.office.view import (
    AlarmView,
    DeviceView,
    EntryView,
    Event,
    Identity,
    LinkRequest,
    MessageView,
    OutboxView,
    Progress,
    ReceiptView,
    RoomView,
    SyncReport,
)
from rogatory_client.transport import HttpsLine, Line
from rogatory_client.vault import Cost, Vault, create_vault, keys, open_vault
from rogatory_client.vault.archive import read_message
from rogatory_client.vault.key import SALT_BYTES, calibrate
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import NetworkProfile, RevocationReason, Role
from rogatory_crypto.signing import generate_private_keys
from rogatory_crypto.wire.identifier import DEVICE_ID_BYTES, DeviceId, EntryId

if TYPE_CHECKING:
    from rogatory_client.engine.effect import Happening

_AMBIENT: Final = Surroundings(time.time, os.urandom)
_WARNINGS: Final = frozenset({"alarm", "warning"})


class Office(Departments):
    """One device of one authority, over its vault; its ``Departments`` do what one kind of work needs.

    Args:
        vault: an open vault.
        line: the way to the relay.
        surroundings: time and randomness.
        pause: waits between attempts.
    """

    def __init__(
        self, vault: Vault, line: Line, surroundings: Surroundings = _AMBIENT, pause: Pause = asyncio.sleep
    ) -> None:
        super().__init__(Desk(vault, surroundings), line, self.sync)
        self._pause = pause

    @classmethod
    def create(
        cls,
        home: Path,
        profile: NetworkProfile,
        passphrase: bytes,
        *,
        cost: Cost | None = None,
        surroundings: Surroundings = _AMBIENT,
    ) -> None:
        """Make an empty vault with fresh device keys in a folder.

        Args:
            home: the folder, made if need be.
            profile: the network profile that came with the enrolment letter.
            passphrase: opens the vault from now on; nobody can recover it.
            cost: of one guess at the passphrase; measured on this machine if None.
            surroundings: time and randomness.

        Raises:
            MisuseError: there is a vault already, or the passphrase is empty.
        """
        random = surroundings.random
        chosen = cost or calibrate(time.perf_counter)
        private = generate_private_keys(random)
        device_id = DeviceId(random(DEVICE_ID_BYTES))

        def fill(connection: Connection) -> None:
            keys.create_identity(connection, profile, device_id, private)

        create_vault(home, passphrase, cost=chosen, salt=random(SALT_BYTES), fill=fill).close()

    @classmethod
    @asynccontextmanager
    async def open(cls, home: Path, passphrase: bytes) -> AsyncIterator[Self]:
        """Open a vault for the length of an ``async with``; only one process at a time may.

        Raises:
            VaultError: wrong passphrase, a damaged vault or none, or another process has it; what to do.
        """
        vault = open_vault(home, passphrase)
        try:
            with vault.blaming_damage():
                with vault.reading() as connection:
                    profile = keys.load_identity(connection).profile
                line = HttpsLine(profile, _AMBIENT.now_ms)
                office = cls(vault, line)
            try:
                yield office
            finally:
                await line.close()
        finally:
            vault.close()

    @property
    def identity(self) -> Identity:
        """Who this device is."""
        held = self._desk.identity
        return Identity(
            entry_id=held.entry_id,
            officer=held.officer,
            device_id=held.device_id.hex(),
            enrolled=self._desk.is_enrolled,
            holds_office_key=self._desk.office_private is not None,
            origin=held.profile.origin,
        )

    async def enrol(self, code: str, officer: str, role: Role = Role.HEAD) -> Identity:
        """Enrol the authority that the one-time code belongs to, with this as its first device.

        Raises:
            PeerError: the code was mistyped, or is unknown, used or expired.
            TransportError: the relay cannot be reached; call again.
        """
        await enrolment.enrol(self._desk, self._line.relay, code, officer, role)
        await self.sync()
        return self.identity

    async def link_request(self, entry_id: str, officer: str, role: Role = Role.CASE_OFFICER) -> LinkRequest:
        """On a new device: ask to become a device of an enrolled office.

        Raises:
            MisuseError: the office is not enrolled, or this device is enrolled already.
        """
        asked = await enrolment.request_link(self._desk, self._line.relay, EntryId(entry_id), officer, role)
        return LinkRequest(asked.text, asked.confirmation_code)

    async def approve_link(self, text: str, confirmation_code: str) -> DeviceView:
        """On the device with the office key: enter the new device if the code is its screen's.

        Raises:
            MisuseError: the code does not fit, or this device does not hold the office key.
            PeerError: CONFLICT if the office has changed since; the new device asks again.
        """
        device_id = await enrolment.approve_link(self._desk, self._line.relay, text, confirmation_code)
        return next(each for each in self.devices() if each.device_id == device_id.hex())

    async def sync(
        self,
        *,
        until_idle: bool = True,
        progress: Progress | None = None,
        patience_s: float = PATIENCE_S,
        headers_only: bool = False,
    ) -> SyncReport:
        """Send what waits, fetch what has come, do what membership demands; returns when nothing is left.

        Args:
            until_idle: False only learns statements and directory, without a connection of its own.
            progress: told about uploads.
            patience_s: how long an unreachable relay is tried again.
            headers_only: whether attachments stay, with their messages, for a better line.

        Raises:
            TransportError: the relay cannot be reached; what waits is kept.
        """
        happened: list[Happening] = []
        if until_idle:
            courier = Courier(self._desk, self._line, self._pause, progress, headers_only=headers_only)
            async with aclosing(courier.run(until_idle=True, patience_s=patience_s)) as running:
                happened = [happening async for happening in running]
        else:
            await learn(self._desk, self._line.relay)
        forget_spent_codes(self._desk)
        if until_idle:
            await after_sync.put_in_order(self._desk)
        happened += self._desk.take_happenings()
        warnings = dict.fromkeys(each.text for each in happened if each.kind in _WARNINGS)
        return SyncReport(
            received=sum(each.kind in {"message", "receipt"} for each in happened),
            sent=sum(each.kind == "sent" for each in happened),
            waiting=len(self._desk.waiting),
            warnings=(*warnings, *alarming.reminder(self._desk)),
        )

    async def follow(self) -> AsyncIterator[Event]:
        """Stay connected and yield what happens, until the caller stops."""
        courier = Courier(self._desk, self._line, self._pause)
        async with aclosing(courier.run(until_idle=False, patience_s=float("inf"))) as running:
            async for each in running:
                room = None if each.group_id is None else each.group_id.hex()
                message = None if each.message_id is None else each.message_id.hex()
                yield Event(each.kind, room, message, each.text)

    def directory(self, search: str | None = None) -> tuple[EntryView, ...]:
        """The verified directory as of the last synchronisation."""
        return reading.entries(self._desk, search)

    def start_consultation(
        self,
        to: Sequence[str],
        subject: str,
        text: str,
        *,
        reference: str | None = None,
        attachments: Sequence[Path] = (),
        restricted_to: Sequence[str] = (),
    ) -> MessageView:
        """Open an informal room with other offices and say something in it; see ``consultations.start``."""
        return self.consultations.start(
            to, subject, text, reference=reference, attachments=attachments, restricted_to=restricted_to
        )

    def submit_request(
        self,
        *,
        request_type: str,
        legal_basis: str,
        reference: str,
        letter: Path,
        room: str | None = None,
        to: Sequence[str] = (),
        subject: str | None = None,
        attachments: Sequence[Path] = (),
        urgency: str = "routine",
        language: str = "en",
        text: str = "",
        draft: str | None = None,
        despite: SentDespite | None = None,
        handling: HandlingWished | None = None,
        annexes: Sequence[Path] = (),
        restricted_to: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> MessageView:
        """Submit a formal request, in the room of a consultation, or in a new one.

        Args:
            request_type: identifier of the type, such as ``bank_and_business_records``.
            legal_basis: treaty and article.
            reference: the own office's.
            letter: what is signed.
            room: id or reference of the consultation it comes from; else ``to`` and ``subject``.
            to: entry ids.
            subject: of the new case.
            attachments: evidence.
            urgency: ``routine``, ``priority``, ``urgent`` or ``emergency``.
            language: BCP 47 tag of the letter.
            text: a covering note.
            draft: id of the draft it is made from, which is put away in the same transaction.
            despite: why it is sent although something blocks.
            handling: wishes for confidentiality and use; those of the draft if not given.
            annexes: files that belong to the letter.
            restricted_to: officers of this office that a new case is for; all if none is named.
            progress: told while files are hashed.

        Raises:
            MisuseError: a field or file does not fit; says which.
        """
        words = (request_type, legal_basis, reference, urgency, language, text, draft, despite, handling)
        files = speaking.Files(letter, tuple(attachments), progress, tuple(annexes))
        where = speaking.Addressees(room, tuple(to), subject, tuple(restricted_to))
        return speaking.submit_request(self._desk, speaking.RequestForm(*words), files, where)

    def reply(
        self, room: str, text: str, *, attachments: Sequence[Path] = (), in_reply_to: str | None = None
    ) -> MessageView:
        """Say something in a room; in a consultation without personal data, as ``consultations.reply``."""
        return self.consultations.reply(room, text, attachments=attachments, in_reply_to=in_reply_to)

    def post_notice(
        self,
        network: str,
        subject: str,
        text: str,
        *,
        attachments: Sequence[Path] = (),
        valid_until: int | None = None,
    ) -> MessageView:
        """Post a notice to all enrolled members of a network; only its secretariat may."""
        return speaking.post_notice(self._desk, network, subject, text, attachments, valid_until)

    def acknowledge(self, room: str, own_reference: str, message: str | None = None) -> MessageView:
        """Take the newest request of a room, or a given message, in hand under the own reference."""
        return speaking.acknowledge(self._desk, room, own_reference, message)

    def refound(self, room: str, text: str, *, without: Sequence[str] = ()) -> MessageView:
        """Found a case again that has ended here, in a new room with the same offices.

        Args:
            room: as for ``room``.
            text: what is said first.
            without: entry ids of those who are not to be in it again.

        Raises:
            MisuseError: the case goes on, or nobody else would be in it.
        """
        return refounding.refound(self._desk, room, text, without)

    def rooms(self, search: str | None = None) -> tuple[RoomView, ...]:
        """Rooms, newest activity first; ``search`` looks at subjects and both sides' references."""
        return reading.rooms(self._desk, search)

    def room(self, name: str) -> RoomView:
        """The one room with this id, beginning of an id, or reference of either side.

        Raises:
            MisuseError: there is none, or more than one.
        """
        return reading.room(self._desk, name)

    def messages(self, room: str | None = None, search: str | None = None) -> tuple[MessageView, ...]:
        """The timeline of a room, or of all rooms; ``search`` looks for words."""
        return reading.messages(self._desk, room, search)

    def show(self, message: str) -> MessageView:
        """Open a message; of a formal one this issues the signed evidence that it was opened."""
        return speaking.open_message(self._desk, message)

    def receipts(self, message: str) -> tuple[ReceiptView, ...]:
        """All evidence on a message, each verified now."""
        return reading.receipts(self._desk, message)

    async def save_attachment(
        self, message: str, index: int, folder: Path, *, progress: Progress | None = None
    ) -> Path:
        """Fetch, check and decrypt an attachment; goes on where an earlier attempt stopped.

        Raises:
            PeerError: NOT_FOUND, naming who could send it again, where the relay holds it no more.
        """
        desk = self._desk
        row = reading.stored_message(desk, message)
        wanted = wanted_attachment(read_message(row), index)
        connect = partial(self._line.session, desk.device_key)
        try:
            return await save(connect, wanted, desk.vault.home, folder, progress)
        except PeerError as error:
            if error.code is not Code.NOT_FOUND:
                raise
            raise PeerError(error.code, reading.missing(desk, row, wanted.filename)) from error

    def devices(self) -> tuple[DeviceView, ...]:
        """The own office's devices."""
        return reading.devices(self._desk)

    async def revoke_device(self, device_id: str, reason: str) -> DeviceView:
        """Take a device of the own office out of service for ever; needs the office key.

        Raises:
            MisuseError: no such device, an unknown reason, or this device does not hold the office key.
        """
        known = {each.device_id for each in self.devices()}
        if device_id not in known or reason not in set(RevocationReason):
            reasons = ", ".join(RevocationReason)
            raise MisuseError(f"name a device of this office by its whole id, and one of: {reasons}")
        revoked = DeviceId(bytes.fromhex(device_id))
        await enrolment.revoke(self._desk, self._line.relay, revoked, RevocationReason(reason))
        return next(each for each in self.devices() if each.device_id == device_id)

    def alarms(self) -> tuple[AlarmView, ...]:
        """What accuses somebody, oldest first, whether or not an officer has taken note of it."""
        return alarming.all_alarms(self._desk)

    def acknowledge_alarm(self, number: int) -> AlarmView:
        """Take note of an alarm.

        Raises:
            MisuseError: there is no such alarm.
        """
        return alarming.acknowledge(self._desk, number)

    def outbox(self) -> tuple[OutboxView, ...]:
        """What waits to be sent."""
        return reading.outbox(self._desk)
