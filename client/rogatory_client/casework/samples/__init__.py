"""Sample requests, one a type: valid, complete and invented, to learn from and to begin with.

``fields.toml`` answers every field there is, ``types.toml`` what is special to a type. ``{+30}`` is a day so
many days ahead. Whoever begins with a sample cannot send it before what is of one case was written anew.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

from rogatory_client.casework.answers.checking import check_answer
from rogatory_client.casework.answers.value import Answers, Value, value_from_json
from rogatory_client.casework.checks.finding import Finding
from rogatory_client.casework.forms.request_type import RequestType, Severity

_AHEAD: Final = re.compile(r"\{\+(\d{1,4})\}")
# What no two cases share.
_OF_ONE_CASE: Final = (
    "subject_matter", "facts_summary", "assistance_description", "link_to_assistance", "persons_concerned",
    "legal_persons_concerned", "account_identifiers", "target_identifiers", "property_list", "person_sought",
    "witness", "addressee", "sentenced_person", "record_subject", "information", "anonymised_summary",
    "vessel", "firearm_marks", "consignment", "consultation_question", "prevention_question",
)  # fmt: skip


def sample_answers(request_type: RequestType, as_of: date) -> dict[str, Value]:
    """The answers of the sample of a type, but for the offices, the reference and the channel.

    Args:
        request_type: of which.
        as_of: the day from which days ahead count.
    """
    said = {**_table("fields"), **_table("types")[request_type.id]}
    forms = {name: _dated(said[name], as_of) for name in request_type.fields if name in said}
    return {
        name: check_answer(request_type.fields[name], value_from_json(form)) for name, form in forms.items()
    }


def sample_findings(request_type: RequestType, answers: Answers, as_of: date) -> tuple[Finding, ...]:
    """What of one case an officer has left as the sample has it; it must not be sent."""
    sample = sample_answers(request_type, as_of)
    return tuple(
        Finding(
            f"sample:{name}",
            Severity.BLOCKING,
            "",
            f"{request_type.fields[name].label} still says what the sample says.",
            (name,),
        )
        for name in _OF_ONE_CASE
        if name in answers and answers[name] == sample.get(name)
    )


@cache
def _table(name: str) -> Mapping[str, Any]:
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))


def _dated(form: object, as_of: date) -> object:
    match form:
        case str():
            return _AHEAD.sub(lambda found: (as_of + timedelta(days=int(found[1]))).isoformat(), form)
        case list():
            return [_dated(each, as_of) for each in form]
        case dict():
            return {name: _dated(each, as_of) for name, each in form.items()}
        case _:
            return form
