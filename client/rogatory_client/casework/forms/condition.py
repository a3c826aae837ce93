"""When a rule of a request type applies: a closed set of conditions over answers, a day and the addressee.

The words are those of ``request_types/about.toml``. A condition with a word that is not among them does not
load. Conditions about the addressee are open (None) until an addressee is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias, assert_never

from rogatory_client.casework.answers.value import Answers, Value, codes_of, days_of, is_empty, text_length


@dataclass(frozen=True, slots=True)
class Missing:
    """The field is empty."""

    field: str


@dataclass(frozen=True, slots=True)
class AnyMissing:
    """At least one of the fields is empty."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllMissing:
    """All of the fields are empty."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Equals:
    """Each field has one of its values; an empty field has none."""

    values: tuple[tuple[str, tuple[str | bool, ...]], ...]


@dataclass(frozen=True, slots=True)
class NotEquals:
    """Each field is filled with something else than its values."""

    values: tuple[tuple[str, tuple[str | bool, ...]], ...]


@dataclass(frozen=True, slots=True)
class ShorterThan:
    """The field is filled, with fewer characters than this."""

    field: str
    characters: int


@dataclass(frozen=True, slots=True)
class Past:
    """The day in the field is over."""

    field: str


@dataclass(frozen=True, slots=True)
class WithinDays:
    """The earliest day in the field is less than so many days away."""

    field: str
    days: int


@dataclass(frozen=True, slots=True)
class PartyMissing:
    """An instrument named in the field is not in force between the two States."""

    field: str


@dataclass(frozen=True, slots=True)
class LanguageNotAccepted:
    """The addressee does not accept the language, and no translation comes along."""


@dataclass(frozen=True, slots=True)
class AddresseeLacksFunction:
    """The addressee is not designated for the type."""


@dataclass(frozen=True, slots=True)
class NoSignature:
    """The request is not signed."""


@dataclass(frozen=True, slots=True)
class And:
    """All of them hold."""

    of: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """One of them holds."""

    of: "tuple[Condition, ...]"


AboutAddressee: TypeAlias = PartyMissing | LanguageNotAccepted | AddresseeLacksFunction | NoSignature
Condition: TypeAlias = (
    Missing
    | AnyMissing
    | AllMissing
    | Equals
    | NotEquals
    | ShorterThan
    | Past
    | WithinDays
    | AboutAddressee
    | And
    | Or
)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of the addressee; None where nobody has looked, which makes a condition not hold.

    Attributes:
        party_missing: an instrument relied on is known not to be in force between the two States.
        language_not_accepted: the addressee's entry names other languages only.
        addressee_lacks_function: the addressee's entry is not designated for the type.
        no_signature: the request was looked at and is not signed.
    """

    party_missing: bool | None = None
    language_not_accepted: bool | None = None
    addressee_lacks_function: bool | None = None
    no_signature: bool | None = None


NOT_LOOKED: Circumstances = Circumstances()


def holds(condition: Condition, answers: Answers, as_of: date, known: Circumstances = NOT_LOOKED) -> bool:
    """Whether a condition holds.

    Args:
        condition: which.
        answers: by field, checked.
        as_of: the day that counts as today.
        known: about the addressee.
    """
    match condition:
        case And(parts):
            return all(holds(part, answers, as_of, known) for part in parts)
        case Or(parts):
            return any(holds(part, answers, as_of, known) for part in parts)
        case PartyMissing() | LanguageNotAccepted() | AddresseeLacksFunction() | NoSignature():
            return _holds_about_addressee(condition, known)
        case Past(field):
            return any(day < as_of for day in days_of(answers.get(field)))
        case WithinDays(field, days):
            first = min(days_of(answers.get(field)), default=None)
            return first is not None and first - as_of < timedelta(days)
        case _:
            return _holds_of_answers(condition, answers)


def _holds_of_answers(
    condition: Missing | AnyMissing | AllMissing | Equals | NotEquals | ShorterThan, answers: Answers
) -> bool:
    match condition:
        case Missing(field):
            return is_empty(answers.get(field))
        case AnyMissing(fields):
            return any(is_empty(answers.get(field)) for field in fields)
        case AllMissing(fields):
            return all(is_empty(answers.get(field)) for field in fields)
        case Equals(values):
            return all(_is_one_of(answers.get(field), wanted) for field, wanted in values)
        case NotEquals(values):
            filled = [(answers.get(field), wanted) for field, wanted in values]
            return all(not is_empty(value) and not _is_one_of(value, wanted) for value, wanted in filled)
        case ShorterThan(field, characters):
            value = answers.get(field)
            return not is_empty(value) and text_length(value) < characters
        case _:
            assert_never(condition)


def _holds_about_addressee(condition: AboutAddressee, known: Circumstances) -> bool:
    match condition:
        case PartyMissing():
            return known.party_missing is True
        case LanguageNotAccepted():
            return known.language_not_accepted is True
        case AddresseeLacksFunction():
            return known.addressee_lacks_function is True
        case NoSignature():
            return known.no_signature is True
        case _:
            assert_never(condition)


def _is_one_of(value: Value | None, wanted: Sequence[str | bool]) -> bool:
    return any(code in wanted for code in codes_of(value))


def missing_fields(condition: Condition) -> tuple[str, ...]:
    """The fields whose absence the condition is about, in order."""
    match condition:
        case Missing(field):
            return (field,)
        case AnyMissing(fields) | AllMissing(fields):
            return fields
        case And(parts) | Or(parts):
            return tuple(dict.fromkeys(field for part in parts for field in missing_fields(part)))
        case _:
            return ()


def named_fields(condition: Condition) -> tuple[str, ...]:
    """Every field the condition looks at, in order."""
    match condition:
        case Equals(values) | NotEquals(values):
            return tuple(field for field, _ in values)
        case ShorterThan(field) | Past(field) | WithinDays(field) | PartyMissing(field):
            return (field,)
        case And(parts) | Or(parts):
            return tuple(dict.fromkeys(field for part in parts for field in named_fields(part)))
        case _:
            return missing_fields(condition)


def is_about_addressee(condition: Condition) -> bool:
    """Whether it can be judged only beside an addressee's entry, or the signed letter."""
    match condition:
        case And(parts) | Or(parts):
            return any(is_about_addressee(part) for part in parts)
        case PartyMissing() | LanguageNotAccepted() | AddresseeLacksFunction() | NoSignature():
            return True
        case _:
            return False


def without_fields(condition: Condition, fields: frozenset[str]) -> Condition | None:
    """The condition of a type that does not ask for some fields; None where nothing is left of it."""
    match condition:
        case AnyMissing(names) | AllMissing(names):
            left = tuple(name for name in names if name not in fields)
            return type(condition)(left) if left else None
        case And(parts) | Or(parts):
            kept = tuple(part for each in parts if (part := without_fields(each, fields)) is not None)
            return type(condition)(kept) if kept else None
        case _:
            return None if fields & set(named_fields(condition)) else condition
