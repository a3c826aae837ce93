"""The court bundle of a case between two offices with real vaults: made by one, checked by anybody."""

import asyncio
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from tests.simulator.test_story import A, B, submit, world_with
from tests.simulator.world import World

from rogatory_client.bounded_file import opened
from rogatory_client.bundle.gathered import Gathered
from rogatory_client.bundle.sealing import seal_bundle
from rogatory_crypto import esign
from rogatory_crypto.bundle.finding import About
from rogatory_crypto.bundle.laying_out import papers_of
from rogatory_crypto.bundle.octets import Held, Octets
from rogatory_crypto.bundle.provenance import ProvenBy, counted
from rogatory_crypto.bundle.verification import verify_bundle
from rogatory_crypto.bundle.verification_result import Verification
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.log.pinned import PinnedTrust, pinned_trust

INFORMAL = b"May we ask?"
LARGE_BYTES = 24 << 20
Result = TypeVar("Result")


@dataclass(frozen=True)
class Case:
    """A consultation that became a request, was acknowledged, and is answered."""

    world: World
    folder: Path
    request: str
    answer: str

    @property
    def documents(self) -> list[Octets]:
        return [Held((self.folder / name).read_bytes()) for name in ("letter.pdf", "evidence.bin")]

    @property
    def trust(self) -> PinnedTrust:
        return pinned_trust(self.world.profile)

    def verified(self, document: bytes, trust: PinnedTrust | None = None) -> Verification:
        return verify_bundle(Held(document), trust or self.trust, now=int(self.world.now))

    async def gathered(self, *leave_out: str, documents: list[Octets] | None = None) -> Gathered:
        async with self.world.at(A) as office:
            await office.sync()
            given = self.documents if documents is None else documents
            return office.bundles.gather("SN/2", given, leave_out=leave_out)

    async def bundle(self, *leave_out: str) -> bytes:
        return await asyncio.to_thread(sealed_bundle, await self.gathered(*leave_out))


def sealed_bundle(gathered: Gathered) -> bytes:
    """The bundle as its maker writes it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "case.asice"
        size, _ = seal_bundle(gathered, path)
        assert [each.name for each in Path(folder).iterdir()] == [path.name]
        document = path.read_bytes()
    assert len(document) == size
    return document


async def answered_case(folder: Path, evidence_bytes: int = 512_000) -> Case:
    world = await world_with(folder, A, B)
    request = await submit(world, folder, evidence_bytes)
    async with world.at(B) as office:
        await office.sync()
        office.show(request)
        office.acknowledge("SN/2", "GH/9")
        office.cases.set_state("SN/2", "under_review")
        answer = office.reply("SN/2", "The records are attached.")
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        await office.lifecycle.create_seal()
        await office.sync()
    return Case(world, folder, request, answer.message_id)


@pytest.fixture
async def case(tmp_path: Path) -> Case:
    return await answered_case(tmp_path)


def names(document: bytes) -> list[str]:
    with zipfile.ZipFile(BytesIO(document)) as opened:
        assert opened.testzip() is None
        return opened.namelist()


def wrong(verified: Verification) -> list[str]:
    return [each.text for each in verified.findings if each.indication is not Indication.TOTAL_PASSED]


async def test_a_bundle_passes_for_whoever_believes_the_network(case: Case) -> None:
    document = await case.bundle()
    verified = case.verified(document)
    assert wrong(verified) == []
    assert verified.indication is Indication.TOTAL_PASSED
    about = [each.about for each in verified.findings]
    assert about.count(About.DOCUMENT) == 2
    signed = [each.text.split(":")[0] for each in verified.findings if each.about is About.RECEIPT]
    assert {"ContentConsignment", "ContentHandover", "ContentAcknowledgement"} <= set(signed)
    assert About.POSTMARK in about
    # MLS convinces the members of a room and nobody else: what the other office said is told to be so.
    others = [each for each in verified.findings if each.about is About.UNSIGNED]
    assert [each.text for each in others] == [f"that {B} has said it is the maker's word"]
    assert dict(counted(verified.provenance)) == {ProvenBy.AUTHOR: 3, ProvenBy.MAKER: 1}
    assert names(document)[0] == "mimetype"
    assert any(name.endswith("letter.pdf") for name in names(document))


async def test_whoever_checks_containers_passes_it(case: Case) -> None:
    """EN 319 162-1 clause 4.4: our own check reads the list and its signature, any other the whole."""
    gathered = await case.gathered()
    document = await asyncio.to_thread(sealed_bundle, gathered)
    trust, at = [gathered.contents.seal], gathered.contents.manifest.made_at
    report = esign.check(document, trust=trust, at=at, revocation=False)
    assert report.format is esign.DocumentFormat.ASIC_E
    assert report.indication is Indication.TOTAL_PASSED
    assert len(report.signatures) == 1


async def test_a_large_document_takes_no_memory(tmp_path: Path) -> None:
    case = await answered_case(tmp_path, LARGE_BYTES)
    path = tmp_path / "case.asice"
    with ExitStack() as files:
        documents = [files.enter_context(opened(tmp_path / name)) for name in ("letter.pdf", "evidence.bin")]
        gathered = await case.gathered(documents=list(documents))
        making, (size, _) = await asyncio.to_thread(peak, lambda: seal_bundle(gathered, path))
    assert size > LARGE_BYTES
    with opened(path) as document:
        checking, verified = peak(lambda: verify_bundle(document, case.trust, now=int(case.world.now)))
    assert verified.indication is Indication.TOTAL_PASSED
    assert max(making, checking) < LARGE_BYTES // 2


def peak(action: Callable[[], Result]) -> tuple[int, Result]:
    """The most memory that Python held at once, and what came of it."""
    tracemalloc.start()
    try:
        result = action()
        return tracemalloc.get_traced_memory()[1], result
    finally:
        tracemalloc.stop()


async def test_without_trust_nothing_passes(case: Case) -> None:
    verified = verify_bundle(Held(await case.bundle()), None, now=int(case.world.now))
    assert verified.indication is Indication.INDETERMINATE
    assert wrong(verified) == ["consistent in itself at best: whom to believe was not given (--trust)"]


async def test_it_passes_years_later_when_pins_seal_and_devices_have_run_out(case: Case) -> None:
    # As of the time it was made: a root of trust that has run out is not a wrong one.
    later = int(case.world.now) + 20 * 366 * 86_400
    assert case.trust.expires_at < later
    verified = verify_bundle(Held(await case.bundle()), case.trust, now=later)
    assert wrong(verified) == []
    assert verified.indication is Indication.TOTAL_PASSED


async def test_nothing_informal_is_in_it(case: Case) -> None:
    # Formal is provable, informal is not transferable.
    gathered = await case.gathered()
    assert gathered.informal == 1
    document = await asyncio.to_thread(sealed_bundle, gathered)
    assert INFORMAL not in document
    # Subject and first reference were said in the consultation, and nowhere else.
    assert b"Company records" not in document
    assert b"SN/1" not in b"".join(papers_of(gathered.contents).values())
    named = [each.message_id.hex() for each in gathered.contents.manifest.messages]
    assert case.request in named
    async with case.world.at(A) as office:
        (informal,) = [each for each in office.messages() if each.text == INFORMAL.decode()]
    assert informal.message_id not in named


async def test_what_is_left_out_is_named_and_the_rest_still_passes(case: Case) -> None:
    document = await case.bundle(case.answer[:12], f"{case.request[:12]}/1")
    verified = case.verified(document)
    assert wrong(verified) == []
    said = [each.text for each in verified.findings if each.about is About.LEFT_OUT]
    assert len(said) == 2
    assert all("SHA-256" in each for each in said)
    assert case.documents[1].at(0, 64) not in document
    assert b"The records are attached." not in document
    assert not [name for name in names(document) if name.endswith("evidence.bin")]


async def test_what_cannot_be_made_is_refused(case: Case) -> None:
    with pytest.raises(MisuseError, match=r"evidence.bin.*was not given"):
        await case.gathered(documents=case.documents[:1])
    with pytest.raises(MisuseError, match="leave out its documents"):
        await case.gathered(case.request)
    with pytest.raises(MisuseError, match="numbered from 0"):
        await case.gathered(f"{case.request}/7")
    with pytest.raises(MisuseError, match="no formal message"):
        await case.gathered("ffffffffffff")
    async with case.world.at(B) as office:
        with pytest.raises(MisuseError, match="no such seal"):
            office.bundles.gather("SN/2", case.documents)


async def test_a_consultation_is_not_transferable(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
        with pytest.raises(MisuseError, match="informal"):
            office.bundles.gather("SN/1", [])


async def test_officers_signatures_on_states_are_checked(case: Case) -> None:
    verified = case.verified(await case.bundle())
    signed = [each for each in verified.findings if each.about is About.STATEMENT]
    # The request, its acknowledgement and the state: each whole, with the words beside it.
    assert [each.indication for each in signed] == [Indication.TOTAL_PASSED] * 3


async def test_the_other_side_makes_one_too_with_what_its_checks_have_said(case: Case) -> None:
    async with case.world.at(B) as office:
        await office.lifecycle.create_seal()
        await office.sync()
        saved = await office.save_attachment(case.request, 0, case.folder / "out")
        assert await office.verdicts.check(case.request, 0, saved, arrived=True) is not None
        gathered = office.bundles.gather("GH/9", case.documents)
    document = await asyncio.to_thread(sealed_bundle, gathered)
    verified = case.verified(document)
    assert wrong(verified) == []
    (verdict,) = [each.text for each in verified.findings if each.about is About.VERDICT]
    assert verdict.startswith(f"{B} has found: documents/")
    assert verified.manifest is not None
    assert verified.manifest.maker == B


async def test_what_an_office_signed_before_it_lost_a_device_stays_proven(case: Case) -> None:
    async with case.world.at(B) as office:
        case.world.tick(5)
        (device,) = office.devices()
        await office.revoke_device(device.device_id, "lost")
    async with case.world.at(A) as office:
        await office.sync()
    verified = case.verified(await case.bundle())
    assert wrong(verified) == []


async def test_the_index_tells_the_case(case: Case) -> None:
    document = await case.bundle()
    with zipfile.ZipFile(BytesIO(document)) as opened:
        page, paper = opened.read("index.html").decode(), opened.read("index.pdf")
        told = json.loads(opened.read("bundle.json"))
    assert "acknowledged as GH/9" in page
    assert "The records are attached." in page
    assert paper.startswith(b"%PDF-")
    assert told["maker"] == A
