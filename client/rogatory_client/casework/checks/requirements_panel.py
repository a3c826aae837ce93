"""What the addressee's entry asks of a request, beside the form: what it says, and what it leaves open.

Pre-flight tells what stands against a request; this tells what to write, before anything is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rogatory_client.casework.forms.request_type import RequestType
from rogatory_directory_sync import Function, Record

OPEN: Final = "not stated: ask"
_NATIONAL_FORM: Final = "18(14)"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing to know.

    Attributes:
        topic: stable, such as ``languages``.
        text: what the entry says, ``not stated: ask`` where it does not.
        article: that it rests on, empty where none.
        link: to read more, empty where there is none.
    """

    topic: str
    text: str
    article: str = ""
    link: str = ""


def requirements(request_type: RequestType, addressee: Record, own_state: str) -> tuple[Requirement, ...]:
    """Everything to know about an addressee for a type of request.

    Args:
        request_type: what is asked for.
        addressee: its entry.
        own_state: two-letter code of the own State; agreements with it come first.
    """
    return (
        *_form(addressee),
        *_ways(addressee),
        *_law(request_type, addressee),
        *_urgent(addressee),
        *_agreements(addressee, own_state),
        *_links(addressee),
    )


def _form(addressee: Record) -> Iterator[Requirement]:
    languages, electronic = addressee.languages, addressee.electronic
    yield Requirement("languages", _listed(languages.accepted), _NATIONAL_FORM)
    if languages.urgent:
        yield Requirement("languages_if_urgent", _listed(languages.urgent), _NATIONAL_FORM)
    if languages.note:
        yield Requirement("languages_note", languages.note, _NATIONAL_FORM)
    yield Requirement("original_on_paper", electronic.original_required or OPEN, _NATIONAL_FORM)
    kinds = f" ({', '.join(electronic.e_signature_formats)})" if electronic.e_signature_formats else ""
    yield Requirement("electronic_signature", (electronic.e_signature or OPEN) + kinds, _NATIONAL_FORM)
    if addressee.requirements:
        yield Requirement("asks_for", addressee.requirements, _NATIONAL_FORM)


def _ways(addressee: Record) -> Iterator[Requirement]:
    channels, electronic = addressee.channels, addressee.electronic
    until = f", until {electronic.measure_valid_until}" if electronic.measure_valid_until else ""
    yield Requirement("electronic_transmission", (electronic.accepts_requests or OPEN) + until, "18(13)")
    yield Requirement("direct", channels.direct or OPEN, "18(13)")
    yield Requirement("diplomatic", channels.diplomatic or OPEN, "18(13)")
    yield Requirement("interpol", channels.interpol or OPEN, "18(13)")


def _law(request_type: RequestType, addressee: Record) -> Iterator[Requirement]:
    yield Requirement("dual_criminality", addressee.dual_criminality or OPEN, "18(9)")
    yield Requirement("dual_criminality_of_the_type", request_type.dual_criminality, "18(9)")
    if addressee.scope_note:
        yield Requirement("competence", addressee.scope_note, "18(13)")
    if Function.EXTRADITION in request_type.addressee_functions:
        basis = addressee.legal_basis
        yield Requirement("untoc_as_extradition_basis", basis.untoc_extradition or OPEN, "16(5)")
        yield Requirement("uncac_as_extradition_basis", basis.uncac_extradition or OPEN, "UNCAC 44(6)")
    if Function.ASSET_RECOVERY in request_type.addressee_functions and addressee.asset_recovery_networks:
        yield Requirement("asset_recovery_networks", ", ".join(addressee.asset_recovery_networks))


def _urgent(addressee: Record) -> Iterator[Requirement]:
    urgent = addressee.urgent_procedure
    yield Requirement("urgent_procedure", urgent.text or OPEN, "18(13)")
    yield Requirement("oral_requests", urgent.oral_accepted or OPEN, _NATIONAL_FORM)
    around = {True: "yes", False: "no", None: OPEN}[urgent.available_24_7]
    yield Requirement("around_the_clock", around, "18(13)")


def _agreements(addressee: Record, own_state: str) -> Iterator[Requirement]:
    """Those with the own State first; what names no counterpart is for more than two."""
    with_us = [each for each in addressee.agreements if own_state and own_state in each.counterparts]
    for_all = [each for each in addressee.agreements if not each.counterparts]
    for each in (*with_us, *for_all):
        subject = f" ({each.subject})" if each.subject else ""
        yield Requirement("agreement", f"{each.type}: {each.title}{subject}", "18(7)", each.url or "")


def _links(addressee: Record) -> Iterator[Requirement]:
    for each in addressee.resources:
        language = f" ({each.lang})" if each.lang else ""
        yield Requirement("link", f"{each.kind}: {each.title or each.url}{language}", "", each.url)


def _listed(words: tuple[str, ...] | None) -> str:
    return ", ".join(words) if words else OPEN
