"""Rosters, epochs and idempotency without a database."""

from hashlib import sha256
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.errors import Code
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.frame import SubmitCommit
from rogatory_crypto.wire.identifier import DeviceId, Epoch, GroupId, RowKind, Sequence, SubmissionId
from rogatory_server.admission import Admitted, GroupLog, Refusal, Stored, Submission, admit_batch
from rogatory_server.store.log import KnownSubmission

GROUP = GroupId(b"g" * 32)
NOW_MS = 1_790_000_000_000


def device(number: int) -> DeviceId:
    return DeviceId(number.to_bytes(16))


def message(
    sender: int,
    submission_id: int,
    *,
    epoch: int = 1,
    payload: bytes = b"x",
    kind: RowKind = RowKind.APPLICATION,
    objection: Code | None = None,
) -> Submission:
    chosen = SubmissionId(submission_id.to_bytes(16))
    digest = sha256(payload).digest()
    return Submission(
        device(sender), chosen, GROUP, Epoch(epoch), kind, payload, digest, None, objection, None
    )


def commit(
    sender: int,
    submission_id: int,
    epoch: int,
    *,
    added: tuple[int, ...] = (),
    removed: tuple[int, ...] = (),
    welcome: bytes | None = None,
) -> Submission:
    chosen = SubmissionId(submission_id.to_bytes(16))
    change = SubmitCommit(
        chosen, GROUP, Epoch(epoch), b"c", tuple(map(device, added)), tuple(map(device, removed)), welcome
    )
    digest = sha256(b"c").digest()
    return Submission(
        device(sender), chosen, GROUP, Epoch(epoch), RowKind.COMMIT, b"c", digest, change, None, None
    )


def group(*members: int, epoch: int = 1, last: int = 10) -> dict[GroupId, GroupLog]:
    return {GROUP: GroupLog(1, GROUP, epoch, last, {device(member) for member in members})}


def admit(
    batch: list[Submission],
    groups: dict[GroupId, GroupLog] | None = None,
    known: dict[bytes, KnownSubmission] | None = None,
) -> Admitted:
    numbers = count(7)
    return admit_batch(
        batch,
        {} if groups is None else groups,
        known or {},
        now_ms=NOW_MS,
        next_group_number=lambda: next(numbers),
    )


def code_of(admitted: Admitted) -> Code:
    (outcome,) = admitted.outcomes
    assert isinstance(outcome, Refusal)
    assert admitted.growth == {}
    return outcome.code


def test_a_commit_for_epoch_0_of_an_unknown_group_creates_it() -> None:
    groups: dict[GroupId, GroupLog] = {}
    admitted = admit([commit(1, 1, 0, added=(2,), welcome=b"w")], groups)
    growth = admitted.growth[GROUP]
    assert admitted.outcomes == [Stored(Sequence(1), NOW_MS, repeated=False)]
    assert [(row.sequence, row.kind) for row in growth.rows] == [(1, RowKind.COMMIT), (2, RowKind.WELCOME)]
    assert growth.joined == [(device(1), 1), (device(2), 2)]
    assert groups[GROUP] == GroupLog(7, GROUP, 1, 2, {device(1), device(2)})


def test_the_welcome_row_is_directly_after_its_commit() -> None:
    # N02
    admitted = admit(
        [message(1, 1), commit(1, 2, 1, added=(2,), welcome=b"w"), message(2, 3, epoch=2)], group(1)
    )
    kinds = [row.kind for row in admitted.growth[GROUP].rows]
    assert kinds == [RowKind.APPLICATION, RowKind.COMMIT, RowKind.WELCOME, RowKind.APPLICATION]


def test_a_removed_device_may_see_up_to_the_commit_and_submit_nothing_after() -> None:
    admitted = admit([commit(1, 1, 1, removed=(2,)), message(2, 2)], group(1, 2))
    assert admitted.growth[GROUP].left == [(device(2), 11)]
    assert admitted.outcomes[1] == Refusal(Code.FORBIDDEN, None)


def test_a_device_may_be_removed_and_added_in_one_commit() -> None:
    growth = admit([commit(1, 1, 1, removed=(2,), added=(2,), welcome=b"w")], group(1, 2)).growth[GROUP]
    assert (growth.left, growth.joined) == ([(device(2), 11)], [(device(2), 12)])


@pytest.mark.parametrize(
    "submission",
    [
        commit(1, 1, 1, added=(3,)),
        commit(1, 1, 1, welcome=b"w"),
        commit(1, 1, 1, added=(2,), welcome=b"w"),
        commit(1, 1, 1, added=(3, 3), welcome=b"w"),
        commit(1, 1, 1, removed=(9,)),
        commit(1, 1, 1, removed=(2, 2)),
        commit(1, 1, 1, removed=(1,)),
    ],
    ids=["no Welcome", "nobody welcomed", "a member", "twice", "a stranger", "removed twice", "itself"],
)
def test_a_change_of_roster_that_makes_no_sense_is_refused(submission: Submission) -> None:
    # R04
    assert code_of(admit([submission], group(1, 2))) is Code.INVALID_COMMIT


def test_a_roster_has_a_largest_size() -> None:
    # R02 Q02
    full = group(*range(1, limits.MAX_ROSTER + 1))
    assert code_of(admit([commit(1, 1, 1, added=(5000,), welcome=b"w")], full)) is Code.QUOTA_EXCEEDED


@pytest.mark.parametrize(
    ("submission", "code"),
    [
        (commit(1, 1, 0), Code.EPOCH_TAKEN),
        (commit(1, 1, 2), Code.WRONG_EPOCH),
        (message(1, 1, epoch=2), Code.WRONG_EPOCH),
        (message(1, 1, epoch=0, kind=RowKind.PROPOSAL), Code.WRONG_EPOCH),
        (message(9, 1), Code.FORBIDDEN),
        (commit(9, 1, 0), Code.FORBIDDEN),
        (message(1, 1, objection=Code.REVOKED), Code.REVOKED),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(submission: Submission, code: Code) -> None:
    # R01 N03
    groups = group(1)
    assert code_of(admit([submission], groups)) is code
    assert groups == group(1)


def test_an_unknown_group_looks_like_one_the_sender_is_not_in() -> None:
    assert code_of(admit([message(1, 1)])) is Code.FORBIDDEN
    assert code_of(admit([commit(1, 1, 1)])) is Code.FORBIDDEN


def test_a_message_of_an_earlier_epoch_was_under_way_and_is_taken() -> None:
    assert admit([message(1, 1, epoch=0)], group(1)).outcomes == [
        Stored(Sequence(11), NOW_MS, repeated=False)
    ]


def test_a_known_submission_is_answered_as_before_whatever_has_changed() -> None:
    former = KnownSubmission(1, 4, NOW_MS - 5, sha256(b"x").digest())
    repeated = message(2, 1, epoch=99, objection=Code.REVOKED)
    admitted = admit([repeated], group(1), {repeated.key: former})
    assert admitted == Admitted([Stored(Sequence(4), NOW_MS - 5, repeated=True)], {})


@pytest.mark.parametrize(
    "former",
    [
        KnownSubmission(1, 4, NOW_MS, sha256(b"other").digest()),
        KnownSubmission(2, 4, NOW_MS, sha256(b"x").digest()),
    ],
)
def test_the_same_id_with_another_payload_or_group_conflicts(former: KnownSubmission) -> None:
    repeated = message(1, 1)
    assert code_of(admit([repeated], group(1), {repeated.key: former})) is Code.CONFLICT


def test_a_repetition_within_one_batch_is_one_row() -> None:
    admitted = admit([message(1, 1), message(1, 1), message(1, 1, payload=b"y")], group(1))
    assert admitted.outcomes == [
        Stored(Sequence(11), NOW_MS, repeated=False),
        Stored(Sequence(11), NOW_MS, repeated=True),
        Refusal(Code.CONFLICT, None),
    ]
    assert len(admitted.growth[GROUP].rows) == 1


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 4), st.integers(0, 6)), max_size=40))
def test_sequences_have_no_gaps_and_every_epoch_ends_once(steps: list[tuple[bool, int, int]]) -> None:
    # R01 N03
    batch = [
        commit(sender, at, epoch) if is_commit else message(sender, at, epoch=epoch)
        for at, (is_commit, sender, epoch) in enumerate(steps)
    ]
    groups = group(1, 2, 3, epoch=0, last=0)
    admitted = admit(batch, groups)
    stored = [
        (outcome.sequence, submission)
        for submission, outcome in zip(batch, admitted.outcomes, strict=True)
        if isinstance(outcome, Stored)
    ]
    assert [sequence for sequence, _ in stored] == list(range(1, len(stored) + 1))
    ended = [submission.epoch for _, submission in stored if submission.kind is RowKind.COMMIT]
    assert ended == list(range(groups[GROUP].epoch))
