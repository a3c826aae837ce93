"""Reading conditions: the words of ``request_types/about.toml`` and nothing else."""

from collections.abc import Mapping

from rogatory_client.casework.forms.condition import (
    AddresseeLacksFunction,
    AllMissing,
    And,
    AnyMissing,
    Condition,
    Equals,
    LanguageNotAccepted,
    Missing,
    NoSignature,
    NotEquals,
    Or,
    PartyMissing,
    Past,
    ShorterThan,
    WithinDays,
)
from rogatory_client.casework.forms.table_reading import TableReader
from rogatory_crypto.errors import MisuseError


def read_condition(table: object, where: str) -> Condition:
    """Read a condition.

    Args:
        table: one member, named by a word of the format.
        where: names it in the refusal.

    Raises:
        MisuseError: another word, or a value that does not fit it.
    """
    reader = TableReader(table, where)
    words = reader.left()
    if len(words) != 1:
        raise MisuseError(f"{where}: one condition has one word, not {len(words)}")
    condition = _read(words[0], reader)
    reader.done()
    return condition


def _read(word: str, reader: TableReader) -> Condition:
    match word:
        case "missing":
            return Missing(reader.text(word))
        case "any_missing":
            return AnyMissing(_some(reader, word))
        case "all_missing":
            return AllMissing(_some(reader, word))
        case "equals":
            return Equals(_values(reader, word))
        case "not_equals":
            return NotEquals(_values(reader, word))
        case "and" | "or":
            return _joined(word, reader)
        case _:
            return _read_measured(word, reader)


def _read_measured(word: str, reader: TableReader) -> Condition:
    match word:
        case "shorter_than":
            return ShorterThan(*_count(reader, word))
        case "past":
            return Past(reader.text(word))
        case "within_days":
            return WithinDays(*_count(reader, word))
        case "party":
            return PartyMissing(reader.text(word))
        case "addressee_lacks":
            return _fixed(reader.text(word), "function of the type", reader.where, AddresseeLacksFunction())
        case "language_not_accepted":
            return _fixed(reader.flag(word), True, reader.where, LanguageNotAccepted())  # noqa: FBT003
        case "no_signature":
            return _fixed(reader.flag(word), True, reader.where, NoSignature())  # noqa: FBT003
        case _:
            raise MisuseError(f"{reader.where}: unknown condition {word}")


def _fixed(said: object, wanted: object, where: str, condition: Condition) -> Condition:
    if said != wanted:
        raise MisuseError(f"{where}: {said} is not {wanted}")
    return condition


def _some(reader: TableReader, word: str) -> tuple[str, ...]:
    if not (fields := reader.texts(word)):
        raise MisuseError(f"{reader.where}: {word} names nothing")
    return fields


def _joined(word: str, reader: TableReader) -> Condition:
    parts = reader.any(word)
    if not isinstance(parts, list) or not parts:
        raise MisuseError(f"{reader.where}: {word} joins nothing")
    read = tuple(read_condition(part, f"{reader.where}: {word}") for part in parts)
    return And(read) if word == "and" else Or(read)


def _values(reader: TableReader, word: str) -> tuple[tuple[str, tuple[str | bool, ...]], ...]:
    found = reader.any(word)
    if not isinstance(found, Mapping) or not found:
        raise MisuseError(f"{reader.where}: {word} compares nothing")
    return tuple((field, _wanted(value, reader.where)) for field, value in found.items())


def _wanted(value: object, where: str) -> tuple[str | bool, ...]:
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(item, str | bool) for item in values):
        raise MisuseError(f"{where}: compared is with texts or booleans")
    return tuple(values)


def _count(reader: TableReader, word: str) -> tuple[str, int]:
    found = reader.any(word)
    if not isinstance(found, Mapping) or len(found) != 1:
        raise MisuseError(f"{reader.where}: {word} measures one field")
    ((field, count),) = found.items()
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise MisuseError(f"{reader.where}: {word} needs a number")
    return field, count
