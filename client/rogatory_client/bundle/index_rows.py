"""The rows of a bundle's index about the case as a whole: what happened when, its states, its delivery."""

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Final

from rogatory_client.bundle.event_wording import heading_of, told
from rogatory_client.bundle.index_facts import IndexFacts
from rogatory_client.bundle.wording import Wording
from rogatory_client.engine.effect import Evidence
from rogatory_client.validation_report.moments import moment
from rogatory_client.validation_report.rows import Row
from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.bundle.manifest import BundledMessage, Manifest
from rogatory_crypto.content.receipts import EvidenceEvent

_STAGES: Final = tuple(
    each.value
    for each in (
        EvidenceEvent.CONTENT_CONSIGNMENT,
        EvidenceEvent.CONTENT_HANDOVER,
        EvidenceEvent.CONTENT_ACKNOWLEDGEMENT,
    )
)


def timeline_rows(
    manifest: Manifest, shown: Sequence[ReadMessage], facts: IndexFacts, words: Wording
) -> Iterator[Row]:
    """Yield what was said and signed, in the order of time."""
    plain = words.words["said"]
    said = {
        each.listed.message_id: ", ".join(heading_of(event, words) for event in told(each)) or plain
        for each in shown
    }
    left_out = f"{plain}, {words.words['is_left_out']}"
    moments = [
        (each.at_ms // 1000, f"{each.sender}: {said.get(each.message_id, left_out)}")
        for each in manifest.messages
    ]
    moments += [
        (each.at, f"{each.entry_id}: {each.event}, {each.message_id.hex()[:12]}") for each in facts.receipts
    ]
    for at, what in sorted(moments, key=itemgetter(0)):
        yield Row(moment(at), (what,))


def life_cycle_rows(shown: Sequence[ReadMessage], facts: IndexFacts, words: Wording) -> Iterator[Row]:
    """Yield each change of state that the bundle holds: when, which, by whom, and whether it counts."""
    held = {each.listed.message_id for each in shown}
    for each in facts.changes:
        entry = each.entry
        if entry.message_id in held:
            standing = words.words[each.standing.value.replace(" ", "_")]
            judged = f"{standing}: {each.reason}" if each.reason else standing
            lines = (each.said.state, f"{entry.office}, {entry.officer}", judged)
            yield Row(moment(entry.at_ms // 1000), lines)


def delivery_rows(manifest: Manifest, facts: IndexFacts, words: Wording) -> Iterator[Row]:
    """Yield for each message the furthest evidence that each other office of the bundle has signed of it."""
    offices = {each.sender for each in manifest.messages} | {each.entry_id for each in facts.receipts}
    for message in manifest.messages:
        lines = (
            _delivery(message, office, facts, words) for office in sorted(offices) if office != message.sender
        )
        yield Row(message.message_id.hex()[:12], tuple(lines))


def _delivery(message: BundledMessage, office: str, facts: IndexFacts, words: Wording) -> str:
    about = [each for each in facts.receipts if each.message_id == message.message_id]
    own = [each for each in about if each.entry_id == office]
    # What a sender states of an office carries that office's name behind the event.
    stated = [each for each in about if each.event.endswith(f"({office})")]
    furthest = max(own or stated, key=_reach, default=None)
    if furthest is None:
        return f"{office}: {words.words['no_receipt']}"
    return f"{office}: {furthest.event}, {moment(furthest.at)}"


def _reach(evidence: Evidence) -> tuple[int, int]:
    return (_STAGES.index(evidence.event) if evidence.event in _STAGES else -1, evidence.at)
