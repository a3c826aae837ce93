"""The office: everything a caseworker can do, each call safe to cut at any point and to repeat.

Whatever is to be sent is first in the vault; ``sync`` and ``follow`` carry it to the relay and bring what has
come. Calls that need no relay work without one.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Self

from rogatory_client.office.view import (
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
from rogatory_crypto.identity import NetworkProfile


class Office:
    """One device of one authority, over its vault."""

    @classmethod
    def create(cls, home: Path, profile: NetworkProfile, passphrase: bytes) -> None:
        """Make an empty vault with fresh device keys in a new folder ``home``.

        Raises:
            MisuseError: there is a vault already.
        """
        raise NotImplementedError

    @classmethod
    def open(cls, home: Path, passphrase: bytes) -> AbstractAsyncContextManager[Self]:
        """Open a vault for the length of an ``async with``; only one process at a time may.

        Raises:
            VaultError: wrong passphrase, no vault, or another process has it open; says what to do.
        """
        raise NotImplementedError

    @property
    def identity(self) -> Identity:
        """Who this device is."""
        raise NotImplementedError

    async def enrol(self, code: str, officer: str) -> Identity:
        """Enrol the authority that the one-time code belongs to, with this as its first device."""
        raise NotImplementedError

    async def link_request(self, entry_id: str, officer: str) -> LinkRequest:
        """On a new device: ask to become a device of an enrolled office."""
        raise NotImplementedError

    async def approve_link(self, text: str, confirmation_code: str) -> DeviceView:
        """On the device with the office key: enter the new device, if the code is the one its screen shows."""
        raise NotImplementedError

    async def sync(self, *, until_idle: bool = True, progress: Progress | None = None) -> SyncReport:
        """Send what waits, fetch what has come, do what membership demands; returns when nothing is left."""
        raise NotImplementedError

    def follow(self) -> AsyncIterator[Event]:
        """Stay connected and yield what happens, until the caller stops."""
        raise NotImplementedError

    def directory(self, search: str | None = None) -> tuple[EntryView, ...]:
        """The verified directory as of the last synchronisation."""
        raise NotImplementedError

    def start_consultation(
        self,
        to: Sequence[str],
        subject: str,
        text: str,
        *,
        reference: str | None = None,
        attachments: Sequence[Path] = (),
    ) -> MessageView:
        """Open an informal room with other offices and say something in it."""
        raise NotImplementedError

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
        progress: Progress | None = None,
    ) -> MessageView:
        """Submit a formal request, in the room of a consultation (``room``) or in a new one (``to``, ``subject``)."""
        raise NotImplementedError

    def reply(
        self, room: str, text: str, *, attachments: Sequence[Path] = (), in_reply_to: str | None = None
    ) -> MessageView:
        """Say something in a room."""
        raise NotImplementedError

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
        raise NotImplementedError

    def acknowledge(self, room: str, own_reference: str, message: str | None = None) -> MessageView:
        """Take the newest request of a room (or ``message``) in hand under the own reference."""
        raise NotImplementedError

    def rooms(self, search: str | None = None) -> tuple[RoomView, ...]:
        """Rooms, newest activity first; ``search`` looks at subjects and both sides' references."""
        raise NotImplementedError

    def room(self, name: str) -> RoomView:
        """The one room with this id, beginning of an id, or reference of either side."""
        raise NotImplementedError

    def messages(self, room: str | None = None, search: str | None = None) -> tuple[MessageView, ...]:
        """The timeline of a room, or of all rooms; ``search`` looks for words."""
        raise NotImplementedError

    def show(self, message: str) -> MessageView:
        """Open a message; of a formal one this issues the signed evidence that it was opened."""
        raise NotImplementedError

    def receipts(self, message: str) -> tuple[ReceiptView, ...]:
        """All evidence on an own or received message, each verified now."""
        raise NotImplementedError

    async def save_attachment(
        self, message: str, index: int, folder: Path, *, progress: Progress | None = None
    ) -> Path:
        """Fetch, check and decrypt an attachment into a folder; goes on where an earlier attempt stopped."""
        raise NotImplementedError

    def devices(self) -> tuple[DeviceView, ...]:
        """The own office's devices."""
        raise NotImplementedError

    async def revoke_device(self, device_id: str, reason: str) -> DeviceView:
        """Take a device of the own office out of service for ever; needs the office key."""
        raise NotImplementedError

    def outbox(self) -> tuple[OutboxView, ...]:
        """What waits to be sent."""
        raise NotImplementedError
