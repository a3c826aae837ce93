"""Pre-flight: each thing an entry may say against a request, and what it does not say."""

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest
from tests.client.casework.sample_answers import ADDRESSEE, AS_OF, SENDER, complete_answers, without

from rogatory_client.casework.answers.value import Item, Value
from rogatory_client.casework.checks.finding import Addressee, Finding, OfficeStanding
from rogatory_client.casework.checks.preflight import preflight
from rogatory_client.casework.checks.treaties import Treaties, read_treaty_tables, treaties_of
from rogatory_client.casework.forms.catalogue import request_type, type_ids
from rogatory_client.casework.forms.request_type import Severity
from rogatory_crypto.errors import MisuseError
from rogatory_directory_sync import Kind, Record, Status, read_directory, sample_file
from rogatory_directory_sync.record import Agreement, Instrument, UrgentProcedure

BLOCKING, ASKED, ADVICE = Severity


@cache
def records() -> dict[str, Record]:
    entries = read_directory(sample_file("state-after-2026-09.json").content)
    return {entry_id: entry.record for entry_id, entry in entries.items()}


@cache
def accepting() -> Record:
    """An entry that says yes to everything."""
    record = records()[ADDRESSEE]
    return replace(
        record,
        status=Status.ACTIVE,
        scope_note=None,
        requirements=None,
        dual_criminality="not_required",
        languages=replace(record.languages, accepted=("en",), urgent=("en",)),
        channels=replace(record.channels, direct="yes", diplomatic="accepted", interpol="yes"),
        electronic=replace(
            record.electronic, accepts_requests="yes", original_required="no", e_signature="yes",
            e_signature_formats=("PAdES",), measure_valid_until=None,
        ),
        urgent_procedure=UrgentProcedure(None, available_24_7=True, oral_accepted="yes"),
        provenance=replace(record.provenance, last_updated=None, last_confirmed="2026-09-01"),
    )  # fmt: skip


def looked_at(
    record: Record | None = None,
    *,
    type_id: str = "taking_evidence",
    standing: OfficeStanding = OfficeStanding.USABLE,
    treaties: Treaties | None = None,
    signature: str | None = None,
    **answers: Value,
) -> dict[str, Finding]:
    chosen = request_type(type_id)
    asked = complete_answers(chosen) | answers
    known = treaties_of(records().values()) if treaties is None else treaties
    found = preflight(
        chosen, asked, Addressee(record or accepting(), standing), records()[SENDER], known, AS_OF, signature
    )
    assert [each.severity for each in found] == sorted(
        (each.severity for each in found), key=list(Severity).index
    )
    return {each.id: each for each in found}


def electronic(**said: Any) -> Record:
    return replace(accepting(), electronic=replace(accepting().electronic, **said))


def test_nothing_stands_between_a_request_and_who_accepts_it() -> None:
    assert looked_at() == {}


@pytest.mark.parametrize("type_id", type_ids())
def test_every_type_can_be_looked_at_with_every_entry(type_id: str) -> None:
    seen = {
        finding.id
        for record in records().values()
        for finding in looked_at(record, type_id=type_id, addressed_authority=record.record_id).values()
    }
    assert seen


@pytest.mark.parametrize(
    ("said", "id_", "severity"),
    [
        ({"accepts_requests": "exceptional"}, "electronic_exceptional", ASKED),
        ({"accepts_requests": "no"}, "electronic_refused", BLOCKING),
        ({"accepts_requests": "unknown"}, "electronic_unknown", ASKED),
        ({"accepts_requests": None}, "electronic_unknown", ASKED),
        ({"measure_valid_until": "2026-10-31"}, "electronic_ended", ASKED),
        ({"original_required": "always"}, "original_required", ASKED),
        ({"original_required": "later"}, "original_later", ADVICE),
        ({"original_required": None}, "original_unknown", ASKED),
        ({"e_signature": "no"}, "signature_refused", ASKED),
        ({"e_signature": "unknown"}, "signature_unknown", ASKED),
        ({"e_signature_formats": ("XAdES",)}, "signature_kind", BLOCKING),
        ({"e_signature_formats": ()}, "signature_kind_unknown", ASKED),
    ],
)
def test_what_is_accepted_by_electronic_means(said: dict[str, object], id_: str, severity: Severity) -> None:
    (found,) = looked_at(electronic(**said)).values()
    assert (found.id, found.severity, found.article) == (id_, severity, "UNTOC 18(14)")
    assert found.ask is ("ask before sending" in found.text)


def test_an_urgent_request_goes_ahead_as_an_advance_copy() -> None:
    found = looked_at(electronic(accepts_requests="no"), urgency_level="urgent")
    assert found["electronic_refused"].severity is ASKED


def test_the_wrong_office() -> None:
    extradition = tuple(each for each in accepting().designations if each.function.value == "extradition")
    found = looked_at(replace(accepting(), designations=extradition))
    assert (found["G-h"].severity, found["G-h"].article) == (BLOCKING, "UNTOC 18(13)")
    body = replace(accepting(), kind=Kind.NETWORK_BODY, designations=())
    assert looked_at(body)["G-h"].severity is BLOCKING
    assert "G-h" in looked_at(replace(accepting(), kind=Kind.LIAISON))
    assert "G-h" not in looked_at(body, type_id="informal_consultation")
    assert looked_at(type_id="prevention_enquiry")["G-h"].severity is ASKED


def test_an_office_that_only_sends_requests_takes_none() -> None:
    def designated(direction: str | None) -> dict[str, Finding]:
        held = tuple(replace(each, direction=direction) for each in accepting().designations)
        return looked_at(replace(accepting(), designations=held))

    assert designated("outgoing")["G-h"].severity is BLOCKING
    assert designated("incoming") == designated("both") == designated(None) == {}


def test_designated_but_under_another_convention() -> None:
    drugs = tuple(replace(each, instrument=Instrument.DRUG1988) for each in accepting().designations)
    found = looked_at(replace(accepting(), designations=drugs))
    assert found["other_instrument"].text == "It is designated for this under DRUG1988, and not under UNTOC."


def test_languages() -> None:
    french = replace(accepting(), languages=replace(accepting().languages, accepted=("fr",), urgent=None))
    assert looked_at(french)["G-g"].severity is BLOCKING
    later: dict[str, Any] = {"translation_status": "translation_to_follow"}
    assert looked_at(french, **later)["G-g"].severity is BLOCKING
    assert looked_at(french, **later, urgency_level="urgent")["G-g"].severity is ASKED
    attached: dict[str, Any] = {"translation_status": "translation_attached"}
    assert looked_at(french, **attached)["G-g"].severity is BLOCKING  # the sample's translation is English
    file = Item((("name", "fr.pdf"), ("language", "fr")))
    assert looked_at(french, **attached, translation_files=(file,)) == {}
    unsaid = Item((("name", "fr.pdf"),))
    assert looked_at(french, **attached, translation_files=(unsaid,))["translation_language"].ask
    assert looked_at(french, request_language="fr-SN") == {}
    silent = replace(accepting(), languages=replace(accepting().languages, accepted=None, urgent=None))
    assert looked_at(silent)["language_unknown"].ask
    urgent_only = replace(
        accepting(), languages=replace(accepting().languages, accepted=("fr",), urgent=("en",))
    )
    assert "G-g" in looked_at(urgent_only)
    assert "G-g" not in looked_at(urgent_only, urgency_level="urgent")
    chosen = looked_at(french, type_id="preservation_of_computer_data")
    assert chosen["preservation_of_computer_data-5"].severity is ASKED


def relying_on(*codes: str) -> tuple[Item, ...]:
    return tuple(Item((("instrument", code),)) for code in codes)


def test_treaties_between_two_states() -> None:
    nothing = Treaties()
    assert looked_at(treaties=nothing)["treaty_unknown:UNTOC"].ask
    table = '[UNTOC]\ncomplete = true\n[UNTOC.parties]\nSN = { since = "2003-10-27" }\n'
    found = looked_at(treaties=Treaties(tables=read_treaty_tables(table)))
    assert (found["G-j"].severity, found["G-j"].fields) == (ASKED, ("legal_basis",))
    both = table + 'GH = { since = "2012-08-21" }\n'
    assert looked_at(treaties=Treaties(tables=read_treaty_tables(both))) == {}
    ended = table + 'GH = { since = "2012-08-21", until = "2026-01-01" }\n'
    assert "G-j" in looked_at(treaties=Treaties(tables=read_treaty_tables(ended)))
    coming = table + 'GH = { since = "2026-11-03" }\n'
    assert "G-j" in looked_at(treaties=Treaties(tables=read_treaty_tables(coming)))
    open_ = coming.replace("complete = true", "complete = false").replace("GH", "NG")
    assert "treaty_unknown:UNTOC" in looked_at(treaties=Treaties(tables=read_treaty_tables(open_)))
    assert (
        "check the treaty collection" in looked_at(legal_basis=relying_on("UNCC"))["treaty_unknown:UNCC"].text
    )
    assert looked_at(legal_basis=relying_on("RECIPROCITY"), treaties=nothing)["reciprocity"].ask


def test_agreements_stand_in_the_entries() -> None:
    assert "treaty_unknown:BILATERAL" in looked_at(legal_basis=relying_on("BILATERAL"))
    agreed = replace(accepting(), agreements=(Agreement("bilateral", "A treaty", ("SN",)),))
    assert looked_at(agreed, legal_basis=relying_on("BILATERAL")) == {}
    assert looked_at(legal_basis=relying_on("REGIONAL")) == {}  # the ECOWAS convention, in both entries
    assert "treaty_unknown:REGIONAL" in looked_at(legal_basis=relying_on("REGIONAL"), treaties=Treaties())


@pytest.mark.parametrize(
    "text",
    ["[UNTOC", "[PALERMO]\n", "[UNTOC]\ncomplete = true\n", '[UNTOC.parties]\nSN = { since = "soon" }\n',
     '[UNTOC.parties]\nSN = { since = "2003-10-27", by = "x" }\n', "[UNTOC]\nparties = 3\n"],
)  # fmt: skip
def test_wrong_tables_of_treaties(text: str) -> None:
    with pytest.raises(MisuseError):
        read_treaty_tables(text)


def test_extradition_on_the_basis_of_a_convention() -> None:
    def basis(said: str) -> dict[str, Finding]:
        legal = replace(accepting().legal_basis, untoc_extradition=said)
        return looked_at(replace(accepting(), legal_basis=legal), type_id="extradition")

    assert "extradition_basis" not in basis("yes")
    assert not basis("no")["extradition_basis"].ask
    assert basis("not_declared")["extradition_basis"].ask


def test_channels() -> None:
    def channels(**said: Any) -> Record:
        return replace(accepting(), channels=replace(accepting().channels, **said))

    required = channels(diplomatic="required")
    assert looked_at(required)["diplomatic_required"].severity is BLOCKING
    assert looked_at(required, channel="diplomatic") == {}
    assert looked_at(channels(direct="no"))["diplomatic_required"].severity is BLOCKING
    assert looked_at(channels(direct="unknown"))["direct_unknown"].ask
    assert (
        looked_at(channels(interpol="no"), channel="interpol_urgent")["interpol_refused"].severity is BLOCKING
    )
    only = channels(interpol="urgent_only")
    assert looked_at(only, channel="interpol_urgent")["interpol_urgent_only"].severity is BLOCKING
    assert looked_at(only, channel="interpol_urgent", urgency_level="urgent") == {}
    assert looked_at(channels(interpol="unknown"), channel="interpol_urgent")["interpol_unknown"].ask
    silent = replace(accepting(), urgent_procedure=replace(accepting().urgent_procedure, oral_accepted=None))
    assert looked_at(silent, channel="oral_confirmed")["oral_unknown"].ask


def test_urgent_procedures() -> None:
    def procedure(text: str | None, around_the_clock: bool | None) -> Record:  # noqa: FBT001
        urgent = replace(accepting().urgent_procedure, text=text, available_24_7=around_the_clock)
        return replace(accepting(), urgent_procedure=urgent)

    assert looked_at(procedure("Call the duty officer.", None)) == {}
    (told,) = looked_at(procedure("Call the duty officer.", None), urgency_level="urgent").values()
    assert told.text == "Its urgent procedure: Call the duty officer."
    assert looked_at(procedure(None, None), urgency_level="urgent")["urgent_unknown"].ask
    assert "no_duty_officer" in looked_at(procedure(None, False), urgency_level="emergency")  # noqa: FBT003
    assert looked_at(procedure(None, True), urgency_level="emergency") == {}  # noqa: FBT003


@pytest.mark.parametrize(
    ("standing", "id_", "severity"),
    [
        (OfficeStanding.NOT_ONBOARDED, "not_onboarded", BLOCKING),
        (OfficeStanding.NO_DEVICE, "no_device", ASKED),
        (OfficeStanding.KEYS_CHANGED, "unverified", BLOCKING),
        (OfficeStanding.UNKNOWN, "standing_unknown", ASKED),
    ],
)
def test_offices_that_cannot_be_written_to(standing: OfficeStanding, id_: str, severity: Severity) -> None:
    (found,) = looked_at(standing=standing).values()
    assert (found.id, found.severity) == (id_, severity)


def test_age_and_end_of_an_entry() -> None:
    def confirmed(day: str | None) -> dict[str, Finding]:
        return looked_at(replace(accepting(), provenance=replace(accepting().provenance, last_confirmed=day)))

    assert confirmed("2025-11-02") == {}
    assert set(confirmed("2025-10-31")) == {"confirmation_due"}
    assert set(confirmed("2024-11-03")) == {"confirmation_due"}
    assert confirmed("2024-11-02")["stale"].ask
    assert confirmed(None)["entry_unconfirmed"].ask
    assert looked_at(replace(accepting(), status=Status.WITHDRAWN))["withdrawn"].severity is BLOCKING


def test_who_asks_whom() -> None:
    assert looked_at(requesting_authority="CNA-NG-01")["other_requesting_authority"].severity is BLOCKING
    assert looked_at(addressed_authority="CNA-NG-01")["other_addressed_authority"].severity is BLOCKING
    home = replace(accepting(), state=records()[SENDER].state)
    assert looked_at(home)["one_state"].severity is BLOCKING


def test_a_letter_without_a_signature() -> None:
    assert looked_at(signature="")["G-i"].severity is BLOCKING
    assert looked_at(signature="PAdES") == {}
    assert looked_at(signature="", type_id="spontaneous_information") == {}


def test_what_the_entry_asks_for_is_shown() -> None:
    record = replace(
        accepting(), scope_note="Drugs only.", requirements="Two copies.", dual_criminality="always"
    )
    assert set(looked_at(record)) == {"scope", "requirements"}
    chosen = request_type("taking_evidence")
    answers = without(complete_answers(chosen), "dual_criminality_note")
    found = preflight(
        chosen, answers, Addressee(record, OfficeStanding.USABLE), records()[SENDER],
        treaties_of(records().values()), date(2026, 11, 2),
    )  # fmt: skip
    assert "dual_criminality" in {each.id for each in found}
