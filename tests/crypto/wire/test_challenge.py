"""Device authentication is bound to the server's name, the nonce and the device."""

import pytest

from rogatory_crypto import signing
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.challenge import (
    ChallengeResponse,
    Token,
    sign_challenge,
    verify_challenge_response,
)
from rogatory_crypto.wire.identifier import DeviceId

PRIVATE = bytes(range(32))
PUBLIC = signing.public_key(PRIVATE)
DEVICE = DeviceId(b"d" * 16)
NONCE = b"n" * 32


def answer() -> ChallengeResponse:
    return sign_challenge(NONCE, server_name="Relay.example", device_id=DEVICE, private_key=PRIVATE)


def test_the_answer_names_the_device() -> None:
    assert verify_challenge_response(answer(), server_name="relay.example", public_key=PUBLIC) == DEVICE


@pytest.mark.parametrize(
    ("response", "server_name", "public_key"),
    [
        (answer(), "other.example", PUBLIC),
        (answer(), "relay.example", signing.public_key(bytes(32))),
        (ChallengeResponse(DEVICE, b"m" * 32, answer().signature), "relay.example", PUBLIC),
        (ChallengeResponse(DeviceId(b"e" * 16), NONCE, answer().signature), "relay.example", PUBLIC),
    ],
    ids=["forwarded by another server", "another key", "another nonce", "another device"],
)
def test_an_answer_to_something_else_is_refused(
    response: ChallengeResponse, server_name: str, public_key: bytes
) -> None:
    with pytest.raises(PeerError) as raised:
        verify_challenge_response(response, server_name=server_name, public_key=public_key)
    assert raised.value.code is Code.BAD_SIGNATURE


def test_a_token_is_not_shown() -> None:
    """Whoever reads it in a log could act as the device until it expires."""
    token = Token("a-bearer-secret", 1_790_000_000_000)
    assert "a-bearer-secret" not in repr(token)
    assert Token.decode(token.encode()) == token
