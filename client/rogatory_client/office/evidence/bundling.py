"""Gathers what is formal of one case from the vault and the log; nothing is sent or changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection

from rogatory_client.bundle.gathered import Gathered
from rogatory_client.bundle.index_facts import IndexFacts, SetAside
from rogatory_client.bundle.index_page import index_page
from rogatory_client.bundle.index_writing import write_index_html, write_index_pdf
from rogatory_client.bundle.leaving_out import LeftOut, read_left_out
from rogatory_client.bundle.setting_aside import without_flawed
from rogatory_client.bundle.wording import wording
from rogatory_client.engine.carried_effect import FROM_CARRIER
from rogatory_client.engine.delivery_effect import KeptNonDelivery
from rogatory_client.engine.effect import FROM_PARTNER, Evidence
from rogatory_client.engine.non_delivery import flaw_of
from rogatory_client.engine.room import Room
from rogatory_client.office import reading
from rogatory_client.office.carry_over.record import agreed_in
from rogatory_client.office.cases.record import timeline_of
from rogatory_client.office.desk import Desk
from rogatory_client.office.devices.sealing import open_seal
from rogatory_client.office.evidence.bundled_verdicts import bundled_verdicts
from rogatory_client.vault import archive, deliveries, log
from rogatory_client.vault.archive import StoredMessage, read_message
from rogatory_crypto.bundle import correspondence
from rogatory_crypto.bundle.authorship import check_authorship
from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.bundle.documents import SentDocument
from rogatory_crypto.bundle.excerpt import MAX_ENTRIES, Excerpt, ProvenEntry, positions_about
from rogatory_crypto.bundle.formality import formal_messages
from rogatory_crypto.bundle.laying_out import Contents, papers_of
from rogatory_crypto.bundle.manifest import (
    MAX_MESSAGES,
    VERSION,
    BundledMessage,
    DocumentLeftOut,
    Manifest,
)
from rogatory_crypto.bundle.octets import Octets
from rogatory_crypto.casework.carrying_over import Carriage
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.identity.office_seal import SealCertificate
from rogatory_crypto.log.signed_checkpoint import parse_signed_checkpoint
from rogatory_crypto.wire.identifier import EntryId

_INFORMAL: Final = "this is no request: what is said in it is informal and cannot be shown to others"


@dataclass(frozen=True, slots=True)
class _Formal:
    """What is formal of a case, as the vault has it; ``listed`` is all of it, also what is set aside."""

    listed: tuple[BundledMessage, ...]
    read: tuple[ReadMessage, ...]
    set_aside: tuple[SetAside, ...]
    rows: Mapping[MessageId, StoredMessage]
    receipts: tuple[Evidence, ...]
    attestations: Mapping[MessageId, bytes]
    informal: int


class Bundles:
    """Part of an open office; see ``Office.bundles``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def gather(
        self,
        room: str,
        files: Sequence[Octets],
        *,
        leave_out: Sequence[str] = (),
        seal: str | None = None,
        language: str = "en",
    ) -> Gathered:
        """Return what a bundle of a case holds; what cannot be shown to others is named and left out.

        Args:
            room: the case, by a reference or its id.
            files: the documents that were sent with its messages, in any order.
            leave_out: messages by id, documents as ``MESSAGE/NUMBER``.
            seal: how SHA-256 of its certificate begins; without it, the office's newest.
            language: of the index: en, fr, es, ru, zh, ar or pt.

        Raises:
            MisuseError: the case is informal, a document was not given, no seal of the office counts here, or
                the language has no words.
        """
        desk, words = self._desk, wording(language)
        found = reading.room_of(desk, room)
        if found.kind is not CaseKind.REQUEST:
            raise MisuseError(_INFORMAL)
        chosen = open_seal(desk, seal).seal
        formal = _formal(desk, found)
        left_out = read_left_out(leave_out, formal.read)
        documents = _given(formal.read, left_out, files)
        manifest = _manifest(desk, found, formal, left_out, sha256(chosen.certificate).digest())
        contents = _contents(desk, manifest, formal, documents, chosen)
        page = index_page(contents, formal.read, _facts(desk, found, formal, contents), words)
        whole = replace(contents, index_html=write_index_html(page), index_pdf=write_index_pdf(page, words))
        return Gathered(whole, chosen, desk.pinned, formal.informal, formal.set_aside)


def _facts(desk: Desk, room: Room, formal: _Formal, contents: Contents) -> IndexFacts:
    left_out = {each.message_id for each in contents.manifest.messages if each.left_out}
    kept = [each for each in formal.read if each.listed.message_id not in left_out]
    authorship = check_authorship(kept, contents.manifest, papers_of(contents), desk.registry)
    changes = timeline_of(desk, room).changes
    return IndexFacts(formal.receipts, authorship.provenance, changes, formal.set_aside)


def _formal(desk: Desk, room: Room) -> _Formal:
    attestations = _attestations(desk, room)
    with desk.vault.reading() as connection:
        rows = [
            row
            for row in archive.timeline(connection, room.group_id, None)
            # What was handed back is hearsay; what is queued, or came by carrier, the relay has not shown.
            if row.sequence not in {None, FROM_PARTNER, FROM_CARRIER}
        ]
        read = without_flawed((_read(desk, row) for row in rows), room.group_id, desk.registry)
        formal = formal_messages((each.said for each in read), attestations)
        chosen = tuple(each for each in read if each.listed.message_id in formal)
        by_name = {MessageId(row.message_id): row for row in rows}
        receipts = tuple(_receipts(connection, chosen, by_name, desk))
    if not chosen:
        raise MisuseError("nothing formal was said in this case yet")
    if len(chosen) > MAX_MESSAGES:
        raise MisuseError(f"a bundle holds {MAX_MESSAGES} messages at most, and the case has {len(chosen)}")
    names = {each.listed.message_id for each in chosen}
    signed = {name: data for name, data in attestations.items() if name in names}
    return _Formal(
        listed=tuple(each.listed for each in chosen),
        read=tuple(each for each in chosen if isinstance(each, ReadMessage)),
        set_aside=tuple(each for each in chosen if isinstance(each, SetAside)),
        rows=by_name,
        receipts=receipts,
        attestations=signed,
        informal=len(read) - len(chosen),
    )


def _attestations(desk: Desk, room: Room) -> dict[MessageId, bytes]:
    """Return the authors' signatures on what all have agreed to carry over, and a request does."""
    agreed = agreed_in(desk, room)
    carried = agreed.carry_over.with_standing(Carriage.CARRIED_OVER)
    return {name: agreed.signed[name] for name in carried}


def _read(desk: Desk, row: StoredMessage) -> ReadMessage | SetAside:
    message = read_message(row)
    own_place = message.sequence if message.sequence is not None and message.sequence >= 0 else None
    listed = BundledMessage(
        message_id=message.message_id,
        sender=message.entry_id,
        officer=message.officer,
        device_id=message.device_id,
        at_ms=message.at_ms,
        sequence=own_place,
        content_sha256=sha256(message.content).digest(),
        left_out=False,
    )
    try:
        return correspondence.read_message(listed, message.content, desk.pinned.origin, message.group_id)
    except PeerError as error:
        return SetAside(listed, error.detail or error.code.value)


def _receipts(
    connection: Connection,
    read: Iterable[ReadMessage | SetAside],
    rows: Mapping[MessageId, StoredMessage],
    desk: Desk,
) -> Iterable[Evidence]:
    for each in read:
        message_id = each.listed.message_id
        found = archive.evidence_on(connection, message_id)
        yield from (evidence for evidence in found if evidence.signed is not None)
        stated = deliveries.load_non_deliveries(connection, [message_id], desk.registry)
        message = read_message(rows[message_id])
        sound = (kept for kept in stated.get(message_id, []) if flaw_of(kept.stated, message) is None)
        yield from map(_as_evidence, sound)


def _as_evidence(kept: KeptNonDelivery) -> Evidence:
    stated = kept.stated
    return Evidence(
        message_id=stated.message_id,
        group_id=stated.group_id,
        event=f"{stated.event.value} ({stated.recipient})",
        entry_id=stated.authority,
        officer=stated.officer,
        device_id=stated.device_id,
        at=stated.at,
        own_reference=None,
        signed=kept.signed,
    )


def _given(read: Iterable[ReadMessage], left_out: LeftOut, files: Sequence[Octets]) -> dict[str, Octets]:
    """Return each document that is in the bundle, by its name there."""
    found: dict[str, Octets] = {}
    for message in (each for each in read if each.listed.message_id not in left_out.messages):
        for document in message.documents:
            if (document.message_id, document.number) not in left_out.documents:
                found[document.name] = _file_of(document, files)
    return found


def _file_of(document: SentDocument, files: Sequence[Octets]) -> Octets:
    for content in files:
        try:
            document.require(content)
        except PeerError:
            continue
        return content
    name = f"{document.message_id.hex()[:12]}/{document.number}"
    raise MisuseError(
        f"the document {document.file.filename!r} of message {name} was not given: save it with "
        f"`rogatory save`, give it with --document, or leave it out with --leave-out {name}"
    )


def _manifest(desk: Desk, room: Room, formal: _Formal, left_out: LeftOut, seal_sha256: bytes) -> Manifest:
    oneself = desk.oneself
    documents = {
        (document.message_id, document.number): document
        for message in formal.read
        for document in message.documents
    }
    aside = {each.listed.message_id for each in formal.set_aside}
    named = sorted(name for name in left_out.documents if name[0] not in left_out.messages)
    return Manifest(
        version=VERSION,
        relay=desk.pinned.origin,
        group_id=room.group_id,
        made_at=desk.surroundings.now(),
        maker=oneself.entry_id,
        officer=oneself.officer,
        device_id=oneself.device_id,
        seal_sha256=seal_sha256,
        messages=tuple(
            replace(each, left_out=each.message_id in left_out.messages | aside) for each in formal.listed
        ),
        documents_left_out=tuple(
            DocumentLeftOut(*name, documents[name].file.stored_sha256) for name in named
        ),
        receipts=len(formal.receipts),
        verdicts=len(bundled_verdicts(desk, formal.read, left_out)),
    )


def _contents(
    desk: Desk, manifest: Manifest, formal: _Formal, documents: Mapping[str, Octets], seal: SealCertificate
) -> Contents:
    concerned = {manifest.maker, *(each.sender for each in manifest.messages)}
    concerned |= {EntryId(each.entry_id) for each in formal.receipts}
    left_out = LeftOut(
        frozenset(each.message_id for each in manifest.messages if each.left_out),
        frozenset((each.message_id, each.number) for each in manifest.documents_left_out),
    )
    kept = [each for each in formal.read if each.listed.message_id not in left_out.messages]
    marks = {name: row.postmark for name, row in formal.rows.items() if row.postmark is not None}
    return Contents(
        manifest=manifest,
        messages={each.listed.message_id: each.message.encoded for each in kept},
        documents=documents,
        receipts=tuple(each.signed for each in formal.receipts if each.signed is not None),
        attestations=formal.attestations,
        postmarks={
            each.message_id: marks[each.message_id] for each in manifest.messages if each.message_id in marks
        },
        verdicts=bundled_verdicts(desk, formal.read, left_out),
        excerpt=_excerpt(desk, concerned),
        root=desk.pinned.root.encoded,
        trust=desk.pinned.encoded,
        seal=seal.certificate,
        issuer=seal.issuer_certificate,
        index_html=b"",
        index_pdf=b"",
    )


def _excerpt(desk: Desk, authorities: set[EntryId]) -> Excerpt:
    with desk.vault.reading() as connection:
        view = log.load_view(connection)
        if view is None:
            raise MisuseError("this device has no view of the log yet: run `rogatory sync`")
        size = parse_signed_checkpoint(view.checkpoint).checkpoint.size
        positions = positions_about(log.read_entries(connection, 0, size), authorities)
        entries = {each: log.read_entry(connection, each) for each in positions}
    if len(positions) > MAX_ENTRIES:
        raise MisuseError(
            f"the log says more about these authorities than the {MAX_ENTRIES} entries of a bundle"
        )
    return Excerpt(
        view.checkpoint,
        tuple(
            ProvenEntry(position, entry, desk.replica.prove(position))
            for position, entry in entries.items()
            if entry is not None
        ),
    )
