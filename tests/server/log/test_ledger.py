"""The ledger gives every entry the place its author had in mind, and takes nothing that does not hold."""

from dataclasses import replace
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.identity.enrolled_office import NOW, keys, public, seed
from tests.crypto.log.written_log import SECRETARIAT, TRUST, Story

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity.former import Former
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.replay import replay
from rogatory_crypto.signing import public_key, verified_before, verify_now
from rogatory_crypto.wire.log_request import ProposedEntry
from rogatory_server.log.ledger import Ledger, empty_ledger


@lru_cache
def story() -> tuple[bytes, ...]:
    return tuple(Story().tell().log.entries)


def judge(ledger: Ledger, encoded: bytes) -> bytes:
    """Propose an entry as its author does, at the time it was written."""
    entry = LogEntry.decode(encoded)
    return ledger.judge(ProposedEntry(entry.type, entry.body), entry.appended_at).encoded


def test_every_kind_of_entry_gets_the_place_its_author_signed_for() -> None:
    ledger = empty_ledger(TRUST)
    assert {LogEntry.decode(encoded).type for encoded in story()} == set(EntryType)
    for encoded in story():
        assert judge(ledger, encoded) == encoded
    assert ledger.size == len(story())


def test_what_was_stored_leads_to_the_same_state_believed_or_verified() -> None:
    judged, believed, verified = (empty_ledger(TRUST) for _ in range(3))
    for encoded in story():
        judge(judged, encoded)
        believed.follow(encoded, verified_before)
        verified.follow(encoded, verify_now)
    for other in (believed, verified):
        assert (other.size, other.latest) == (judged.size, judged.latest)
        assert dict(other.registry.devices) == dict(judged.registry.devices)
        assert dict(other.registry.offices) == dict(judged.registry.offices)
        assert (other.audit.records, other.audit.seals) == (judged.audit.records, judged.audit.seals)
        assert (other.audit.members, other.audit.snapshot) == (judged.audit.members, judged.audit.snapshot)


@given(st.data())
def test_an_altered_entry_is_refused_and_changes_nothing(data: st.DataObject) -> None:
    target = data.draw(st.integers(0, len(story()) - 1))
    entry = LogEntry.decode(story()[target])
    at = data.draw(st.integers(0, len(entry.body) - 1))
    altered = bytearray(entry.body)
    altered[at] ^= 1 << data.draw(st.integers(0, 7))
    ledger = empty_ledger(TRUST)
    for number, encoded in enumerate(story()):
        if number < target:
            ledger.follow(encoded, verified_before)
    with pytest.raises(PeerError):
        ledger.judge(ProposedEntry(entry.type, bytes(altered)), entry.appended_at)
    assert judge(ledger, story()[target]) == story()[target]


@given(st.integers(0, len(EntryType) + 1), st.binary(min_size=1, max_size=80))
def test_random_bytes_are_refused(kind: int, body: bytes) -> None:
    ledger = empty_ledger(TRUST)
    with pytest.raises(PeerError):
        ledger.judge(ProposedEntry(kind, body), 0)
    assert ledger.size == 0


@pytest.mark.parametrize("split", range(0, 20, 3))
def test_a_copy_goes_its_own_way(split: int) -> None:
    ledger = empty_ledger(TRUST)
    for encoded in story()[:split]:
        ledger.follow(encoded, verified_before)
    twin = ledger.copy()
    for encoded in story()[split:]:
        twin.follow(encoded, verified_before)
    assert ledger.size == min(split, len(story()))
    # The original takes all of it as if the copy had never been.
    for encoded in story()[split:]:
        assert judge(ledger, encoded) == encoded
    assert dict(ledger.registry.devices) == dict(twin.registry.devices)
    assert ledger.audit.members == twin.audit.members


def test_an_entry_is_there_once() -> None:
    ledger = empty_ledger(TRUST)
    for encoded in story():
        judge(ledger, encoded)
    for encoded in story():
        with pytest.raises(PeerError) as caught:
            judge(ledger, encoded)
        assert caught.value.code is Code.CONFLICT


def test_a_stored_entry_out_of_place_is_an_error_of_the_operator() -> None:
    ledger = empty_ledger(TRUST)
    with pytest.raises(MisuseError, match="entry 0 of the stored log does not hold"):
        ledger.follow(story()[-1], verified_before)
    with pytest.raises(MisuseError, match="entry 0 of the stored log does not hold"):
        ledger.recall(story()[-1])


def test_what_was_signed_for_is_recalled_as_it_was_judged() -> None:
    judged, recalled = empty_ledger(TRUST), empty_ledger(TRUST)
    for encoded in story():
        judge(judged, encoded)
        assert recalled.recall(encoded) is None
    assert vars(recalled.registry) == vars(judged.registry)
    assert (recalled.chains, recalled.size, recalled.latest) == (judged.chains, judged.size, judged.latest)


@pytest.mark.parametrize("was_signed", [True, False])
@pytest.mark.parametrize("until", [0, NOW, NOW + 60, NOW + 61])
def test_under_newer_trust_it_believes_what_every_reader_of_its_log_believes(
    until: int, *, was_signed: bool
) -> None:
    """Or the first letter under a key that was withdrawn would keep the relay from starting ever again."""
    former = Former(
        operators=((until, TRUST.operator_key),),
        postmarks=((until, TRUST.postmark_key),),
        secretariats=((until, "WACAP", SECRETARIAT),),
    )
    newer = replace(
        TRUST,
        operator_key=public(keys("the next operator")),
        postmark_key=public_key(seed("the next postmark")),
        secretariats={},
        former=former,
    )
    recalled = empty_ledger(newer)
    refused = {
        index
        for index, encoded in enumerate(story())
        if recalled.recall(encoded, was_signed=was_signed) is not None
    }
    reader = replay(story(), newer)
    assert refused == {finding.index for finding in reader.findings}
    assert vars(recalled.registry) == vars(reader.audit.registry)
    assert recalled.audit.records == reader.audit.records
    assert bool(refused) == (until <= NOW + 60)


def test_what_nobody_has_signed_for_yet_is_verified_whole() -> None:
    """A store that was changed from outside is not taken for one that newer trust refuses."""
    *before, last = story()
    entry = LogEntry.decode(last)
    ledger = empty_ledger(TRUST)
    for encoded in before:
        assert ledger.recall(encoded, was_signed=False) is None
    forged = replace(entry, body=entry.body[:-1] + bytes([entry.body[-1] ^ 1])).encode()
    with pytest.raises(MisuseError, match="of the stored log does not hold"):
        ledger.recall(forged, was_signed=False)
    assert ledger.recall(last, was_signed=False) is None
