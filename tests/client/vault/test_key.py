"""The database key: Argon2id by RFC 9106, parameters kept beside it and bounded when read."""

import json
from itertools import count

import pytest

from rogatory_client.fault import VaultError
from rogatory_client.vault.key import MAX_PASSES, Cost, Header, calibrate, derive_key, parse_header

CHEAP = Cost(memory_kib=32, passes=1, lanes=1)


def test_a_header_reads_as_it_was_written() -> None:
    header = Header(1, bytes(range(16)), Cost())
    assert parse_header(header.to_json()) == header
    assert json.loads(header.to_json())["memory_kib"] >= 64 << 10


def test_every_part_of_the_header_changes_the_key() -> None:
    headers = [
        Header(1, bytes(16), CHEAP),
        Header(1, bytes(15) + b"\x01", CHEAP),
        Header(1, bytes(16), Cost(64, 1, 1)),
        Header(1, bytes(16), Cost(32, 2, 1)),
    ]
    assert len({derive_key(b"passphrase", header) for header in headers}) == len(headers)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("memory_kib", 1 << 40),
        ("memory_kib", 1),
        ("passes", 0),
        ("passes", 1 << 20),
        ("lanes", 0),
        ("kdf", "x"),
    ],
)
def test_a_header_that_would_exhaust_the_machine_is_refused(field: str, value: object) -> None:
    values = json.loads(Header(1, bytes(16), CHEAP).to_json()) | {field: value}
    with pytest.raises(VaultError):
        parse_header(json.dumps(values))


@pytest.mark.parametrize(("tick", "expected"), [(0.01, 25), (1.0, 3), (0.0, MAX_PASSES)])
def test_passes_are_added_until_a_guess_is_slow(tick: float, expected: int) -> None:
    ticks = count(0)
    assert calibrate(lambda: next(ticks) * tick).passes == expected
