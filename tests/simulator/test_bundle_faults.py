"""A bundle that was changed, or that its maker lies in: it never passes, and what is wrong is named."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

import pytest
from tests.simulator.test_bundle import Case, answered_case, wrong
from tests.simulator.test_story import B
from tests.trusted_network import TrustedNetwork

from rogatory_client.bundle.gathered import Gathered
from rogatory_client.signing.sign_file import sign_file
from rogatory_crypto import cbor
from rogatory_crypto.bundle.asic import SIGNATURE, asic_manifest, join_container
from rogatory_crypto.bundle.excerpt import Excerpt
from rogatory_crypto.bundle.laying_out import MACHINE, READABLE, lay_out
from rogatory_crypto.bundle.octets import Held, measure
from rogatory_crypto.bundle.zip_writing import write_archive
from rogatory_crypto.content import mimi
from rogatory_crypto.content.case_progress import StateSet
from rogatory_crypto.content.events import event_part
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.receipts import EvidenceEvent, Receipt, sign_receipt
from rogatory_crypto.esign.container.archive import read_archive
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.identity.credential import authority_uri, room_uri
from rogatory_crypto.log.pinned import pinned_trust
from rogatory_crypto.log.signed_checkpoint import parse_signed_checkpoint
from rogatory_crypto.log.signed_note import SignedNote

NOTHING: Mapping[str, bytes] = MappingProxyType({})
Change = Callable[[Gathered], Gathered]


@pytest.fixture
async def case(tmp_path: Path) -> Case:
    return await answered_case(tmp_path)


def sealed(gathered: Gathered, other: Mapping[str, bytes] = NOTHING, now: int | None = None) -> bytes:
    """Seal whatever this is, as a maker would who lies: the signature holds."""
    files = {**lay_out(gathered.contents), **{name: Held(content) for name, content in other.items()}}
    measured = {name: measure(each) for name, each in files.items()}
    now = gathered.contents.manifest.made_at if now is None else now
    return b"".join(join_container(measured, sign_file(asic_manifest(measured), gathered.seal, now=now)))


def archive_of(files: Mapping[str, bytes]) -> bytes:
    """The archive of these files, whatever they are."""
    return b"".join(write_archive({name: measure(Held(content)) for name, content in files.items()}))


async def lied(case: Case, change: Change) -> tuple[Indication, str]:
    """Verify a bundle that was changed before it was sealed."""
    gathered = change(await case.gathered())
    verified = case.verified(await asyncio.to_thread(sealed, gathered))
    return verified.indication, "; ".join(wrong(verified))


def with_excerpt(gathered: Gathered, excerpt: Excerpt) -> Gathered:
    return replace(gathered, contents=replace(gathered.contents, excerpt=excerpt))


async def test_no_byte_of_a_bundle_is_free(case: Case) -> None:
    document = await case.bundle(f"{case.request}/1")
    assert case.verified(document).indication is Indication.TOTAL_PASSED
    for place in range(0, len(document), 997):
        for bit in (0x01, 0x80):
            changed = bytearray(document)
            changed[place] ^= bit
            assert case.verified(bytes(changed)).indication is not Indication.TOTAL_PASSED, place


async def test_no_byte_of_any_file_is_free_though_its_checksum_is_mended(case: Case) -> None:
    files = dict(read_archive(await case.bundle(f"{case.request}/1")).files)
    for name, content in files.items():
        for place in {0, len(content) // 3, len(content) // 2, len(content) - 1}:
            changed = bytearray(content)
            changed[place] ^= 0x01
            document = archive_of({**files, name: bytes(changed)})
            assert case.verified(document).indication is not Indication.TOTAL_PASSED, (name, place)


async def test_nothing_is_free_beside_the_signature(case: Case) -> None:
    # RFC 5652 section 5.1: no signature covers the certificates beside it.
    files = dict(read_archive(await case.bundle(f"{case.request}/1")).files)
    signature = files[SIGNATURE]
    for place in range(0, len(signature), 23):
        changed = bytearray(signature)
        changed[place] ^= 0x01
        document = archive_of({**files, SIGNATURE: bytes(changed)})
        assert case.verified(document).indication is not Indication.TOTAL_PASSED, place


async def test_cut_and_lengthened_files_and_files_of_another_kind_never_pass(case: Case) -> None:
    document = await case.bundle(f"{case.request}/1")
    others = [b"", b"PK", b"%PDF-1.7", document[:-1], document[: len(document) // 2], document + b"\0"]
    for other in others:
        assert case.verified(other).indication is Indication.TOTAL_FAILED


async def test_a_file_missing_or_beside_is_named(case: Case) -> None:
    gathered = await case.gathered()
    document = await asyncio.to_thread(sealed, gathered, {"extra/note": b"?"})
    assert wrong(case.verified(document)) == ["conflict: extra/note is nothing that the manifest names"]
    contents = replace(gathered.contents, receipts=gathered.contents.receipts[:-1])
    last = gathered.contents.manifest.receipts - 1
    verified = case.verified(await asyncio.to_thread(sealed, replace(gathered, contents=contents)))
    assert wrong(verified) == [f"not-found: receipts/{last:04}.cbor is missing"]


async def test_an_informal_message_is_refused_whoever_put_it_in(case: Case) -> None:
    async with case.world.at("CNA-SN-01") as office:
        row = next(each for each in office.messages() if each.text == "May we ask?")

    def add(gathered: Gathered) -> Gathered:
        manifest = gathered.contents.manifest
        first = manifest.messages[0]
        informal = MessageId(bytes.fromhex(row.message_id))
        before = replace(first, message_id=informal, at_ms=row.at_ms, sequence=0, left_out=True)
        messages = (before, *manifest.messages)
        return replace(
            gathered, contents=replace(gathered.contents, manifest=replace(manifest, messages=messages))
        )

    indication, said = await lied(case, add)
    assert indication is Indication.TOTAL_FAILED
    assert "it is not formal" in said


async def test_a_receipt_that_nobody_signed_fails(case: Case) -> None:
    def forge(gathered: Gathered) -> Gathered:
        manifest = gathered.contents.manifest
        genuine = gathered.contents.receipts[0]
        body = cbor.array(cbor.decode(genuine, limit=4096), 2)[0]
        assert isinstance(body, bytes)
        receipt = replace(Receipt.decode(body), at=manifest.made_at)
        assert receipt.event in EvidenceEvent
        forged = sign_receipt(receipt, b"\x07" * 32)
        receipts = (forged, *gathered.contents.receipts[1:])
        return replace(gathered, contents=replace(gathered.contents, receipts=receipts))

    indication, said = await lied(case, forge)
    assert indication is Indication.TOTAL_FAILED
    assert "bad-signature" in said


async def test_a_document_that_was_not_sent_fails(case: Case) -> None:
    def swap(gathered: Gathered) -> Gathered:
        documents = {name: Held(b"x" * each.size) for name, each in gathered.contents.documents.items()}
        return replace(gathered, contents=replace(gathered.contents, documents=documents))

    indication, said = await lied(case, swap)
    assert indication is Indication.TOTAL_FAILED
    assert "not the document that the request names" in said


async def test_words_that_were_not_said_fail(case: Case) -> None:
    def change(gathered: Gathered) -> Gathered:
        messages = {
            name: content.replace(b"attached", b"withheld")
            for name, content in gathered.contents.messages.items()
        }
        return replace(gathered, contents=replace(gathered.contents, messages=messages))

    indication, said = await lied(case, change)
    assert indication is Indication.TOTAL_FAILED
    assert "its content is not what the manifest names" in said


async def test_a_change_of_state_that_its_officer_has_not_signed_fails(case: Case) -> None:
    """The other side's device never said this: its maker has made it up, signature left away."""

    def invent(gathered: Gathered) -> Gathered:
        contents, manifest = gathered.contents, gathered.contents.manifest
        theirs = next(each for each in manifest.messages if each.message_id.hex() == case.answer)
        genuine = mimi.decode(contents.messages[theirs.message_id])
        event = StateSet("refused", (), reasons="We refuse.")
        invented = replace(genuine, nested_part=event_part(event)).encode()
        sender, room = (
            authority_uri(manifest.relay, theirs.sender),
            room_uri(manifest.relay, manifest.group_id),
        )
        name = mimi.message_id(invented, sender, room)
        said = replace(theirs, message_id=name, content_sha256=sha256(invented).digest())
        messages = tuple(said if each is theirs else each for each in manifest.messages)
        held = {**contents.messages, name: invented}
        del held[theirs.message_id]
        changed = replace(manifest, messages=messages)
        return replace(gathered, contents=replace(contents, manifest=changed, messages=held))

    indication, told = await lied(case, invent)
    assert indication is Indication.TOTAL_FAILED
    assert "it is not signed by the officer's device" in told


async def test_a_hole_in_the_log_and_entries_elsewhere_fail(case: Case) -> None:
    def hole(gathered: Gathered) -> Gathered:
        excerpt = gathered.contents.excerpt
        return with_excerpt(gathered, replace(excerpt, entries=excerpt.entries[1:]))

    def moved(gathered: Gathered) -> Gathered:
        first, *rest = gathered.contents.excerpt.entries
        entries = (*rest, replace(first, index=rest[-1].index + 1))
        return with_excerpt(gathered, replace(gathered.contents.excerpt, entries=entries))

    for change, expected in ((hole, "are missing before entry"), (moved, "conflict")):
        indication, said = await lied(case, change)
        assert indication is Indication.TOTAL_FAILED
        assert expected in said


async def test_without_the_entry_of_a_device_nothing_of_it_is_believed(case: Case) -> None:
    def without_last_of_b(gathered: Gathered) -> Gathered:
        excerpt = gathered.contents.excerpt
        last = max(place for place, each in enumerate(excerpt.entries) if B.encode() in each.entry)
        entries = excerpt.entries[:last] + excerpt.entries[last + 1 :]
        return with_excerpt(gathered, replace(excerpt, entries=entries))

    indication, said = await lied(case, without_last_of_b)
    assert indication is Indication.TOTAL_FAILED
    assert "a device that no office has entered in the log" in said


async def test_a_checkpoint_that_no_witness_saw_is_believed_by_nobody(case: Case) -> None:
    def unwitnessed(gathered: Gathered) -> Gathered:
        signed = parse_signed_checkpoint(gathered.contents.excerpt.checkpoint)
        own = tuple(line for line in signed.note.signatures if line.name == case.world.network.log_origin)
        note = SignedNote(signed.note.text, own).encode()
        return with_excerpt(gathered, replace(gathered.contents.excerpt, checkpoint=note))

    indication, said = await lied(case, unwitnessed)
    assert indication is Indication.INDETERMINATE
    assert "quorum" in said


async def test_another_networks_trust_vouches_for_nothing(case: Case) -> None:
    document = await case.bundle()
    strangers = TrustedNetwork("other.example", case.world.network.now, witnesses=1)
    verified = case.verified(document, pinned_trust(strangers.profile()))
    assert verified.indication is Indication.INDETERMINATE
    assert "nobody whom you believe" in "; ".join(wrong(verified))


async def test_the_readable_manifest_says_what_the_other_says(case: Case) -> None:
    gathered = await case.gathered()
    readable = gathered.contents.manifest.to_json()
    changed = {READABLE: readable.replace(b"CNA-SN-01", b"CNA-SN-02")}
    document = await asyncio.to_thread(sealed, gathered, changed)
    assert f"it says something else than {MACHINE}" in wrong(case.verified(document))


async def test_a_bundle_from_before_its_log_or_from_the_future_does_not_pass(case: Case) -> None:
    gathered = await case.gathered()
    manifest = gathered.contents.manifest
    for seconds, said in ((-86_400, "before the log was as it shows it"), (86_400, "later than now")):
        dated = replace(gathered.contents, manifest=replace(manifest, made_at=manifest.made_at + seconds))
        document = await asyncio.to_thread(sealed, replace(gathered, contents=dated), now=manifest.made_at)
        verified = case.verified(document)
        assert verified.indication is not Indication.TOTAL_PASSED
        assert any(said in each for each in wrong(verified))


async def test_another_offices_seal_seals_nothing_for_this_one(case: Case) -> None:
    async with case.world.at(B) as office:
        await office.sync()
        await office.lifecycle.create_seal()
        await office.sync()
        theirs = office.lifecycle.open_seal().seal
    gathered = await case.gathered()
    manifest = replace(gathered.contents.manifest, seal_sha256=sha256(theirs.certificate).digest())
    contents = replace(
        gathered.contents, manifest=manifest, seal=theirs.certificate, issuer=theirs.issuer_certificate
    )
    document = await asyncio.to_thread(sealed, replace(gathered, contents=contents, seal=theirs))
    verified = case.verified(document)
    assert verified.indication is Indication.TOTAL_FAILED
    assert any("the seal of" in each for each in wrong(verified))


async def test_trust_of_before_and_of_later_leads_to_a_bundle(case: Case) -> None:
    network, gathered = case.world.network, await case.gathered()
    document = await asyncio.to_thread(sealed, gathered)
    later = (network.renewed(), network.rotated(), network.renewed(witnesses=2, quorum=2))
    for each in later:
        assert wrong(case.verified(document, each.pinned)) == []
    for each in later[:2]:
        contents = replace(gathered.contents, root=each.root, trust=each.trust)
        newer = await asyncio.to_thread(sealed, replace(gathered, contents=contents))
        assert wrong(case.verified(newer, network.pinned)) == []


async def test_a_root_that_signs_itself_leads_nowhere(case: Case) -> None:
    gathered = await case.gathered()
    other = TrustedNetwork("other.example", case.world.network.now, witnesses=1)
    contents = replace(gathered.contents, root=other.root, trust=other.trust)
    document = await asyncio.to_thread(sealed, replace(gathered, contents=contents))
    unwitnessed = case.world.network.renewed(witnesses=2, quorum=2)
    verified = case.verified(document, unwitnessed.pinned)
    assert verified.indication is Indication.INDETERMINATE
    assert "quorum" in "; ".join(wrong(verified))
