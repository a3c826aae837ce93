"""Whether this office may be asked for that, in this language and under this treaty."""

from collections.abc import Iterator
from typing import Final

from rogatory_client.casework.answers.value import Item, codes_of, is_empty
from rogatory_client.casework.checks.finding import Finding, Flight
from rogatory_client.casework.checks.treaties import RECIPROCITY
from rogatory_client.casework.forms.request_type import Severity
from rogatory_client.casework.forms.shared_tables import instruments
from rogatory_directory_sync import FORMAL_KINDS, Function, Kind, Record

_TRANSLATED: Final = ("translation_attached", "certified_translation_attached")
_EXTRADITION_BASIS: Final = {"UNTOC": "untoc_extradition", "UNCAC": "uncac_extradition"}


def competence_findings(flight: Flight) -> Iterator[Finding]:
    """What rules of the types do not speak about."""
    yield from _designation(flight)
    yield from _language(flight)
    yield from _treaty(flight)
    yield from _own_office(flight)
    record = flight.addressee.record
    if record.scope_note:
        yield flight.finding(
            "scope", Severity.ADVISORY, "18(13)", f"Its competence is limited: {record.scope_note}"
        )
    if record.requirements:
        yield flight.finding(
            "requirements", Severity.ADVISORY, "18(14)", f"It asks for: {record.requirements}"
        )
    if record.dual_criminality == "always" and is_empty(flight.answers.get("dual_criminality_note")):
        text = "It always asks for dual criminality: describe how the conduct is punishable."
        yield flight.finding("dual_criminality", Severity.ADVISORY, "18(9)", text, "dual_criminality_note")


def lacks_function(flight: Flight) -> bool:
    """Whether the addressee is not designated for any function of the type, or takes no formal requests."""
    record = flight.addressee.record
    if record.kind not in FORMAL_KINDS:
        return flight.request_type.formal
    return not _functions(record, "incoming") & set(flight.request_type.addressee_functions)


def _functions(record: Record, direction: str) -> set[Function]:
    """What it is designated for in one direction; a designation that names none is for both."""
    return {each.function for each in record.designations if each.direction in {direction, "both", None}}


def _designation(flight: Flight) -> Iterator[Finding]:
    record, wanted = flight.addressee.record, set(flight.request_type.addressee_functions)
    if record.kind is Kind.NETWORK_BODY or lacks_function(flight):
        return
    under = {
        each.instrument.value
        for each in record.designations
        if each.function in wanted and each.direction != "outgoing"
    }
    named = [code for code in _relied_on(flight) if code in _DESIGNATING]
    if named and not under & set(named):
        text = (
            f"It is designated for this under {', '.join(sorted(under))}, and not under {', '.join(named)}."
        )
        yield flight.finding(
            "other_instrument", Severity.CLARIFICATION, "18(13)", text, "addressed_authority"
        )


_DESIGNATING: Final = frozenset({"UNTOC", "UNCAC", "DRUG1988"})


def _relied_on(flight: Flight) -> list[str]:
    return [str(code) for code in codes_of(flight.answers.get("legal_basis"))]


def accepts_language(flight: Flight) -> bool | None:
    """Whether it accepts the request's language or that of a translation; None where it is not known."""
    spoken, written = _accepted(flight), flight.said("request_language")
    if not spoken or not written:
        return None
    if _is_among(written, spoken):
        return True
    if flight.said("translation_status") not in _TRANSLATED:
        return False
    translations = _languages_of_translations(flight)
    return any(_is_among(each, spoken) for each in translations) if translations else None


def _accepted(flight: Flight) -> tuple[str, ...]:
    languages = flight.addressee.record.languages
    urgent = (languages.urgent or ()) if flight.is_pressing else ()
    return (*(languages.accepted or ()), *urgent)


def _is_among(tag: str, spoken: tuple[str, ...]) -> bool:
    return tag.split("-", maxsplit=1)[0].lower() in {each.split("-")[0].lower() for each in spoken}


def _languages_of_translations(flight: Flight) -> list[str]:
    files = flight.answers.get("translation_files")
    items = files if isinstance(files, tuple) else ()
    return [each.get("language") for each in items if isinstance(each, Item) and each.get("language")]


def _language(flight: Flight) -> Iterator[Finding]:
    written = flight.said("request_language")
    if not written or accepts_language(flight) is not None:
        return
    if not _accepted(flight):
        yield flight.ask("language_unknown", "18(14)", "Which languages it accepts", "request_language")
    else:
        yield flight.ask(
            "translation_language", "18(14)", "The language of the translation", "translation_files"
        )


def missing_treaty(flight: Flight) -> str | None:
    """The first instrument relied on that is known not to be in force between the two States."""
    return next((code for code in _relied_on(flight) if _in_force(flight, code) is False), None)


def _in_force(flight: Flight, instrument: str) -> bool | None:
    return flight.treaties.in_force(instrument, flight.sender, flight.addressee.record, flight.as_of)


def _treaty(flight: Flight) -> Iterator[Finding]:
    for code in _relied_on(flight):
        if _in_force(flight, code) is None:
            said = instruments()[code]
            status = f" ({said.status})" if said.status else ""
            what = f"Whether this is in force between the two States, {said.title}{status},"
            yield flight.ask(f"treaty_unknown:{code}", "18(7)", what, "legal_basis")
    if Function.EXTRADITION in flight.request_type.addressee_functions and flight.request_type.formal:
        yield from _extradition_basis(flight)


def _extradition_basis(flight: Flight) -> Iterator[Finding]:
    """What was notified under UNTOC 16(5) and UNCAC 44(6)."""
    for code in _relied_on(flight):
        if code not in _EXTRADITION_BASIS:
            continue
        said = getattr(flight.addressee.record.legal_basis, _EXTRADITION_BASIS[code])
        if said == "no":
            text = f"Its State does not take {code} as a basis for extradition."
            yield flight.finding("extradition_basis", Severity.CLARIFICATION, "16(5)", text, "legal_basis")
        elif said != "yes":
            what = f"Whether its State takes {code} as a basis for extradition"
            yield flight.ask("extradition_basis", "16(5)", what, "legal_basis")


def _own_office(flight: Flight) -> Iterator[Finding]:
    sender, record = flight.sender, flight.addressee.record
    for field, entry in (("requesting_authority", sender), ("addressed_authority", record)):
        if flight.said(field) and flight.said(field) != entry.record_id:
            way = "from" if entry is sender else "to"
            text = f"{flight.said(field)} is named, and it goes {way} {entry.record_id}."
            yield flight.finding(f"other_{field}", Severity.BLOCKING, "18(15)(a)", text, field)
    if sender.state is not None and record.state is not None and sender.state == record.state:
        text = "Both offices are of one State."
        yield flight.finding("one_state", Severity.BLOCKING, "18(13)", text, "addressed_authority")
    if flight.request_type.formal and not _functions(sender, "outgoing") & set(
        flight.request_type.addressee_functions
    ):
        text = "The own office is not designated for this: the addressee may ask who has authorised it."
        yield flight.finding(
            "own_designation", Severity.CLARIFICATION, "18(13)", text, "requesting_authority"
        )
    if _relied_on(flight) == [RECIPROCITY]:
        text = "No treaty is relied on: ask whether reciprocity is enough."
        yield flight.finding("reciprocity", Severity.CLARIFICATION, "18(7)", text, "legal_basis", ask=True)
