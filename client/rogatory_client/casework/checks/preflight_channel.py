"""By which way the addressee takes requests, on which material and with which signature."""

from collections.abc import Iterator
from typing import Final

from rogatory_client.casework.checks.finding import Finding, Flight
from rogatory_client.casework.forms.request_type import Severity

_NATIONAL_FORM: Final = "18(14)"
_CHANNEL: Final = "channel"


def channel_findings(flight: Flight) -> Iterator[Finding]:
    """What the entry says about transmission, originals, signatures and urgent requests."""
    if flight.request_type.formal:
        yield from _transmission(flight)
        yield from _original(flight)
        yield from _signature(flight)
        yield from _diplomatic(flight)
        yield from _named_channel(flight)
    if flight.is_pressing:
        yield from _urgent(flight)


def _goes_by_platform(flight: Flight) -> bool:
    return flight.said(_CHANNEL) in {"", "platform"}


def _unless_pressing(flight: Flight, severity: Severity) -> Severity:
    """An urgent request goes ahead, and what is missing follows."""
    return Severity.CLARIFICATION if flight.is_pressing else severity


def _transmission(flight: Flight) -> Iterator[Finding]:
    electronic = flight.addressee.record.electronic
    if not _goes_by_platform(flight):
        return
    ended = electronic.measure_valid_until
    if ended is not None and ended < flight.as_of.isoformat():
        yield flight.ask(
            "electronic_ended", _NATIONAL_FORM, f"Its measure ended on {ended}; what holds since", _CHANNEL
        )
        return
    match electronic.accepts_requests:
        case "yes":
            return
        case "exceptional":
            text = "It takes electronic requests by way of exception: say why, or send the original as well."
            yield flight.finding(
                "electronic_exceptional", Severity.CLARIFICATION, _NATIONAL_FORM, text, _CHANNEL
            )
        case "no":
            severity = _unless_pressing(flight, Severity.BLOCKING)
            text = "It takes no electronic requests: the original goes by the channel it names."
            yield flight.finding("electronic_refused", severity, _NATIONAL_FORM, text, _CHANNEL)
        case _:
            yield flight.ask(
                "electronic_unknown", _NATIONAL_FORM, "Whether it takes electronic requests", _CHANNEL
            )


def _original(flight: Flight) -> Iterator[Finding]:
    match flight.addressee.record.electronic.original_required:
        case "no":
            return
        case "always":
            text = "It asks for the original on paper: post it the same day, and say so."
            yield flight.finding("original_required", Severity.CLARIFICATION, _NATIONAL_FORM, text)
        case "later":
            text = "The original on paper is to follow."
            yield flight.finding("original_later", Severity.ADVISORY, _NATIONAL_FORM, text)
        case _:
            yield flight.ask("original_unknown", _NATIONAL_FORM, "Whether the original on paper must follow")


def _signature(flight: Flight) -> Iterator[Finding]:
    electronic, kind = flight.addressee.record.electronic, flight.signature or "PAdES"
    accepted = ", ".join(electronic.e_signature_formats)
    match electronic.e_signature:
        case "yes" if not accepted:
            yield flight.ask(
                "signature_kind_unknown", _NATIONAL_FORM, "Which kinds of electronic signature it accepts"
            )
        case "yes" if kind not in electronic.e_signature_formats:
            text = f"It accepts signatures of the kind {accepted}, and not {kind}."
            yield flight.finding("signature_kind", Severity.BLOCKING, _NATIONAL_FORM, text)
        case "yes":
            return
        case "no":
            text = "It accepts no electronic signature: a letter signed by hand must follow."
            yield flight.finding("signature_refused", Severity.CLARIFICATION, _NATIONAL_FORM, text)
        case _:
            yield flight.ask(
                "signature_unknown", _NATIONAL_FORM, "Whether it accepts an electronic signature"
            )


def _diplomatic(flight: Flight) -> Iterator[Finding]:
    channels = flight.addressee.record.channels
    if not _goes_by_platform(flight):
        return
    if channels.diplomatic == "required" or channels.direct == "no":
        severity = _unless_pressing(flight, Severity.BLOCKING)
        text = "It takes requests through diplomatic channels: this is an advance copy at most."
        yield flight.finding("diplomatic_required", severity, "18(13)", text, _CHANNEL)
    elif channels.direct != "yes":
        yield flight.ask("direct_unknown", "18(13)", "Whether it takes requests directly", _CHANNEL)


def _named_channel(flight: Flight) -> Iterator[Finding]:
    record = flight.addressee.record
    match flight.said(_CHANNEL):
        case "interpol_urgent":
            yield from _by_word(flight, "interpol", record.channels.interpol)
        case "oral_confirmed":
            yield from _by_word(flight, "oral", record.urgent_procedure.oral_accepted)
        case _:
            return


def _by_word(flight: Flight, what: str, said: str | None) -> Iterator[Finding]:
    words = {"interpol": "requests through INTERPOL", "oral": "oral requests"}[what]
    basis = {"interpol": "18(13)", "oral": "18(14)"}[what]
    if said == "no":
        text = f"It takes no {words}."
        yield flight.finding(f"{what}_refused", Severity.BLOCKING, basis, text, _CHANNEL)
    elif said == "urgent_only" and not flight.is_pressing:
        text = f"It takes {words} in urgent circumstances only."
        yield flight.finding(f"{what}_urgent_only", Severity.BLOCKING, basis, text, _CHANNEL)
    elif said not in {"yes", "urgent_only"}:
        yield flight.ask(f"{what}_unknown", basis, f"Whether it takes {words}", _CHANNEL)


def _urgent(flight: Flight) -> Iterator[Finding]:
    urgent = flight.addressee.record.urgent_procedure
    if urgent.text:
        text = f"Its urgent procedure: {urgent.text}"
        yield flight.finding("urgent_procedure", Severity.ADVISORY, "18(13)", text)
    elif urgent.available_24_7 is not True:
        yield flight.ask("urgent_unknown", "18(13)", "Its urgent procedure", "urgency_level")
    if flight.said("urgency_level") == "emergency" and urgent.available_24_7 is not True:
        text = "Nobody is known to be there around the clock: telephone first."
        yield flight.finding("no_duty_officer", Severity.CLARIFICATION, "18(13)", text, "out_of_band_contact")
