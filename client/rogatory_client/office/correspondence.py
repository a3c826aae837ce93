"""What the office says: contents with their attachments, put into archive and outbox in one step."""

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rogatory_client.engine.effect import Outcome, SaveMessage, SaveRoom
from rogatory_client.engine.interpretation import Said, interpret
from rogatory_client.engine.outgoing_effect import Enqueue, Parcel, SaveTransfer, Transfer
from rogatory_client.engine.room import Context, Room
from rogatory_client.engine.stating import is_stated
from rogatory_client.engine.writing import write
from rogatory_client.office.line.transfer import digest_file
from rogatory_client.office.plain_words import require_plain
from rogatory_client.office.view import Progress
from rogatory_crypto.attachments import attachment_context, new_attachment_key, stored_size
from rogatory_crypto.content.events import DocumentRef, DocumentRole
from rogatory_crypto.content.filenames import safe_filename
from rogatory_crypto.content.message import Message
from rogatory_crypto.content.mimi import SALT_BYTES, MessageId
from rogatory_crypto.content.nested_part import Disposition, ExternalPart, NestedPart
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.identity import VerifiedDevice
from rogatory_crypto.wire.identifier import BLOB_ID_BYTES, BlobId, GroupId
from rogatory_crypto.wire.limits import MAX_ATTACHMENT_BYTES

COBBLESTONE_256: Final = 0xC0B2
_SHA256: Final = 1


@dataclass(frozen=True, slots=True)
class Attached:
    """A file made ready: the part that describes it, the upload it needs, and what it contains."""

    part: ExternalPart
    transfer: Transfer
    plaintext_sha256: bytes

    def document(self, part_index: int, role: DocumentRole) -> DocumentRef:
        """Return the entry of a request's list of documents."""
        return DocumentRef(
            part_index,
            role,
            self.plaintext_sha256,
            self.part.filename,
            self.transfer.size,
            self.part.content_type,
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A message being written; its salt is fixed first, because attachments are bound to it."""

    group_id: GroupId
    salt: bytes
    context: Context

    def attach(self, path: Path, progress: Progress | None = None, media_type: str = "") -> Attached:
        """Hash a file under a fresh key; without a media type its name says what it is.

        Raises:
            MisuseError: it cannot be read, is empty of a name, or is larger than the relay takes.
        """
        random = self.context.random
        try:
            status = path.stat()
        except OSError as error:
            raise MisuseError(f"{path} cannot be read ({error.strerror}): check the name") from error
        if not path.is_file() or stored_size(status.st_size) > MAX_ATTACHMENT_BYTES:
            raise MisuseError(f"{path} is no file, or one of more than 64 GiB: attach something else")
        name = safe_filename(path.name)
        bound = attachment_context(self.group_id, self.salt, name, status.st_size)
        key = new_attachment_key(random, bound)
        digests = digest_file(path, key, status.st_size, progress)
        blob_id = BlobId(random(BLOB_ID_BYTES))
        part = ExternalPart(
            disposition=Disposition.ATTACHMENT,
            language="",
            content_type=media_type or mimetypes.guess_type(name)[0] or "application/octet-stream",
            url=f"mimi://{self.context.registry.origin}/b/{blob_id.hex()}",
            expires=0,
            size=stored_size(status.st_size),
            enc_alg=COBBLESTONE_256,
            key=key.key,
            nonce=key.salt,
            aad=bound,
            hash_alg=_SHA256,
            content_hash=digests.stored_sha256,
            description="",
            filename=name,
        )
        transfer = Transfer(
            blob_id=blob_id,
            group_id=self.group_id,
            message_id=MessageId(b""),
            path=str(path.resolve()),
            filename=name,
            size=status.st_size,
            modified_ns=status.st_mtime_ns,
            key=key.key,
            salt=key.salt,
            context=bound,
            stored_sha256=digests.stored_sha256,
        )
        return Attached(part, transfer, digests.plaintext_sha256)


def begin_draft(group_id: GroupId, context: Context) -> Draft:
    """Begin a message."""
    return Draft(group_id, context.random(SALT_BYTES), context)


def post(
    room: Room,
    draft: Draft,
    parts: Sequence[NestedPart],
    attached: Sequence[Attached] = (),
    in_reply_to: MessageId | None = None,
) -> tuple[Message, Outcome]:
    """Finish a message: into the archive, into the outbox, its uploads planned, all in one step.

    What it says about a formal case is signed by this device, with all that it says beside that.

    Raises:
        MisuseError: receivers would refuse it, as this device's role may not say it; or it does not read as
            it stands (``plain_words``).
    """
    context = draft.context
    everything = (*parts, *(each.part for each in attached))
    message = write(
        everything,
        room.group_id,
        context,
        salt=draft.salt,
        in_reply_to=in_reply_to,
        is_stated=is_stated(everything, room.kind),
    )
    said = posted(room, message, context)
    require_plain(everything)
    return message, replace(said, effects=(*said.effects, *uploads(message, attached)))


def posted(room: Room, message: Message, context: Context) -> Outcome:
    """Return what has to be written for a message that is ready to leave; errors as ``post``."""
    said = Said(message, context.oneself.credential.encode(), _myself(context), None, context.now * 1000)
    try:
        interpretation = interpret(said, room, context)
    except PeerError as error:
        raise MisuseError(f"this would be refused: {error.detail}") from error
    effects = (
        SaveRoom(interpretation.room),
        SaveMessage(interpretation.record),
        *interpretation.effects,
        Enqueue(Parcel(0, room.group_id, message.message_id, message.encoded)),
    )
    return Outcome((interpretation.room,), effects)


def uploads(message: Message, attached: Sequence[Attached]) -> tuple[SaveTransfer, ...]:
    """Return the uploads that a message needs."""
    return tuple(SaveTransfer(replace(each.transfer, message_id=message.message_id)) for each in attached)


def _myself(context: Context) -> VerifiedDevice:
    device = context.registry.devices[context.oneself.device_id]
    return VerifiedDevice(device, context.oneself.authority)
