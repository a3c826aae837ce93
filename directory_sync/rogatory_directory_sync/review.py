"""Held changes as an officer reads and decides them: what waits, for whom, and one signed word on it.

Pure: the entries before a decision and after it are values; who writes them where is the caller's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.signing import public_key, verify_public_key
from rogatory_directory_sync import jsonvalue
from rogatory_directory_sync.decision import (
    NOT_OPEN,
    Decision,
    Officers,
    Settlement,
    Subject,
    Verdict,
    decide,
    settlement,
    subject_of,
    verified,
)
from rogatory_directory_sync.entry import Entry
from rogatory_directory_sync.identity import fields_of
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, list_of, object_of, text_of
from rogatory_directory_sync.refusal import ExportRefusedError

MAX_OFFICERS = 1000


@dataclass(frozen=True, slots=True)
class HeldChange:
    """One change that waits.

    Attributes:
        change_id: what it is called in a command.
        base: what the publisher said before, where the office changed it too (rule R18).
        decisions: those that count; the first approval comes before the second.
        is_open: whether officers may decide it at all; what looks like an attack is not open.
    """

    change_id: str
    record_id: str
    name: str
    path: str
    in_use: JsonValue
    proposed: JsonValue
    why: str
    since: str
    base: JsonValue
    subject: Subject
    decisions: tuple[Decision, ...]
    settlement: Settlement
    is_open: bool


def read_officers(raw: bytes, source: str = "officers") -> Officers:
    """Who may decide: a JSON list of ``{"function": "...", "key": "..."}``.

    Raises:
        ExportRefusedError: not that, or a key that is none.
    """
    try:
        document = jsonvalue.read(raw.decode("utf-8-sig"))
        items = [object_of(item) for item in document] if isinstance(document, list) else []
        officers = {
            verify_public_key(bytes.fromhex(text_of(item.get("key")))): text_of(item.get("function"))
            for item in items
        }
    except (ValueError, PeerError) as error:
        raise ExportRefusedError(
            Code.MALFORMED, source, 0, "not a list of officers with their keys", "ask who keeps the list"
        ) from error
    if not officers or len(officers) != len(items) or len(officers) > MAX_OFFICERS:
        raise ExportRefusedError(
            Code.MALFORMED, source, 0, "no officers, too many, or one key twice", "ask who keeps the list"
        )
    return officers


def _held_change(
    entry: Entry, path: str, in_use: JsonValue, waiting: JsonObject, officers: Officers
) -> HeldChange:
    subject = subject_of(entry.entry_id, path, in_use, waiting)
    decisions = verified(list_of(waiting.get("decisions")), subject, officers)
    why = text_of(waiting.get("why"))
    return HeldChange(
        subject.change_id, entry.entry_id, entry.record.name_en, path, in_use, waiting.get("to"), why,
        text_of(waiting.get("since")), waiting.get("base"), subject, decisions,
        settlement(decisions, subject), why not in NOT_OPEN,
    )  # fmt: skip


def held_changes(directory: Mapping[str, Entry], officers: Officers) -> tuple[HeldChange, ...]:
    """Everything that waits, by record and field."""
    found: list[HeldChange] = []
    for entry_id in sorted(directory):
        entry = directory[entry_id]
        pending = entry.annotations.pending
        table = fields_of(entry) if pending else {}
        found.extend(
            _held_change(entry, path, table.get(path), object_of(pending[path]), officers)
            for path in sorted(pending)
        )
    return tuple(found)


def find_change(changes: Iterable[HeldChange], wanted: str) -> HeldChange:
    """A change by the beginning of its id.

    Raises:
        MisuseError: none or more than one begins like that.
    """
    found = [change for change in changes if wanted and change.change_id.startswith(wanted.strip().lower())]
    if len(found) != 1:
        what = "no held change is" if not found else "several held changes are"
        raise MisuseError(
            f"{what} called {wanted}: see `rogatory directory review --state ...` for their ids"
        )
    return found[0]


def decide_change(
    directory: Mapping[str, Entry],
    change: HeldChange,
    verdict: Verdict,
    reason: str,
    *,
    at: int,
    private: bytes,
    officers: Officers,
) -> tuple[dict[str, Entry], Settlement]:
    """The directory with one more signed decision on a held change, and how far that brings it.

    Raises:
        MisuseError: the key is no officer's or decided before, or the change is settled or not open.
    """
    if public_key(private) not in officers:
        raise MisuseError("this key is not on the list of officers who decide")
    if not change.is_open:
        raise MisuseError(
            "it looks like an attack and is not open to approval: the office itself enters such an address"
        )
    if change.settlement in (Settlement.CONFIRMED, Settlement.REJECTED):
        raise MisuseError(
            f"it is {change.settlement.name.lower()} already: the next synchronisation follows that"
        )
    approvals = [item for item in change.decisions if item.verdict is Verdict.APPROVE]
    follows = approvals[0] if approvals and verdict is Verdict.APPROVE else None
    decision = decide(change.subject, verdict, reason, at=at, private=private, follows=follows)
    entry = directory[change.record_id]
    pending = dict(entry.annotations.pending)
    waiting = object_of(pending[change.path])
    pending[change.path] = waiting | {"decisions": [item.to_json() for item in (*change.decisions, decision)]}
    decided = replace(entry, annotations=replace(entry.annotations, pending=pending))
    reached = settlement((*change.decisions, decision), change.subject)
    return {**directory, change.record_id: decided}, reached
