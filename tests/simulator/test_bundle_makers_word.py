"""What of a bundle stands on its maker's word alone, what is passed over, and what cannot be shown."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from tests.simulator.test_bundle import Case, answered_case, sealed_bundle, wrong
from tests.simulator.test_bundle_faults import lied, sealed
from tests.simulator.test_life_cycle import said_by, slip_in_as_it_is, upon
from tests.simulator.test_story import A, B

from rogatory_client.bundle.gathered import Gathered
from rogatory_crypto.bundle.finding import About
from rogatory_crypto.bundle.manifest import BundledMessage
from rogatory_crypto.bundle.provenance import ProvenBy
from rogatory_crypto.content import mimi
from rogatory_crypto.content.case_progress import StateSet
from rogatory_crypto.content.events import Acknowledged, event_part, read_event
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import Disposition, MultiPart, SinglePart, walk
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.identity.credential import authority_uri, room_uri


@pytest.fixture
async def case(tmp_path: Path) -> Case:
    return await answered_case(tmp_path)


def without(gathered: Gathered, name: MessageId) -> Gathered:
    """Pass over a message in silence, with all that names it."""
    contents, manifest = gathered.contents, gathered.contents.manifest
    kept = tuple(each for each in contents.receipts if bytes(name) not in each)
    changed = replace(
        manifest,
        messages=tuple(each for each in manifest.messages if each.message_id != name),
        receipts=len(kept),
    )
    return replace(
        gathered,
        contents=replace(
            contents,
            manifest=changed,
            receipts=kept,
            messages={each: content for each, content in contents.messages.items() if each != name},
            postmarks={each: mark for each, mark in contents.postmarks.items() if each != name},
        ),
    )


def _with_messages(
    gathered: Gathered, listed: tuple[BundledMessage, ...], more: Mapping[MessageId, bytes]
) -> Gathered:
    contents = gathered.contents
    manifest = replace(contents.manifest, messages=listed)
    return replace(
        gathered, contents=replace(contents, manifest=manifest, messages={**contents.messages, **more})
    )


def saying(gathered: Gathered, event: type) -> MessageId:
    """Return the message with an event of a kind."""
    return next(
        name
        for name, content in gathered.contents.messages.items()
        if any(isinstance(read_event(part), event) for part in walk(mimi.decode(content).nested_part))
    )


async def test_strictly_the_makers_word_for_others_is_not_enough(case: Case) -> None:
    document = await case.bundle()
    strict = case.verified(document).strictly()
    assert strict.indication is Indication.INDETERMINATE
    assert wrong(strict) == [f"that {B} has said it is the maker's word"]
    # Without the one message that B never signed for, nothing is open.
    left = case.verified(await case.bundle(case.answer[:12]))
    assert [each.by for each in left.provenance if each.message.left_out] == [ProvenBy.MAKER]


async def test_a_message_that_a_signed_one_names_is_missed(case: Case) -> None:
    gathered = await case.gathered()
    passed_over = without(gathered, saying(gathered, Acknowledged))
    verified = case.verified(await asyncio.to_thread(sealed, passed_over))
    missing = [each.text for each in verified.findings if each.about is About.MISSING]
    name = saying(gathered, Acknowledged).hex()[:12]
    assert f"refers to message {name} that is not in the bundle" in missing
    assert verified.strictly().indication is Indication.INDETERMINATE
    whole = case.verified(await asyncio.to_thread(sealed, gathered))
    assert not [each for each in whole.findings if each.about is About.MISSING and name in each.text]


@pytest.mark.parametrize("beside", [True, False])
async def test_words_cannot_be_put_beside_what_another_has_signed(case: Case, *, beside: bool) -> None:
    """The maker adds words to the other side's signed event: in its place, or in a message of its own."""

    def again(gathered: Gathered) -> Gathered:
        contents, manifest = gathered.contents, gathered.contents.manifest
        genuine = next(e for e in manifest.messages if e.message_id == saying(gathered, StateSet))
        content = mimi.decode(contents.messages[genuine.message_id])
        assert isinstance(content.nested_part, MultiPart)
        words = SinglePart(Disposition.RENDER, "en", "text/plain;charset=utf-8", b"And we drop it.")
        parts = (*content.nested_part.parts, words)
        encoded = replace(content, nested_part=replace(content.nested_part, parts=parts)).encode()
        sender = authority_uri(manifest.relay, genuine.sender)
        name = mimi.message_id(encoded, sender, room_uri(manifest.relay, manifest.group_id))
        digest = sha256(encoded).digest()
        second = replace(genuine, message_id=name, content_sha256=digest)
        if beside:
            second = replace(second, sequence=None)
            return _with_messages(gathered, (*manifest.messages, second), {name: encoded})
        others = without(gathered, genuine.message_id)
        return _with_messages(others, (*others.contents.manifest.messages, second), {name: encoded})

    indication, said = await lied(case, again)
    assert indication is Indication.TOTAL_FAILED
    assert "its words or files are not those that the officer's device has signed" in said


async def test_a_partners_odd_message_is_left_out_with_the_reason(case: Case) -> None:
    async with case.world.at(B) as office:
        refused = event_part(upon(office, "refused", reasons="We refuse."))
        slip_in_as_it_is(office, said_by(office, refused))
        await office.sync()
    gathered = await case.gathered()
    (aside,) = gathered.set_aside
    assert "not signed by the officer's device" in aside.reason
    document = await asyncio.to_thread(sealed_bundle, gathered)
    assert b"We refuse." not in document
    verified = case.verified(document)
    assert wrong(verified) == []
    assert aside.listed.file in [each.place for each in verified.findings if each.about is About.LEFT_OUT]
    page = gathered.contents.index_html.decode()
    assert "cannot be shown: it is not signed by the officer" in page


async def test_the_index_is_in_the_judges_language_and_direction(case: Case) -> None:
    async with case.world.at(A) as office:
        await office.sync()
        pages = {
            each: office.bundles.gather("SN/2", case.documents, language=each).contents
            for each in ("fr", "ar", "ru")
        }
    assert '<html lang="ar" dir="rtl">' in pages["ar"].index_html.decode()
    assert '<html lang="fr" dir="ltr">' in pages["fr"].index_html.decode()
    assert "Cycle de vie" in pages["fr"].index_html.decode()
    assert "مراحل القضية" in pages["ar"].index_html.decode()
    assert all(each.index_pdf.startswith(b"%PDF-") for each in pages.values())


async def test_the_index_shows_states_delivery_and_who_vouches(case: Case) -> None:
    gathered = await case.gathered()
    page = re.sub("<[^>]+>", "", gathered.contents.index_html.decode())
    assert "Life cycle" in page
    assert "under_review" in page
    assert f"{B}: ContentAcknowledgement" in page
    assert "the maker's word alone" in page
    assert "signed in full by its author's device" in page
