"""How deliveries become a picture, rows and sentences; what the picture shows stands in words beside it."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from rogatory_client.cli.answer import Block, Facts, Line, Table, Tone
from rogatory_client.cli.views import moment, moment_ms, short

if TYPE_CHECKING:
    from rogatory_client.office import (
        CaseDeliveriesView,
        DeliveryView,
        FailureView,
        ProofView,
        RecipientView,
        TermsView,
        UnreadableView,
    )

STAGES: Final = ("queued", "submitted", "relayed", "delivered", "opened", "acknowledged")
_HOUR_S: Final = 3_600
_BACKED: Final = {
    "signature": "signed, verified",
    "postmark": "postmark of the relay, verified",
    "status": "not transferable",
}


def drawn(recipient: "RecipientView") -> str:
    """Return one line: a filled mark for each stage that was reached, a cross where non-delivery counts."""
    reached = STAGES.index(recipient.stage)
    marks = ["●" if number <= reached else "○" for number in range(1, len(STAGES))]
    if recipient.failed and reached + 1 < len(STAGES):
        marks[reached] = "✗"
    return "─".join(marks)


def delivery_blocks(delivery: "DeliveryView") -> list[Block]:
    """Return one message with a line an office, its evidence, and statements that do not hold."""
    facts = Facts(
        [
            ("Message", short(delivery.message_id)),
            ("Case", short(delivery.room_id)),
            ("From", delivery.sender),
            ("What", delivery.subject or delivery.kind),
            ("SHA-256", delivery.content_sha256),
            ("Said again", _again(delivery)),
            ("Evidence", "signed, for third parties" if delivery.formal else "status only, proves nothing"),
        ]
    )
    blocks: list[Block] = [facts, *map(_line, delivery.recipients)]
    blocks.append(Line("In order: submitted, relayed, delivered, opened, acknowledged."))
    blocks.append(_evidence_table(delivery))
    if delivery.not_valid:
        blocks.append(_not_valid_table(delivery.not_valid))
    return blocks


def _again(delivery: "DeliveryView") -> str | None:
    if delivery.said_again_ms is None:
        return None
    return f"{moment_ms(delivery.said_again_ms)}; what it said before is the word of {delivery.sender}"


def _line(recipient: "RecipientView") -> Line:
    tone = Tone.PLAIN
    if recipient.failed:
        tone = Tone.ALARM
    elif recipient.late:
        tone = Tone.WAITING
    elif recipient.stage in {"opened", "acknowledged"}:
        tone = Tone.NEW
    return Line(f"{recipient.office}  {drawn(recipient)}  {recipient.text}", tone)


def _evidence_table(delivery: "DeliveryView") -> Table:
    rows = [] if delivery.relay is None else [_proof_row(delivery.relay, "")]
    for recipient in delivery.recipients:
        rows += (_proof_row(each, recipient.office) for each in recipient.proofs)
        rows += (_failure_row(each) for each in recipient.failures)
    headings = ("Event", "Recipient", "By", "Time", "Their reference", "Backed by")
    return Table(headings, rows, "No evidence yet.")


def _proof_row(proof: "ProofView", recipient: str) -> Sequence[str]:
    by = proof.by if proof.officer is None else f"{proof.by}, {proof.officer}"
    moment = moment_ms(proof.at_ms)
    return (proof.event, recipient, by, moment, proof.own_reference or "", _BACKED[proof.backed_by])


def _failure_row(failure: "FailureView") -> Sequence[str]:
    by = f"{failure.stated_by}, {failure.officer}"
    backed = f"signed, {failure.reason} after {failure.waited_s // _HOUR_S} h"
    if failure.overruled_by is not None:
        backed += f"; overruled by {failure.overruled_by}"
    return (failure.event, failure.recipient, by, moment(failure.at), "", backed)


def _not_valid_table(stated: Iterable["FailureView"]) -> Table:
    rows = [(each.event, each.recipient, each.stated_by, moment(each.at), each.flaw or "") for each in stated]
    return Table(("Event", "Recipient", "Stated by", "Time", "Why"), rows, "", title="Not valid")


def case_delivery_blocks(found: "CaseDeliveriesView") -> list[Block]:
    """Return the progress of messages of a case at a glance, and what cannot be read here."""
    rows = [
        (
            short(each.message_id),
            moment_ms(each.at_ms),
            each.sender,
            each.subject or each.kind,
            recipient.office,
            drawn(recipient),
            recipient.text,
        )
        for each in found.messages
        for recipient in each.recipients
    ]
    headings = ("Message", "Sent", "From", "What", "For", "Progress", "In words")
    title = f"{found.subject} ({short(found.room_id)})"
    blocks: list[Block] = [Table(headings, rows, "Nothing was said yet.", title=title)]
    if found.unreadable:
        blocks.append(unreadable_table(found.unreadable))
    return blocks


def unreadable_table(rows: Iterable["UnreadableView"]) -> Table:
    """Rows that cannot be read here, and who must act."""
    shown = [
        (str(each.sequence), moment_ms(each.at_ms), each.code, moment(each.reported_at), each.text)
        for each in rows
    ]
    return Table(("Row", "Sent", "Error", "Told", "Who must act"), shown, "", title="NOT READABLE here")


def terms_table(terms: Iterable["TermsView"]) -> Table:
    """How long evidence is waited for."""
    rows = [
        (
            "urgent" if each.urgent else "usual",
            f"{each.delivery_s // _HOUR_S} h",
            f"{each.opening_s // _HOUR_S} h",
        )
        for each in terms
    ]
    return Table(("Cases", "Delivery", "Opening"), rows, "")
