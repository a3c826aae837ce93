"""The office's keys between two devices: sealed to one request, and nothing else opens or forges it."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import key_transfer
from rogatory_crypto.identity.key_transfer import (
    LIFETIME_S,
    decode_key_grant,
    decode_key_request,
    open_key_grant,
    require_recent,
    seal_key_grant,
    sign_key_request,
)
from rogatory_crypto.signing import generate_private_keys
from rogatory_crypto.wire.identifier import DeviceId, EntryId

NOW = 1_795_000_000
CHANCE = random.Random(7)  # noqa: S311  # a test is repeatable
OFFICE, ASKING, GRANTING, STRANGER = (generate_private_keys(CHANCE.randbytes) for _ in range(4))
ONE_TIME, REQUEST = sign_key_request(
    "relay.example",
    EntryId("CNA-SN-01"),
    DeviceId(bytes(16)),
    ASKING,
    now=NOW,
    random=CHANCE.randbytes,
)
GRANT = seal_key_grant(
    decode_key_request(REQUEST),
    OFFICE,
    DeviceId(bytes([1] * 16)),
    GRANTING,
    now=NOW,
    random=CHANCE.randbytes,
)


def code_of(raised: pytest.ExceptionInfo[PeerError]) -> Code:
    return raised.value.code


def test_what_was_granted_is_what_comes_out() -> None:
    asked, granted = decode_key_request(REQUEST), decode_key_grant(GRANT)
    asked.require_signed_by(ASKING.public)
    granted.require_signed_by(GRANTING.public)
    assert granted.grant.request_sha256 == asked.hash
    assert open_key_grant(granted.grant, ONE_TIME) == OFFICE
    assert OFFICE.ed25519 not in GRANT
    assert OFFICE.ml_dsa_44 not in GRANT


def test_nobody_signs_for_another() -> None:
    with pytest.raises(PeerError) as raised:
        decode_key_request(REQUEST).require_signed_by(STRANGER.public)
    assert code_of(raised) is Code.BAD_SIGNATURE
    with pytest.raises(PeerError) as raised:
        decode_key_grant(GRANT).require_signed_by(ASKING.public)
    assert code_of(raised) is Code.BAD_SIGNATURE


def test_a_grant_opens_with_the_key_of_its_request_and_in_its_frame_only() -> None:
    granted = decode_key_grant(GRANT).grant
    other, _ = sign_key_request(
        "relay.example", EntryId("CNA-SN-01"), DeviceId(bytes(16)), ASKING, now=NOW, random=CHANCE.randbytes
    )
    moved = (
        replace(granted, request_sha256=bytes(32)),
        replace(granted, granter=DeviceId(bytes(16))),
        replace(granted, granted_at=NOW + 1),
    )
    for grant, key in ((granted, other), *((each, ONE_TIME) for each in moved)):
        with pytest.raises(PeerError) as raised:
            open_key_grant(grant, key)
        assert code_of(raised) is Code.DECRYPTION_FAILED


@pytest.mark.parametrize("at", [NOW - LIFETIME_S, NOW + 601])
def test_what_is_old_or_from_the_future_has_expired(at: int) -> None:
    with pytest.raises(PeerError) as raised:
        require_recent(at, NOW)
    assert code_of(raised) is Code.EXPIRED
    require_recent(NOW - LIFETIME_S + 1, NOW)
    require_recent(NOW + 600, NOW)


@given(st.data())
def test_a_changed_byte_is_noticed(data: st.DataObject) -> None:
    whole, verify = data.draw(st.sampled_from([(REQUEST, _verify_request), (GRANT, _verify_grant)]))
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    with pytest.raises(PeerError):
        verify(changed)


def _verify_request(data: bytes) -> None:
    decode_key_request(data).require_signed_by(ASKING.public)


def _verify_grant(data: bytes) -> None:
    decode_key_grant(data).require_signed_by(GRANTING.public)


@given(st.binary(max_size=400))
def test_whatever_comes_is_read_or_refused_by_name(data: bytes) -> None:
    for decode in (decode_key_request, decode_key_grant):
        with pytest.raises(PeerError):
            decode(data)


def test_secrets_are_not_shown() -> None:
    shown = repr(decode_key_grant(GRANT)) + repr(OFFICE)
    assert OFFICE.ed25519.hex() not in shown
    assert repr(decode_key_grant(GRANT).grant.sealed) not in shown
    assert len(REQUEST) + len(GRANT) < 2 * key_transfer.MAX_BYTES
