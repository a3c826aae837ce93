"""Carried files on disk: resumed byte for byte, read in bounded memory, refused where a byte is another."""

import os
import tracemalloc
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.client.office.line.test_transfer import transfer_of
from tests.effort import examples

from rogatory_client.engine.outgoing_effect import Transfer
from rogatory_client.fault import VaultError
from rogatory_client.office.carrier.reading_file import opened
from rogatory_client.office.carrier.writing_file import Cargo, write
from rogatory_client.office.view import Progress
from rogatory_crypto.attachments import stored_size
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.signing import public_key
from rogatory_crypto.wire.carried import CarriedFile, CarriedMessage, CarryManifest, sign_head
from rogatory_crypto.wire.identifier import DeviceId, Epoch, GroupId, SubmissionId

MIB = 1 << 20
PRIVATE = b"p" * 32


def cargo_of(payloads: tuple[bytes, ...], transfers: tuple[Transfer, ...] = (), made_at: int = 7) -> Cargo:
    group_id = GroupId(b"g" * 32)
    messages = tuple(
        CarriedMessage(
            group_id, SubmissionId(number.to_bytes(16)), Epoch(1), 5, len(each), sha256(each).digest()
        )
        for number, each in enumerate(payloads)
    )
    files = tuple(
        CarriedFile(each.blob_id, group_id, stored_size(each.size), each.stored_sha256) for each in transfers
    )
    manifest = CarryManifest(1, "relay.example", DeviceId(b"d" * 16), made_at, messages, files)
    return Cargo(sign_head(manifest, PRIVATE), payloads, transfers)


def attached(folder: Path, size: int) -> Transfer:
    path = folder / "evidence.bin"
    path.write_bytes(os.urandom(size))
    return transfer_of(path)


def read(paths: tuple[Path, ...]) -> tuple[list[bytes], list[bytes]]:
    with opened(paths) as source:
        source.check_files()
        payloads = [payload for _, payload in source.messages()]
        return payloads, [b"".join(source.pieces(offset, file.size)) for file, offset in source.files()]


class StoppedError(Exception):
    pass


def stop_at(limit: int) -> Progress:
    def progress(_name: str, done: int, _total: int) -> None:
        if done >= limit:
            raise StoppedError

    return progress


def noting(moved: list[int]) -> Progress:
    return lambda _name, done, _total: moved.append(done)


@pytest.mark.parametrize("part_bytes", [None, 700_000])
def test_what_was_written_is_read_and_nothing_else_lies_about(tmp_path: Path, part_bytes: int | None) -> None:
    cargo = cargo_of((b"one", b"two" * 999), (attached(tmp_path, 2 * MIB),))
    folder = tmp_path / "stick"
    folder.mkdir()
    paths = write(cargo, folder / "case.carry", part_bytes)
    assert set(folder.iterdir()) == set(paths)
    assert all(each.stat().st_size <= (part_bytes or 1 << 40) for each in paths)
    assert all(each.stat().st_mode & 0o777 == 0o600 for each in paths)
    payloads, (stored,) = read(tuple(reversed(paths)))
    assert payloads == [b"one", b"two" * 999]
    assert sha256(stored).digest() == cargo.transfers[0].stored_sha256
    assert sum(each.stat().st_size for each in paths) >= cargo.head.total_bytes


@pytest.mark.parametrize("part_bytes", [None, 500_000])
def test_an_interrupted_file_goes_on_to_the_same_bytes(tmp_path: Path, part_bytes: int | None) -> None:
    transfer = attached(tmp_path, 2 * MIB)
    whole = write(cargo_of((b"one",), (transfer,)), tmp_path / "whole.carry", part_bytes)
    wanted = [each.read_bytes() for each in whole]
    for limit in (1, 300_000, 600_000, 1_400_000):
        path = tmp_path / "resumed.carry"
        with pytest.raises(StoppedError):
            write(cargo_of((b"one",), (transfer,)), path, part_bytes, stop_at(limit))
        moved: list[int] = []
        # Later: what it holds is the same, so its head of before is kept.
        paths = write(
            cargo_of((b"one",), (transfer,), made_at=99),
            path,
            part_bytes,
            noting(moved),
        )
        assert moved[0] > limit, "it went on, it did not begin anew"
        assert [each.read_bytes() for each in paths] == wanted
        for each in paths:
            each.unlink()


def test_a_head_that_was_cut_off_keeps_no_next_attempt_from_going_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by signal 9 at any moment: the name is there only once all of it is on the disk (checklist L07)."""
    path, fsync = tmp_path / "one.carry", os.fsync

    def cut_off(descriptor: int) -> None:
        os.ftruncate(descriptor, 10)
        raise StoppedError

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", cut_off)
        with pytest.raises(StoppedError):
            write(cargo_of((b"one",)), path)
    assert os.fsync is fsync
    assert read(write(cargo_of((b"one",)), path)) == ([b"one"], [])
    assert list(tmp_path.iterdir()) == [path]


def test_a_head_that_another_has_put_there_is_read_within_bounds(tmp_path: Path) -> None:
    (tmp_path / ".one.carry.head").symlink_to("/dev/zero")
    with pytest.raises(MisuseError, match="is damaged"):
        write(cargo_of((b"one",)), tmp_path / "one.carry")


def test_another_content_does_not_go_on_with_it(tmp_path: Path) -> None:
    transfer = attached(tmp_path, MIB)
    path = tmp_path / "one.carry"
    with pytest.raises(StoppedError):
        write(cargo_of((b"one",), (transfer,)), path, None, stop_at(1))
    with pytest.raises(MisuseError, match="another file was begun"):
        write(cargo_of((b"two",), (transfer,)), path)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "one.carry"
    path.write_bytes(b"a letter")
    with pytest.raises(MisuseError, match="exists"):
        write(cargo_of((b"one",)), path)
    assert path.read_bytes() == b"a letter"
    assert list(tmp_path.iterdir()) == [path]


def test_an_attachment_that_changed_is_not_carried(tmp_path: Path) -> None:
    transfer = attached(tmp_path, MIB)
    Path(transfer.path).write_bytes(b"x" * MIB)
    with pytest.raises(MisuseError, match="attach it again"):
        write(cargo_of((b"one",), (transfer,)), tmp_path / "one.carry")
    Path(transfer.path).write_bytes(b"y" * MIB)
    os.utime(transfer.path, ns=(transfer.modified_ns, transfer.modified_ns))
    with pytest.raises(MisuseError, match="read back"):
        write(cargo_of((b"one",), (transfer,)), tmp_path / "one.carry")


def test_bytes_that_a_bad_stick_left_are_found_when_it_is_read_back(tmp_path: Path) -> None:
    transfer = attached(tmp_path, MIB)
    path = tmp_path / "one.carry"
    with pytest.raises(StoppedError):
        write(cargo_of((b"one",), (transfer,)), path, None, stop_at(MIB // 2))
    partial = tmp_path / ".one.carry.partial"
    partial.write_bytes(partial.read_bytes()[:-1000] + bytes(1000))
    with pytest.raises(MisuseError, match="the stick is bad"):
        write(cargo_of((b"one",), (transfer,)), path)


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="nowhere: is the stick plugged in"):
        write(cargo_of((b"one",)), tmp_path / "nowhere" / "one.carry")
    with pytest.raises(VaultError, match="cannot be read"), opened([tmp_path / "nowhere.carry"]):
        pass


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(PeerError, match="no file"), opened([path]):
            pass
    with pytest.raises((PeerError, VaultError)), opened([tmp_path]):
        pass


def test_memory_is_the_same_for_a_small_and_a_large_attachment(tmp_path: Path) -> None:
    peaks = []
    for number, size in enumerate((4 * MIB, 96 * MIB)):
        folder = tmp_path / str(number)
        folder.mkdir()
        cargo = cargo_of((b"one",), (attached(folder, size),))
        tracemalloc.start()
        paths = write(cargo, folder / "one.carry", 20_000_000)
        with opened(paths) as source:
            source.check_files()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + MIB
    assert peaks[1] < 8 * MIB


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("whole")
    (path,) = write(cargo_of((b"one", b"two" * 50), (attached(folder, 300),)), folder / "one.carry")
    return path.read_bytes()


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_no_byte_is_free(whole: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    spoilt = bytearray(whole)
    spoilt[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(0, len(whole) - 1))
    path = tmp_path_factory.mktemp("spoilt") / "one.carry"
    for content in (bytes(spoilt), whole[:cut], whole + b"\x00"):
        path.write_bytes(content)
        with pytest.raises(PeerError):
            check(path)


def check(path: Path) -> None:
    with opened([path]) as source:
        source.head.verify(public_key(PRIVATE))
        source.check_messages()
        source.check_files()


def test_parts_that_are_missing_cut_or_mixed_are_named(tmp_path: Path) -> None:
    first = write(cargo_of((os.urandom(900_000),)), tmp_path / "one.carry", 300_000)
    second = write(cargo_of((os.urandom(900_000),)), tmp_path / "two.carry", 300_000)
    (whole,) = write(cargo_of((b"one",)), tmp_path / "whole.carry")
    for paths, said in (
        (first[1:], "missing: 1"),
        ((*first[:-1], second[-1]), "different files"),
        ((*first, whole), "some are not"),
        ((whole, whole), "one file at a time"),
    ):
        with pytest.raises(PeerError, match=said), opened(paths):
            pass
    payloads, _ = read((*first, first[0]))
    assert len(payloads) == 1, "a part that is there twice does no harm"
    cut = first[1].read_bytes()[:-1]
    first[1].write_bytes(cut)
    with pytest.raises(PeerError, match="was cut"), opened(first):
        pass
