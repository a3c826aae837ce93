"""A file and the external part that carries it, bound to one message."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from rogatory_crypto import attachments
from rogatory_crypto.attachments import AttachmentKey
from rogatory_crypto.content import mimi
from rogatory_crypto.content.attached_file import AttachedFile, attachment_part, read_attachment_part
from rogatory_crypto.content.mimi import MimiContent
from rogatory_crypto.content.nested_part import ExternalPart
from rogatory_crypto.errors import Code, PeerError

GROUP_ID = bytes(32)
SALT = bytes(range(16))
PLAINTEXT = b"evidence" * 5_000


def attached() -> tuple[AttachedFile, bytes]:
    context = attachments.attachment_context(GROUP_ID, SALT, "evidence.bin", len(PLAINTEXT))
    key = AttachmentKey(bytes(range(32)), bytes(24), context)
    encryptor = attachments.Encryptor(key, len(PLAINTEXT))
    stored = encryptor.update(PLAINTEXT) + encryptor.finish()
    digest = encryptor.digests().stored_sha256
    url = "https://relay.example/blobs/AAAA"
    return (
        AttachedFile(
            key, url, "evidence.bin", len(PLAINTEXT), "application/octet-stream", digest, "Disk image", "en"
        ),
        stored,
    )


def test_a_file_travels_in_a_message_and_opens() -> None:
    file, stored = attached()
    received = mimi.decode(MimiContent(SALT, attachment_part(file)).encode()).nested_part
    assert isinstance(received, ExternalPart)
    opened = read_attachment_part(received, group_id=GROUP_ID, message_salt=SALT)
    assert opened == file
    assert sha256(stored).digest() == opened.stored_sha256
    assert len(stored) == attachments.stored_size(opened.size)
    decryptor = attachments.Decryptor(opened.key)
    assert decryptor.update(stored) + decryptor.finish() == PLAINTEXT


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"enc_alg": 1}, Code.UNSUPPORTED),
        ({"hash_alg": 2}, Code.UNSUPPORTED),
        ({"key": bytes(16)}, Code.MALFORMED),
        ({"nonce": bytes(12)}, Code.MALFORMED),
        ({"content_hash": bytes(31)}, Code.MALFORMED),
        ({"size": 1 << 60}, Code.TOO_LARGE),
        ({"size": 1}, Code.WRONG_LENGTH),
        ({"size": attachments.stored_size(1)}, Code.HASH_MISMATCH),
        ({"filename": "letter.pdf"}, Code.HASH_MISMATCH),
        ({"aad": bytes(32)}, Code.HASH_MISMATCH),
        ({"aad": b""}, Code.HASH_MISMATCH),
    ],
)
def test_a_changed_part_is_refused(changes: dict[str, Any], code: Code) -> None:
    part = replace(attachment_part(attached()[0]), **changes)
    with pytest.raises(PeerError) as refusal:
        read_attachment_part(part, group_id=GROUP_ID, message_salt=SALT)
    assert refusal.value.code is code


@pytest.mark.parametrize(("group_id", "salt"), [(bytes(31), SALT), (GROUP_ID, bytes(16))])
def test_a_part_copied_into_another_message_is_refused(group_id: bytes, salt: bytes) -> None:
    with pytest.raises(PeerError) as refusal:
        read_attachment_part(attachment_part(attached()[0]), group_id=group_id, message_salt=salt)
    assert refusal.value.code is Code.HASH_MISMATCH
