"""What an officer of a secretariat is shown of invitations: values for a table or for JSON."""

from dataclasses import dataclass
from enum import StrEnum


class AdmissionState(StrEnum):
    """How far an authority has come."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    LETTER_PRINTED = "letter-printed"
    ENROLLED = "enrolled"
    CALLED_BACK = "called-back"
    WORDS_DIFFER = "words-differ"
    EXPIRED = "expired"
    WITHDRAWAL_PROPOSED = "withdrawal-proposed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class AdmissionView:
    """The newest invitation of one authority, as far as this device knows.

    Attributes:
        proposer, confirmer: the two officers, by function.
        letter_at: known only on the device that proposed.
        called_at: known only on the device that called.
        holds_code: whether the code is on this device.
    """

    entry_id: str
    name: str
    network: str
    state: AdmissionState
    proposer: str
    confirmer: str
    issued_at: int
    expires_at: int
    letter_at: int | None
    called_at: int | None
    called_by: str | None
    holds_code: bool


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What the second officer is about to agree to, from his own verified directory.

    Attributes:
        enrolled: whether the authority has keys already; a new enrolment replaces them and its devices.
        replaces: whether an invitation that is still open ends with this one.
        ends: whether that is all it does, as nobody has a code for it. Then the directory may know nothing
            of the authority any more.
        channels: how requests may travel, by channel.
        proposer: the first officer's function, ``proposer_role`` and ``proposer_device`` what he signed as.
    """

    entry_id: str
    name: str
    state: str | None
    kind: str
    unit: str | None
    address: tuple[str, ...]
    telephones: tuple[str, ...]
    mailboxes: tuple[str, ...]
    channels: dict[str, str]
    network: str
    enrolled: bool
    devices: int
    replaces: bool
    proposer: str
    proposer_role: str
    proposer_device: str
    confirmer: str
    issued_at: int
    expires_at: int
    ends: bool = False


@dataclass(frozen=True, slots=True)
class ProposedView:
    """What the first officer hands to the second; ``text`` holds no secret."""

    entry_id: str
    network: str
    confirmer: str
    confirmer_device: str
    expires_at: int
    text: str


@dataclass(frozen=True, slots=True)
class CallBackView:
    """One side of a call: what this officer reads aloud, and where to call.

    Attributes:
        entry_id: the office whose keys are compared.
        partner: who is on the other end, with ``name`` and ``telephones`` from the directory; None for the
            directory operator, who is not in it.
        words, numbers: two forms of the same; one of them is read.
        at, officer, fits: what the last comparison of these keys has shown, if there was one.
    """

    entry_id: str
    partner: str | None
    name: str
    words: tuple[str, ...]
    numbers: tuple[str, ...]
    telephones: tuple[str, ...]
    at: int | None
    officer: str | None
    fits: bool | None
