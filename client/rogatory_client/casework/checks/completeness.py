"""What a request still lacks: each thing with its severity, its article and a plain sentence.

A required field that is empty blocks, unless a rule of the type speaks about its absence: then that rule
speaks, with its own severity. What is recommended and empty is advised. Answers that do not fit their field
block.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from rogatory_client.casework.answers.checking import sorted_out
from rogatory_client.casework.answers.value import Answers, codes_of, is_empty, text_length
from rogatory_client.casework.forms.articles import cited
from rogatory_client.casework.forms.condition import (
    NOT_LOOKED,
    Circumstances,
    holds,
    missing_fields,
    named_fields,
)
from rogatory_client.casework.forms.field import Field
from rogatory_client.casework.forms.request_type import RequestType, Rule, Severity

_ORDER: Final = {severity: at for at, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Deficiency:
    """One thing that is missing or wrong.

    Attributes:
        id: of the rule; ``required:FIELD``, ``recommended:FIELD``, ``short:FIELD`` or ``wrong:FIELD``
            where no rule speaks.
        severity: what it does.
        article: of the instrument relied on where it has a counterpart, else of the convention named.
        text: one plain sentence.
        fields: which answers to look at.
    """

    id: str
    severity: Severity
    article: str
    text: str
    fields: tuple[str, ...]


def completeness(request_type: RequestType, answers: Answers, as_of: date) -> tuple[Deficiency, ...]:
    """Everything the request lacks, worst first.

    Args:
        request_type: what is asked for.
        answers: by field; those that do not fit are reported, and not as missing besides.
        as_of: the day that counts as today.
    """
    fields = request_type.fields
    sound, wrong = sorted_out(fields, answers)
    instrument = relied_on(sound)
    found = [
        Deficiency(
            f"wrong:{name}", Severity.BLOCKING, _article(fields.get(name), instrument), str(error), (name,)
        )
        for name, error in wrong.items()
    ]
    said = [
        rule
        for rule in request_type.rules
        if holds(rule.when, sound, as_of) and not wrong.keys() & _empty(rule, sound)
    ]
    found += [deficiency_of(rule, sound, as_of) for rule in said]
    spoken = {name for rule in said for name in missing_fields(rule.when)} | wrong.keys()
    found += _unspoken(request_type, sound, as_of, frozenset(spoken))
    found += _too_short(
        request_type, sound, frozenset(name for rule in said for name in named_fields(rule.when))
    )
    return tuple(sorted(found, key=lambda each: _ORDER[each.severity]))


def relied_on(answers: Answers) -> str:
    """The first instrument of the legal basis; empty where none is named."""
    return str(next(iter(codes_of(answers.get("legal_basis"))), ""))


def required_fields(request_type: RequestType, answers: Answers, as_of: date) -> tuple[str, ...]:
    """The fields that are required of these answers, conditions counted."""
    conditional = (each.field for each in request_type.conditional if holds(each.when, answers, as_of))
    return tuple(dict.fromkeys((*request_type.required, *conditional)))


def deficiency_of(rule: Rule, answers: Answers, as_of: date, known: Circumstances = NOT_LOOKED) -> Deficiency:
    """A rule that holds, as a deficiency."""
    severity = rule.severity
    if rule.downgrade is not None and holds(rule.downgrade.when, answers, as_of, known):
        severity = rule.downgrade.to
    empty = tuple(_empty(rule, answers))
    article = cited(rule.basis, relied_on(answers))
    return Deficiency(rule.id, severity, article, rule.message, empty or named_fields(rule.when))


def _empty(rule: Rule, answers: Answers) -> dict[str, None]:
    """The empty fields whose absence a rule is about, in order."""
    return dict.fromkeys(name for name in missing_fields(rule.when) if is_empty(answers.get(name)))


def _unspoken(
    request_type: RequestType, answers: Answers, as_of: date, spoken: frozenset[str]
) -> Iterator[Deficiency]:
    required = required_fields(request_type, answers, as_of)
    for name, field in request_type.fields.items():
        if name in spoken or not is_empty(answers.get(name)):
            continue
        article = _article(field, relied_on(answers))
        if name in required:
            text = f"{field.label} is missing."
            yield Deficiency(f"required:{name}", Severity.BLOCKING, article, text, (name,))
        elif name in request_type.recommended:
            text = f"{field.label} would help."
            yield Deficiency(f"recommended:{name}", Severity.ADVISORY, article, text, (name,))


def _too_short(request_type: RequestType, answers: Answers, spoken: frozenset[str]) -> Iterator[Deficiency]:
    for name, field in request_type.fields.items():
        length = text_length(answers.get(name))
        if name not in spoken and 0 < length < field.min_chars:
            text = f"{field.label} has {length} characters; fewer than {field.min_chars} will hardly do."
            article = _article(field, relied_on(answers))
            yield Deficiency(f"short:{name}", Severity.CLARIFICATION, article, text, (name,))


def _article(field: Field | None, instrument: str) -> str:
    return cited(field.source, instrument) if field is not None else ""
