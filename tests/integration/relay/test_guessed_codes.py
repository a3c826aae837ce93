"""Whoever guesses enrolment codes learns nothing from the answers, and soon gets none any more."""

import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.integration.relay.device_client import RelayCalls, calling
from tests.integration.relay.identities import ORIGIN, fresh_entry_id
from tests.integration.relay.relay_process import RelayProcess
from tests.simulator.log import proposed

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import (
    AuthorityEntry,
    EnrolmentCode,
    Invitation,
    SignedStatement,
    Signer,
    generate_code,
    sign_statement,
)
from rogatory_crypto.signing import PrivateKeys

ALLOWED = 8
QUOTAS = f"[quotas]\npublications_burst = {ALLOWED}\npublications_per_hour = 0\n"
KEYS = PrivateKeys(b"\1" * 32, b"\2" * 32)


@pytest.fixture
async def relay(tmp_path: Path) -> AsyncIterator[RelayProcess]:
    process = RelayProcess(tmp_path, tables=QUOTAS)
    await process.start()
    yield process
    process.end(signal.SIGTERM)


async def test_guesses_are_answered_alike_and_then_not_at_all(relay: RelayProcess) -> None:
    code, now = generate_code(lambda size: b"\7" * size), int(time.time())
    entry_id = fresh_entry_id()
    invitation = sign_statement(
        Invitation(ORIGIN, entry_id, code.public_key(), now, now + 86_400),
        {Signer.OPERATOR: relay.operator.private_key},
    )

    def attempt(tried: EnrolmentCode) -> SignedStatement:
        entry = AuthorityEntry(entry_id, KEYS.public, invitation.hash, 0, None, now)
        return sign_statement(entry, {Signer.CODE: tried.private_key(), Signer.NEW_OFFICE: KEYS.ed25519})

    async with calling(relay) as calls:
        assert await published(calls, invitation) is None
        guesses = [EnrolmentCode(bytes([number]) * 20) for number in range(ALLOWED - 1)]
        answers = [await published(calls, attempt(guess)) for guess in guesses]
        assert answers == [Code.BAD_SIGNATURE] * len(guesses)
        assert await published(calls, attempt(EnrolmentCode(bytes(20)))) is Code.QUOTA_EXCEEDED
        # Not even the right one: whether a guess was right cannot be tried any more.
        assert await published(calls, attempt(code)) is Code.QUOTA_EXCEEDED


async def published(calls: RelayCalls, signed: SignedStatement) -> Code | None:
    try:
        await calls.call("POST", "/v1/log/entries", proposed([signed.encoded]).encode())
    except PeerError as error:
        return error.code
    return None
