"""What an officer is asked: fields with their kind, and the sections that hold them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """What an answer is."""

    AUTHORITY_REF = "authority_ref"
    STRING = "string"
    TEXT = "text"
    ENUM = "enum"
    MULTI = "multi"
    BOOLEAN = "boolean"
    LANGUAGE = "language"
    DATE = "date"
    DATETIME = "datetime"
    DATE_RANGE = "date_range"
    DATETIME_RANGE = "datetime_range"
    DATETIME_LIST = "datetime_list"
    DURATION = "duration"
    COUNTRY_LIST = "country_list"
    CASE_REF = "case_ref"
    CASE_REF_LIST = "case_ref_list"
    FILE_OR_TEXT = "file_or_text"
    FILE_LIST = "file_list"
    PERSON_LIST = "person_list"
    LEGAL_PERSON_LIST = "legal_person_list"
    OFFENCE_LIST = "offence_list"
    INSTRUMENT_LIST = "instrument_list"
    IDENTIFIER_LIST = "identifier_list"
    PROPERTY_LIST = "property_list"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked.

    Attributes:
        id: its name in answers.
        kind: what an answer is.
        help: one sentence for the officer; paraphrases the treaty.
        source: the article or practice it comes from.
        section: the id of the section that holds it.
        values: what may be chosen, for ``enum`` and ``multi``.
        min_chars: fewer than that will hardly do; 0 where no length is asked for.
    """

    id: str
    kind: FieldKind
    help: str
    source: str
    section: str
    values: tuple[str, ...] = ()
    min_chars: int = 0

    @property
    def label(self) -> str:
        """Its name in words."""
        return self.id.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that are asked together.

    Attributes:
        id: its name.
        title: by language.
        fields: of one type, in order; empty in the list of all sections.
    """

    id: str
    title: Mapping[str, str]
    fields: tuple[Field, ...] = ()
