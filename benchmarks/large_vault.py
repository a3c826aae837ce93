"""A vault as an office has it after years: thousands of cases with all that was said in them.

Real: two offices of the simulated world, enrolled, with their directory and log. Every message is written,
signed and read by the engine's own functions in the name of the office that says it, and kept by the vault's;
so are the signed receipts. All but one in fifty letters were opened, and somebody works on nine cases of ten.
Synthetic: nothing went through a relay, so places in its log are counted and messages have no postmark; of a
letter there is the receipt that it was opened, and none that it was delivered; the words are drawn from a
small list by a fixed seed; and all rooms repeat the keys of one real group.
"""

import asyncio
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import PASSPHRASE, SimulatedLine, World

from rogatory_client.engine.delivery_effect import SaveAddressees
from rogatory_client.engine.effect import (
    ArchivedMessage,
    Effect,
    MarkOpened,
    SaveEvidence,
    SaveMessage,
    SaveRoom,
)
from rogatory_client.engine.evidence import read_receipt, receipt_part
from rogatory_client.engine.interpretation import EVIDENCE, Said, interpret
from rogatory_client.engine.room import Context, Room
from rogatory_client.engine.stating import is_stated
from rogatory_client.engine.writing import text_part, write
from rogatory_client.office import Office
from rogatory_client.office.at_home import say_at_home
from rogatory_client.office.cases.record import CASES
from rogatory_client.office.correspondence import begin_draft
from rogatory_client.office.desk import Desk
from rogatory_client.vault import Vault, effects, open_vault
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.case_progress import StateSet
from rogatory_crypto.content.events import (
    Acknowledged,
    CaseOpened,
    DocumentRole,
    RequestSubmitted,
    Urgency,
    event_part,
)
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import NestedPart
from rogatory_crypto.content.office_work import CaseAssigned
from rogatory_crypto.content.receipts import EvidenceEvent
from rogatory_crypto.identity import VerifiedDevice
from rogatory_crypto.wire.identifier import GroupId

__all__ = ["A", "B", "LargeVault", "build"]

AGE_DAYS: Final = 300
CASES_A_TRANSACTION: Final = 250
ASSIGNED_AT_ONCE: Final = 100
_DOCUMENTS: Final = 40
_WORDS: Final = """
    account bank records request order court company transfer beneficial owner statement witness hearing
    evidence seizure confiscation extradition suspect period branch signature opening forms certified copy
    translation urgency deadline confidential custody telephone subscriber vehicle property register notary
    compte bancaire relevé témoin société décision tribunal pièce délai traduction exécution enquête
    cuenta orden juzgado prueba testigo plazo empresa \u0441\u0447\u0451\u0442 запрос решение свидетель
""".split()  # noqa: SIM905  # a list of a word a line is hard to read
_SENTENCES: Final = ("请提供银行账户记录", "我们已收到贵方的请求", "نرجو إرسال كشف الحساب", "تم تنفيذ الطلب")
_TYPES: Final = (
    "bank_and_business_records",
    "take_testimony",
    "service_of_documents",
    "seizure",
    "extradition",
)
_COURSE: Final = ("under_review", "in_execution", "executed", "closed")


@dataclass(frozen=True, slots=True)
class LargeVault:
    """Where it lies, and the world it belongs to."""

    world: World
    name: str

    @contextmanager
    def opened(self) -> Iterator[tuple[Office, Vault]]:
        """Sit down at the device; what it costs to guess at the passphrase is small here."""
        vault = open_vault(self.world.folder / self.name, PASSPHRASE)
        try:
            yield Office(vault, SimulatedLine(self.world), self.world.surroundings), vault
        finally:
            vault.close()


def build(folder: Path, cases: int, messages_a_case: int = 20, seed: int = 1) -> LargeVault:
    """Return the vault of A with so many cases with B, half of them asked by either."""
    return asyncio.run(_build(folder, cases, messages_a_case, seed))


async def _build(folder: Path, cases: int, messages_a_case: int, seed: int) -> LargeVault:
    world = await world_with(folder, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Bank records", "May we ask?", reference="SN/0")
        await office.sync()
    await world.sync(B)
    begun = world.now
    world.now += AGE_DAYS * 86_400
    chance = random.Random(seed)  # noqa: S311  # a benchmark is repeatable
    documents = _documents(folder)
    vaults = [open_vault(world.folder / name, PASSPHRASE) for name in (A, B)]
    ours, theirs = (Desk(vault, world.surroundings) for vault in vaults)
    template = next(iter(ours.rooms.values()))
    writer = _Writer(ours.context(), theirs.context(), template, documents, chance, begun)
    for first in range(0, cases, CASES_A_TRANSACTION):
        with ours.vault.writing() as connection:
            for number in range(first, min(cases, first + CASES_A_TRANSACTION)):
                effects.apply(connection, writer.case(number, messages_a_case))
    _assign(Desk(vaults[0], world.surroundings))
    for vault in vaults:
        vault.close()
    return LargeVault(world, A)


def _assign(desk: Desk) -> None:
    cases = [room for number, room in enumerate(desk.rooms.values()) if room.kind in CASES and number % 10]
    for first in range(0, len(cases), ASSIGNED_AT_ONCE):
        some = cases[first : first + ASSIGNED_AT_ONCE]
        say_at_home(desk, *(CaseAssigned(each.group_id, desk.oneself.officer, (), "") for each in some))


def _documents(folder: Path) -> Sequence[Path]:
    documents = [folder / f"annex-{number}.pdf" for number in range(_DOCUMENTS)]
    for number, path in enumerate(documents):
        path.write_bytes(b"%PDF-1.7" + bytes([number]) * 2000)
    return documents


class _Writer:
    """Writes cases as A's device would have taken them in."""

    def __init__(
        self,
        ours: Context,
        theirs: Context,
        template: Room,
        documents: Sequence[Path],
        chance: random.Random,
        begun: float,
    ) -> None:
        self._us, self._them = (replace(each, random=chance.randbytes) for each in (ours, theirs))
        self._template, self._documents = template, documents
        self._chance, self._begun = chance, begun
        self._room, self._sequence, self._at = template, 0, 0

    def case(self, number: int, messages: int) -> Sequence[Effect]:
        """Return all that is to be written of one case: the room and what was said in it."""
        self._sequence = 0
        self._at = int(self._begun + 60 + self._chance.random() * (AGE_DAYS - 60) * 86_400)
        group_id = GroupId(self._chance.randbytes(32))
        self._room = replace(self._template, group_id=group_id, kind=None, subject="")
        asks, asked = (self._us, self._them) if number % 2 else (self._them, self._us)
        written: list[Effect] = []
        if number % 5 == 0:
            opened = CaseOpened(CaseKind.CONSULTATION, self._subject(), f"{number}/C", None)
            self._say(asks, (event_part(opened), text_part(self._text())), written)
        else:
            messages -= self._request(number, asks, asked, written)
        for _ in range(messages - 1):
            by = self._chance.choice((asks, asked))
            self._say(by, self._letter(by), written)
        return (SaveRoom(replace(self._room, position=self._sequence)), *written)

    def _request(self, number: int, asks: Context, asked: Context, written: list[Effect]) -> int:
        side, other = ("SN", "GH") if asks is self._us else ("GH", "SN")
        reference = f"{side}/{number}/2026"
        self._say(
            asks, (event_part(CaseOpened(CaseKind.REQUEST, self._subject(), reference, None)),), written
        )
        record = self._say(asks, self._documented(asks, number, reference), written)
        self._received(asked, record, written)
        if number % 10 == 1:
            return 2
        own = f"{other}/{number}/IN"
        taken = (
            event_part(Acknowledged(record.message_id, own)),
            receipt_part(EvidenceEvent.CONTENT_ACKNOWLEDGEMENT, record, self._now(asked), own),
        )
        newest, said = self._say(asked, taken, written), 3
        for state in _COURSE[: number % 5]:
            by = asks if state == "closed" else asked
            event = self._change(state, newest.message_id, record.message_id, by, written)
            newest = self._say(by, (event_part(event),), written)
            said += 1 + (state == "executed")
        return said

    def _change(
        self, state: str, builds_on: MessageId, _: MessageId, by: Context, written: list[Effect]
    ) -> StateSet:
        confidentiality = "can_keep" if state == "in_execution" else None
        result = self._say(by, self._letter(by), written).message_id if state == "executed" else None
        return StateSet(state, (builds_on,), message=result, confidentiality=confidentiality)

    def _documented(self, asks: Context, number: int, reference: str) -> Sequence[NestedPart]:
        draft = begin_draft(self._room.group_id, asks)
        letter = draft.attach(self._documents[number % _DOCUMENTS])
        request = RequestSubmitted(
            request_type=_TYPES[number % len(_TYPES)],
            legal_basis="UNTOC 18",
            urgency=tuple(Urgency)[number % 20 // 17],
            language="en",
            reference=reference,
            documents=(letter.document(3, DocumentRole.LETTER),),
            carried_over=(),
        )
        return event_part(request), text_part(self._text()), letter.part

    def _letter(self, by: Context) -> Sequence[NestedPart]:
        said = text_part(self._text())
        if self._chance.randrange(10):
            return (said,)
        return said, begin_draft(self._room.group_id, by).attach(self._chance.choice(self._documents)).part

    def _received(self, by: Context, record: ArchivedMessage, written: list[Effect]) -> None:
        for event in (EvidenceEvent.CONTENT_CONSIGNMENT, EvidenceEvent.CONTENT_HANDOVER):
            part = receipt_part(event, record, self._now(by))
            written.append(SaveEvidence(read_receipt(part.content, self._us.registry)))
            self._say(by, (part,), written)

    def _read(self, by: Context, record: ArchivedMessage, written: list[Effect]) -> None:
        """Somebody on the other side opens a message, as most are; it is proven where the case is formal."""
        if record.own:
            sealed_for = (self._us.oneself.device_id, self._them.oneself.device_id)
            written.append(SaveAddressees(record.message_id, sealed_for))
        if not self._chance.randrange(50):
            return
        if by is self._us:
            written.append(MarkOpened(record.message_id, self._at + 60))
        elif record.formal:
            part = receipt_part(EvidenceEvent.CONTENT_HANDOVER, record, self._now(by))
            written.append(SaveEvidence(read_receipt(part.content, self._us.registry)))
            self._say(by, (part,), written)

    def _say(self, by: Context, parts: Sequence[NestedPart], written: list[Effect]) -> ArchivedMessage:
        self._sequence += 1
        self._at += self._chance.randrange(60, 2 * 86_400)
        is_signed = is_stated(parts, self._room.kind)
        message = write(parts, self._room.group_id, self._now(by), is_stated=is_signed)
        device = by.registry.devices[by.oneself.device_id]
        sender = VerifiedDevice(device, by.oneself.authority)
        credential = by.oneself.credential.encode()
        said = Said(message, credential, sender, self._sequence, self._at * 1000)
        read = interpret(said, self._room, self._us)
        self._room = read.room
        written += (SaveMessage(read.record), *read.effects)
        if read.record.kind != EVIDENCE:
            self._read(self._them if by is self._us else self._us, read.record, written)
        return read.record

    def _now(self, context: Context) -> Context:
        return replace(context, now=self._at + 30)

    def _subject(self) -> str:
        return " ".join(self._chance.choices(_WORDS, k=4)).capitalize()

    def _text(self) -> str:
        words = self._chance.choices(_WORDS, k=self._chance.randrange(20, 120))
        return " ".join((*words, self._chance.choice(_SENTENCES), f"case {self._chance.randrange(10**6)}"))
