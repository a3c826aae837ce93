"""What came by carrier is remembered for ever, confirmed once, and counts as of the relay only then."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection
from tests.client.vault.earlier_version import CHEAP, PASSPHRASE
from tests.client.vault.test_archive import message

from rogatory_client.engine.carried_effect import (
    FROM_CARRIER,
    Carried,
    ConfirmCarried,
    NoteCarriedOut,
    SaveCarried,
)
from rogatory_client.engine.effect import SaveMessage
from rogatory_client.vault import Vault, archive, carried, create_vault, effects
from rogatory_crypto.wire.identifier import DeviceId, Sequence, SubmissionId

DIGEST = b"h" * 32
BY_CARRIER = replace(message(1, "By stick."), sequence=FROM_CARRIER, at_ms=5_000, own=False)
CAME = Carried(DIGEST, BY_CARRIER.group_id, BY_CARRIER.message_id, DeviceId(b"d" * 16), 77, 5)
CONFIRMED = ConfirmCarried(DIGEST, BY_CARRIER.message_id, Sequence(9), 8_000)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    made: Vault = create_vault(tmp_path / "home", PASSPHRASE, cost=CHEAP, salt=bytes(16))
    with made.writing() as connection:
        yield connection
    made.close()


def test_it_is_unconfirmed_until_the_relay_has_shown_it(connection: Connection) -> None:
    effects.apply(connection, [SaveMessage(BY_CARRIER), SaveCarried(CAME), SaveCarried(CAME)])
    assert carried.load_unconfirmed(connection) == {DIGEST: CAME}
    effects.apply(connection, [CONFIRMED, CONFIRMED])
    assert carried.load_unconfirmed(connection) == {}
    assert carried.has_come(connection, DIGEST), "for whoever takes the file in once more"
    assert not carried.has_come(connection, b"o" * 32)
    row = archive.find_message(connection, BY_CARRIER.message_id)
    assert row is not None
    assert (row.sequence, row.at_ms) == (9, 8_000)


def test_what_the_relay_has_placed_stays_where_it_is(connection: Connection) -> None:
    effects.apply(connection, [SaveMessage(replace(BY_CARRIER, sequence=4)), SaveCarried(CAME), CONFIRMED])
    row = archive.find_message(connection, BY_CARRIER.message_id)
    assert row is not None
    assert (row.sequence, row.at_ms) == (4, 5_000)


def test_it_is_handed_to_nobody_and_comes_last(connection: Connection) -> None:
    """A history is what the relay has shown; what it has not stands behind it, whenever it came."""
    relayed = replace(message(2, "Over the line."), sequence=3, at_ms=9_000)
    effects.apply(connection, [SaveMessage(BY_CARRIER), SaveMessage(relayed), SaveCarried(CAME)])
    assert [each.text for each in archive.archive_of(connection, relayed.group_id)] == ["Over the line."]
    timeline = [row.text for row in archive.timeline(connection, relayed.group_id, None)]
    assert timeline == ["Over the line.", "By stick."]
    assert archive.first_spoken(connection, BY_CARRIER.entry_id)[relayed.group_id] == 9_000
    effects.apply(connection, [CONFIRMED])
    assert len(archive.archive_of(connection, relayed.group_id)) == 2


def test_the_newest_file_counts(connection: Connection) -> None:
    one, other = SubmissionId(b"1" * 16), SubmissionId(b"2" * 16)
    effects.apply(connection, [NoteCarriedOut((one,), 5), NoteCarriedOut((one,), 9)])
    assert carried.carried_out_at(connection, one) == 9
    assert carried.carried_out_at(connection, other) is None
    assert carried.carried_out_at(connection, None) is None
