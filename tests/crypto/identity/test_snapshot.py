"""A directory snapshot is the operator's or it is nothing."""

from dataclasses import replace

import pytest

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Snapshot, VerifiedSnapshot, sign_snapshot, verify_snapshot
from rogatory_crypto.signing import PrivateKeys

OPERATOR = PrivateKeys(bytes(range(32)), bytes(32))
SNAPSHOT = Snapshot("relay.example", 3, 1_790_000_000, b"[]", b"{}")


def verified(signed: bytes) -> VerifiedSnapshot:
    return verify_snapshot(signed, origin="relay.example", operator_key=OPERATOR.public)


def test_a_snapshot_for_another_relay_of_the_same_operator_is_refused() -> None:
    """A relay must not be able to serve another network's members and secretariats as newer ones."""
    elsewhere = replace(SNAPSHOT, origin="trial.example", sequence=500)
    with pytest.raises(PeerError) as raised:
        verified(sign_snapshot(elsewhere, OPERATOR))
    assert raised.value.code is Code.FORBIDDEN


def test_a_signed_snapshot_reads_back() -> None:
    signed = sign_snapshot(SNAPSHOT, OPERATOR)
    assert verified(signed).snapshot == SNAPSHOT


def test_a_snapshot_by_another_key_is_refused() -> None:
    with pytest.raises(PeerError) as raised:
        verified(sign_snapshot(SNAPSHOT, PrivateKeys(bytes(32), bytes(32))))
    assert raised.value.code is Code.BAD_SIGNATURE


def test_a_changed_snapshot_is_refused() -> None:
    signed = sign_snapshot(SNAPSHOT, OPERATOR)
    with pytest.raises(PeerError):
        verified(signed.replace(b"[]", b"[["))
