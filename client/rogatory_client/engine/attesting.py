"""An office's signatures on its own informal messages, beside its agreement to carry them over."""

from collections.abc import Iterable, Mapping
from functools import partial
from hashlib import sha256
from hmac import compare_digest
from itertools import islice

from rogatory_client.engine.effect import ArchivedMessage
from rogatory_client.engine.room import Context
from rogatory_client.engine.stating import require_signer
from rogatory_crypto.content.attestation import (
    MEDIA_TYPE,
    Attestation,
    attestation_part,
    sign_attestation,
    verify_attestation,
)
from rogatory_crypto.content.carry_over import MAX_PROPOSED
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import NestedPart, SinglePart
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Device
from rogatory_crypto.wire.identifier import EntryId


def attest(messages: Iterable[ArchivedMessage], context: Context) -> tuple[SinglePart, ...]:
    """Return a signature on each message of the own office."""
    oneself = context.oneself
    return tuple(
        attestation_part(
            sign_attestation(
                Attestation(
                    message_id=message.message_id,
                    content_sha256=sha256(message.content).digest(),
                    group_id=message.group_id,
                    at=context.now,
                    authority=oneself.entry_id,
                    officer=oneself.officer,
                    device_id=oneself.device_id,
                ),
                oneself.signer.private,
            )
        )
        for message in messages
        if message.entry_id == oneself.entry_id
    )


def attestations_in(
    parts: Iterable[NestedPart],
    sender: Device,
    accepted_at: int,
    messages: Mapping[MessageId, ArchivedMessage],
) -> dict[MessageId, bytes]:
    """Return the signatures that hold, by the message they are on; what is forged counts as not made.

    Args:
        parts: of the message that holds them.
        sender: the device that sent it.
        accepted_at: when the relay accepted it, Unix seconds.
        messages: the room's, by their ids.
    """
    found: dict[MessageId, bytes] = {}
    signed = (
        part.content for part in parts if isinstance(part, SinglePart) and part.content_type == MEDIA_TYPE
    )
    key_of = partial(_key_of, sender=sender, accepted_at=accepted_at, messages=messages)
    # Each costs a verification whenever the case is looked at.
    for content in islice(signed, MAX_PROPOSED):
        try:
            found[verify_attestation(content, key_of).message_id] = content
        except PeerError:
            continue
    return found


def _key_of(
    attestation: Attestation,
    sender: Device,
    accepted_at: int,
    messages: Mapping[MessageId, ArchivedMessage],
) -> bytes:
    message = messages.get(attestation.message_id)
    if message is None:
        raise PeerError(Code.NOT_FOUND, "it is on a message that is not here")
    if EntryId(message.entry_id) != sender.entry.entry_id:
        raise PeerError(Code.FORBIDDEN, "an office signs for its own messages only")
    if not compare_digest(sha256(message.content).digest(), attestation.content_sha256):
        raise PeerError(Code.HASH_MISMATCH, "it is on other words than the message's")
    return require_signer(attestation, message.group_id, sender, accepted_at)
