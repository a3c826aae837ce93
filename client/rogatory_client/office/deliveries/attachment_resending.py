"""A file of an own message brought to the relay again: the same bytes under the same key at the same address.

A key serves one plaintext, so the file is hashed first and nothing of another one is ever sent.
"""

from hmac import compare_digest
from pathlib import Path

from rogatory_client.engine.outgoing_effect import Transfer
from rogatory_client.office import reading
from rogatory_client.office.desk import Desk
from rogatory_client.office.line.saving import Wanted
from rogatory_client.office.line.transfer import digest_file, upload
from rogatory_client.office.showing import attachments_of_message, wanted_attachment
from rogatory_client.office.view import AttachmentView, Progress
from rogatory_client.transport import Line
from rogatory_client.vault.archive import read_message
from rogatory_crypto.attachments import plaintext_size
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.wire.identifier import GroupId

_OTHER = "this is not the file that was sent: look for the very same one, or attach this one to a new message"


async def resend_attachment(
    desk: Desk, line: Line, message: str, number: int, file: Path, progress: Progress | None
) -> AttachmentView:
    """Bring a file to the relay again, and return what it is.

    Raises:
        MisuseError: another office has sent the message, or it is not the file.
        PeerError: the relay refuses it.
        TransportError: the network failed; the next attempt goes on.
    """
    record = read_message(reading.stored_message(desk, message))
    if not record.own:
        raise MisuseError(
            f"{record.entry_id} has sent this message: ask it to bring the file to the relay again"
        )
    wanted = wanted_attachment(record, number)
    transfer = _transfer(wanted, record.group_id, record.message_id, file, progress)
    session = await line.session(desk.device_key)
    try:
        await upload(session, transfer, progress)
    except PeerError as error:
        if error.code is not Code.CONFLICT:
            raise
        detail = "the relay has begun to take this file from another device of the office: let that one go on"
        raise PeerError(error.code, detail) from error
    return attachments_of_message(record)[number]


def _transfer(
    wanted: Wanted, group_id: GroupId, message_id: MessageId, file: Path, progress: Progress | None
) -> Transfer:
    size = plaintext_size(wanted.stored_bytes)
    try:
        status = file.stat()
    except OSError as error:
        raise MisuseError(f"{file} cannot be read ({error.strerror}): check the name") from error
    if not file.is_file() or status.st_size != size:
        raise MisuseError(_OTHER)
    digests = digest_file(file, wanted.key, size, progress)
    if not compare_digest(digests.stored_sha256, wanted.stored_sha256):
        raise MisuseError(_OTHER)
    return Transfer(
        blob_id=wanted.blob_id,
        group_id=group_id,
        message_id=message_id,
        path=str(file.resolve()),
        filename=wanted.filename,
        size=size,
        modified_ns=status.st_mtime_ns,
        key=wanted.key.key,
        salt=wanted.key.salt,
        context=wanted.key.context,
        stored_sha256=wanted.stored_sha256,
    )
