"""Pre-flight: what the addressee's entry says against the request, before anything is sealed.

Whatever an entry does not say is asked before sending, and never taken for accepted.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from rogatory_client.casework.answers.value import Answers
from rogatory_client.casework.checks.completeness import deficiency_of
from rogatory_client.casework.checks.finding import Addressee, Finding, Flight
from rogatory_client.casework.checks.preflight_channel import channel_findings
from rogatory_client.casework.checks.preflight_competence import (
    accepts_language,
    competence_findings,
    lacks_function,
    missing_treaty,
)
from rogatory_client.casework.checks.preflight_entry import entry_findings
from rogatory_client.casework.checks.treaties import Treaties
from rogatory_client.casework.forms.condition import AddresseeLacksFunction, Circumstances, holds
from rogatory_client.casework.forms.request_type import RequestType, Rule, Severity
from rogatory_directory_sync import Record

_ORDER: Final = {severity: at for at, severity in enumerate(Severity)}


def preflight(
    request_type: RequestType,
    answers: Answers,
    addressee: Addressee,
    sender: Record,
    treaties: Treaties,
    as_of: date,
    signature: str | None = None,
) -> tuple[Finding, ...]:
    """Everything that stands between the request and its addressee, worst first.

    Args:
        request_type: what is asked for.
        answers: by field, each of which fits.
        addressee: to whom.
        sender: the own office's record.
        treaties: which are known to be in force where.
        as_of: the day that counts as today.
        signature: kind of the signature on the letter (``PAdES``), empty for none; None where it is not made
            yet.
    """
    flight = Flight(request_type, answers, addressee, sender, treaties, as_of, signature)
    found = [
        *_by_rules(flight),
        *competence_findings(flight),
        *channel_findings(flight),
        *entry_findings(flight),
    ]
    return tuple(sorted(found, key=lambda each: _ORDER[each.severity]))


def _by_rules(flight: Flight) -> Iterator[Finding]:
    known = Circumstances(
        party_missing=missing_treaty(flight) is not None,
        language_not_accepted=accepts_language(flight) is False,
        addressee_lacks_function=lacks_function(flight),
        no_signature=None if flight.signature is None else not flight.signature,
    )
    for rule in flight.request_type.correspondence_rules:
        if holds(rule.when, flight.answers, flight.as_of, known):
            said = deficiency_of(rule, flight.answers, flight.as_of, known)
            yield Finding(
                said.id, _severity(flight, rule, said.severity), said.article, said.text, said.fields
            )


def _severity(flight: Flight, rule: Rule, severity: Severity) -> Severity:
    """What is not formal reaches whom it reaches: an office that is not designated may still pass it on."""
    informal = not flight.request_type.formal and isinstance(rule.when, AddresseeLacksFunction)
    return Severity.CLARIFICATION if informal and severity is Severity.BLOCKING else severity
