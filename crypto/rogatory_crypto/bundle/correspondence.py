"""The checks of what was said: each message's bytes, formality, files and postmarks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from rogatory_crypto import cbor
from rogatory_crypto.bundle.attested import attested_messages
from rogatory_crypto.bundle.documents import SentDocument, documents_of
from rogatory_crypto.bundle.finding import About, Finding, passed, wrong
from rogatory_crypto.bundle.formality import Said, formal_messages
from rogatory_crypto.bundle.manifest import BundledMessage, Manifest
from rogatory_crypto.bundle.octets import Measured
from rogatory_crypto.content.events import read_event
from rogatory_crypto.content.message import Message, verify_message
from rogatory_crypto.content.nested_part import walk
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity.credential import authority_uri, room_uri
from rogatory_crypto.log.root import NetworkTrust
from rogatory_crypto.wire.identifier import GroupId
from rogatory_crypto.wire.postmark import Consignment, Postmark, verify_postmark

MAX_POSTMARK_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """A message of a bundle whose bytes are those that the manifest names."""

    listed: BundledMessage
    message: Message
    said: Said
    documents: tuple[SentDocument, ...] = field(repr=False)


def receipt_file(number: int) -> str:
    """Return the name of the file with a receipt."""
    return f"receipts/{number:04}.cbor"


def read_messages(manifest: Manifest, files: Mapping[str, bytes]) -> tuple[list[ReadMessage], list[Finding]]:
    """Return the messages that are what the manifest says, and what is wrong with the others."""
    read, findings = list[ReadMessage](), list[Finding]()
    for listed in manifest.messages:
        if listed.left_out:
            said = f"left out; SHA-256 of its content is {listed.content_sha256.hex()}"
            findings.append(passed(About.LEFT_OUT, listed.file, said))
            continue
        try:
            room = manifest.relay, manifest.group_id
            read.append(read_message(listed, files[listed.file], *room))
        except PeerError as error:
            findings.append(wrong(About.MESSAGE, listed.file, str(error)))
    return read, findings


def read_message(listed: BundledMessage, content: bytes, relay: str, group_id: GroupId) -> ReadMessage:
    """Return a message of a relay's room if its bytes are those that a bundle lists.

    Raises:
        PeerError: they are not, or not a message of this sender in this room.
    """
    if sha256(content).digest() != listed.content_sha256:
        raise PeerError(Code.HASH_MISMATCH, "its content is not what the manifest names")
    sender, room = authority_uri(relay, listed.sender), room_uri(relay, group_id)
    message = verify_message(content, sender_uri=sender, room_uri=room)
    if message.message_id != listed.message_id:
        raise PeerError(Code.HASH_MISMATCH, "its content makes another id than its own")
    parts = walk(message.content.nested_part)
    said = listed.said(tuple(event for part in parts if (event := read_event(part)) is not None))
    return ReadMessage(listed, message, said, documents_of(message, said, group_id))


def check_formality(
    read: list[ReadMessage], manifest: Manifest, files: Mapping[str, bytes]
) -> Iterator[Finding]:
    """Name what is not formal: it must not be in a bundle, nor named in one."""
    said = [each.said for each in read]
    said += [each.said(()) for each in manifest.messages if each.left_out]
    formal = formal_messages(said, attested_messages(manifest, files))
    for each in manifest.messages:
        if each.message_id not in formal:
            reason = "it is not formal: no request begins it, or carries over what its author has signed"
            yield wrong(About.MESSAGE, each.file, reason)


def check_documents(
    read: list[ReadMessage], manifest: Manifest, documents: Mapping[str, Measured]
) -> Iterator[Finding]:
    """Check that every file of every message is the one that was sent, or is named as left out."""
    left_out = {(each.message_id, each.number): each.stored_sha256 for each in manifest.documents_left_out}
    for document in (document for each in read for document in each.documents):
        named = left_out.pop((document.message_id, document.number), None)
        if named is not None:
            yield _left_out(document, named)
            continue
        try:
            document.require(documents[document.name].octets)
        except PeerError as error:
            yield wrong(About.DOCUMENT, document.name, str(error))
        else:
            yield passed(About.DOCUMENT, document.name, "it is the file that was sent with its message")
    if left_out:
        yield wrong(About.LEFT_OUT, "", "the manifest names documents as left out that were never sent")


def _left_out(document: SentDocument, named: bytes) -> Finding:
    if named != document.file.stored_sha256:
        return wrong(About.LEFT_OUT, document.name, "it is named by another hash than its message has")
    plain = "" if document.stated is None else f"; its own SHA-256 is {document.stated.sha256.hex()}"
    said = f"left out; SHA-256 of its stored form is {named.hex()}{plain}"
    return passed(About.LEFT_OUT, document.name, said)


def check_postmarks(manifest: Manifest, files: Mapping[str, bytes], trust: NetworkTrust) -> Iterator[Finding]:
    """Check the relay's signature on each postmark that the bundle holds."""
    for message in manifest.messages:
        name = message.postmark_file
        if name not in files:
            continue
        try:
            _require_postmark(files[name], message, manifest, trust)
        except PeerError as error:
            yield wrong(About.POSTMARK, name, str(error))
        else:
            said = "the relay has signed that it took a message in at this place and time"
            yield passed(About.POSTMARK, name, said)


def _require_postmark(data: bytes, message: BundledMessage, manifest: Manifest, trust: NetworkTrust) -> None:
    about, stamp = cbor.array(cbor.decode(data, limit=MAX_POSTMARK_BYTES), 2)
    consignment, mark = Consignment.from_plain(about), Postmark.from_plain(stamp)
    key = trust.postmark_at(mark.accepted_at_ms // 1000)
    verified = verify_postmark(mark, consignment, origin=manifest.relay, public_key=key)
    if consignment.group_id != manifest.group_id:
        raise PeerError(Code.WRONG_GROUP, "a postmark of another room")
    if (consignment.sequence, verified.accepted_at_ms) != (message.sequence, message.at_ms):
        raise PeerError(Code.CONFLICT, "a postmark of another place or time than the message's")
