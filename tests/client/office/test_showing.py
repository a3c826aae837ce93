"""What an archived message says of its attachments, judged before anything is fetched."""

from dataclasses import replace
from typing import Any

import pytest

from rogatory_client.engine.effect import ArchivedMessage
from rogatory_client.office.showing import attachments_of, wanted_attachment
from rogatory_crypto.attachments import AttachmentKey, attachment_context
from rogatory_crypto.content.attached_file import AttachedFile, attachment_part
from rogatory_crypto.content.mimi import MessageId, MimiContent
from rogatory_crypto.content.nested_part import ExternalPart
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId

GROUP_ID = GroupId(b"g" * 32)
SALT = b"s" * 16
BLOB = b"b" * 16


KEY = AttachmentKey(bytes(32), bytes(24), attachment_context(GROUP_ID, SALT, "annex.pdf", 5))
FILE = AttachedFile(KEY, f"mimi://relay.example/b/{BLOB.hex()}", "annex.pdf", 5, "a/b", bytes(32))


def archived(
    *, group_id: GroupId = GROUP_ID, salt: bytes = SALT, part: ExternalPart | None = None
) -> ArchivedMessage:
    """Return a message that carries a file made for ``GROUP_ID`` and ``SALT``."""
    return ArchivedMessage(
        message_id=MessageId(bytes(32)),
        group_id=group_id,
        sender=b"",
        entry_id=EntryId("CNA-SN-01"),
        officer="case officer",
        device_id=DeviceId(bytes(16)),
        sequence=1,
        at_ms=1_790_000_000_000,
        content=MimiContent(salt, part or attachment_part(FILE)).encode(),
        kind="text",
        subject=None,
        text="",
        reference=None,
        in_reply_to=None,
        formal=False,
        own=False,
    )


@pytest.mark.parametrize("size", [0, 1, 55, 71, (1 << 64) - 1])
def test_a_file_of_an_impossible_size_is_shown_and_never_fetched(size: int) -> None:
    """A member could otherwise make a room unreadable for all with one message."""
    part = replace(attachment_part(FILE), size=size)
    (view,) = attachments_of((part,), ())
    assert (view.filename, view.size) == ("annex.pdf", size)
    with pytest.raises(PeerError):
        wanted_attachment(archived(part=part), 0)


def test_a_file_of_the_message_itself_is_wanted() -> None:
    wanted = wanted_attachment(archived(), 0)
    assert (wanted.blob_id, wanted.filename) == (BLOB, "annex.pdf")


@pytest.mark.parametrize("changes", [{"group_id": GroupId(b"h" * 32)}, {"salt": b"t" * 16}], ids=str)
def test_a_file_copied_from_another_message_is_refused(changes: dict[str, Any]) -> None:
    """Its context ties it to one room and message; the sender's word for the context counts for nothing."""
    with pytest.raises(PeerError) as raised:
        wanted_attachment(archived(**changes), 0)
    assert raised.value.code is Code.HASH_MISMATCH
