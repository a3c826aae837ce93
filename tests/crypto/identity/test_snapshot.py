"""A directory snapshot is the operator's or it is nothing."""

import pytest

from rogatory_crypto import signing
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Snapshot, sign_snapshot, verify_snapshot

OPERATOR = bytes(range(32))
SNAPSHOT = Snapshot(3, 1_790_000_000, b"[]", b"{}")


def test_a_signed_snapshot_reads_back() -> None:
    signed = sign_snapshot(SNAPSHOT, OPERATOR)
    assert verify_snapshot(signed, signing.public_key(OPERATOR)).snapshot == SNAPSHOT


def test_a_snapshot_by_another_key_is_refused() -> None:
    with pytest.raises(PeerError) as raised:
        verify_snapshot(sign_snapshot(SNAPSHOT, OPERATOR), signing.public_key(bytes(32)))
    assert raised.value.code is Code.BAD_SIGNATURE


def test_a_changed_snapshot_is_refused() -> None:
    signed = sign_snapshot(SNAPSHOT, OPERATOR)
    with pytest.raises(PeerError):
        verify_snapshot(signed.replace(b"[]", b"[["), signing.public_key(OPERATOR))
