"""A carried file taken in: checked whole, then its messages through the engine, then its attachments.

Each batch of messages is one transaction with its receipts, so an interruption leaves whole messages, and the
next attempt passes over them. Nobody is believed for having sent a file: each message proves its sender.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeAlias

from rogatory_client.engine.acknowledging import acknowledge
from rogatory_client.engine.carried_effect import SaveCarried
from rogatory_client.engine.carrying import Brought, receive_carried
from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.effect import Outcome
from rogatory_client.engine.room import Room
from rogatory_client.fault import VaultError
from rogatory_client.office.carrier.reading_file import CarriedSource, opened
from rogatory_client.office.carrier.view import CarriedInView, RefusedView
from rogatory_client.office.desk import Desk
from rogatory_client.office.drafts.duplicates import tell_duplicates
from rogatory_client.office.line.saving import Wanted, check_stored, partial_path
from rogatory_client.office.showing import wanted_blob
from rogatory_client.office.view import Progress
from rogatory_client.vault import archive, carried
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import Device
from rogatory_crypto.wire.carried import CarriedFile, CarriedMessage, CarryHead

BATCH: Final = 100
BATCH_BYTES: Final = 4 << 20
_Numbered: TypeAlias = tuple[int, tuple[CarriedMessage, bytes]]
_TOLD: Final = frozenset({"alarm", "warning"})
_FOR_OTHERS: Final = (
    "nothing in this file is for a case that this device is in: it is another office's, or the case is new; "
    "connect with `rogatory sync`, then take it in again"
)


@dataclass(slots=True)
class _Taken:
    """What has come of a file so far."""

    new: int = 0
    here: int = 0
    files: int = 0
    refused: list[RefusedView] = field(default_factory=list)

    def refuse(self, kind: str, number: int, error: PeerError) -> None:
        self.refused.append(RefusedView(kind, number, error.code.value, error.detail or error.code.value))


def take_in(desk: Desk, paths: Sequence[Path], progress: Progress | None) -> CarriedInView:
    """Take a file in; see ``Carrier.take_in``."""
    with opened(paths) as source:
        maker = _maker(desk, source.head)
        source.check_messages()
        taken = _Taken()
        _take_messages(desk, source, maker, taken)
        if not taken.new + taken.here and _all_strange(source.head, taken):
            raise PeerError(Code.WRONG_GROUP, _FOR_OTHERS)
        _take_files(desk, source, taken, progress)
        warnings = dict.fromkeys(each.text for each in desk.take_happenings() if each.kind in _TOLD)
        return CarriedInView(
            office=maker.entry.entry_id,
            officer=maker.entry.officer,
            made_at=source.head.manifest.made_at,
            messages=taken.new,
            here_already=taken.here,
            attachments=taken.files,
            refused=tuple(taken.refused),
            answers=len(desk.waiting),
            warnings=tuple(warnings),
        )


def _maker(desk: Desk, head: CarryHead) -> Device:
    """Return who has made a file, in service as far as this device knows.

    Raises:
        PeerError: it is of another relay, of a device that is unknown or out of service, or forged.
        MisuseError: this device has made it.
    """
    manifest, now = head.manifest, desk.surroundings.now()
    if manifest.origin != desk.pinned.origin:
        raise PeerError(Code.WRONG_GROUP, f"a file of another network: of the relay {manifest.origin}")
    device = desk.registry.devices.get(manifest.device_id)
    if device is None:
        raise PeerError(
            Code.INVALID_CREDENTIAL,
            "made by a device that no office has entered as far as this one knows: connect with `rogatory "
            "sync`, then take it in again; if that does not help, it is forged",
        )
    head.verify(device.entry.signature_key)
    if manifest.device_id == desk.oneself.device_id:
        raise MisuseError("this device has made this file: it is to be taken in at the other office")
    if not device.is_in_service(now):
        raise PeerError(
            Code.INVALID_CREDENTIAL,
            f"made by a device of {device.entry.entry_id} that is out of service: nobody can tell whether "
            "before or after; ask that office to make it with another, or wait for the relay",
        )
    return device


def _take_messages(desk: Desk, source: CarriedSource, maker: Device, taken: _Taken) -> None:
    for batch in _batches(source):
        rooms, come = dict(desk.rooms), set[MessageId]()
        outcomes: list[Outcome] = []
        for number, (message, payload) in batch:
            try:
                outcome = _take_message(desk, maker, rooms.get(message.group_id), message, payload, come)
            except PeerError as error:
                taken.refuse("message", number, error)
                continue
            if outcome.refused is not None:
                taken.here += 1
                continue
            taken.new += 1
            rooms.update((each.group_id, each) for each in outcome.rooms)
            come |= {each.carried.message_id for each in outcome.effects if isinstance(each, SaveCarried)}
            outcomes.append(outcome)
        taken_in = acknowledge(merge_outcomes(outcomes), desk.context())
        desk.carry_out(taken_in)
        tell_duplicates(desk, taken_in.effects)


def _batches(source: CarriedSource) -> Iterator[list[_Numbered]]:
    """Yield messages as many at a time as are one transaction."""
    batch: list[_Numbered] = []
    held = 0
    for number, (message, payload) in enumerate(source.messages(), 1):
        batch.append((number, (message, payload)))
        held += message.size
        if len(batch) == BATCH or held >= BATCH_BYTES:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _take_message(
    desk: Desk,
    maker: Device,
    room: Room | None,
    message: CarriedMessage,
    payload: bytes,
    come: set[MessageId],
) -> Outcome:
    with desk.vault.reading() as connection:
        if carried.has_come(connection, sha256(payload).digest()):
            return Outcome(refused=Code.ALREADY_USED.value)

        def is_here(name: MessageId) -> bool:
            return name in come or archive.find_message(connection, name) is not None

        brought = Brought(message, payload, maker.entry.device_id, desk.surroundings.now_ms())
        return receive_carried(room, brought, desk.context(), is_here)


def _all_strange(head: CarryHead, taken: _Taken) -> bool:
    strange = sum(each.code == Code.WRONG_GROUP for each in taken.refused)
    return strange == len(head.manifest.messages)


def _take_files(desk: Desk, source: CarriedSource, taken: _Taken, progress: Progress | None) -> None:
    for number, (file, offset) in enumerate(source.files(), 1):
        try:
            _take_file(desk.vault.home, source, offset, _wanted(desk, file), progress)
        except PeerError as error:
            taken.refuse("attachment", number, error)
        except OSError as error:
            raise VaultError(
                f"an attachment could not be kept ({error.strerror}): free some space, then take it in again"
            ) from error
        else:
            taken.files += 1


def _wanted(desk: Desk, file: CarriedFile) -> Wanted:
    """Return what a message that is here says of an attachment: nothing else is worth its space.

    Raises:
        PeerError: NOT_FOUND if no message names it, HASH_MISMATCH if it is another than the message says.
    """
    with desk.vault.reading() as connection:
        row = carried.holder_of(connection, file.group_id, file.blob_id)
    wanted = None if row is None else wanted_blob(archive.read_message(row), file.blob_id)
    if wanted is None:
        raise PeerError(Code.NOT_FOUND, "it belongs to no message that is here: its message comes first")
    if (wanted.stored_bytes, wanted.stored_sha256) != (file.size, file.sha256):
        raise PeerError(Code.HASH_MISMATCH, f"it is not {wanted.filename} as its message describes it")
    return wanted


def _take_file(
    home: Path, source: CarriedSource, offset: int, wanted: Wanted, progress: Progress | None
) -> None:
    partial = partial_path(home, wanted.blob_id)
    partial.parent.mkdir(mode=0o700, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    with os.fdopen(os.open(partial, flags, 0o600), "ab") as file:
        done = file.tell()
        for piece in source.pieces(offset + done, wanted.stored_bytes - done):
            file.write(piece)
            done += len(piece)
            if progress is not None:
                progress(wanted.filename, done, wanted.stored_bytes)
        file.flush()
        os.fsync(file.fileno())
    check_stored(wanted, partial)
