"""Whatever a witness answers is a cosignature that holds, a named refusal, or a failure of the network."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.log.log_world import NOW, WITNESS_KEYS, World
from tests.server.log.small_witness import SmallWitness, claims, status, witnesses_at_work

from rogatory_crypto.errors import TransportError
from rogatory_crypto.log.add_checkpoint import encode_cosignatures
from rogatory_crypto.log.cosignature import cosign
from rogatory_crypto.log.note_key import SigningKey
from rogatory_crypto.log.witness_policy import CLOCK_TOLERANCE_S
from rogatory_server.app import witness_tls
from rogatory_server.log.witness_client import (
    ATTEMPTS,
    Ahead,
    Cosigned,
    Declined,
    WitnessClient,
    read_cosignatures,
)

WORLD = World().grow(9)
SIGNED = WORLD.signed()
KEY = WITNESS_KEYS[0]
GOOD = encode_cosignatures([cosign(SIGNED.checkpoint, KEY, NOW)])


def client(url: str, http: aiohttp.ClientSession) -> WitnessClient:
    return WitnessClient(url, [KEY.verifier], http, witness_tls(None), WORLD.tree.prove_consistency)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    timeout = aiohttp.ClientTimeout(total=0.5)
    async with aiohttp.ClientSession(timeout=timeout, auto_decompress=False) as session:
        yield session


@pytest.fixture
async def witness() -> AsyncIterator[SmallWitness]:
    made = SmallWitness(KEY, {}, lambda: NOW)
    async with witnesses_at_work(made):
        yield made


async def test_a_good_answer_is_the_witness_own_line(
    witness: SmallWitness, http: aiohttp.ClientSession
) -> None:
    stranger = cosign(SIGNED.checkpoint, WITNESS_KEYS[1], NOW)
    witness.answer = status(200, GOOD + encode_cosignatures([stranger]))
    answer = await client(witness.url, http).cosign(SIGNED, lambda: NOW)
    assert answer == Cosigned((cosign(SIGNED.checkpoint, KEY, NOW),))


async def test_a_witness_names_sizes_and_gets_their_proofs(
    witness: SmallWitness, http: aiohttp.ClientSession
) -> None:
    asked = client(witness.url, http)
    witness.answer = claims(4)
    assert isinstance(await asked.cosign(SIGNED, lambda: NOW), Declined)
    assert len(witness.requests) == ATTEMPTS
    assert witness.requests[-1].startswith(b"old 4\n")
    witness.answer = claims(10)
    assert await asked.cosign(SIGNED, lambda: NOW) == Ahead(10)


@pytest.mark.parametrize("off", [-CLOCK_TOLERANCE_S - 1, CLOCK_TOLERANCE_S + 1])
async def test_a_cosignature_of_another_time_is_none(
    witness: SmallWitness, http: aiohttp.ClientSession, off: int
) -> None:
    witness.answer = status(200, GOOD)
    assert isinstance(await client(witness.url, http).cosign(SIGNED, lambda: NOW + off), Declined)


async def test_who_does_not_answer_is_no_witness_for_now(
    witness: SmallWitness, http: aiohttp.ClientSession
) -> None:
    asked = client(witness.url, http)
    witness.gate.clear()
    with pytest.raises(TransportError):
        await asked.cosign(SIGNED, lambda: NOW)
    await witness.stop()
    with pytest.raises(TransportError):
        await asked.cosign(SIGNED, lambda: NOW)


async def test_an_answer_without_end_is_cut_off(witness: SmallWitness, http: aiohttp.ClientSession) -> None:
    witness.answer = status(200, bytes(1 << 20))
    with pytest.raises(TransportError, match="without end"):
        await client(witness.url, http).cosign(SIGNED, lambda: NOW)


@given(st.binary(max_size=200) | st.binary(max_size=40).map(lambda tail: GOOD + tail))
def test_bytes_that_are_no_cosignature_are_declined(data: bytes) -> None:
    answer = read_cosignatures(SIGNED, data, [KEY.verifier], NOW)
    assert isinstance(answer, Cosigned if data == GOOD else Declined)


def test_a_key_of_another_name_signs_for_nobody() -> None:
    other = SigningKey("witness.example/other", KEY.type, KEY.seed)
    lines = encode_cosignatures([cosign(SIGNED.checkpoint, other, NOW)])
    assert isinstance(read_cosignatures(SIGNED, lines, [KEY.verifier], NOW), Declined)
