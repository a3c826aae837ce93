"""What an archived message says of its attachments, judged before anything is fetched."""

import pytest

from rogatory_client.engine.effect import ArchivedMessage
from rogatory_client.office.showing import wanted_attachment
from rogatory_crypto.attachments import AttachmentKey, attachment_context
from rogatory_crypto.content.attached_file import AttachedFile, attachment_part
from rogatory_crypto.content.mimi import MessageId, MimiContent
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId

GROUP_ID = GroupId(b"g" * 32)
SALT = b"s" * 16
BLOB = b"b" * 16


def archived(*, group_id: GroupId = GROUP_ID, salt: bytes = SALT) -> ArchivedMessage:
    """Return a message that carries a file made for ``GROUP_ID`` and ``SALT``."""
    key = AttachmentKey(bytes(32), bytes(24), attachment_context(GROUP_ID, SALT, "annex.pdf", 5))
    file = AttachedFile(key, f"mimi://relay.example/b/{BLOB.hex()}", "annex.pdf", 5, "a/b", bytes(32))
    return ArchivedMessage(
        message_id=MessageId(bytes(32)),
        group_id=group_id,
        sender=b"",
        entry_id=EntryId("CNA-SN-01"),
        officer="case officer",
        device_id=DeviceId(bytes(16)),
        sequence=1,
        at_ms=1_790_000_000_000,
        content=MimiContent(salt, attachment_part(file)).encode(),
        kind="text",
        subject=None,
        text="",
        reference=None,
        in_reply_to=None,
        formal=False,
        own=False,
    )


def test_a_file_of_the_message_itself_is_wanted() -> None:
    wanted = wanted_attachment(archived(), 0)
    assert (wanted.blob_id, wanted.filename) == (BLOB, "annex.pdf")


@pytest.mark.parametrize("changes", [{"group_id": GroupId(b"h" * 32)}, {"salt": b"t" * 16}], ids=str)
def test_a_file_copied_from_another_message_is_refused(changes: dict[str, GroupId]) -> None:
    """Its context ties it to one room and message; the sender's word for the context counts for nothing."""
    with pytest.raises(PeerError) as raised:
        wanted_attachment(archived(**changes), 0)
    assert raised.value.code is Code.HASH_MISMATCH
