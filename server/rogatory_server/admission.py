"""Which submissions enter a group's log, and where: rosters, epochs, idempotency. Pure.

One commit is accepted for each (group, epoch): the first to arrive. A commit for epoch 0 of an unknown group
creates it with the sender as first member (RFC 9420 section 11). Only roster members may submit. A Welcome
becomes a row together with the commit it belongs to, directly after it, never before and never without.
A submission that was accepted before is answered as before, whatever has changed since.

``admit_batch`` works on ``GroupLog`` objects that it moves forward; who calls it throws them away when the
transaction behind them fails.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from rogatory_crypto.errors import Code
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.frame import SubmitCommit
from rogatory_crypto.wire.identifier import DeviceId, Epoch, GroupId, RowKind, Sequence, SubmissionId
from rogatory_server.store.log import KnownSubmission


class Submission(NamedTuple):
    """A submission on its way into a log. A tuple, because thousands a second are made.

    Attributes:
        payload_sha256: of ``payload``; what a postmark names.
        change: for a commit, the change of roster it makes.
        objection: why it must not be stored, unless it is already.
        reply_to: for whoever answers.
    """

    sender: DeviceId
    submission_id: SubmissionId
    group_id: GroupId
    epoch: Epoch
    kind: RowKind
    payload: bytes
    payload_sha256: bytes
    change: SubmitCommit | None
    objection: Code | None
    reply_to: object

    @property
    def key(self) -> bytes:
        """What a repeated submission is recognised by."""
        return self.sender + self.submission_id


class Stored(NamedTuple):
    """The submission is in the log; ``repeated`` says that it was before."""

    sequence: Sequence
    accepted_at_ms: int
    repeated: bool


class Refusal(NamedTuple):
    """The submission is not in the log; ``epoch`` is the group's current one where that is the reason."""

    code: Code
    epoch: Epoch | None


Outcome: TypeAlias = Stored | Refusal


@dataclass(slots=True)
class GroupLog:
    """The end of one group's log: what decides about the next row."""

    number: int
    group_id: GroupId
    epoch: int
    last_sequence: int
    roster: set[DeviceId]


class Appended(NamedTuple):
    """A row that is to become durable."""

    sequence: int
    kind: int
    submission_key: bytes | None
    payload: bytes


@dataclass(slots=True)
class Growth:
    """What one batch adds to one group.

    Attributes:
        log: the group after the batch.
        first: sequence of the first new row.
        rows: new rows, without gaps.
        joined: devices and the sequence their membership begins with.
        left: devices and the last sequence they may see.
    """

    log: GroupLog
    first: int
    rows: list[Appended] = field(default_factory=list)
    joined: list[tuple[DeviceId, int]] = field(default_factory=list)
    left: list[tuple[DeviceId, int]] = field(default_factory=list)


class Admitted(NamedTuple):
    """The verdict on a batch: one outcome a submission, in order, and what grows."""

    outcomes: list[Outcome]
    growth: dict[GroupId, Growth]


def admit_batch(
    batch: Iterable[Submission],
    groups: dict[GroupId, GroupLog],
    known: dict[bytes, KnownSubmission],
    *,
    now_ms: int,
    next_group_number: Callable[[], int],
) -> Admitted:
    """Decide about submissions in the order they arrived.

    Args:
        batch: the submissions.
        groups: every group of the batch that exists; moved forward, created groups are added.
        known: those of the batch that are in a log already, by key.
        now_ms: the relay's clock.
        next_group_number: numbers for new groups.
    """
    outcomes: list[Outcome] = []
    growth: dict[GroupId, Growth] = {}
    fresh: dict[bytes, tuple[Stored, Submission]] = {}
    for submission in batch:
        key = submission.sender + submission.submission_id
        former = known.get(key)
        if former is not None:
            outcomes.append(_repeat_stored(submission, former, groups))
            continue
        twin = fresh.get(key)
        if twin is not None:
            outcomes.append(_repeat_fresh(submission, *twin))
            continue
        outcome = _admit(submission, key, groups, growth, now_ms, next_group_number)
        if isinstance(outcome, Stored):
            fresh[key] = (outcome, submission)
        outcomes.append(outcome)
    return Admitted(outcomes, growth)


def _repeat_stored(
    submission: Submission, former: KnownSubmission, groups: dict[GroupId, GroupLog]
) -> Outcome:
    group = groups.get(submission.group_id)
    same_group = group is not None and group.number == former.group_number
    if not same_group or former.payload_sha256 != submission.payload_sha256:
        return Refusal(Code.CONFLICT, None)
    return Stored(Sequence(former.sequence), former.accepted_at_ms, repeated=True)


def _repeat_fresh(submission: Submission, stored: Stored, twin: Submission) -> Outcome:
    if (submission.group_id, submission.payload_sha256) != (twin.group_id, twin.payload_sha256):
        return Refusal(Code.CONFLICT, None)
    return stored._replace(repeated=True)


def _admit(
    submission: Submission,
    key: bytes,
    groups: dict[GroupId, GroupLog],
    growth: dict[GroupId, Growth],
    now_ms: int,
    next_group_number: Callable[[], int],
) -> Outcome:
    if submission.objection is not None:
        return Refusal(submission.objection, None)
    group = groups.get(submission.group_id)
    if submission.change is not None:
        refusal = _refuse_commit(submission, submission.change, group)
    else:
        refusal = _refuse_message(submission, group)
    if refusal is not None:
        return refusal
    grown = growth.get(submission.group_id)
    if grown is None:
        grown = growth[submission.group_id] = _begin(submission.group_id, group, groups, next_group_number)
    log = grown.log
    log.last_sequence += 1
    sequence = log.last_sequence
    grown.rows.append(Appended(sequence, submission.kind, key, submission.payload))
    if submission.change is not None:
        _apply_commit(grown, submission.sender, submission.change, sequence)
    return Stored(Sequence(sequence), now_ms, repeated=False)


def _begin(
    group_id: GroupId,
    group: GroupLog | None,
    groups: dict[GroupId, GroupLog],
    next_group_number: Callable[[], int],
) -> Growth:
    if group is None:
        group = groups[group_id] = GroupLog(next_group_number(), group_id, 0, 0, set())
    return Growth(group, group.last_sequence + 1)


def _refuse_message(submission: Submission, group: GroupLog | None) -> Refusal | None:
    # An unknown group and one the sender is not in are told apart by nobody outside.
    if group is None or submission.sender not in group.roster:
        return Refusal(Code.FORBIDDEN, None)
    # A message of an earlier epoch was under way when the commit came; members keep keys for it. A proposal
    # can only be committed in its own epoch (RFC 9420 section 12.4).
    if submission.epoch > group.epoch or (
        submission.kind == RowKind.PROPOSAL and submission.epoch != group.epoch
    ):
        return Refusal(Code.WRONG_EPOCH, Epoch(group.epoch))
    return None


def _refuse_commit(submission: Submission, change: SubmitCommit, group: GroupLog | None) -> Refusal | None:
    # One commit an epoch, whoever comes first (R01 N03).
    if group is None:
        if submission.epoch != 0:
            return Refusal(Code.FORBIDDEN, None)
        roster = {submission.sender}
    elif submission.sender not in group.roster:
        return Refusal(Code.FORBIDDEN, None)
    elif submission.epoch != group.epoch:
        code = Code.EPOCH_TAKEN if submission.epoch < group.epoch else Code.WRONG_EPOCH
        return Refusal(code, Epoch(group.epoch))
    else:
        roster = group.roster
    return _refuse_change(submission.sender, change, roster)


def _refuse_change(sender: DeviceId, change: SubmitCommit, roster: set[DeviceId]) -> Refusal | None:
    # Commits are private: only what they say about the roster can be judged here (R04).
    added, removed = set(change.added), set(change.removed)
    distinct = len(added) == len(change.added) and len(removed) == len(change.removed)
    kept = roster - removed
    if (
        not distinct
        or not removed <= roster
        or added & kept
        or sender in removed  # RFC 9420 section 12.2: a committer does not remove itself
        or bool(added) != (change.welcome is not None)
    ):
        return Refusal(Code.INVALID_COMMIT, None)
    if len(kept) + len(added) > limits.MAX_ROSTER:
        return Refusal(Code.QUOTA_EXCEEDED, None)
    return None


def _apply_commit(grown: Growth, sender: DeviceId, change: SubmitCommit, sequence: int) -> None:
    log = grown.log
    if not log.roster:
        log.roster.add(sender)
        grown.joined.append((sender, sequence))
    log.epoch += 1
    for device_id in change.removed:
        log.roster.discard(device_id)
        grown.left.append((device_id, sequence))
    if change.welcome is None:
        return
    log.last_sequence += 1  # N02
    grown.rows.append(Appended(log.last_sequence, RowKind.WELCOME, None, change.welcome))
    for device_id in change.added:
        log.roster.add(device_id)
        grown.joined.append((device_id, log.last_sequence))
