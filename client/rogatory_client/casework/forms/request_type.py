"""One type of request: what it asks, what makes it deficient, and what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rogatory_client.casework.forms.condition import Condition
from rogatory_client.casework.forms.field import Field, Section
from rogatory_directory_sync import Function


class Severity(StrEnum):
    """What a deficiency does, worst first."""

    BLOCKING = "blocking"
    CLARIFICATION = "clarification"
    ADVISORY = "advisory"


class Necessity(StrEnum):
    """Whether a field must be filled."""

    REQUIRED = "required"
    CONDITIONAL = "conditional"
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Downgrade:
    """A milder severity where a condition holds."""

    when: Condition
    to: Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """A deficiency and when it is one.

    Attributes:
        id: stable, such as ``G-c``.
        when: the condition.
        severity: what it does.
        basis: the article, as the table has it (UNTOC where no convention is named).
        message: one plain sentence.
        downgrade: when it is milder.
        except_types: types it is not for.
    """

    id: str
    when: Condition
    severity: Severity
    basis: str
    message: str
    downgrade: Downgrade | None = None
    except_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionalField:
    """A field that is required when a condition holds."""

    field: str
    when: Condition


@dataclass(frozen=True, slots=True)
class TypeDeadline:
    """A time limit of a type.

    Attributes:
        what: what is due.
        default: in words.
        legal: ``convention``, ``treaty`` or ``configurable``: who fixes it.
        basis: the article, empty where none.
    """

    what: str
    default: str
    legal: str
    basis: str


@dataclass(frozen=True, slots=True)
class RequestType:
    """One type, its base included.

    Attributes:
        id, category: its names.
        title: by language.
        legal_basis: articles by instrument; empty where a convention has none.
        addressee_functions: what an addressee must be designated for, any of them.
        formal: whether it is a request in the sense of the articles.
        uses_base: whether the fields and rules of every formal request are in it.
        required, recommended: fields, in order.
        conditional: fields required under a condition.
        rules: its deficiencies, those of the base first.
        correspondence_rules: what is asked of the addressee, the treaty and the signature.
        sections: all fields, grouped.
        typical_refusal: ids of grounds.
        dual_criminality, confidentiality, use_limitation, translation, default_urgency: how it is handled.
        deadlines, expected_reply, note: what follows.
    """

    id: str
    category: str
    title: Mapping[str, str]
    legal_basis: Mapping[str, str]
    addressee_functions: tuple[Function, ...]
    formal: bool
    uses_base: bool
    required: tuple[str, ...]
    recommended: tuple[str, ...]
    conditional: tuple[ConditionalField, ...]
    rules: tuple[Rule, ...]
    correspondence_rules: tuple[Rule, ...]
    sections: tuple[Section, ...]
    typical_refusal: tuple[str, ...]
    dual_criminality: str
    confidentiality: str
    use_limitation: str
    translation: str
    default_urgency: str
    deadlines: tuple[TypeDeadline, ...]
    expected_reply: tuple[str, ...]
    note: str

    @property
    def fields(self) -> Mapping[str, Field]:
        """Every field by id, in the order of the sections."""
        return {field.id: field for section in self.sections for field in section.fields}

    def necessity(self, field: str) -> Necessity:
        """Whether a field must be filled, apart from conditions."""
        if field in self.required:
            return Necessity.REQUIRED
        if any(each.field == field for each in self.conditional):
            return Necessity.CONDITIONAL
        return Necessity.RECOMMENDED if field in self.recommended else Necessity.OPTIONAL
