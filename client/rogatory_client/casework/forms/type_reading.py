"""Reading the table of one type, and that of the base."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from rogatory_client.casework.forms.condition import without_fields
from rogatory_client.casework.forms.condition_reading import read_condition
from rogatory_client.casework.forms.field import Section
from rogatory_client.casework.forms.request_type import (
    ConditionalField,
    Downgrade,
    RequestType,
    Rule,
    Severity,
    TypeDeadline,
)
from rogatory_client.casework.forms.table_reading import TableReader
from rogatory_crypto.errors import MisuseError
from rogatory_directory_sync import Function


@dataclass(frozen=True, slots=True)
class BaseTable:
    """What every type that uses the base takes from it."""

    required: tuple[str, ...] = ()
    recommended: tuple[str, ...] = ()
    conditional: tuple[ConditionalField, ...] = ()
    rules: tuple[Rule, ...] = ()

    def rules_for(self, type_id: str, spared: frozenset[str]) -> tuple[Rule, ...]:
        """The rules of a type that does without some of the fields."""
        kept = (rule for rule in self.rules if type_id not in rule.except_types)
        left = ((rule, without_fields(rule.when, spared)) for rule in kept)
        return tuple(replace(rule, when=when) for rule, when in left if when is not None)


@dataclass(frozen=True, slots=True)
class TypeTable:
    """The table of one type, before the base is added."""

    id: str
    category: str
    title: Mapping[str, str]
    legal_basis: Mapping[str, str]
    addressee_functions: tuple[Function, ...]
    formal: bool
    uses_base: bool
    base_fields_not_required: tuple[str, ...]
    required: tuple[str, ...]
    recommended: tuple[str, ...]
    conditional: tuple[ConditionalField, ...]
    rules: tuple[Rule, ...]
    typical_refusal: tuple[str, ...]
    dual_criminality: str
    confidentiality: str
    use_limitation: str
    translation: str
    default_urgency: str
    deadlines: tuple[TypeDeadline, ...]
    expected_reply: tuple[str, ...]
    note: str

    def request_type(
        self,
        *,
        required: tuple[str, ...],
        recommended: tuple[str, ...],
        conditional: tuple[ConditionalField, ...],
        rules: tuple[Rule, ...],
        correspondence_rules: tuple[Rule, ...],
        sections: tuple[Section, ...],
    ) -> RequestType:
        """The type with what it takes from the base."""
        composed = {
            "required": required, "recommended": recommended, "conditional": conditional, "rules": rules,
            "correspondence_rules": correspondence_rules, "sections": sections,
        }  # fmt: skip
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        del own["base_fields_not_required"]
        return RequestType(**{**own, **composed})


def read_base(reader: TableReader) -> BaseTable:
    """Read the base.

    Raises:
        MisuseError: something in it is unknown or missing.
    """
    reader.text("applies_to")
    base = BaseTable(
        reader.texts("required"),
        reader.texts("recommended"),
        reader.tables("conditional", _conditional),
        reader.tables("deficiency", _rule),
    )
    reader.done()
    return base


def read_type(reader: TableReader) -> TypeTable:
    """Read the table of a type.

    Raises:
        MisuseError: something in it is unknown or missing.
    """
    table = TypeTable(
        id=reader.text("id"),
        category=reader.text("category"),
        title=reader.words("title"),
        legal_basis=reader.words("legal_basis"),
        addressee_functions=tuple(Function(name) for name in reader.texts("addressee_functions")),
        formal=reader.flag("formal"),
        uses_base=reader.flag("uses_base"),
        base_fields_not_required=reader.texts("base_fields_not_required", optional=True),
        required=reader.texts("required"),
        recommended=reader.texts("recommended"),
        conditional=reader.tables("conditional", _conditional),
        rules=reader.tables("deficiency", _rule),
        typical_refusal=reader.texts("typical_refusal"),
        dual_criminality=reader.text("dual_criminality"),
        confidentiality=reader.text("confidentiality"),
        use_limitation=reader.text("use_limitation"),
        translation=reader.text("translation"),
        default_urgency=reader.text("default_urgency"),
        deadlines=reader.tables("deadlines", _deadline, optional=True),
        expected_reply=reader.texts("expected_reply"),
        note=reader.text("note", ""),
    )
    reader.done()
    return table


def _conditional(reader: TableReader) -> ConditionalField:
    return ConditionalField(reader.text("field"), read_condition(reader.any("when"), reader.where))


def _rule(reader: TableReader) -> Rule:
    downgrade = reader.table("downgrade", _downgrade) if reader.has("downgrade") else None
    return Rule(
        id=reader.text("id"),
        when=read_condition(reader.any("when"), reader.where),
        severity=Severity(reader.text("severity")),
        basis=reader.text("basis"),
        message=reader.text("message"),
        downgrade=downgrade,
        except_types=reader.texts("except_types", optional=True),
    )


def _downgrade(reader: TableReader) -> Downgrade:
    return Downgrade(read_condition(reader.any("when"), reader.where), Severity(reader.text("to")))


def _deadline(reader: TableReader) -> TypeDeadline:
    match reader.any("legal"):
        case True:
            legal = "convention"
        case False:
            legal = "configurable"
        case "treaty":
            legal = "treaty"
        case other:
            raise MisuseError(f"{reader.where}: legal is true, false or treaty, not {other}")
    return TypeDeadline(reader.text("what"), reader.text("default"), legal, reader.text("basis", ""))
