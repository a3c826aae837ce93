"""The files that were sent with a message: which they are, how they are named, and that they are the ones.

A message holds the key, the salt and the hash of the stored form of each file, and there is one stored form
for one key. So a file is proven to be the one that was sent by encrypting it once more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from rogatory_crypto.attachments import Encryptor
from rogatory_crypto.bundle.formality import Said
from rogatory_crypto.bundle.octets import Octets, pieces
from rogatory_crypto.content.attached_file import AttachedFile, read_attachment_part
from rogatory_crypto.content.events import DocumentRef
from rogatory_crypto.content.filenames import safe_filename
from rogatory_crypto.content.message import Message
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import ExternalPart, walk
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import GroupId

_NAME_CHARACTERS: Final = 60


@dataclass(frozen=True, slots=True)
class SentDocument:
    """A file of a message.

    Attributes:
        number: among the files of its message, from 0.
        file: how it is stored and opened.
        stated: what the request says of it; None where no request names it.
    """

    message_id: MessageId
    number: int
    file: AttachedFile = field(repr=False)
    stated: DocumentRef | None

    @property
    def name(self) -> str:
        """The name of the file in a bundle: readable, and the same on every system."""
        wanted = safe_filename(self.file.filename)
        plain = "".join(
            each if each.isascii() and (each.isalnum() or each in "-._") else "_" for each in wanted
        )
        stem, dot, extension = plain.rpartition(".")
        short = f"{stem[:_NAME_CHARACTERS]}{dot}{extension[:20]}"
        return f"documents/{self.message_id.hex()[:16]}-{self.number:02}-{short}".rstrip(".")

    def require(self, content: Octets) -> None:
        """Return only if this is the file that was sent, which is read once.

        Raises:
            PeerError: WRONG_LENGTH, or HASH_MISMATCH.
        """
        if content.size != self.file.size:
            raise PeerError(Code.WRONG_LENGTH, f"{content.size} bytes where {self.file.size} were sent")
        encryptor, plaintext = Encryptor(self.file.key, self.file.size), sha256()
        for piece in pieces(content):
            encryptor.update(piece)
            plaintext.update(piece)
        encryptor.finish()
        if self.stated is not None and not compare_digest(self.stated.sha256, plaintext.digest()):
            raise PeerError(Code.HASH_MISMATCH, "it is not the document that the request names")
        if not compare_digest(encryptor.digests().stored_sha256, self.file.stored_sha256):
            raise PeerError(Code.HASH_MISMATCH, "it is not the file that was sent with the message")


def documents_of(message: Message, said: Said, group_id: GroupId) -> tuple[SentDocument, ...]:
    """Return the files of a message, in order.

    Raises:
        PeerError: one is stored in an unknown way or was made for another message, or a request names what
            was not sent with it.
    """
    parts = tuple(walk(message.content.nested_part))
    stated = {each.part_index: each for request in said.requests for each in request.documents}
    external = [(index, part) for index, part in enumerate(parts) if isinstance(part, ExternalPart)]
    _require_sent(stated, {index for index, _ in external})
    return tuple(
        SentDocument(
            message.message_id,
            number,
            read_attachment_part(part, group_id=group_id, message_salt=message.content.salt),
            stated.get(index),
        )
        for number, (index, part) in enumerate(external)
    )


def _require_sent(stated: Iterable[int], sent: set[int]) -> None:
    if missing := set(stated) - sent:
        raise PeerError(Code.NOT_FOUND, f"the request names a document in part {min(missing)}, which is none")
