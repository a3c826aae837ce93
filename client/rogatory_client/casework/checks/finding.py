"""What pre-flight has found about an addressee, and what it looks at."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from rogatory_client.casework.answers.value import Answers
from rogatory_client.casework.checks.completeness import relied_on
from rogatory_client.casework.checks.treaties import Treaties
from rogatory_client.casework.forms.articles import cited
from rogatory_client.casework.forms.request_type import RequestType, Severity
from rogatory_directory_sync import Record

_PRESSING: Final = ("urgent", "emergency")


class OfficeStanding(StrEnum):
    """Whether an office can be written to, and whether it is who it says."""

    USABLE = "usable"
    NOT_ONBOARDED = "not_onboarded"
    NO_DEVICE = "no_device"
    KEYS_CHANGED = "keys_changed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Addressee:
    """An addressee as the directory and the log have it."""

    record: Record
    standing: OfficeStanding


@dataclass(frozen=True, slots=True)
class Flight:
    """One request on its way: everything that pre-flight looks at.

    Attributes:
        request_type, answers: the request.
        addressee: to whom.
        sender: the own office's record.
        treaties: which are known to be in force where.
        as_of: the day that counts as today.
        signature: kind of the signature on the letter, empty for none; None where it is not made yet.
    """

    request_type: RequestType
    answers: Answers
    addressee: Addressee
    sender: Record
    treaties: Treaties
    as_of: date
    signature: str | None

    @property
    def is_pressing(self) -> bool:
        """Whether it is urgent or an emergency."""
        return self.said("urgency_level") in _PRESSING

    def said(self, field: str) -> str:
        """A text that was answered, empty where none."""
        value = self.answers.get(field)
        return value if isinstance(value, str) else ""

    def finding(
        self, id_: str, severity: Severity, basis: str, text: str, field: str = "", *, ask: bool = False
    ) -> "Finding":
        """A finding that cites the article of the instrument relied on."""
        fields = (field,) if field else ()
        return Finding(id_, severity, cited(basis, relied_on(self.answers)), text, fields, ask)

    def ask(self, id_: str, basis: str, what: str, field: str = "") -> "Finding":
        """What nobody has said is asked before sending, and never taken for granted."""
        text = f"{what} is not known: ask before sending."
        return self.finding(id_, Severity.CLARIFICATION, basis, text, field, ask=True)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the addressee.

    Attributes:
        id: stable, such as ``original_required``, or the id of a rule.
        severity: what it does.
        article: of the instrument relied on where it has a counterpart.
        text: one plain sentence.
        fields: which answers to look at.
        ask: nobody has said it; the addressee is asked first.
    """

    id: str
    severity: Severity
    article: str
    text: str
    fields: tuple[str, ...] = ()
    ask: bool = False
