"""Replay of whole logs: an honest one has no findings; each fault is found, by name and place."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.crypto.identity.enrolled_office import NOW, OPERATOR, EnrolledOffice, keys, seed
from tests.crypto.log.written_log import (
    LOG_ORIGIN,
    POSTMARK,
    SECRETARIAT,
    TRUST,
    Story,
    WrittenLog,
)

from rogatory_crypto.identity import Role, decode_statement
from rogatory_crypto.log.chains import FIRST
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.entry_body import BodySignature, SignedBody, sign_content, to_be_signed
from rogatory_crypto.log.entry_content import (
    Change,
    DirectoryChange,
    DirectorySnapshot,
    NetworkAdmission,
    OfficeSeal,
    Revocation,
)
from rogatory_crypto.log.merkle import leaf_hash
from rogatory_crypto.log.replay import Fault, Finding, replay
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.wire.identifier import EntryId

STRANGER = keys("stranger")


def found(entries: list[bytes]) -> list[tuple[Fault, int | None]]:
    return [(finding.fault, finding.index) for finding in replay(entries, TRUST).findings]


def test_an_honest_log_has_no_findings_and_adds_up() -> None:
    story = Story().tell()
    entries = story.log.entries
    head = Checkpoint(LOG_ORIGIN, len(entries), Tree(map(leaf_hash, entries)).root())
    result = replay(entries, TRUST, head)
    assert result.findings == []
    audit = result.audit
    assert set(audit.registry.offices) == {story.office.entry_id, SECRETARIAT}
    assert audit.members == {"WACAP": {story.office.entry_id}}
    assert audit.records == {story.office.entry_id: seed("record 2"), SECRETARIAT: seed(SECRETARIAT)}
    assert audit.snapshot == DirectorySnapshot(2, seed("snapshot 2"))
    assert [each.ended_at is not None for each in audit.seals.values()] == [True]
    device = audit.registry.devices[story.office.device_id("first")]
    assert device.revoked_at == NOW + 60
    listed = LogEntry.decode(entries[device.index])
    assert decode_statement(listed.body).statement == device.entry


def test_every_prefix_of_an_honest_log_is_honest() -> None:
    entries = Story().tell().log.entries
    for size in range(len(entries)):
        assert found(entries[:size]) == []


def test_entries_that_are_not_the_checkpoints_are_found() -> None:
    entries = Story().tell().log.entries
    root = Tree(map(leaf_hash, entries)).root()
    for head, fault in (
        (Checkpoint(LOG_ORIGIN, len(entries) + 1, root), Fault.SIZE_MISMATCH),
        (Checkpoint(LOG_ORIGIN, len(entries), seed("root")), Fault.ROOT_MISMATCH),
    ):
        assert [(item.fault, item.index) for item in replay(entries, TRUST, head).findings] == [(fault, None)]


@pytest.mark.parametrize("index", range(18))
def test_a_withheld_entry_is_missed(index: int) -> None:
    """Each entry but the last of a chain has one behind it that names it."""
    log = Story().tell().log
    entries = list(log.entries)
    withheld = leaf_hash(entries.pop(index))
    heads = {place.previous for place in log.chains._next.values()}
    faults = {fault for fault, _ in found(entries)}
    assert (Fault.BROKEN_CHAIN in faults) == (withheld not in heads)


def test_an_entry_twice_is_a_fork() -> None:
    entries = Story().tell().log.entries
    for index, data in enumerate(entries):
        again = [*entries[: index + 1], data, *entries[index + 1 :]]
        assert (Fault.FORKED_CHAIN, index + 1) in found(again)


def test_two_live_heads_are_a_fork_though_both_are_signed() -> None:
    log, office = WrittenLog(), EnrolledOffice(SECRETARIAT)
    log.begin(office)
    place = log.place(f"authority/{office.entry_id}")
    twin = EnrolledOffice(SECRETARIAT, sequence=office.sequence, head=office.head)
    log.statement(office.device("third"))
    other = LogEntry(EntryType.IDENTITY_STATEMENT, *place, twin.device("fourth").encoded, log.at)
    log.entries.append(other.encode())
    assert found(log.entries) == [(Fault.FORKED_CHAIN, 5)]


def test_bytes_that_are_no_entry_are_found_and_the_rest_still_judged() -> None:
    entries = Story().tell().log.entries
    assert found([*entries[:3], b"junk", *entries[3:]]) == [(Fault.UNREADABLE, 3)]


def test_time_goes_forward() -> None:
    log = WrittenLog()
    log.batch(seed("one"))
    log.at -= 1
    log.batch(seed("two"))
    assert found(log.entries) == [(Fault.TIME_REVERSED, 1)]


def refused(tell: Callable[[Story], object]) -> Fault:
    """Tell an honest story and one entry more; return the only finding, which is that entry."""
    story = Story().tell()
    before = replay(story.log.entries, TRUST).audit
    tell(story)
    result = replay(story.log.entries, TRUST)
    last = len(story.log.entries) - 1
    assert [finding.index for finding in result.findings] == [last]
    assert (result.audit.records, result.audit.seals) == (before.records, before.seals)
    assert (result.audit.members, result.audit.snapshot) == (before.members, before.snapshot)
    return result.findings[0].fault


def seal(story: Story) -> OfficeSeal:
    return OfficeSeal(story.office.entry_id, seed("certificate 2"), NOW, NOW + 1000)


def admission(*, admitted: bool = True, network: str = "WACAP") -> NetworkAdmission:
    return NetworkAdmission(network, SECRETARIAT, admitted)


def impostor(office: EnrolledOffice) -> EnrolledOffice:
    """Somebody who knows an office's chain and has another key."""
    other = EnrolledOffice(office.name, office.sequence, office.head)
    other.office_private = STRANGER
    return other


def signed_twice(story: Story, content: NetworkAdmission) -> object:
    entry = story.log.admission(story.secretariat, content, "first")
    body = SignedBody.decode(entry.body)
    twice = replace(entry, body=replace(body, signatures=body.signatures * 2).encode())
    story.log.entries[-1] = twice.encode()
    return None


CASES: dict[str, tuple[Fault, Callable[[Story], object]]] = {
    "a device that its office did not sign": (
        Fault.SIGNATURE_REFUSED,
        lambda story: story.log.statement(impostor(story.secretariat).device("intruder")),
    ),
    "a device outside its office's chain": (
        Fault.STATEMENT_REFUSED,
        lambda story: story.log.statement(
            EnrolledOffice(SECRETARIAT, sequence=3, head=seed("another chain")).device("intruder")
        ),
    ),
    "a device entered twice": (
        Fault.STATEMENT_REFUSED,
        lambda story: story.log.statement(story.secretariat.device()),
    ),
    "a directory change that the operator did not sign": (
        Fault.SIGNATURE_REFUSED,
        lambda story: story.log.content(
            DirectoryChange(SECRETARIAT, Change.WITHDRAWN, None), {b"": STRANGER}
        ),
    ),
    "a change signed by two": (
        Fault.SIGNATURE_REFUSED,
        lambda story: story.log.content(
            DirectoryChange(SECRETARIAT, Change.WITHDRAWN, None), {b"": OPERATOR, b"x": OPERATOR}
        ),
    ),
    "a change signed under a device's name": (
        Fault.SIGNATURE_REFUSED,
        lambda story: story.log.content(
            DirectoryChange(SECRETARIAT, Change.WITHDRAWN, None), {b"x": OPERATOR}
        ),
    ),
    "a record added twice": (
        Fault.CONTRADICTION,
        lambda story: story.log.by_operator(DirectoryChange(SECRETARIAT, Change.ADDED, seed("x"))),
    ),
    "a record changed that is not there": (
        Fault.CONTRADICTION,
        lambda story: story.log.by_operator(DirectoryChange(EntryId("CNA-XX-01"), Change.CHANGED, seed("x"))),
    ),
    "a record withdrawn with contents": (
        Fault.CONTRADICTION,
        lambda story: story.log.by_operator(DirectoryChange(SECRETARIAT, Change.WITHDRAWN, seed("x"))),
    ),
    "a record changed to nothing": (
        Fault.CONTRADICTION,
        lambda story: story.log.by_operator(DirectoryChange(SECRETARIAT, Change.CHANGED, None)),
    ),
    "an older snapshot": (
        Fault.CONTRADICTION,
        lambda story: story.log.by_operator(DirectorySnapshot(2, seed("snapshot 2 again"))),
    ),
    "a snapshot after which none could come": (
        Fault.CONTRADICTION,
        lambda story: story.log.by_operator(DirectorySnapshot((1 << 63) - 1, seed("the last for ever"))),
    ),
    "a seal that another office signed": (
        Fault.SIGNATURE_REFUSED,
        lambda story: story.log.by_office(story.secretariat, seal(story)),
    ),
    "a seal of an office that is not enrolled": (
        Fault.UNKNOWN_SIGNER,
        lambda story: story.log.by_office(story.office, replace(seal(story), entry_id=EntryId("CNA-XX-01"))),
    ),
    "a seal that is never valid": (
        Fault.CONTRADICTION,
        lambda story: story.log.by_office(story.office, replace(seal(story), not_after=NOW)),
    ),
    "a seal revoked that is none": (
        Fault.CONTRADICTION,
        lambda story: story.log.by_office(
            story.office, Revocation(story.office.entry_id, seed("nothing"), "lost")
        ),
    ),
    "an admission by one officer": (
        Fault.FOUR_EYES,
        lambda story: story.log.admission(story.secretariat, admission(), "first"),
    ),
    "an admission by one officer with two devices": (
        Fault.FOUR_EYES,
        lambda story: (
            story.log.statement(story.secretariat.device("third", officer="first", role=Role.HEAD)),
            story.log.admission(story.secretariat, admission(), "first", "third"),
        ),
    ),
    "an admission by a role that may not": (
        Fault.FOUR_EYES,
        lambda story: (
            story.log.statement(story.secretariat.device("clerk", officer="clerk", role=Role.CLERK)),
            story.log.admission(story.secretariat, admission(), "first", "clerk"),
        ),
    ),
    "an admission by one device twice": (
        Fault.FOUR_EYES,
        lambda story: signed_twice(story, admission()),
    ),
    "an admission by another office": (
        Fault.UNKNOWN_SIGNER,
        lambda story: story.log.admission(story.office, admission(), "first", "second"),
    ),
    "an admission with a revoked device": (
        Fault.UNKNOWN_SIGNER,
        lambda story: (
            story.log.statement(story.secretariat.revocation(at=story.log.at)),
            story.log.admission(story.secretariat, admission(), "first", "second"),
        ),
    ),
    "an admission that one of the two officers did not sign": (
        Fault.SIGNATURE_REFUSED,
        lambda story: story.log.content(
            admission(),
            {
                story.secretariat.device_id("first"): story.secretariat.device_keys("first"),
                story.secretariat.device_id("second"): STRANGER,
            },
        ),
    ),
    "an admission to a network nobody runs": (
        Fault.UNKNOWN_SIGNER,
        lambda story: story.log.admission(story.secretariat, admission(network="CASC"), "first", "second"),
    ),
    "an admission that changes nothing": (
        Fault.CONTRADICTION,
        lambda story: story.log.admission(story.secretariat, admission(admitted=False), "first", "second"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_nobody_may_say_is_found_and_not_believed(case: str) -> None:
    fault, tell = CASES[case]
    assert refused(tell) is fault


def test_a_seal_of_another_office_cannot_be_revoked() -> None:
    story = Story().tell()
    sealed = story.log.by_office(story.office, seal(story))
    story.log.by_office(story.secretariat, Revocation(SECRETARIAT, sealed.leaf, "not ours"))
    result = replay(story.log.entries, TRUST)
    assert [finding.fault for finding in result.findings] == [Fault.CONTRADICTION]
    assert result.audit.seals[sealed.leaf].ended_at is None


def test_a_seal_is_revoked_once_and_its_end_never_moves() -> None:
    """What was sealed before the end stays sealed, so a later end would make more of it count."""
    story = Story().tell()
    sealed = story.log.by_office(story.office, seal(story))
    story.log.by_office(story.office, Revocation(story.office.entry_id, sealed.leaf, "key lost"))
    ended_at = story.log.at
    story.log.at += 60
    story.log.by_office(story.office, Revocation(story.office.entry_id, sealed.leaf, "and once more"))
    result = replay(story.log.entries, TRUST)
    assert [finding.fault for finding in result.findings] == [Fault.CONTRADICTION]
    assert result.audit.seals[sealed.leaf].ended_at == ended_at


def test_a_postmark_batch_needs_the_relays_signature() -> None:
    story = Story().tell()
    story.log.batch(seed("batch 3"))
    trust = replace(TRUST, postmark_key=TRUST.operator_key.ed25519)
    faults = [finding.fault for finding in replay(story.log.entries, trust).findings]
    assert faults == [Fault.SIGNATURE_REFUSED] * 3
    assert POSTMARK not in b"".join(story.log.entries)


def moved(entry: LogEntry, **change: object) -> bytes:
    return replace(entry, **change).encode()  # type: ignore[arg-type]  # fits its field


def test_what_was_signed_for_one_place_is_worth_nothing_at_another() -> None:
    """A log cannot withdraw again what came back, or bring one log's entries into another."""
    log, entry_id = WrittenLog(), EntryId("CNA-SN-01")
    log.by_operator(DirectoryChange(entry_id, Change.ADDED, seed("record")))
    withdrawn = log.by_operator(DirectoryChange(entry_id, Change.WITHDRAWN, None))
    log.by_operator(DirectoryChange(entry_id, Change.ADDED, seed("record")))
    sequence, previous = log.place(f"directory/{entry_id}")
    log.entries.append(moved(withdrawn, sequence=sequence, previous=previous))
    assert found(log.entries) == [(Fault.SIGNATURE_REFUSED, 3)]
    change = DirectoryChange(entry_id, Change.ADDED, seed("record"))
    foreign = sign_content(change, "other.example", FIRST, {b"": OPERATOR}, NOW)
    assert found([foreign.encode()]) == [(Fault.SIGNATURE_REFUSED, 0)]


def test_an_entry_in_the_right_place_after_another_history_breaks_the_chain() -> None:
    log = WrittenLog()
    log.batch(seed("one"))
    second = log.batch(seed("two"))
    log.entries[1] = moved(second, previous=seed("another"))
    assert found(log.entries) == [(Fault.BROKEN_CHAIN, 1)]


def test_what_a_signature_covers_differs_in_every_part() -> None:
    parts: list[Any] = ["log.example", EntryType.OFFICE_SEAL, 1, seed("previous"), b"content"]
    others = ("other.example", EntryType.REVOCATION, 2, None, b"other")
    covered = {to_be_signed(*[*parts[:at], other, *parts[at + 1 :]]) for at, other in enumerate(others)}
    assert len(covered | {to_be_signed(*parts)}) == 6


def test_a_signature_is_not_taken_for_another_type() -> None:
    entry = sign_content(DirectorySnapshot(1, seed("x")), LOG_ORIGIN, FIRST, {b"": OPERATOR}, NOW)
    retyped = moved(entry, type=EntryType.DIRECTORY_CHANGE)
    assert found([retyped]) == [(Fault.UNREADABLE, 0)]
    body = SignedBody.decode(entry.body)
    flipped = BodySignature(
        b"", bytes([body.signatures[0].signature[0] ^ 1]) + body.signatures[0].signature[1:]
    )
    assert found([moved(entry, body=replace(body, signatures=(flipped,)).encode())]) == [
        (Fault.SIGNATURE_REFUSED, 0)
    ]


def test_findings_say_where_and_what() -> None:
    finding = replay([b"junk"], TRUST).findings[0]
    assert isinstance(finding, Finding)
    assert finding.detail
    assert str(finding.fault) == "unreadable-entry"
