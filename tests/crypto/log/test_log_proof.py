"""Proofs that stand alone (C2SP tlog-proof): their text, and what they prove offline."""

from dataclasses import replace

import pytest
from tests.crypto.log.log_world import DAY, NOW, POLICY, World, leaf

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.log_proof import MAX_EXTRA_BYTES, LogProof, parse_log_proof, verify_log_proof

WORLD = World().grow(37)
PROOF = LogProof(11, WORLD.tree.prove_inclusion(11), WORLD.witnessed())
TEXT = PROOF.encode().decode()


def refusal(text: str) -> Code:
    with pytest.raises(PeerError) as raised:
        parse_log_proof(text.encode())
    return raised.value.code


@pytest.mark.parametrize("extra", [b"", b"x", b"a name beside the proof"])
def test_a_proof_comes_back_from_its_text(extra: bytes) -> None:
    proof = replace(PROOF, extra=extra)
    assert parse_log_proof(proof.encode()) == proof
    assert parse_log_proof(proof.encode()).encode() == proof.encode()


def test_the_lines_are_those_of_the_specification() -> None:
    lines = replace(PROOF, extra=b"more").encode().decode().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra bW9yZQ==", "index 11"]
    assert lines[3 + len(PROOF.path)] == ""
    assert lines[4 + len(PROOF.path)] == "log.example/network"


def test_an_entry_is_proven_offline() -> None:
    for index in range(37):
        proof = LogProof(index, WORLD.tree.prove_inclusion(index), WORLD.witnessed())
        logged = verify_log_proof(parse_log_proof(proof.encode()), leaf(index), POLICY, now=NOW)
        assert (logged.index, logged.leaf) == (index, leaf(index))
        assert (logged.witnessed.checkpoint.size, logged.witnessed.witnessed_at) == (37, NOW)


def test_the_only_entry_of_a_log_needs_no_path() -> None:
    world = World().grow(1)
    proof = parse_log_proof(LogProof(0, (), world.witnessed()).encode())
    assert verify_log_proof(proof, leaf(0), POLICY, now=NOW).index == 0


@pytest.mark.parametrize(
    ("proof", "code"),
    [
        (replace(PROOF, index=10), Code.HASH_MISMATCH),
        (replace(PROOF, index=37), Code.MALFORMED),
        (replace(PROOF, path=PROOF.path[:-1]), Code.MALFORMED),
        (replace(PROOF, path=(*PROOF.path, leaf(0))), Code.MALFORMED),
        (replace(PROOF, path=(leaf(0), *PROOF.path[1:])), Code.HASH_MISMATCH),
        (replace(PROOF, signed=WORLD.witnessed(36)), Code.HASH_MISMATCH),
        (replace(PROOF, signed=WORLD.witnessed(by="01")), Code.FORBIDDEN),
        (replace(PROOF, signed=WORLD.witnessed(at=NOW - DAY - 1)), Code.EXPIRED),
    ],
)
def test_what_proves_nothing(proof: LogProof, code: Code) -> None:
    with pytest.raises(PeerError) as raised:
        verify_log_proof(proof, leaf(11), POLICY, now=NOW)
    assert raised.value.code is code


def test_a_proof_is_good_for_years_as_evidence_but_not_as_news() -> None:
    later = NOW + 3000 * DAY
    with pytest.raises(PeerError):
        verify_log_proof(PROOF, leaf(11), POLICY, now=later)
    assert verify_log_proof(PROOF, leaf(11), POLICY, now=later, max_age_s=None).witnessed.witnessed_at == NOW


def test_a_proof_of_another_entry_is_refused() -> None:
    with pytest.raises(PeerError):
        verify_log_proof(PROOF, leaf(12), POLICY, now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        TEXT.replace("@v1", "@v2"),
        TEXT.replace("index 11", "index 011"),
        TEXT.replace("index 11", "index -1"),
        TEXT.replace("index 11", "index"),
        TEXT.replace("index 11\n", ""),
        TEXT.replace("index 11\n", "extra \nindex 11\n"),
        TEXT.replace("index 11\n", "extra bW9yZQ\nindex 11\n"),
        TEXT.replace("index 11\n", "index 11\nextra bW9yZQ==\n"),
        TEXT.replace("index 11\n", "extra bW9yZQ==\nextra bW9yZQ==\nindex 11\n"),
        TEXT.replace("index 11\n", "index 11\nAAAA\n"),
        TEXT.replace("\n\n", "\n", 1),
        TEXT.replace("\n\n", "\n\n\n", 1),
        TEXT.replace("\n", "\r\n"),
        TEXT[:-1],
    ],
)
def test_what_is_no_proof(text: str) -> None:
    assert refusal(text) is Code.MALFORMED


def test_the_limits() -> None:
    line = TEXT.split("\n")[2] + "\n"
    assert len(parse_log_proof(TEXT.replace(line, line * 58, 1).encode()).path) == 63
    assert refusal(TEXT.replace(line, line * 64, 1)) is Code.TOO_LARGE
    largest = replace(PROOF, extra=bytes(MAX_EXTRA_BYTES))
    assert parse_log_proof(largest.encode()) == largest
    with pytest.raises(MisuseError):
        replace(PROOF, extra=bytes(MAX_EXTRA_BYTES + 1)).encode()
    assert refusal(TEXT.replace("index", f"extra {'A' * 4 * 21846}\nindex", 1)) is Code.TOO_LARGE
