"""Contents as our rooms admit them, written and then checked with the check the receivers make."""

from collections.abc import Sequence

from rogatory_client.engine.room import Context
from rogatory_client.engine.stating import signed_content
from rogatory_crypto.content.events import CaseEvent, event_part
from rogatory_crypto.content.message import Message, verify_message
from rogatory_crypto.content.mimi import SALT_BYTES, Extension, ExtensionKey, MessageId, MimiContent
from rogatory_crypto.content.nested_part import (
    Disposition,
    MultiPart,
    NestedPart,
    PartSemantics,
    SinglePart,
)
from rogatory_crypto.content.seen_checkpoint import EXTENSION, seen
from rogatory_crypto.content.statement import statement_part
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import GroupId

TEXT_MEDIA_TYPE = "text/markdown;charset=utf-8;variant=GFM-MIMI"
MAX_TEXT_BYTES = 256 << 10


def text_part(text: str, language: str = "") -> SinglePart:
    """Return a text to be read by people.

    Raises:
        MisuseError: the text is longer than a message may be, and belongs into an attachment; or it has no
            encoding.
    """
    try:
        encoded = text.encode()
    except UnicodeEncodeError as error:
        raise MisuseError("the text holds bytes that are no characters: write it anew") from error
    if len(encoded) > MAX_TEXT_BYTES:
        raise MisuseError("the text is longer than 256 KiB: attach it as a document instead")
    return SinglePart(Disposition.RENDER, language, TEXT_MEDIA_TYPE, encoded)


def write_event(event: CaseEvent, group_id: GroupId, context: Context, *, topic: bytes = b"") -> Message:
    """Return a message that is one event."""
    return write((event_part(event),), group_id, context, topic=topic)


def write(
    parts: Sequence[NestedPart],
    group_id: GroupId,
    context: Context,
    *,
    salt: bytes | None = None,
    in_reply_to: MessageId | None = None,
    topic: bytes = b"",
    is_stated: bool = False,
) -> Message:
    """Return the message that these parts make, in the own office's name.

    Args:
        parts: one or more; more are to be processed together.
        group_id: the room it is for; a message says which room it belongs to.
        context: identity and randomness.
        salt: 16 bytes, where the attachments were bound to them already.
        in_reply_to: the message it answers.
        topic: the room that a resealed history is of.
        is_stated: whether this officer's device signs all of it, in one more part at the end.
    """
    sender, room = context.oneself.authority, context.uri_of_room(group_id)
    names: dict[ExtensionKey, object] = {Extension.SENDER_URI: sender, Extension.ROOM_URI: room}
    content = MimiContent(
        salt=salt or context.random(SALT_BYTES),
        nested_part=_joined((*parts, statement_part()) if is_stated else parts),
        topic_id=topic,
        in_reply_to=in_reply_to,
        extensions=names | _view_of_the_log(context),
    )
    said = signed_content(content, group_id, context) if is_stated else content
    return verify_message(said.encode(), sender_uri=sender, room_uri=room)


def _view_of_the_log(context: Context) -> dict[ExtensionKey, object]:
    """Return the newest checkpoint in its small form: every message, as the log has grown by the next one."""
    accepted = context.log.accepted
    checkpoint = None if accepted is None else seen(accepted.log_checkpoint)
    return {} if checkpoint is None else {EXTENSION: checkpoint.plain()}


def _joined(parts: Sequence[NestedPart]) -> NestedPart:
    if len(parts) == 1:
        return parts[0]
    return MultiPart(Disposition.RENDER, "", PartSemantics.PROCESS_ALL, tuple(parts))
