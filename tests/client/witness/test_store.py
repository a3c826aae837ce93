"""What a witness remembers: exchanged only for what was expected, on disk when it returns, never set back."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.crypto.log.log_world import NOW, ORIGIN, WITNESS_KEYS, World

from rogatory_client.fault import VaultError
from rogatory_client.witness.evidence import Evidence
from rogatory_client.witness.store import WitnessStore
from rogatory_crypto.log.cosignature import cosign
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint
from rogatory_crypto.log.witness import Swap, monitoring_path

WORLD = World().grow(40)
PLACE = monitoring_path(ORIGIN).removesuffix("/checkpoint")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "witness.db"


@pytest.fixture
def store(path: Path) -> Iterator[WitnessStore]:
    opened = WitnessStore(path)
    yield opened
    opened.close()


def swap(old: int | None, new: int) -> Swap:
    return Swap(ORIGIN, None if old is None else WORLD.signed(old), WORLD.signed(new))


def cosigned(size: int) -> SignedCheckpoint:
    return WORLD.signed(size).with_signatures([cosign(WORLD.checkpoint(size), WITNESS_KEYS[0], NOW)])


def test_what_was_written_is_safe_when_the_method_returns(path: Path, store: WitnessStore) -> None:
    assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)  # sqlite.org/pragma.html: FULL
    assert store._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store.swap(swap(None, 10))
    beside = WitnessStore(path, read_only=True)
    assert beside.newest(ORIGIN) == WORLD.signed(10)
    beside.close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_only_what_was_expected_is_exchanged(store: WitnessStore) -> None:
    assert not store.swap(swap(5, 10))
    assert store.newest(ORIGIN) is None
    assert store.swap(swap(None, 10))
    assert not store.swap(swap(None, 12))
    assert not store.swap(swap(9, 12))
    assert store.swap(swap(10, 10))
    assert store.swap(swap(10, 12))
    assert store.newest(ORIGIN) == WORLD.signed(12)


def test_between_two_processes_one_wins(path: Path, store: WitnessStore) -> None:
    """The lock of the folder keeps a second process away; the exchange does not rely on it."""
    other = WitnessStore(path)
    store.swap(swap(None, 1))
    with ThreadPoolExecutor(2) as pool:
        for size in range(1, 39):
            taken = [pool.submit(each.swap, swap(size, size + 1)) for each in (store, other)]
            assert sorted(future.result() for future in taken) == [False, True]
    other.close()
    assert store.newest(ORIGIN) == WORLD.signed(39)


def test_monitors_never_see_an_older_checkpoint_after_a_newer(store: WitnessStore) -> None:
    store.swap(swap(None, 10))
    assert store.published(PLACE) is None
    store.publish(WORLD.signed(10), cosigned(10))
    store.swap(swap(10, 12))
    assert store.published(PLACE) == cosigned(10).encode()
    store.publish(WORLD.signed(12), cosigned(12))
    store.publish(WORLD.signed(10), cosigned(10))
    assert store.published(PLACE) == cosigned(12).encode()
    assert store.published("0" * 64) is None


def test_a_proof_takes_the_place_of_a_suspicion_and_not_the_other_way(store: WitnessStore) -> None:
    def evidence(*, is_proof: bool) -> Evidence:
        return Evidence(ORIGIN, NOW, is_proof, "two roots", WORLD.signed(10), WORLD.signed(11))

    kept = [store.keep(evidence(is_proof=is_proof)) for is_proof in (False, False, True, False)]
    assert kept == [True, False, True, False]
    assert [each.is_proof for each in store.evidence()] == [True]


def test_a_transaction_that_fails_leaves_nothing(store: WitnessStore) -> None:
    store.swap(swap(None, 10))
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    too_long = "x" * 10_000
    evidence = Evidence(ORIGIN, NOW, is_proof=True, reason=too_long, held=None, suspect=WORLD.signed(11))
    with pytest.raises(sqlite3.Error):
        store.keep(evidence)
    assert store.evidence() == ()
    assert not store._connection.in_transaction
    assert store.newest(ORIGIN) == WORLD.signed(10)
    assert store.swap(swap(10, 10))


def test_a_store_of_a_newer_program_is_left_alone(path: Path) -> None:
    WitnessStore(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(VaultError, match="newer program"):
        WitnessStore(path)


def test_what_is_no_store_is_said_to_be_none(path: Path) -> None:
    path.write_bytes(b"junk" * 1000)
    with pytest.raises(VaultError, match="cannot be opened"):
        WitnessStore(path)
