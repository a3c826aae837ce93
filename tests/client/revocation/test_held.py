"""What is held is whole at every moment, whoever writes, and stays within its room."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from rogatory_client.revocation import HeldEvidence, held_evidence
from rogatory_client.revocation import held as held_module
from rogatory_client.revocation.index import Place
from rogatory_client.revocation.statement import Kind, Statement
from rogatory_crypto.errors import Code, MisuseError, PeerError

PLACE = Place(Kind.CRL, b"\x01" * 32, "http://ca.example/list")


def statement(number: int) -> Statement:
    return Statement(Kind.CRL, b"list %d" % number * 1000, 1000 + number, None, number=number)


def test_who_reads_while_another_writes_gets_one_whole_list(tmp_path: Path) -> None:
    with HeldEvidence(tmp_path).writing() as writing:
        writing.put(PLACE, statement(0), now=1)
    ended = threading.Event()
    read: list[tuple[bytes, ...]] = []

    def read_on() -> None:
        while not ended.is_set():
            read.append(HeldEvidence(tmp_path).documents())

    reader = threading.Thread(target=read_on)
    reader.start()
    try:
        with HeldEvidence(tmp_path).writing() as writing:
            for number in range(1, 200):
                writing.put(PLACE, statement(number), now=number)
    finally:
        ended.set()
        reader.join()
    whole: list[tuple[bytes, ...]] = [(statement(number).document,) for number in range(200)]
    places = [whole.index(each) for each in read]
    assert places == sorted(places)
    assert held_evidence(tmp_path) == whole[-1]


def test_what_a_process_that_was_ended_left_behind_goes_with_the_next_change(tmp_path: Path) -> None:
    with HeldEvidence(tmp_path).writing() as writing:
        writing.put(PLACE, statement(1), now=1)
    for name in ("0" * 32 + ".crl", "." + "0" * 32 + ".ocsp", "own.crl"):
        (tmp_path / name).write_bytes(b"half")
    assert held_evidence(tmp_path) == (statement(1).document,)
    with HeldEvidence(tmp_path).writing() as writing:
        writing.put(PLACE, statement(2), now=2)
    # What somebody else has put there stays.
    assert (tmp_path / "own.crl").read_bytes() == b"half"
    assert len(list(tmp_path.iterdir())) == 4


def test_what_is_refused_leaves_everything_as_it_was(tmp_path: Path) -> None:
    with HeldEvidence(tmp_path).writing() as writing:
        kept = writing.put(PLACE, statement(2), now=2, etag='"2"', last_modified="Thu")
        with pytest.raises(PeerError) as caught:
            writing.put(PLACE, statement(1), now=3)
        assert caught.value.code is Code.REPLAYED
        assert writing.held(PLACE) == kept
    assert HeldEvidence(tmp_path).all() == (kept,)


def test_there_is_an_end_to_the_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_module, "MAX_HELD_BYTES", 10_000)
    with HeldEvidence(tmp_path).writing() as writing:
        writing.put(PLACE, statement(1), now=1)
        # What takes the place of another needs no room beside it.
        writing.put(PLACE, statement(2), now=1)
        with pytest.raises(MisuseError, match="there is room for"):
            writing.put(replace(PLACE, about="http://ca.example/other"), statement(1), now=1)
        writing.drop(PLACE.issuer)
        writing.put(replace(PLACE, about="http://ca.example/other"), statement(1), now=1)
    assert held_evidence(tmp_path) == (statement(1).document,)
