"""A preservation request from the few things that only its officer knows (BUDAPEST 29(2)).

All else is known: the authority (29(2)(a)) from the vault, the language from the addressee's entry, that a
request will follow (29(2)(f)), that the user is not to be told, how urgent it is. A template of the office
outweighs these, and what is typed outweighs the template.
"""

from dataclasses import dataclass, fields
from typing import Final

from rogatory_client.casework.answers.value import Answers, Item, Value
from rogatory_crypto.errors import MisuseError
from rogatory_directory_sync import Record

TYPE_ID: Final = "preservation_of_computer_data"
_ANY_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class PreservationForm:
    """What is asked of the officer; everything but whom to ask.

    Attributes:
        data: accounts, addresses and the like, one a line (29(2)(c)).
        custodian: who holds the data, or where it is (29(2)(d)).
        offence: under investigation (29(2)(b)).
        facts: brief summary of them (29(2)(b)).
        relation: of the data to the offence (29(2)(c)).
        necessity: why it has to be preserved, and why now (29(2)(e)).
    """

    data: str
    custodian: str
    offence: str
    facts: str
    relation: str
    necessity: str


QUESTIONS: Final = ("to", *(field.name for field in fields(PreservationForm)))
"""All that is asked: of whom, and the form."""


def preservation_answers(
    form: PreservationForm, addressee: Record, template: Answers, reference: str
) -> dict[str, Value]:
    """Return the answers of a request, to be checked against its fields.

    Args:
        form: what the officer has said.
        addressee: entry of the office that is asked.
        template: answers that the office begins with; empty where it has none.
        reference: under which the office files it.

    Raises:
        MisuseError: something is empty.
    """
    for field in fields(form):
        if not getattr(form, field.name).strip():
            raise MisuseError(f"{field.name} is empty: say it in a sentence, however short")
    return {**_usual(form, addressee), **template, **_said(form), "own_reference": reference}


def _usual(form: PreservationForm, addressee: Record) -> dict[str, Value]:
    return {
        "request_language": _language(addressee),
        "urgency_level": "urgent",
        "preservation_status": "new",
        "intention_to_request": True,
        "user_not_to_be_informed": True,
        "confidentiality_requested": "fact_and_substance",
        "subject_matter": f"Preservation of data: {_first_line(form.offence)}",
    }


def _said(form: PreservationForm) -> dict[str, Value]:
    lines = (line.strip() for line in form.data.split("\n"))
    return {
        "target_identifiers": tuple(Item((("value", line),)) for line in lines if line),
        "provider": form.custodian.strip(),
        "offences": (Item((("name", _first_line(form.offence)),)),),
        "facts_summary": form.facts.strip(),
        "relation_to_offence": form.relation.strip(),
        "necessity": form.necessity.strip(),
        "urgency_reason": form.necessity.strip(),
    }


def _language(addressee: Record) -> str:
    """The first language that is accepted when it is urgent, else at any time; English if none is named."""
    accepted = (*(addressee.languages.urgent or ()), *(addressee.languages.accepted or ()))
    return next(iter(accepted), _ANY_LANGUAGE)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
