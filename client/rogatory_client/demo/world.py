"""Everything one demonstration consists of, and what its scenes hand on to each other."""

import hashlib
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rogatory_client.demo.desk import Desk
from rogatory_client.demo.directory_operator import DirectoryOperator
from rogatory_client.demo.relay_process import RelayProcess, free_port
from rogatory_client.demo.root_operators import RootOperators
from rogatory_client.demo.time_stamping_process import TimeStampingProcess
from rogatory_client.demo.witness_process import WitnessProcess

EVIDENCE_BYTES: Final = 64 << 20
PROFILE_NAME: Final = "profile.json"
ORIGIN: Final = "relay.example"
REQUESTING: Final = "CNA-GH-01"
REQUESTED: Final = "CNA-SN-01"
OUTSIDER: Final = "CNA-KZ-01"
PRESSING: Final = "CNA-GE-01"
PRESERVING: Final = OUTSIDER
WRITING_BY_STICK: Final = "CNA-SG-01"
ASKED_BY_STICK: Final = "CNA-TH-01"
NETWORKS: Final = {
    "WACAP": ("NET-WACAP", REQUESTING, REQUESTED),
    "CASC": ("NET-CASC", OUTSIDER, PRESSING),
    "SEAJUST": ("NET-SEAJUST", WRITING_BY_STICK, ASKED_BY_STICK),
}
_OFFICERS: Final = {
    REQUESTING: "prosecutor, serious crime",
    REQUESTED: "case officer 1",
    **{offices[0]: "secretariat officer 1" for offices in NETWORKS.values()},
}


@dataclass(frozen=True, slots=True)
class Words:
    """What is said in the story; none of it may ever be readable at the relay.

    Each carries a word of its own, so that finding one there tells where it came from.
    """

    tag: str

    @property
    def notice_subject(self) -> str:
        """Subject of the secretariat's notice."""
        return f"Plenary meeting {self.tag}-notice"

    @property
    def notice_text(self) -> str:
        """Text of the notice."""
        return f"The plenary opens on 3 March; the agenda is {self.tag}-agenda."

    @property
    def case_subject(self) -> str:
        """Subject of the consultation, then of the request."""
        return f"Bank records, matter {self.tag}-subject"

    @property
    def question(self) -> str:
        """The prosecutor's informal question."""
        return f"Would a court order be needed for account statements? ({self.tag}-question)"

    @property
    def answer(self) -> str:
        """The informal answer."""
        return f"Yes; please describe the link to the offence. ({self.tag}-answer)"

    @property
    def request_text(self) -> str:
        """What accompanies the formal request."""
        return f"Please find our request with its evidence. ({self.tag}-request)"

    @property
    def requesting_reference(self) -> str:
        """The requesting office's own reference."""
        return f"MLA-OUT-{self.tag}"

    @property
    def requested_reference(self) -> str:
        """The requested office's own reference."""
        return f"MLA-IN-{self.tag}"

    @property
    def evidence_name(self) -> str:
        """Name of the evidence file."""
        return f"statements-{self.tag}-evidence.bin"

    @property
    def letter_name(self) -> str:
        """Name of the signed letter."""
        return f"letter-{self.tag}-signed.pdf"

    @property
    def progress(self) -> str:
        """How far the request is, when the requesting office asks."""
        return f"The bank was asked; we expect the records next week. ({self.tag}-progress)"

    @property
    def result(self) -> str:
        """The result of the request."""
        return f"The records are complete; they follow with this. ({self.tag}-result)"

    @property
    def account(self) -> str:
        """Whose data is to be preserved."""
        return f"{self.tag}-account@mail.example, logs since 1 November"

    @property
    def facts(self) -> str:
        """Why it is to be preserved."""
        return (
            "On 20 November a bank received e-mails that gave orders in the name of a customer. It paid. The "
            "orders came from the account named here, which was opened for them and used for nothing else. "
            f"Its provider keeps logs for seven days. ({self.tag}-deceived)"
        )

    @property
    def preservation_reference(self) -> str:
        """Who asks files the preservation under this."""
        return f"PRES-OUT-{self.tag}"

    @property
    def preserved_reference(self) -> str:
        """Who is asked files the preservation under this."""
        return f"PRES-IN-{self.tag}"

    @property
    def preservation_letter_name(self) -> str:
        """Name of the letter that asks for preservation."""
        return f"preservation-{self.tag}-letter.pdf"

    @property
    def by_line(self) -> str:
        """What is said while the relay is there."""
        return f"May we meet in March? ({self.tag}-meet)"

    @property
    def by_stick(self) -> str:
        """What is said while it is away."""
        return f"Our line is down; the tenth would suit us. ({self.tag}-tenth)"

    @property
    def back_by_stick(self) -> str:
        """What is answered while it is away."""
        return f"The tenth it is. ({self.tag}-agreed)"

    def update(self, number: int) -> str:
        """One of the short messages sent while the relay dies."""
        return f"Update {number:02d} on the matter ({self.tag}-update-{number:02d})."

    @property
    def second_device_text(self) -> str:
        """What the second device says."""
        return f"This is the duty officer: we have it in hand. ({self.tag}-duty)"

    @property
    def after_revocation(self) -> str:
        """What is said after a device was revoked."""
        return f"The hearing is set for the ninth. ({self.tag}-hearing)"

    @property
    def after_forgery(self) -> str:
        """What is said after the relay's operator has forged a device."""
        return f"The witness will be heard by video. ({self.tag}-video)"

    @property
    def before_split(self) -> str:
        """What is said by the office that is shown another history than the other."""
        return f"We need the statements by Friday. ({self.tag}-friday)"


@dataclass(slots=True)
class Case:
    """What the scenes learn about the case as it goes on."""

    room_id: str = ""
    informal_ids: tuple[str, ...] = ()
    request_id: str = ""
    letter: Path = Path()
    evidence: Path = Path()
    evidence_sha256: str = ""
    saved_letter: Path = Path()
    trust: Path = Path()


@dataclass(slots=True)
class World:
    """One demonstration.

    Attributes:
        folder: everything is in here.
        relay: the relay's process.
        witnesses: of the relay's log; each network's secretariat runs one.
        stamping: the time-stamping authority's process.
        root_operators: who say whom the network believes.
        operator: who publishes the directory.
        secretariats: the authority that runs each network.
        desks: the first device of each office, by entry.
        colleagues: the device of each secretariat's second officer, by entry.
        duty_desk: the second device of the requested office.
        words: what is said.
        case: what the scenes hand on.
    """

    folder: Path
    relay: RelayProcess
    witnesses: tuple[WitnessProcess, ...]
    stamping: TimeStampingProcess
    root_operators: RootOperators
    operator: DirectoryOperator
    secretariats: dict[str, str]
    desks: dict[str, Desk]
    colleagues: dict[str, Desk]
    duty_desk: Desk
    words: Words
    case: Case = field(default_factory=Case)

    @property
    def requesting(self) -> Desk:
        """The office that asks."""
        return self.desks[REQUESTING]

    @property
    def requested(self) -> Desk:
        """The office that is asked."""
        return self.desks[REQUESTED]

    @property
    def outsider(self) -> Desk:
        """An office that has no part in the case."""
        return self.desks[OUTSIDER]

    @property
    def every_desk(self) -> tuple[Desk, ...]:
        """All desks that take part from the beginning."""
        return (*self.desks.values(), *self.colleagues.values())

    @property
    def profile(self) -> Path:
        """The network profile every office gets."""
        return self.folder / PROFILE_NAME

    def path(self, name: str) -> Path:
        """Return a folder of the demonstration itself, made if need be."""
        return _new(self.folder / name)


def new_world(folder: Path) -> World:
    """Return a world in an empty folder; nothing runs yet."""
    desks, witnesses = _new(folder / "desks"), _new(folder / "witnesses")
    secretariats = {network: offices[0] for network, offices in NETWORKS.items()}
    return World(
        folder=folder,
        relay=RelayProcess(folder / "relay"),
        witnesses=tuple(WitnessProcess(witnesses / name.lower(), name, free_port()) for name in NETWORKS),
        stamping=TimeStampingProcess(folder / "tsa"),
        root_operators=RootOperators(_new(folder / "root")),
        operator=DirectoryOperator(
            _new(folder / "operator"), folder / PROFILE_NAME, secrets.token_hex(16).encode()
        ),
        secretariats=secretariats,
        desks={
            entry_id: _desk(desks, entry_id, _OFFICERS.get(entry_id, "head of the authority"), "head")
            for offices in NETWORKS.values()
            for entry_id in offices
        },
        colleagues={
            entry_id: _desk(desks, entry_id, "secretariat officer 2", "secretariat-officer", "-second")
            for entry_id in secretariats.values()
        },
        duty_desk=_desk(desks, REQUESTED, "duty officer", "duty-officer", "-duty"),
        words=Words(secrets.token_hex(6)),
    )


def _new(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _desk(folder: Path, entry_id: str, officer: str, role: str, suffix: str = "") -> Desk:
    return Desk(entry_id, officer, role, folder / f"{entry_id}{suffix}", secrets.token_hex(16).encode())


def file_sha256(path: Path) -> str:
    """Return the hash of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
