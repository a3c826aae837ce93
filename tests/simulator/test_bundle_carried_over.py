"""What a bundle has of a consultation: only what is carried over, with its author's signature."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulator.test_bundle import Case, sealed_bundle, wrong
from tests.simulator.test_bundle_faults import lied
from tests.simulator.test_carry_over import (
    ANSWER,
    ASIDE,
    CASE,
    QUESTION,
    consultation,
    proposed,
    request,
    said,
)
from tests.simulator.test_story import A, B

from rogatory_client.bundle.gathered import Gathered
from rogatory_crypto.bundle.finding import About
from rogatory_crypto.bundle.octets import Held, Octets
from rogatory_crypto.content.attestation import Attestation, sign_attestation
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.signed_body import open_body
from rogatory_crypto.esign.verdict import Indication


class Promoted(Case):
    """A consultation that became a request; its question and answer are carried over, an aside is not."""

    @property
    def documents(self) -> list[Octets]:
        return [Held((self.folder / "letter.pdf").read_bytes())]

    async def gathered(self, *leave_out: str, documents: list[Octets] | None = None) -> Gathered:
        async with self.world.at(A) as office:
            await office.sync()
            return office.bundles.gather(CASE, documents or self.documents, leave_out=leave_out)


@pytest.fixture
async def case(tmp_path: Path) -> Promoted:
    world = await consultation(tmp_path)
    await proposed(world, QUESTION, ANSWER)
    async with world.at(B) as office:
        office.carry_over.answer(CASE)
        await office.sync()
    await request(world, tmp_path)
    await world.sync(B)
    async with world.at(A) as office:
        await office.lifecycle.create_seal()
        await office.sync()
        answer = said(office, ANSWER).message_id
    return Promoted(world, tmp_path, "", answer)


async def test_what_is_carried_over_is_in_it_and_its_author_vouches_for_it(case: Promoted) -> None:
    gathered = await case.gathered()
    assert len(gathered.contents.attestations) == 2
    assert gathered.informal
    document = await asyncio.to_thread(sealed_bundle, gathered)
    assert QUESTION.encode() in document
    assert ANSWER.encode() in document
    assert ASIDE.encode() not in document
    assert b"Carried over" in gathered.contents.index_html
    verified = case.verified(document)
    assert wrong(verified) == []
    signed = [each.text for each in verified.findings if "carry it over" in each.text]
    assert sorted(each.split()[0] for each in signed) == [B, A]
    # What its author has signed for is not the maker's word.
    assert not [each for each in verified.findings if each.about is About.UNSIGNED]


async def test_the_other_office_makes_the_same_of_it(case: Promoted) -> None:
    async with case.world.at(B) as office:
        await office.lifecycle.create_seal()
        await office.sync()
        gathered = office.bundles.gather(CASE, case.documents)
    document = await asyncio.to_thread(sealed_bundle, gathered)
    assert wrong(case.verified(document)) == []
    assert len(gathered.contents.attestations) == 2


async def test_left_out_it_is_still_known_to_be_its_authors(case: Promoted) -> None:
    document = await case.bundle(case.answer[:12])
    assert ANSWER.encode() not in document
    verified = case.verified(document)
    assert wrong(verified) == []
    assert any(each.about is About.LEFT_OUT for each in verified.findings)


Signed = dict[MessageId, bytes]


def attesting(gathered: Gathered, change: Callable[[Signed], Signed]) -> Gathered:
    changed = change(dict(gathered.contents.attestations))
    return replace(gathered, contents=replace(gathered.contents, attestations=changed))


async def test_without_its_authors_signature_it_does_not_pass(case: Promoted) -> None:
    name = MessageId(bytes.fromhex(case.answer))

    def without(signed: Signed) -> Signed:
        return {each: data for each, data in signed.items() if each != name}

    indication, why = await lied(case, lambda gathered: attesting(gathered, without))
    assert indication is Indication.TOTAL_FAILED
    assert "carries over what its author has signed" in why


async def test_a_forged_signature_does_not_pass(case: Promoted) -> None:
    """By the maker for the other office, on other words or another message, too late, or with another key."""
    name = MessageId(bytes.fromhex(case.answer))
    gathered = await case.gathered()
    true = Attestation.decode(open_body(gathered.contents.attestations[name], 4096)[0])
    async with case.world.at(A) as office:
        private, oneself = office._desk.identity.signer.private, office._desk.oneself
    other = next(each for each in gathered.contents.attestations if each != name)
    own = replace(true, authority=oneself.entry_id, officer=oneself.officer, device_id=oneself.device_id)
    forged: dict[str, bytes] = {
        "another office": sign_attestation(own, private),
        "bad-signature": sign_attestation(true, private),
        "other content": sign_attestation(replace(true, content_sha256=bytes(32)), private),
        "another message": gathered.contents.attestations[other],
        "after the bundle": sign_attestation(replace(true, at=true.at + 90_000), private),
        "before its message": sign_attestation(replace(true, at=true.at - 90_000), private),
        "malformed": b"\x80",
    }
    for reason, data in forged.items():
        lie = attesting(gathered, lambda signed, data=data: {**signed, name: data})  # type: ignore[misc]  # bound at once
        indication, why = await lied(case, lambda _, lie=lie: lie)  # type: ignore[misc]  # bound at once
        assert indication is Indication.TOTAL_FAILED, reason
        assert reason in why


async def test_a_signature_makes_nothing_formal_that_no_request_names(case: Promoted) -> None:
    """A maker adds an aside of its own with its own signature: still no request carries it over."""
    async with case.world.at(A) as office:
        desk, aside = office._desk, said(office, ASIDE)
        oneself, private = desk.oneself, desk.identity.signer.private
    gathered = await case.gathered()
    name = MessageId(bytes.fromhex(aside.message_id))
    some = gathered.contents.manifest.messages[0]
    listed = replace(some, message_id=name, sender=oneself.entry_id, left_out=True, sequence=None)
    listed = replace(listed, at_ms=some.at_ms, officer=oneself.officer, device_id=oneself.device_id)
    manifest = replace(gathered.contents.manifest, messages=(listed, *gathered.contents.manifest.messages))
    signed = sign_attestation(
        Attestation(
            *(name, listed.content_sha256, manifest.group_id, manifest.made_at),
            *(oneself.entry_id, oneself.officer, oneself.device_id),
        ),
        private,
    )
    contents = replace(
        gathered.contents,
        manifest=manifest,
        attestations={**gathered.contents.attestations, name: signed},
    )
    indication, why = await lied(case, lambda _: replace(gathered, contents=contents))
    assert indication is Indication.TOTAL_FAILED
    assert "it is not formal" in why
