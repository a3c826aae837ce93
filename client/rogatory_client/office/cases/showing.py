"""From a timeline to what is shown of it."""

from collections.abc import Iterator
from dataclasses import replace

from rogatory_client.office.cases.progress_details import progress_details, wish_details
from rogatory_client.office.cases.view import (
    AnswerView,
    AttemptView,
    CaseStateView,
    ChangeView,
    EnquiryView,
    StepView,
)
from rogatory_crypto.casework import Enquiry, Entry, Judged, Timeline, Transition, may_take
from rogatory_crypto.content.case_progress import ProgressAnswer
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import EntryId, GroupId


def case_state_view(group_id: GroupId, timeline: Timeline, office: EntryId, role: Role) -> CaseStateView:
    """Return where a case stands, as an officer of an office is shown it."""
    side, conflict = timeline.side_of(office), timeline.conflict
    return CaseStateView(
        room_id=group_id.hex(),
        side=side.value,
        requesting=timeline.requesting,
        state=None if timeline.state is None else timeline.state.value,
        since_ms=timeline.since_ms,
        references=dict(timeline.references.items()),
        closed_by=tuple(sorted(timeline.closed_by)),
        next_steps=tuple(_steps(timeline, office, role)),
        conflict=() if conflict is None else tuple(map(_change, conflict.between)),
        changes=tuple(map(_change, timeline.changes)),
        enquiries=tuple(map(_enquiry, timeline.enquiries)),
        attempts=tuple(
            AttemptView(
                each.entry.message_id.hex(),
                each.entry.at_ms,
                each.entry.office,
                each.entry.officer,
                each.reason,
            )
            for each in timeline.attempts
        ),
        wishes=_wishes(timeline),
        lines={
            name: "in conflict" if line.state is None else line.state.value
            for name, line in sorted(timeline.lines.items())
        },
        to_confirm=sum(note.confirmed is None for note in timeline.oral),
        notes=tuple(_told(note.entry, note.said) for note in timeline.notes),
    )


def _wishes(timeline: Timeline) -> dict[str, str]:
    said = (each for each in (timeline.wishes, timeline.despite) if each is not None)
    return {name: text for each in said for name, text in wish_details(each).items()}


def _steps(timeline: Timeline, office: EntryId, role: Role) -> Iterator[StepView]:
    """Yield what an office may set next: who has asked several, for each of them."""
    side = timeline.side_of(office)
    if not timeline.lines or office in timeline.lines:
        yield from (_step(each, role) for each in timeline.next_steps(side))
        return
    for name, line in sorted(timeline.lines.items()):
        yield from (replace(_step(each, role), line=name) for each in line.next_steps(side))


def _step(step: Transition, role: Role) -> StepView:
    return StepView(
        state=step.target.value,
        functions=tuple(sorted(step.functions)),
        needs=tuple(sorted(step.needs)),
        is_for_this_officer=may_take(role, step),
    )


def _change(judged: Judged) -> ChangeView:
    details = progress_details(judged.said)
    del details["sets_state"]
    return ChangeView(
        message_id=judged.entry.message_id.hex(),
        at_ms=judged.entry.at_ms,
        office=judged.entry.office,
        officer=judged.entry.officer,
        side=judged.side.value,
        state=judged.said.state,
        standing=judged.standing.value,
        reason=judged.reason,
        settles=judged.settles,
        details=details,
        confirmed=not judged.entry.is_queued,
    )


def _enquiry(enquiry: Enquiry) -> EnquiryView:
    entry, answers = enquiry.entry, tuple(_told(*each) for each in enquiry.answers)
    return EnquiryView(entry.message_id.hex(), entry.at_ms, entry.office, enquiry.asked.due, answers)


def _told(entry: Entry, said: ProgressAnswer) -> AnswerView:
    return AnswerView(entry.message_id.hex(), entry.at_ms, entry.office, said.progress, said.expected)
