"""Challenges and tokens with a clock and a chain of statements in the test's hand."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.crypto.identity.enrolled_office import NOW, EnrolledOffice, new_registry

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.challenge import ChallengeResponse, sign_challenge
from rogatory_crypto.wire.identifier import DeviceId
from rogatory_server import authentication
from rogatory_server.authentication import (
    CHALLENGE_MS,
    CLOCK_STEP_MS,
    MAX_TOKENS_OF_DEVICE,
    TOKEN_MS,
    Authenticator,
)

NOW_MS = NOW * 1000
NAME = "relay.example"
# Shorter than a token's, so that a token can outlive its device.
LIFETIME_S = TOKEN_MS // 1000 - 60


class Desk:
    """An authenticator, one office with one device, and a counter for randomness."""

    def __init__(self) -> None:
        self.registry = new_registry()
        self.office = EnrolledOffice()
        invitation = self.office.invitation()
        for signed in (
            invitation,
            self.office.enrolment(invitation),
            self.office.device(not_after=NOW + LIFETIME_S),
        ):
            self.registry.apply(signed.encoded, NOW, index=self.registry.size)
        self.drawn = 0
        self.authenticator = Authenticator(lambda: self.registry, [NAME, "other.example"], self.random)

    def random(self, size: int) -> bytes:
        self.drawn += 1
        return self.drawn.to_bytes(size)

    def answer(self, at_ms: int = NOW_MS, *, server_name: str = NAME) -> ChallengeResponse:
        asked = self.authenticator.challenge(self.office.device_id("first"), at_ms)
        return sign_challenge(
            asked.nonce,
            server_name=server_name,
            device_id=self.office.device_id("first"),
            private_key=self.office.device_private("first"),
        )


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_token_is_for_its_device_until_it_expires(desk: Desk) -> None:
    token = desk.authenticator.grant(desk.answer(), NOW_MS)
    assert token.expires_at_ms == NOW_MS + TOKEN_MS
    assert desk.authenticator.authenticate(token.token, NOW_MS) == desk.office.device_id("first")
    with pytest.raises(PeerError) as caught:
        desk.authenticator.authenticate(token.token, NOW_MS + TOKEN_MS)
    assert caught.value.code is Code.UNAUTHENTICATED


def test_a_token_is_kept_only_as_a_hash(desk: Desk) -> None:
    token = desk.authenticator.grant(desk.answer(), NOW_MS).token
    assert token.encode() not in repr(desk.authenticator._tokens).encode()


def test_a_challenge_expires(desk: Desk) -> None:
    answer = desk.answer()
    with pytest.raises(PeerError) as caught:
        desk.authenticator.grant(answer, NOW_MS + CHALLENGE_MS)
    assert caught.value.code is Code.UNAUTHENTICATED


def test_every_name_of_the_certificate_counts_and_no_other(desk: Desk) -> None:
    token = desk.authenticator.grant(desk.answer(server_name="OTHER.example"), NOW_MS)
    assert desk.authenticator.authenticate(token.token, NOW_MS) == desk.office.device_id("first")
    with pytest.raises(PeerError) as caught:
        desk.authenticator.grant(desk.answer(server_name="third.example"), NOW_MS)
    assert caught.value.code is Code.UNAUTHENTICATED


def test_a_token_is_checked_against_the_registry_at_each_use(desk: Desk) -> None:
    token = desk.authenticator.grant(desk.answer(), NOW_MS).token
    with pytest.raises(PeerError) as expired:
        desk.authenticator.authenticate(token, NOW_MS + LIFETIME_S * 1000)
    assert expired.value.code is Code.EXPIRED
    desk.registry.apply(desk.office.revocation().encoded, NOW, index=desk.registry.size)
    with pytest.raises(PeerError) as revoked:
        desk.authenticator.authenticate(token, NOW_MS)
    assert revoked.value.code is Code.REVOKED


def test_a_forgotten_device_begins_anew(desk: Desk) -> None:
    token = desk.authenticator.grant(desk.answer(), NOW_MS).token
    desk.authenticator.forget(desk.office.device_id("first"))
    with pytest.raises(PeerError):
        desk.authenticator.authenticate(token, NOW_MS)


def refusal(attempt: Callable[[], object]) -> Code:
    with pytest.raises(PeerError) as caught:
        attempt()
    return caught.value.code


def test_strangers_who_ask_for_challenges_lock_out_nobody(desk: Desk) -> None:
    answer = desk.answer()
    for number in range(20_000):
        desk.authenticator.challenge(DeviceId(number.to_bytes(16)), NOW_MS)
    assert desk.authenticator.grant(answer, NOW_MS).expires_at_ms == NOW_MS + TOKEN_MS


def test_a_challenge_is_good_once_and_for_its_device_only(desk: Desk) -> None:
    answer = desk.answer()
    desk.authenticator.grant(answer, NOW_MS)
    assert refusal(lambda: desk.authenticator.grant(answer, NOW_MS)) is Code.UNAUTHENTICATED
    others = desk.authenticator.challenge(DeviceId(bytes(16)), NOW_MS)
    stolen = replace(answer, nonce=others.nonce)
    assert refusal(lambda: desk.authenticator.grant(stolen, NOW_MS)) is Code.UNAUTHENTICATED
    later = (NOW_MS + 1).to_bytes(8) + answer.nonce[8:]
    forged = replace(answer, nonce=later)
    assert refusal(lambda: desk.authenticator.grant(forged, NOW_MS)) is Code.UNAUTHENTICATED


def test_a_device_holds_few_tokens_and_the_oldest_go(desk: Desk) -> None:
    tokens = [desk.authenticator.grant(desk.answer(), NOW_MS).token for _ in range(MAX_TOKENS_OF_DEVICE + 1)]
    assert refusal(lambda: desk.authenticator.authenticate(tokens[0], NOW_MS)) is Code.UNAUTHENTICATED
    assert desk.authenticator.authenticate(tokens[1], NOW_MS) == desk.office.device_id("first")
    assert len(desk.authenticator._tokens) == MAX_TOKENS_OF_DEVICE


def test_a_device_that_authenticates_all_the_time_has_to_wait(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "MAX_ANSWERS_OF_DEVICE", 2)
    for _ in range(2):
        desk.authenticator.grant(desk.answer(), NOW_MS)
    assert refusal(lambda: desk.authenticator.grant(desk.answer(), NOW_MS)) is Code.QUOTA_EXCEEDED
    later = NOW_MS + CHALLENGE_MS + CLOCK_STEP_MS
    assert desk.authenticator.grant(desk.answer(later), later).expires_at_ms == later + TOKEN_MS


def test_a_clock_set_back_lengthens_no_token_and_no_challenge(desk: Desk) -> None:
    token, answer = desk.authenticator.grant(desk.answer(), NOW_MS).token, desk.answer()
    before = NOW_MS - CLOCK_STEP_MS - 1
    assert refusal(lambda: desk.authenticator.authenticate(token, before)) is Code.UNAUTHENTICATED
    assert refusal(lambda: desk.authenticator.grant(answer, before)) is Code.UNAUTHENTICATED
    assert desk.authenticator.authenticate(token, before + 1) == desk.office.device_id("first")
