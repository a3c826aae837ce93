"""The tables that all request types share: instruments, articles, urgency and grounds of refusal."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from rogatory_client.casework.forms.catalogue import read_table, titled


@dataclass(frozen=True, slots=True)
class Instrument:
    """What a request may rely on; ``status`` says what is special about its entry into force."""

    id: str
    title: str
    status: str


@dataclass(frozen=True, slots=True)
class UrgencyLevel:
    """How soon an answer is needed: the fields it asks for, and what it means."""

    id: str
    title: Mapping[str, str]
    needs: tuple[str, ...]
    meaning: str


@dataclass(frozen=True, slots=True)
class RefusalGround:
    """A ground for refusing: its article, what it says, and what it applies to."""

    id: str
    basis: str
    text: str
    applies: tuple[str, ...]


@cache
def instruments() -> Mapping[str, Instrument]:
    """Every instrument by id, in the order in which they are shown."""
    reader = read_table("instruments")
    read = reader.tables(
        "instrument", lambda each: Instrument(each.text("id"), each.text("title"), each.text("status", ""))
    )
    reader.done()
    return {each.id: each for each in read}


@cache
def article_map() -> Mapping[str, Mapping[str, str]]:
    """Articles by matter and convention; empty where a convention has none."""
    reader = read_table("articles")
    matters = {matter: reader.words(matter) for matter in reader.left()}
    reader.done()
    return matters


@cache
def urgency_levels() -> Mapping[str, UrgencyLevel]:
    """Every level of urgency by id, mildest first."""
    reader = read_table("urgency")
    read = reader.tables(
        "level",
        lambda each: UrgencyLevel(
            each.text("id"), titled(each), each.texts("needs"), each.text("meaning", "")
        ),
    )
    reader.done()
    return {each.id: each for each in read}


@cache
def refusal_grounds() -> Mapping[str, RefusalGround]:
    """Every ground of refusal by id."""
    reader = read_table("refusal")
    reader.any("rules")
    read = reader.tables(
        "ground",
        lambda each: RefusalGround(
            each.text("id"), each.text("basis"), each.text("text"), tuple(each.text("applies").split(", "))
        ),
    )
    reader.done()
    return {each.id: each for each in read}
