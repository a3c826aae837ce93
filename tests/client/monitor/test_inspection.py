"""The whole log verified offline: a good one has no finding, and each planted fault is found by its name."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.client.monitor.published_log import TODAY, network, publish, story, tree_of
from tests.crypto.identity.enrolled_office import NOW, keys, seed
from tests.crypto.log.written_log import Story

from rogatory_client.monitor.inspection import (
    Discovery,
    FileFault,
    Inspection,
    inspect_entries,
    inspect_folder,
)
from rogatory_client.monitor.log_folder import LogFolder, read_entries
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.entry_content import (
    Change,
    DirectoryChange,
    DirectorySnapshot,
    NetworkAdmission,
    OfficeSeal,
)
from rogatory_crypto.log.replay import Fault
from rogatory_crypto.wire.identifier import EntryId


def inspect(folder: Path) -> Inspection:
    return inspect_folder(LogFolder(folder), network().pinned, now=TODAY)


def found(folder: Path) -> list[tuple[str, str]]:
    return [(each.name, each.place) for each in inspect(folder).discoveries]


def test_a_good_log_has_no_finding(tmp_path: Path) -> None:
    told = story()
    inspection = inspect(publish(tmp_path, told.log.entries))
    assert inspection.discoveries == []
    assert inspection.checkpoint is not None
    assert inspection.checkpoint.checkpoint.size == len(told.log.entries)
    assert inspection.checkpoint.witnessed_at == TODAY


def test_what_each_authority_has(tmp_path: Path) -> None:
    told = story()
    summaries = {
        each.entry_id: each for each in inspect(publish(tmp_path, told.log.entries)).authorities(NOW)
    }
    office, secretariat = summaries[told.office.entry_id], summaries[told.secretariat.entry_id]
    assert (office.in_service, office.revoked, office.office_keys, office.networks) == (0, 1, 1, ("WACAP",))
    assert (secretariat.in_service, secretariat.revoked, secretariat.networks) == (2, 0, ())
    assert office.is_listed
    assert office.seals == 0


def append(entry: LogEntry | bytes) -> Callable[[Story], object]:
    data = entry if isinstance(entry, bytes) else entry.encode()
    return lambda told: told.log.entries.append(data)


def repeated(told: Story) -> object:
    told.log.entries.append(told.log.entries[-1])
    return None


def missing(told: Story) -> object:
    """Leave out the first of the two batches of postmarks; the second is the last entry."""
    types = [LogEntry.decode(entry).type for entry in told.log.entries]
    return told.log.entries.pop(types.index(EntryType.POSTMARK_BATCH))


def earlier(told: Story) -> object:
    last = LogEntry.decode(told.log.entries[-1])
    told.log.entries[-1] = replace(last, appended_at=1).encode()
    return None


def own_device(told: Story) -> object:
    """The relay adds a device in an office's name, with a key of its own."""
    forger = replace(told.office)
    forger.office_private = keys("the relay's own key")
    return told.log.statement(forger.device("forged"))


FAULTS: dict[str, tuple[Fault, Callable[[Story], object]]] = {
    "junk": (Fault.UNREADABLE, append(b"junk")),
    "a hole": (Fault.BROKEN_CHAIN, missing),
    "a repeated entry": (Fault.FORKED_CHAIN, repeated),
    "a time before": (Fault.TIME_REVERSED, earlier),
    "a device that the office did not add": (Fault.SIGNATURE_REFUSED, own_device),
    "a record that the operator did not sign": (
        Fault.SIGNATURE_REFUSED,
        lambda told: told.log.content(
            DirectoryChange(EntryId("CNA-XX-01"), Change.ADDED, seed("x")), {b"": keys("a stranger")}
        ),
    ),
    "a seal of nobody": (
        Fault.UNKNOWN_SIGNER,
        lambda told: told.log.by_office(
            told.office, OfficeSeal(EntryId("CNA-XX-01"), seed("certificate"), NOW, NOW + 1)
        ),
    ),
    "an admission by one officer": (
        Fault.FOUR_EYES,
        lambda told: told.log.admission(
            told.secretariat, NetworkAdmission("WACAP", EntryId("CNA-CI-01"), admitted=True), "first"
        ),
    ),
    "an older snapshot": (
        Fault.CONTRADICTION,
        lambda told: told.log.by_operator(DirectorySnapshot(1, seed("again"))),
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_each_fault_of_an_entry_is_found_by_name_and_place(case: str, tmp_path: Path) -> None:
    fault, plant = FAULTS[case]
    told = story()
    plant(told)
    last = len(told.log.entries) - 1
    assert found(publish(tmp_path, told.log.entries)) == [(fault, f"entry {last}")]


def test_a_signed_log_may_not_be_larger_or_other_than_its_checkpoint() -> None:
    told = story()
    tree = tree_of(told.log.entries)
    for head, fault in (
        (Checkpoint(network().log_origin, tree.size - 1, tree.root(tree.size - 1)), Fault.SIZE_MISMATCH),
        (Checkpoint(network().log_origin, tree.size, seed("another root")), Fault.ROOT_MISMATCH),
    ):
        signed = network().signed(head).encode()
        result = inspect_entries(lambda: told.log.entries, signed, network().pinned, now=TODAY)
        assert [(each.name, each.place) for each in result.discoveries] == [(fault, "the log")]


FILES: dict[str, tuple[list[tuple[FileFault | Fault, str]], Callable[[Path], object]]] = {
    "no checkpoint": (
        [(FileFault.CHECKPOINT_MISSING, "checkpoint")],
        lambda folder: (folder / "checkpoint").unlink(),
    ),
    "a checkpoint that is none": (
        [(FileFault.CHECKPOINT_REFUSED, "checkpoint")],
        lambda folder: (folder / "checkpoint").write_bytes(b"junk"),
    ),
    "another network's checkpoint": (
        [(FileFault.CHECKPOINT_REFUSED, "checkpoint")],
        lambda folder: publish(folder, story().log.entries, network(origin="other.example")),
    ),
    "entries that are missing": (
        [(FileFault.ENTRIES_MISSING, "the log"), (Fault.SIZE_MISMATCH, "the log")],
        lambda folder: only(folder, "tile/entries/000.p/*").unlink(),
    ),
    "entries that are cut off": (
        [(FileFault.ENTRIES_UNREADABLE, "the log"), (Fault.SIZE_MISMATCH, "the log")],
        lambda folder: change(only(folder, "tile/entries/000.p/*"), lambda data: data[:-1]),
    ),
    "a tile that is missing": (
        [(FileFault.TILE_MISSING, "tile/0/000.p/{size}")],
        lambda folder: only(folder, "tile/0/000.p/*").unlink(),
    ),
    "a tile of another tree": (
        [(FileFault.TILE_MISMATCH, "tile/0/000.p/{size}")],
        lambda folder: change(only(folder, "tile/0/000.p/*"), lambda data: data[::-1]),
    ),
}


def only(folder: Path, pattern: str) -> Path:
    [path] = folder.glob(pattern)
    return path


def change(path: Path, to: Callable[[bytes], bytes]) -> None:
    path.write_bytes(to(path.read_bytes()))


@pytest.mark.parametrize("case", FILES)
def test_each_fault_of_a_file_is_found_by_name_and_place(case: str, tmp_path: Path) -> None:
    expected, plant = FILES[case]
    entries = story().log.entries
    plant(publish(tmp_path, entries))
    assert found(tmp_path) == [(fault, place.format(size=len(entries))) for fault, place in expected]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("log"), story().log.entries)


@given(place=st.integers(0, 2), at=st.integers(0, 2**31), junk=st.binary(max_size=64), cuts=st.booleans())
def test_whatever_stands_in_a_file_is_a_finding(
    published: Path, place: int, at: int, junk: bytes, *, cuts: bool
) -> None:
    path = sorted(each for each in published.rglob("*") if each.is_file())[place]
    good = path.read_bytes()
    start = at % (len(good) + 1)
    wrong = good[:start] + junk + (b"" if cuts else good[start + len(junk) :])
    if wrong == good:
        return
    path.write_bytes(wrong)
    try:
        # A checkpoint does without the witness whose line became somebody else's.
        assert inspect(published).discoveries or path.name == "checkpoint"
    finally:
        path.write_bytes(good)


def test_a_file_without_end_is_a_finding(tmp_path: Path) -> None:
    publish(tmp_path, story().log.entries)
    for path in [each for each in tmp_path.rglob("*") if each.is_file()]:
        good = path.read_bytes()
        path.write_bytes(good + bytes(32 << 20))
        assert inspect(tmp_path).discoveries, path
        path.write_bytes(good)


def test_a_file_of_entries_is_read_to_where_it_is_cut_off(tmp_path: Path) -> None:
    entries = story().log.entries
    path = tmp_path / "entries"
    whole = b"".join(len(entry).to_bytes(2) + entry for entry in entries)
    path.write_bytes(whole)
    assert list(read_entries(path)) == entries
    for cut in (1, len(entries[-1]) + 1):
        path.write_bytes(whole[:-cut])
        result = inspect_entries(lambda: read_entries(path), None, network().pinned, now=TODAY)
        place = f"after entry {len(entries) - 2}"
        assert result.discoveries == [
            Discovery(FileFault.ENTRIES_UNREADABLE, place, "the last entry is cut off")
        ]
