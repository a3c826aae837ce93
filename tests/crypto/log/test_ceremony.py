"""A signing ceremony: who must sign, who has, how many are missing, in accord with what is believed."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.log.test_log_decoders import mutated
from tests.trusted_network import DAY, NOW, TrustedNetwork
from tuf.api.metadata import Root, Targets

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.ceremony import (
    OPERATORS,
    TRUSTEES,
    key_id,
    renewed_trust,
    role_keys,
    role_signers,
    root_signatures,
    trust_signatures,
    version_of,
)
from rogatory_crypto.log.root import read_network_trust, verify_network_trust, verify_root_chain
from rogatory_crypto.log.root_signing import Signers, sign_metadata, unsigned_root

NETWORK = TrustedNetwork(witnesses=2)
KEYS = NETWORK.operator_keys(1)
NEWER = NETWORK.operator_keys(2)
IDS = [key_id(key) for key in KEYS]


def signers(threshold: int) -> Signers:
    return Signers(tuple(key.public_key() for key in KEYS), threshold)


def holds(check: Callable[[], object]) -> bool:
    try:
        check()
    except PeerError as error:
        if error.code is not Code.BAD_SIGNATURE:
            raise
        return False
    return True


@pytest.mark.parametrize("threshold", [1, 2, 3])
def test_a_root_lacks_nothing_exactly_when_it_is_believed(threshold: int) -> None:
    unsigned = unsigned_root(1, NOW + DAY, signers(threshold), signers(threshold))
    for count in range(len(KEYS) + 1):
        for chosen in combinations(KEYS, count):
            data = unsigned
            for key in chosen:
                data = sign_metadata(data, Root, key)
            (needed,) = root_signatures(data, None)
            assert (needed.whose, needed.threshold) == (1, threshold)
            assert set(needed.signed) == {key_id(key) for key in chosen}
            assert set(needed.signed) | set(needed.unsigned) == set(IDS)
            assert needed.missing == max(0, threshold - count)
            believed = holds(lambda data=data: verify_root_chain(data, (), now=NOW))  # type: ignore[misc]
            assert believed is (needed.missing == 0)


def test_the_next_root_needs_operators_of_both() -> None:
    first = NETWORK.root
    unsigned = unsigned_root(2, NOW + DAY, role_signers(NETWORK.rotated().root, OPERATORS), signers(2))
    for chosen, missing in (
        ((), (2, 2)),
        ((KEYS[0],), (1, 2)),
        ((NEWER[2],), (2, 1)),
        ((KEYS[1],), (1, 1)),
        ((KEYS[0], KEYS[1], NEWER[2]), (0, 0)),
    ):
        data = unsigned
        for key in chosen:
            data = sign_metadata(data, Root, key)
        before, own = root_signatures(data, first)
        assert (before.whose, own.whose) == (1, 2)
        assert (before.missing, own.missing) == missing
        believed = holds(lambda data=data: verify_root_chain(first, [data], now=NOW))  # type: ignore[misc]
        assert believed is (missing == (0, 0))


def test_a_root_that_does_not_follow_has_no_ceremony() -> None:
    third = NETWORK.rotated().rotated().root
    with pytest.raises(PeerError) as raised:
        root_signatures(third, NETWORK.root)
    assert raised.value.code is Code.REPLAYED


def test_the_network_trust_is_signed_under_the_newest_root() -> None:
    renewed = renewed_trust(NETWORK.trust, NOW + 2 * DAY)
    assert version_of(renewed, Targets) == (2, NOW + 2 * DAY)
    assert replace(read_network_trust(renewed), version=1, expires_at=NETWORK.expires_at) == (
        NETWORK.pinned.trust
    )
    rotated = NETWORK.rotated()
    signed = sign_metadata(sign_metadata(renewed, Targets, KEYS[0]), Targets, KEYS[1])
    assert trust_signatures(signed, NETWORK.root).missing == 0
    assert trust_signatures(signed, rotated.root).missing == 1
    root = verify_root_chain(rotated.roots[0], rotated.roots[1:], now=NOW)
    assert not holds(lambda: verify_network_trust(root, signed, now=NOW))
    signed = sign_metadata(signed, Targets, NEWER[2])
    assert trust_signatures(signed, rotated.root).missing == 0
    assert holds(lambda: verify_network_trust(root, signed, now=NOW))


def test_the_keys_of_a_role_have_names_and_algorithms() -> None:
    for role in (OPERATORS, TRUSTEES):
        keys, threshold = role_keys(NETWORK.root, role)
        assert (list(keys), threshold) == (IDS, 2)
        assert list(keys.values()) == ["Ed25519", "Ed25519", "ML-DSA-44"]
        assert role_signers(NETWORK.root, role) == signers(2)
    assert version_of(NETWORK.root, Root) == (1, NETWORK.expires_at)


READERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "root": (lambda data: root_signatures(data, None), NETWORK.root),
    "next root": (lambda data: root_signatures(data, NETWORK.root), NETWORK.rotated().root),
    "root before": (lambda data: root_signatures(NETWORK.rotated().root, data), NETWORK.root),
    "operators": (lambda data: role_keys(data, OPERATORS), NETWORK.root),
    "signers": (lambda data: role_signers(data, TRUSTEES), NETWORK.root),
    "trust": (lambda data: trust_signatures(data, NETWORK.root), NETWORK.trust),
    "trust under": (lambda data: trust_signatures(NETWORK.trust, data), NETWORK.root),
    "content": (read_network_trust, NETWORK.trust),
    "version": (lambda data: version_of(data, Targets), NETWORK.trust),
    "renewed": (lambda data: renewed_trust(data, NOW), NETWORK.trust),
}


@pytest.mark.parametrize(("read", "seed"), READERS.values(), ids=READERS.keys())
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_changed_metadata_is_a_value_or_refused(
    read: Callable[[bytes], object], seed: bytes, data: st.DataObject
) -> None:
    with suppress(PeerError):
        read(data.draw(mutated((seed,)) | st.binary(max_size=200)))
