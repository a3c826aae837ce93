"""What a party to a case could say about the other in its own bundle, with its own seal: it never passes."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from tests.simulator.test_bundle import Case, answered_case, sealed_bundle, wrong
from tests.simulator.test_bundle_faults import Change, lied
from tests.simulator.test_story import B

from rogatory_client.bundle.gathered import Gathered
from rogatory_crypto.bundle.finding import About
from rogatory_crypto.bundle.manifest import BundledMessage
from rogatory_crypto.content import mimi, receipts, statement
from rogatory_crypto.content.nested_part import MultiPart, SinglePart
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.identity.credential import authority_uri, room_uri


@pytest.fixture
async def case(tmp_path: Path) -> Case:
    return await answered_case(tmp_path)


def listing(change: Callable[[BundledMessage], BundledMessage]) -> Change:
    """Change what the manifest says of each message."""

    def lie(gathered: Gathered) -> Gathered:
        manifest = gathered.contents.manifest
        changed = replace(manifest, messages=tuple(map(change, manifest.messages)))
        return replace(gathered, contents=replace(gathered.contents, manifest=changed))

    return lie


def unsigned(gathered: Gathered, media_type: str) -> Gathered:
    """Have the other office say the same without its signatures of a kind, as anybody could write it."""
    contents = gathered.contents
    manifest, messages = contents.manifest, dict(contents.messages)
    room = room_uri(manifest.relay, manifest.group_id)
    listed = list[BundledMessage]()
    for each in manifest.messages:
        content = mimi.decode(messages[each.message_id])
        whole = content.nested_part
        parts = whole.parts if isinstance(whole, MultiPart) else ()
        kept = tuple(p for p in parts if not (isinstance(p, SinglePart) and p.content_type == media_type))
        if each.sender != B or kept == parts:
            listed.append(each)
            continue
        assert isinstance(whole, MultiPart)
        left = replace(whole, parts=kept) if len(kept) > 1 else kept[0]
        encoded = replace(content, nested_part=left).encode()
        name = mimi.message_id(encoded, authority_uri(manifest.relay, each.sender), room)
        del messages[each.message_id]
        messages[name] = encoded
        listed.append(replace(each, message_id=name, content_sha256=sha256(encoded).digest()))
    assert tuple(listed) != manifest.messages
    changed = replace(manifest, messages=tuple(listed), receipts=0)
    return replace(
        gathered,
        contents=replace(contents, manifest=changed, messages=messages, receipts=(), postmarks={}),
    )


async def test_a_state_and_an_acknowledgement_that_the_other_has_not_signed_fail(case: Case) -> None:
    for media_type, expected in (
        (statement.MEDIA_TYPE, "not signed by the officer's device"),
        (receipts.MEDIA_TYPE, "its words or files are not those"),
    ):
        gathered = unsigned(await case.gathered(), media_type)
        indication, said = await lied(case, lambda _, lie=gathered: lie)  # type: ignore[misc]  # bound at once
        assert indication is Indication.TOTAL_FAILED
        assert expected in said


async def test_times_and_places_that_contradict_each_other_fail(case: Case) -> None:
    day = 86_400_000
    for change, expected in (
        (lambda each: replace(each, at_ms=each.at_ms + day), "said after the bundle was made"),
        (lambda each: replace(each, at_ms=each.at_ms + 1_200_000), "signed before its message was said"),
        (lambda each: replace(each, sequence=7), "another message has its place"),
    ):
        indication, said = await lied(case, listing(change))
        assert indication is Indication.TOTAL_FAILED
        assert expected in said


async def test_who_made_it_and_who_said_what_is_left_out_must_be_in_the_log(case: Case) -> None:
    def another(gathered: Gathered) -> Gathered:
        manifest = replace(gathered.contents.manifest, officer="the head of the office")
        return replace(gathered, contents=replace(gathered.contents, manifest=manifest))

    indication, said = await lied(case, another)
    assert indication is Indication.TOTAL_FAILED
    assert "another office or officer" in said
    gathered = await case.gathered(case.answer[:12])
    lie = listing(lambda each: replace(each, officer="the head") if each.left_out else each)(gathered)
    indication, said = await lied(case, lambda _: lie)
    assert indication is Indication.TOTAL_FAILED
    assert "another office or officer" in said


async def test_an_old_view_of_the_log_is_no_view_of_today(case: Case) -> None:
    gathered = await case.gathered()
    case.world.tick(2 * 86_400)
    manifest = replace(gathered.contents.manifest, made_at=int(case.world.now))
    lie = replace(gathered, contents=replace(gathered.contents, manifest=manifest))
    indication, said = await lied(case, lambda _: lie)
    assert indication is Indication.INDETERMINATE
    assert "more than a day before" in said


async def test_the_verdict_on_a_document_goes_with_it(case: Case) -> None:
    async with case.world.at(B) as office:
        await office.lifecycle.create_seal()
        await office.sync()
        saved = await office.save_attachment(case.request, 0, case.folder / "out")
        assert await office.verdicts.check(case.request, 0, saved, arrived=True) is not None
        gathered = office.bundles.gather("GH/9", case.documents, leave_out=[f"{case.request[:12]}/0"])
    assert gathered.contents.verdicts == ()
    document = await asyncio.to_thread(sealed_bundle, gathered)
    verified = case.verified(document)
    assert wrong(verified) == []
    assert not [each for each in verified.findings if each.about is About.VERDICT]
