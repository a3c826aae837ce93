"""What a letter of request says (UNTOC article 18, paragraph 15): a value, checked when it is made.

Offices are named by function. Text is plain text: paragraphs are parted by an empty line and nothing in it is
markup. Characters that change the direction or order of what follows are refused, because the letter could
then read differently on paper than in the bytes that are signed.
"""

from dataclasses import dataclass, fields
from typing import Final

from rogatory_client.casework.answers.text import check_text
from rogatory_crypto.content.events import Urgency
from rogatory_crypto.errors import MisuseError

_REQUIRED: Final = (
    "requesting_authority", "requesting_state", "requested_authority", "requested_state", "reference",
    "request_type", "legal_basis", "facts", "assistance", "signed_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RequestLetter:
    """One letter of request.

    Attributes:
        requesting_authority: the office that asks.
        requesting_state: its state.
        requested_authority: the office that is asked.
        requested_state: its state.
        reference: the requesting office's reference.
        requested_reference: the requested office's reference, where it is known already.
        request_type: what kind of assistance, in words.
        legal_basis: treaty, convention with article, or reciprocity.
        facts: what happened, as paragraphs.
        assistance: what is asked for, one item each; they are numbered.
        subject: what the matter is called, for the heading.
        offences: the provisions under which the facts are punishable, one each.
        confidentiality: what must be kept confidential, and why.
        deadline: by when, and why, in words.
        urgency: how soon.
        signed_by: the function that signs.
        language: of the text, BCP 47; wording of the headings follows it.
        dated_at: date of the letter, unix seconds; shown as a date in UTC.
    """

    requesting_authority: str
    requesting_state: str
    requested_authority: str
    requested_state: str
    reference: str
    request_type: str
    legal_basis: str
    facts: str
    assistance: tuple[str, ...]
    signed_by: str
    dated_at: int
    subject: str = ""
    requested_reference: str = ""
    offences: tuple[str, ...] = ()
    confidentiality: str = ""
    deadline: str = ""
    urgency: Urgency = Urgency.ROUTINE
    language: str = "en"

    def __post_init__(self) -> None:
        """Refuse what a letter cannot do without, and text that would not read as it is written.

        Raises:
            MisuseError: naming the field.
        """
        for name in _REQUIRED:
            if not _texts(getattr(self, name)):
                raise MisuseError(f"the letter needs: {name}")
        for each in fields(self):
            for text in _texts(getattr(self, each.name)):
                check_text(each.name, text)
        if not 0 <= self.dated_at < 2**32:
            raise MisuseError("the letter's date is out of range")


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, tuple):
        return tuple(item for item in value if item.strip())
    return ()


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, which empty lines part."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
