"""A file sent with a message: the external part that says where it is stored, how to open it and what it is.

The part's ``encAlg`` is a private-use number for Cobblestone-256, its ``nonce`` the salt, its ``aad`` the
context, ``size`` that of the stored form and ``contentHash`` its SHA-256. The context is computed anew on
receipt: a part copied into another message, or given another name or size, opens nothing.
"""

from dataclasses import dataclass
from hmac import compare_digest
from typing import Final

from rogatory_crypto import attachments
from rogatory_crypto.attachments import AttachmentKey
from rogatory_crypto.content.nested_part import Disposition, ExternalPart
from rogatory_crypto.errors import Code, PeerError

# Numbers from 32768 are for private use in the IANA registry of AEAD algorithms.
COBBLESTONE_256: Final = 0xC0B2
# IANA registry of named information hash algorithms.
HASH_SHA256: Final = 1
HASH_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """One stored file and all that is needed to fetch, check and open it.

    ``filename`` is what the sender calls it: pass it through ``safe_filename`` before saving.
    """

    key: AttachmentKey
    url: str
    filename: str
    size: int
    media_type: str
    stored_sha256: bytes
    description: str = ""
    language: str = ""


def attachment_part(file: AttachedFile) -> ExternalPart:
    """Return the part of a message that carries the file."""
    return ExternalPart(
        disposition=Disposition.ATTACHMENT,
        language=file.language,
        content_type=file.media_type,
        url=file.url,
        expires=0,
        size=attachments.stored_size(file.size),
        enc_alg=COBBLESTONE_256,
        key=file.key.key,
        nonce=file.key.salt,
        aad=file.key.context,
        hash_alg=HASH_SHA256,
        content_hash=file.stored_sha256,
        description=file.description,
        filename=file.filename,
    )


def read_attachment_part(part: ExternalPart, *, group_id: bytes, message_salt: bytes) -> AttachedFile:
    """Return the file that a part of this very message carries.

    Args:
        part: the part as decoded.
        group_id: the group the message came in.
        message_salt: the salt of the message.

    Raises:
        PeerError: UNSUPPORTED for another encryption or hash, MALFORMED for wrong lengths, TOO_LARGE or
            WRONG_LENGTH for an impossible size, HASH_MISMATCH if the part was made for
            another message, name or size.
    """
    if part.enc_alg != COBBLESTONE_256 or part.hash_alg != HASH_SHA256:
        raise PeerError(Code.UNSUPPORTED, f"encryption {part.enc_alg} with hash {part.hash_alg}")
    lengths = (len(part.key), len(part.nonce), len(part.content_hash))
    if lengths != (attachments.KEY_BYTES, attachments.SALT_BYTES, HASH_BYTES):
        raise PeerError(Code.MALFORMED, "an attachment's key, salt or hash has the wrong length")
    if part.size > attachments.stored_size(attachments.MAX_PLAINTEXT_BYTES):
        raise PeerError(Code.TOO_LARGE, f"no attachment is stored in {part.size} bytes")
    size = attachments.plaintext_size(part.size)
    context = attachments.attachment_context(group_id, message_salt, part.filename, size)
    if not compare_digest(context, part.aad):
        raise PeerError(Code.HASH_MISMATCH, "an attachment was made for another message, name or size")
    return AttachedFile(
        key=AttachmentKey(part.key, part.nonce, context),
        url=part.url,
        filename=part.filename,
        size=size,
        media_type=part.content_type,
        stored_sha256=part.content_hash,
        description=part.description,
        language=part.language,
    )
