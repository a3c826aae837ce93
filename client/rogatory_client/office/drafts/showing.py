"""Drafts as views, and what a check of one finds."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from rogatory_client.casework.answers.checking import sorted_out
from rogatory_client.casework.answers.value import Answers, Value, value_to_json
from rogatory_client.casework.checks.completeness import completeness
from rogatory_client.casework.checks.finding import Addressee, Finding, OfficeStanding
from rogatory_client.casework.checks.preflight import preflight
from rogatory_client.casework.checks.treaties import TreatyTable, treaties_of
from rogatory_client.casework.drafts.draft import Merged, progress
from rogatory_client.casework.drafts.graph import AtOnce
from rogatory_client.casework.forms.catalogue import request_type
from rogatory_client.casework.forms.request_type import RequestType, Severity
from rogatory_client.casework.samples import sample_findings
from rogatory_client.office.cases.deadlines import calendar_of
from rogatory_client.office.desk import Desk
from rogatory_client.office.drafts.held_draft import HeldDraft
from rogatory_client.office.drafts.view import AtOnceView, AtWork, ConflictView, DraftCheck, DraftView
from rogatory_crypto.wire.identifier import EntryId


def today(desk: Desk) -> date:
    """The day that it is at the own office."""
    own = desk.identity.entry_id
    calendar = calendar_of(None if own is None else desk.listing.records.get(own))
    return calendar.day_of(desk.surroundings.now())


def draft_view(held: HeldDraft, as_of: date, revision: int | None) -> DraftView:
    """A draft as of a revision, the newest if None."""
    now, chosen = held.at(revision), request_type(held.stored.request_type)
    draft = now.draft
    left = Counter(each.severity for each in completeness(chosen, draft.answers, as_of))
    return DraftView(
        draft_id=held.name,
        request_type=chosen.id,
        addressee=str(draft.answers.get("addressed_authority", "")),
        own_reference=str(draft.answers.get("own_reference", "")),
        revision=draft.revision,
        made_at=held.stored.made_at,
        changed_at=held.changed_at,
        made_by=held.stored.made_by,
        changed_by=held.changed_by,
        removed_at=held.stored.removed_at,
        answers={name: value_to_json(value) for name, value in draft.answers.items()},
        sections=progress(chosen, draft.answers, as_of),
        blocking=left[Severity.BLOCKING],
        clarifications=left[Severity.CLARIFICATION],
        advice=left[Severity.ADVISORY],
        at_once=tuple(_at_once_view(each) for each in now.at_once),
        at_work=_at_work(held),
    )


def conflict_views(merged: Merged) -> tuple[ConflictView, ...]:
    """The conflicts of a merge."""
    return tuple(
        ConflictView(each.field, _form(each.before), _form(each.ours), _form(each.theirs))
        for each in merged.conflicts
    )


def _at_once_view(each: AtOnce) -> AtOnceView:
    return AtOnceView(each.field, tuple((officer, _form(answer)) for officer, answer in each.answers))


def _at_work(held: HeldDraft) -> tuple[AtWork, ...]:
    """Who changed it last, officer by officer."""
    newest: dict[str, int] = {}
    for each in held.revisions:
        newest[each.officer] = max(each.at, newest.get(each.officer, 0))
    found = (AtWork(officer, at) for officer, at in newest.items())
    return tuple(sorted(found, key=lambda each: (-each.at, each.officer)))


def _form(value: Value | None) -> object:
    return None if value is None else value_to_json(value)


def check_draft(
    desk: Desk, held: HeldDraft, as_of: date, tables: Mapping[str, TreatyTable], signature: str | None
) -> DraftCheck:
    """What is missing, and what stands in the addressee's entry against it."""
    chosen, now = request_type(held.stored.request_type), held.at()
    missing = completeness(chosen, now.draft.answers, as_of)
    sound, _wrong = sorted_out(chosen.fields, now.draft.answers)
    found = _findings(desk, chosen, sound, as_of, tables, signature)
    undecided = map(_undecided, now.at_once)
    return DraftCheck(held.name, missing, (*undecided, *sample_findings(chosen, sound, as_of), *found))


def _undecided(each: AtOnce) -> Finding:
    """Which of the answers is shown first is chance: nobody has chosen what would leave."""
    officers = " and ".join(dict.fromkeys(officer for officer, _ in each.answers))
    text = f"{each.field} was answered at once by {officers}, each otherwise: answer it anew."
    return Finding("answered_at_once", Severity.BLOCKING, "", text, (each.field,))


def _findings(
    desk: Desk,
    chosen: RequestType,
    answers: Answers,
    as_of: date,
    tables: Mapping[str, TreatyTable],
    signature: str | None,
) -> tuple[Finding, ...]:
    records, own = desk.listing.records, desk.identity.entry_id
    to = EntryId(str(answers.get("addressed_authority", "")))
    if not to:
        return (_nobody(),)
    if to not in records:
        return (_unlisted("addressed_authority", "The addressee is"),)
    if own is None or own not in records:
        return (_unlisted("requesting_authority", "The own office is"),)
    addressee = Addressee(records[to], _standing(desk, to))
    treaties = treaties_of(records.values(), tables)
    return preflight(chosen, answers, addressee, records[own], treaties, as_of, signature)


def _nobody() -> Finding:
    text = "No addressee is named: nothing about it was looked at."
    return Finding("no_addressee", Severity.BLOCKING, "", text, ("addressed_authority",))


def _unlisted(field: str, who: str) -> Finding:
    text = f"{who} not in the directory as last synchronised."
    return Finding(f"unlisted_{field}", Severity.BLOCKING, "", text, (field,))


def _standing(desk: Desk, entry_id: EntryId) -> OfficeStanding:
    if entry_id not in desk.registry.offices:
        return OfficeStanding.NOT_ONBOARDED
    if entry_id in desk.unaccepted:
        return OfficeStanding.KEYS_CHANGED
    in_service = desk.registry.devices_of(entry_id, desk.surroundings.now())
    return OfficeStanding.USABLE if in_service else OfficeStanding.NO_DEVICE
