"""Rows that wait for a tree are on disk as they came, each once, and go all together."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.client.vault.earlier_version import CHEAP, PASSPHRASE, make_earlier_vault

from rogatory_client.engine.effect import HoldRow, ReleaseRows
from rogatory_client.engine.held_row import HeldRoom, size_of
from rogatory_client.vault import (
    Vault,
    create_vault,
    effects,
    held_rows,
    open_vault,
)
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import GroupId, RowKind, Sequence

ROOM, OTHER = GroupId(b"r" * 32), GroupId(b"o" * 32)
WELCOME = Row(Sequence(5), 1_000, RowKind.WELCOME, b"a Welcome")
MESSAGE = Row(Sequence(6), 2_000, RowKind.APPLICATION, b"a message")


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    made = create_vault(tmp_path / "home", PASSPHRASE, cost=CHEAP, salt=bytes(16))
    yield made
    made.close()


def hold(vault: Vault, *held: HoldRow | ReleaseRows) -> None:
    with vault.writing() as connection:
        effects.apply(connection, held)


def rooms(vault: Vault) -> dict[GroupId, HeldRoom]:
    with vault.reading() as connection:
        return held_rows.load_held_rooms(connection)


def rows(vault: Vault, group_id: GroupId) -> tuple[Row, ...]:
    with vault.reading() as connection:
        return held_rows.load_held_rows(connection, group_id)


def test_rows_come_back_in_the_order_of_the_log(vault: Vault) -> None:
    hold(vault, HoldRow(ROOM, MESSAGE, 20), HoldRow(OTHER, WELCOME, 30), HoldRow(ROOM, WELCOME, 10))
    assert rows(vault, ROOM) == (WELCOME, MESSAGE)
    sizes = size_of(len(WELCOME.payload)), size_of(len(MESSAGE.payload))
    assert rooms(vault) == {ROOM: HeldRoom(sum(sizes), 10), OTHER: HeldRoom(sizes[0], 30)}
    assert list(rooms(vault)) == [ROOM, OTHER]


def test_a_row_that_comes_again_stays_as_it_was(vault: Vault) -> None:
    hold(vault, HoldRow(ROOM, WELCOME, 10))
    hold(vault, HoldRow(ROOM, Row(Sequence(5), 9, RowKind.WELCOME, b"another"), 99))
    assert rows(vault, ROOM) == (WELCOME,)
    assert rooms(vault)[ROOM].since == 10


def test_what_is_released_is_gone_and_the_rest_stays(vault: Vault) -> None:
    hold(vault, HoldRow(ROOM, WELCOME, 10), HoldRow(OTHER, WELCOME, 10))
    hold(vault, ReleaseRows(ROOM))
    assert rows(vault, ROOM) == ()
    assert rows(vault, OTHER) == (WELCOME,)


def test_a_vault_from_before_gets_the_table(tmp_path: Path) -> None:
    make_earlier_vault(tmp_path / "before", 1)
    again = open_vault(tmp_path / "before", PASSPHRASE)
    hold(again, HoldRow(ROOM, WELCOME, 10))
    assert rows(again, ROOM) == (WELCOME,)
    again.close()
