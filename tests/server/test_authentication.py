"""Challenges and tokens with a clock and a chain of statements in the test's hand."""

import pytest
from tests.crypto.identity.enrolled_office import NOW, EnrolledOffice, new_registry

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.challenge import ChallengeResponse, sign_challenge
from rogatory_server import authentication
from rogatory_server.authentication import CHALLENGE_MS, TOKEN_MS, Authenticator

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
            self.registry.apply(signed.encoded, NOW)
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
    desk.registry.apply(desk.office.revocation().encoded, NOW)
    with pytest.raises(PeerError) as revoked:
        desk.authenticator.authenticate(token, NOW_MS)
    assert revoked.value.code is Code.REVOKED


def test_a_forgotten_device_begins_anew(desk: Desk) -> None:
    token, open_answer = desk.authenticator.grant(desk.answer(), NOW_MS).token, desk.answer()
    desk.authenticator.forget(desk.office.device_id("first"))
    with pytest.raises(PeerError):
        desk.authenticator.authenticate(token, NOW_MS)
    with pytest.raises(PeerError):
        desk.authenticator.grant(open_answer, NOW_MS)


def test_open_challenges_are_bounded_and_expired_ones_make_room(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "MAX_CHALLENGES", 2)
    device_id = desk.office.device_id("first")
    desk.authenticator.challenge(device_id, NOW_MS)
    desk.authenticator.challenge(device_id, NOW_MS)
    with pytest.raises(PeerError) as caught:
        desk.authenticator.challenge(device_id, NOW_MS)
    assert caught.value.code is Code.UNAVAILABLE
    desk.authenticator.challenge(device_id, NOW_MS + CHALLENGE_MS)
    assert len(desk.authenticator._challenges) == 1
