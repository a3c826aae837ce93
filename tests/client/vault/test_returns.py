"""Consents, vouchers and histories that wait, as the vault keeps them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.client.engine.case_room import GROUP, A, B, C, Device, Talk, archived

from rogatory_client.engine.effect import FROM_PARTNER, ArchivedMessage, Effect, SaveMessage, SaveReference
from rogatory_client.engine.partner_effect import (
    AcceptPartner,
    AwaitRow,
    DropHistory,
    HeldHistory,
    HoldHistory,
    NoteChangedPartner,
    Return,
    SaveReturn,
    SaveVoucher,
    Voucher,
    WaitingHistory,
)
from rogatory_client.vault import Cost, Vault, archive, create_vault, effects, handed_back, partners, returns
from rogatory_client.vault.rooms import load_hearsay, load_references
from rogatory_client.vault.schema import office_returns
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId, GroupId

OFFICE = EntryId(B)
CONSENT = Return(GROUP, OFFICE, 5, "head", with_history=False)
HELD = HeldHistory(0, GROUP, GroupId(b"t" * 32), EntryId(A), 5, passes_on=True, event=b"history")


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    opened = create_vault(tmp_path, b"passphrase", cost=Cost(32, 1, 1), salt=bytes(16))
    yield opened
    opened.close()


def write(vault: Vault, *wanted: Effect) -> None:
    with vault.writing() as connection:
        effects.apply(connection, wanted)


def consents(vault: Vault) -> tuple[Return, ...]:
    with vault.reading() as connection:
        return returns.load_returns(connection)


def test_a_consent_is_kept_once_with_what_became_of_it(vault: Vault) -> None:
    write(vault, SaveReturn(CONSENT), AwaitRow(GROUP, OFFICE, 9), AwaitRow(GROUP, EntryId(C), 7))
    awaiting = replace(CONSENT, after_sequence=9)
    assert consents(vault) == (awaiting,)
    write(vault, SaveReturn(replace(awaiting, handed=True)))
    assert consents(vault) == (replace(awaiting, handed=True),)
    write(vault, SaveReturn(replace(CONSENT, with_history=True, at=6)))
    assert consents(vault) == (replace(CONSENT, with_history=True, at=6),)


def test_other_keys_end_consent_and_acceptance_but_not_their_record(vault: Vault) -> None:
    write(vault, NoteChangedPartner(OFFICE, 1), AcceptPartner(OFFICE, 2, "head"), SaveReturn(CONSENT))
    write(vault, AcceptPartner(OFFICE, 3, "duty officer"))
    with vault.reading() as connection:
        (changed,) = partners.load_changed(connection)
    assert (changed.accepted_at, changed.accepted_by) == (2, "head"), "the first who called"
    write(vault, NoteChangedPartner(OFFICE, 4))
    assert consents(vault) == ()
    with vault.reading() as connection:
        assert partners.load_unaccepted(connection) == {OFFICE}
        assert connection.execute(select(office_returns.c.officer)).scalars().all() == ["head"]
    write(vault, SaveReturn(replace(CONSENT, at=9)))
    assert consents(vault) == (replace(CONSENT, at=9),)


def test_histories_wait_in_their_order(vault: Vault) -> None:
    later = replace(HELD, group_id=HELD.came_in, passes_on=False, event=b"more")
    write(vault, HoldHistory(HELD), HoldHistory(later))
    with vault.reading() as connection:
        waiting = handed_back.load_waiting(connection)
        first, second = waiting
        known = WaitingHistory(GROUP, HELD.partner, HELD.held_at, len(b"history"))
        assert list(waiting.values()) == [known, replace(known, group_id=HELD.came_in, size=len(b"more"))]
        assert handed_back.load_held(connection, first) == replace(HELD, number=first)
        assert handed_back.load_held(connection, second) == replace(later, number=second)
    write(vault, DropHistory(first))
    with vault.reading() as connection:
        assert list(handed_back.load_waiting(connection)) == [second]


def test_the_first_word_of_each_who_vouches_stays(vault: Vault, talk: Talk, second: Device) -> None:
    record = archived_at_second(talk, second)
    mine = Voucher(record.message_id, GROUP, EntryId(A), b"device", 5)
    other = replace(mine, entry_id=EntryId(C), at_ms=6)
    write(vault, SaveVoucher(mine), SaveVoucher(replace(mine, at_ms=7)), SaveVoucher(other))
    with vault.reading() as connection:
        assert handed_back.load_vouchers(connection, [GROUP]) == {record.message_id: (other, mine)}
        assert handed_back.load_vouchers(connection, [HELD.came_in]) == {}
        assert handed_back.load_handed_back_by(connection) == {GROUP: (C, A)}


def test_who_has_handed_cases_back_is_told_once_of_each(vault: Vault) -> None:
    with vault.reading() as connection:
        assert handed_back.load_handed_back_by(connection) == {}
    cases = {GroupId(bytes([number]) * 32): (C, A) if number % 2 else (A,) for number in range(5)}
    names = (MessageId(bytes([number]) * 32) for number in range(60))
    said = [
        SaveVoucher(Voucher(next(names), case, EntryId(office), b"device", 5))
        for case, offices in cases.items()
        for office in (*offices, *offices, *offices)
    ]
    write(vault, *said)
    with vault.reading() as connection:
        assert handed_back.load_handed_back_by(connection) == cases


def test_what_a_case_was_follows_from_what_was_handed_back_of_it(
    vault: Vault, talk: Talk, second: Device
) -> None:
    record = replace(archived_at_second(talk, second), sequence=FROM_PARTNER)
    with vault.reading() as connection:
        assert handed_back.begun_as(connection, GROUP, record.at_ms + 1) is None
    write(vault, SaveMessage(record))
    with vault.reading() as connection:
        assert handed_back.begun_as(connection, GROUP, record.at_ms) is None
        assert handed_back.begun_as(connection, GROUP, record.at_ms + 1) is CaseKind.CONSULTATION
        assert archive.counts(connection)[GROUP][:2] == (1, 0), "read before, if not here"


def test_a_reference_from_hearsay_yields(vault: Vault) -> None:
    known = SaveReference(GROUP, OFFICE, "GH/1")
    write(vault, SaveReference(GROUP, OFFICE, "GH/0", yields=True), known)
    write(vault, SaveReference(GROUP, OFFICE, "GH/2", yields=True))
    with vault.reading() as connection:
        assert load_references(connection) == {GROUP: {B: "GH/1"}}
        assert load_hearsay(connection) == {}


def test_a_reference_is_hearsay_until_a_message_names_it(vault: Vault) -> None:
    write(vault, SaveReference(GROUP, OFFICE, "GH/0", yields=True))
    with vault.reading() as connection:
        assert load_hearsay(connection) == {GROUP: (B,)}
    write(vault, SaveReference(GROUP, OFFICE, "GH/0"))
    with vault.reading() as connection:
        assert load_hearsay(connection) == {}


def archived_at_second(talk: Talk, second: Device) -> ArchivedMessage:
    first = Device(second.world, second.world.offices[A], "first")
    (outcome,) = talk.tell(first, first.text("May we?"), second)
    return archived(outcome)
