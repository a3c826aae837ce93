"""All changes of a case, each judged by those that it names and by nothing else.

No order of arrival has a part in it, so all who hold the same messages, with the same times of the relay,
come to the same: this is what makes a relay that delays, reorders or repeats harmless to the state of a case.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from heapq import heapify, heappop, heappush
from typing import Final

from rogatory_crypto.casework.change import (
    Beginning,
    Change,
    acknowledgements_in,
    beginning_of,
    change_of,
    in_order,
    requests_in,
    submitted_in,
)
from rogatory_crypto.casework.life_cycle import Refused, Statement, apply
from rogatory_crypto.casework.merging import merged
from rogatory_crypto.casework.record import Judged, Record, Standing
from rogatory_crypto.casework.state import Side, State
from rogatory_crypto.casework.wishes import wished_in
from rogatory_crypto.content.case_progress import StateSet
from rogatory_crypto.content.mimi import MessageId

# Six months have at most 184 days; where the office is, the day may have begun before it did by UTC.
MAX_POSTPONEMENT_DAYS: Final = 185
_EPOCH: Final = date(1970, 1, 1).toordinal()
# Changes of state that ask the other side for its view.
_DISCUSSING: Final = frozenset({State.CONDITIONS_PROPOSED.value, State.INFO_REQUESTED.value})


class Changes:
    """The changes of a case, judged; parents before what builds upon them.

    Attributes:
        beginning: how the case began.
        judged: every change, by message.
    """

    def __init__(self, record: Record) -> None:
        entries = in_order(record.entries)
        self._record = record
        self.beginning: Beginning = beginning_of(entries)
        self._requests = requests_in(entries)
        self._acknowledged = acknowledgements_in(entries)
        found = (change_of(entry, self.beginning, self._requests) for entry in entries)
        self._changes = {change.entry.message_id: change for change in found if change is not None}
        self._place = {name: 1 << number for number, name in enumerate(self._changes)}
        self._ancestors: dict[MessageId, int] = {}
        self.judged: dict[MessageId, Judged] = {}
        for change in _parents_first(self._changes):
            self._judge(change)

    def counting(self) -> tuple[Judged, ...]:
        """Return what counts; once there is a request, what was done to the consultation before has ended."""
        valid = (each for each in self.judged.values() if each.standing is Standing.VALID)
        is_consultation = self.beginning.request is None
        return tuple(each for each in valid if is_consultation or self._is_of_request(each))

    def heads(self) -> tuple[Judged, ...]:
        """Return the newest changes that count, upon which none builds that counts.

        A change that was made twice, and gone on from once, has been gone on from.
        """
        valid = self.counting()
        built_upon = {parent for each in valid for parent in each.parents}
        heads = [each for each in valid if each.entry.message_id not in built_upon]
        passed = 0
        for head in heads:
            passed |= self._ancestors[head.entry.message_id]
        gone_on = {_act(each) for each in valid if self._place[each.entry.message_id] & passed}
        return tuple(head for head in heads if _act(head) not in gone_on)

    def are_apart(self, name: MessageId, other: MessageId) -> bool:
        """Tell whether two changes were made without knowing of each other."""
        if name not in self.judged or other not in self.judged:
            return False
        one, two = self.judged[name], self.judged[other]
        return not (self._reach(one) & self._place[other] or self._reach(two) & self._place[name])

    def _reach(self, each: Judged) -> int:
        name = each.entry.message_id
        return self._ancestors[name] | self._place[name]

    def _judge(self, change: Change) -> None:
        name = change.entry.message_id
        known = [self.judged[parent] for parent in change.said.builds_on if parent in self.judged]
        reach = 0
        for parent in known:
            reach |= self._reach(parent)
        self._ancestors[name] = reach
        passed = 0
        for parent in known:
            passed |= self._ancestors[parent.entry.message_id]
        newest = tuple(each for each in known if not self._place[each.entry.message_id] & passed)
        self.judged[name] = self._verdict(change, newest)

    def _verdict(self, change: Change, parents: Sequence[Judged]) -> Judged:
        side = self.beginning.side_of(change.entry.office)
        names = tuple(sorted({parent.entry.message_id for parent in parents}))

        def verdict(standing: Standing, reason: str = "") -> Judged:
            return Judged(change.entry, change.said, side, names, standing, reason)

        flaw = self._flaw(change, parents)
        if flaw is not None:
            return verdict(Standing.NOT_VALID, flaw)
        if change.is_root:
            return Judged(change.entry, change.said, side, (), Standing.VALID, state=State(change.said.state))
        reason = next(self._never_valid(change.said, side, parents), None)
        if reason is not None:
            return verdict(Standing.NOT_VALID, reason)
        reason = next(self._not_yet_valid(change.said, parents), None)
        if reason is not None:
            return verdict(Standing.WAITING, reason)
        base = merged([parent.state for parent in parents if parent.state is not None])
        if base is None:
            return self._settlement(change, side, parents)
        statement = Statement(
            *(change.said, side, change.entry.role, change.with_request, change.own_reference),
            confidentiality_wished=self._wishes_confidentiality(change),
        )
        state = apply(standing_of(base, side, change.said.state), statement, self.beginning.course)
        if isinstance(state, Refused):
            return verdict(Standing.NOT_VALID, state.reason)
        return Judged(change.entry, change.said, side, names, Standing.VALID, state=state)

    def _flaw(self, change: Change, parents: Sequence[Judged]) -> str | None:
        """Return why a change counts for nothing, whatever it builds upon."""
        if self.beginning.side_of(change.entry.office) is Side.GUEST:
            return "a guest of the case decides nothing in it"
        return (
            change.flaw or too_far_ahead(change.said, change.entry.at_ms) or self._unsigned(change, parents)
        )

    def _unsigned(self, change: Change, parents: Sequence[Judged]) -> str | None:
        """Return why an officer's signature does not hold; what happens to a consultation carries none."""
        is_informal = parents and not any(self._is_of_request(parent) for parent in parents)
        return None if is_informal else change.entry.flaw

    def _wishes_confidentiality(self, change: Change) -> bool:
        """Whether the newest request that a change builds upon asks for confidentiality (18(20))."""
        if change.said.confidentiality is None:
            return False
        reach, passed = self._ancestors[change.entry.message_id], 0
        versions = [
            each
            for each in self.judged.values()
            if self._place[each.entry.message_id] & reach
            and each.standing is Standing.VALID
            and submitted_in(each.entry) is not None
        ]
        for each in versions:
            passed |= self._ancestors[each.entry.message_id]
        newest = (each for each in versions if not self._place[each.entry.message_id] & passed)
        wishes = (wished_in(each.entry) for each in newest)
        return any(wish is not None and wish.asks_confidentiality for wish in wishes)

    def _is_of_request(self, each: Judged) -> bool:
        """Whether a change is the request or builds upon it; all others are of the consultation before."""
        request = self.beginning.request
        return request is not None and bool(self._reach(each) & self._place[request.message_id])

    def _never_valid(self, said: StateSet, side: Side, parents: Sequence[Judged]) -> Iterator[str]:
        """Yield why a change counts for nothing, whatever else may come."""
        spoken = self._record.said
        if not said.builds_on:
            yield "it names no change that it builds upon"
        if any(name in spoken and name not in self._changes for name in said.builds_on):
            yield "it builds upon a message that changes no state"
        if any(parent.standing is Standing.NOT_VALID for parent in parents):
            yield "it builds upon a change that is not valid"
        author = None if said.message is None else spoken.get(said.message)
        if author is not None and self.beginning.side_of(author) is not side:
            yield "the result or answer that it names is the other side's"
        yield from self._no_consultation(said.consultation)

    def _no_consultation(self, named: MessageId | None) -> Iterator[str]:
        """Yield why a message is none by which the sides have discussed what is to be decided (18(26))."""
        speaker = None if named is None else self._record.said.get(named)
        if speaker is not None and self.beginning.side_of(speaker) is Side.GUEST:
            yield "what a guest of the case says is no consultation"
        if named in self._requests:
            yield "the request itself is no consultation"
        if named in self._acknowledged:
            yield "an acknowledgement is no consultation"
        change = None if named is None else self._changes.get(named)
        if change is not None and change.said.state not in _DISCUSSING and not change.is_root:
            yield f"a message that sets {change.said.state} is no consultation"

    def _not_yet_valid(self, said: StateSet, parents: Sequence[Judged]) -> Iterator[str]:
        """Yield which messages a change waits for."""
        if any(parent.standing is Standing.WAITING for parent in parents):
            yield "it builds upon a change that waits"
        if any(name not in self.judged for name in said.builds_on):
            yield "it builds upon a message that is not here"
        for what, named in (("consultation", said.consultation), ("result or answer", said.message)):
            if named is not None and named not in self._record.said:
                yield f"the {what} that it names is not here"

    def _settlement(self, change: Change, side: Side, parents: Sequence[Judged]) -> Judged:
        """An officer decides between changes that cannot both be; it takes one of a side that made one."""
        names = tuple(sorted(parent.entry.message_id for parent in parents))
        chosen = next((each.state for each in parents if each.state == change.said.state), None)
        reason = ""
        if chosen is None:
            reason = "it decides for none of the changes that cannot both be"
        elif all(parent.side is not side for parent in parents):
            reason = f"none of the changes that it decides between is the {side} side's"
        standing = Standing.NOT_VALID if reason else Standing.VALID
        state = None if reason else chosen
        return Judged(change.entry, change.said, side, names, standing, reason, state, settles=not reason)


def standing_of(state: State, side: Side, target: str) -> State:
    """Return in which state a case is for a side that says something about what was sent.

    Who answers has received it, whether or not the machine's receipt is here; who sends it again says that it
    has not arrived. So no change hangs on which receipts somebody holds.
    """
    if state is not State.SENT:
        return state
    if side is Side.REQUESTED:
        return State.DELIVERED
    return State.DELIVERY_FAILED if target == State.SENT else state


def too_far_ahead(said: StateSet, at_ms: int) -> str | None:
    """Return why a case cannot be put off so far (18(25)), or None.

    A delay on the way only brings the day nearer, so what was valid when it was said stays so.
    """
    if said.state != State.POSTPONED or said.due is None:
        return None
    ahead = date.fromisoformat(said.due).toordinal() - _EPOCH - at_ms // 86_400_000
    return None if ahead <= MAX_POSTPONEMENT_DAYS else "the review is more than 6 months ahead (18(25))"


def _act(each: Judged) -> tuple[State | None, Side, tuple[MessageId, ...]]:
    """What two officers who act at once have both done."""
    return each.state, each.side, each.parents


def _parents_first(changes: Mapping[MessageId, Change]) -> Iterator[Change]:
    """Yield changes so that parents come first, else in the order that all receivers share."""
    children: defaultdict[MessageId, list[MessageId]] = defaultdict(list)
    missing: dict[MessageId, int] = {}
    for name, change in changes.items():
        parents = _known(change.said.builds_on, changes)
        missing[name] = len(parents)
        for parent in parents:
            children[parent].append(name)
    ready = [(changes[name].entry.order, name) for name, count in missing.items() if not count]
    heapify(ready)
    while ready:
        _, name = heappop(ready)
        yield changes[name]
        for child in children[name]:
            missing[child] -= 1
            if not missing[child]:
                heappush(ready, (changes[child].entry.order, child))


def _known(names: Iterable[MessageId], changes: Mapping[MessageId, Change]) -> frozenset[MessageId]:
    return frozenset(name for name in names if name in changes)
