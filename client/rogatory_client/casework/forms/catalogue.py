"""The request types, read from the tables beside this module; each file is read once, when it is needed.

The tables are data: another type is another file. Everything in them is checked when it is read: unknown
members, unknown fields, functions, grounds and conditions are refused.
"""

import tomllib
from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from rogatory_client.casework.forms.condition import NoSignature, is_about_addressee, named_fields
from rogatory_client.casework.forms.field import Field, FieldKind, Section
from rogatory_client.casework.forms.request_type import ConditionalField, RequestType, Rule
from rogatory_client.casework.forms.table_reading import TableReader, require_known
from rogatory_client.casework.forms.type_reading import BaseTable, TypeTable, read_base, read_type
from rogatory_crypto.errors import MisuseError

LANGUAGES: Final = ("en", "fr", "es", "ru", "zh", "ar", "pt")
_GROUPS: Final = (
    "authorities", "proceeding", "facts", "persons", "measure", "hearing", "service", "search", "records",
    "assets", "appearance", "electronic_evidence", "operations", "extradition", "transfer", "information",
    "sea", "firearms", "consultation", "urgency", "handling",
)  # fmt: skip


@cache
def _tables() -> Traversable:
    return files("rogatory_client.casework") / "request_types"


def read_table(name: str) -> TableReader:
    """One file of the tables, by its name without suffix.

    Raises:
        MisuseError: there is none, or it is not TOML.
    """
    try:
        return TableReader(tomllib.loads((_tables() / f"{name}.toml").read_text(encoding="utf-8")), name)
    except FileNotFoundError as error:
        raise MisuseError(f"there is no table {name}") from error
    except tomllib.TOMLDecodeError as error:
        raise MisuseError(f"{name}: {error}") from error


@cache
def type_ids() -> tuple[str, ...]:
    """The ids of all types, in the order in which they are shown."""
    reader = read_table("order")
    ids = reader.texts("types")
    reader.done()
    return ids


@cache
def all_sections() -> tuple[Section, ...]:
    """Every section, without fields."""
    reader = read_table("sections")
    sections = reader.tables("section", lambda each: Section(each.text("id"), titled(each)))
    reader.done()
    return sections


@cache
def all_fields() -> Mapping[str, Field]:
    """Every field of any type, by id, in the order in which they are asked."""
    fields: dict[str, Field] = {}
    for group in _GROUPS:
        reader = read_table(f"fields/{group}")
        section = reader.text("section")
        require_known(group, [section], {each.id: each for each in all_sections()})
        for name, field in reader.named("fields", partial(_field, section=section)).items():
            if name in fields:
                raise MisuseError(f"{group}: {name} is there twice")
            fields[name] = field
        reader.done()
    return fields


def _field(reader: TableReader, name: str, *, section: str) -> Field:
    kind = FieldKind(reader.text("type"))
    values = reader.texts("values", optional=True)
    if bool(values) is not (kind in {FieldKind.ENUM, FieldKind.MULTI}):
        raise MisuseError(f"{name}: values belong to a choice")
    return Field(
        name, kind, reader.text("help"), reader.text("source"), section, values, reader.number("min_chars", 0)
    )


def titled(reader: TableReader, name: str = "title") -> dict[str, str]:
    """A title in every language."""
    title = reader.words(name)
    if tuple(title) != LANGUAGES:
        raise MisuseError(f"{reader.where}: a title in each of {', '.join(LANGUAGES)}")
    return title


@cache
def _base() -> BaseTable:
    return read_base(read_table("base"))


@cache
def request_type(type_id: str) -> RequestType:
    """One type, with what it takes from the base.

    Raises:
        MisuseError: there is no such type, or its table is wrong.
    """
    if type_id not in type_ids():
        raise MisuseError(f"there is no request type {type_id}: see `rogatory request types`")
    table = read_type(read_table(f"types/{type_id}"))
    if table.id != type_id or tuple(table.title) != LANGUAGES:
        raise MisuseError(f"types/{type_id}: id or title does not fit")
    return _composed(table, _base())


def _composed(table: TypeTable, base: BaseTable) -> RequestType:
    spared = frozenset(table.base_fields_not_required)
    inherited = base if table.uses_base else BaseTable()
    required = _joined([name for name in inherited.required if name not in spared], table.required)
    recommended = _joined(inherited.recommended, table.recommended)
    conditional = _applicable(inherited.conditional + table.conditional, required)
    rules = (*inherited.rules_for(table.id, spared), *table.rules)
    own = tuple(rule for rule in rules if is_about_addressee(rule.when))
    named = (*required, *(each.field for each in conditional), *recommended, *spared)
    looked_at = [name for rule in rules for name in named_fields(rule.when)]
    require_known(table.id, [*named, *looked_at], all_fields())
    return table.request_type(
        required=required,
        recommended=tuple(name for name in recommended if name not in required),
        conditional=conditional,
        rules=tuple(rule for rule in rules if rule not in own),
        correspondence_rules=_correspondence(own, base, formal=table.formal),
        sections=_sections(frozenset((*named, *looked_at))),
    )


def _joined(first: tuple[str, ...] | list[str], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _applicable(
    fields: tuple[ConditionalField, ...], required: tuple[str, ...]
) -> tuple[ConditionalField, ...]:
    return tuple(each for each in fields if each.field not in required)


def _correspondence(own: tuple[Rule, ...], base: BaseTable, *, formal: bool) -> tuple[Rule, ...]:
    """The type's own rules about the addressee; where it has none about a matter, those of the base.

    Who may be asked, in which language and under which treaty matters to every type, whatever it takes from
    the base. A signature is asked for where it is formal.
    """
    about = {type(rule.when) for rule in own} | (set() if formal else {NoSignature})
    inherited = (rule for rule in base.rules if is_about_addressee(rule.when))
    return (*own, *(rule for rule in inherited if type(rule.when) not in about))


def _sections(wanted: frozenset[str]) -> tuple[Section, ...]:
    held = [field for field in all_fields().values() if field.id in wanted]
    filled = (
        Section(section.id, section.title, tuple(field for field in held if field.section == section.id))
        for section in all_sections()
    )
    return tuple(section for section in filled if section.fields)
