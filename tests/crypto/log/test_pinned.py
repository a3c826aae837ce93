"""The pinned root of trust: what has run out is told from what is wrong, and it only moves forward."""

import json
from dataclasses import replace

import pytest
from tests.trusted_network import DAY, NOW, TrustedNetwork

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import NetworkProfile, parse_profile
from rogatory_crypto.log import log_origin
from rogatory_crypto.log.pinned import PinnedTrust, network_trust, pinned_trust, verify_pinned
from rogatory_crypto.wire.identifier import EntryId
from rogatory_crypto.wire.log_request import TrustUpdate

NETWORK = TrustedNetwork(witnesses=3, quorum=2, secretariats={"WACAP": EntryId("NET-WACAP")})
OTHER = TrustedNetwork("another.example")
END = NOW + 365 * DAY


def refused(profile: NetworkProfile) -> tuple[Code, str]:
    with pytest.raises(PeerError) as raised:
        network_trust(profile, now=NOW)
    return raised.value.code, raised.value.detail


def refused_update(pinned: PinnedTrust, *roots: bytes, trust: bytes, now: int = NOW) -> tuple[Code, str]:
    with pytest.raises(PeerError) as raised:
        pinned.follow(TrustUpdate(roots, trust), now=now)
    return raised.value.code, raised.value.detail


def test_a_log_is_named_after_its_relay() -> None:
    assert log_origin("relay.example") == "relay.example/log"


def test_everything_a_network_believes_comes_from_the_profile() -> None:
    trust = network_trust(parse_profile(NETWORK.profile().to_json()), now=NOW)
    assert (trust.version, trust.expires_at) == (1, END)
    assert (trust.directory_key, trust.postmark_key) == (NETWORK.directory_public, NETWORK.postmark_key)
    assert (trust.policy, dict(trust.secretariats)) == (NETWORK.policy, {"WACAP": "NET-WACAP"})


def test_a_pin_that_has_run_out_is_read_and_not_believed() -> None:
    pinned = pinned_trust(NETWORK.profile())
    assert pinned.expires_at == END
    assert pinned.current(END - 1) == pinned.trust
    for late in (END, END + 10 * 365 * DAY):
        with pytest.raises(PeerError) as raised:
            network_trust(NETWORK.profile(), now=late)
        assert raised.value.code is Code.EXPIRED
        assert raised.value.detail == (
            "the network's root of trust expired on 2027-09-21; no new key is believed"
        )
    assert pinned.trust.directory_key == NETWORK.directory_public


def test_the_root_may_run_out_before_what_it_says() -> None:
    short, long = replace(NETWORK, days=1), replace(NETWORK, days=30)
    pinned = verify_pinned(NETWORK.origin, short.root, long.trust)
    assert pinned.expires_at == NOW + DAY
    with pytest.raises(PeerError):
        pinned.current(NOW + DAY)


def test_a_threshold_that_is_not_reached() -> None:
    def with_signatures(data: bytes, count: int) -> bytes:
        value = json.loads(data)
        value["signatures"] = value["signatures"][:count]
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()

    profile = NETWORK.profile()
    assert refused(replace(profile, root=with_signatures(NETWORK.root, 1))) == (
        Code.BAD_SIGNATURE,
        "root 1 lacks signatures: 1 of its operators",
    )
    assert refused(replace(profile, trust=with_signatures(NETWORK.trust, 1))) == (
        Code.BAD_SIGNATURE,
        "targets was signed by 1/2 keys",
    )


def test_keys_of_others_are_not_believed() -> None:
    profile = NETWORK.profile()
    assert refused(replace(profile, trust=OTHER.trust)) == (
        Code.BAD_SIGNATURE,
        "targets was signed by 0/2 keys",
    )
    assert refused(replace(profile, root=OTHER.root))[0] is Code.BAD_SIGNATURE
    swapped = NETWORK.trust.replace(
        NETWORK.directory_public.hex().encode(), OTHER.directory_public.hex().encode()
    )
    assert refused(replace(profile, trust=swapped))[0] is Code.BAD_SIGNATURE


def test_another_network_is_named_as_such() -> None:
    assert refused(replace(OTHER.profile(), origin="relay.example")) == (
        Code.INVALID_CREDENTIAL,
        "the root of trust knows no log relay.example/log: it is another network's",
    )


def test_what_is_too_large_is_not_read() -> None:
    huge = b" " * ((1 << 20) + 1)
    for profile in (replace(NETWORK.profile(), root=huge), replace(NETWORK.profile(), trust=huge)):
        assert refused(profile) == (Code.TOO_LARGE, "1048577 bytes of root metadata")


def test_a_pin_follows_to_newer_operators() -> None:
    newest = NETWORK.rotated().rotated()
    followed = NETWORK.pinned.follow(TrustUpdate(newest.roots[1:], newest.trust), now=NOW)
    assert (followed.root.version, followed.trust.version) == (3, 3)
    assert followed == newest.pinned
    profile = followed.in_profile(NETWORK.profile())
    assert pinned_trust(parse_profile(profile.to_json())) == followed


def test_a_pin_that_has_run_out_follows_what_was_renewed() -> None:
    renewed = replace(NETWORK, now=END, version=2)
    update = TrustUpdate((), renewed.trust)
    old = verify_pinned(NETWORK.origin, replace(NETWORK, days=800).root, NETWORK.trust)
    assert old.follow(update, now=END + DAY).current(END + DAY).version == 2


def test_what_has_run_out_everywhere_is_said_so() -> None:
    update = NETWORK.trust
    code, said = refused_update(NETWORK.pinned, trust=update, now=END)
    assert (code, said) == (Code.EXPIRED, "root metadata 1 expired at 2027-09-21 14:13:20+00:00")


def test_versions_never_go_back() -> None:
    renewed = NETWORK.renewed().renewed().pinned
    assert refused_update(renewed, trust=NETWORK.trust) == (Code.REPLAYED, "network trust 1 after 3")
    assert refused_update(NETWORK.rotated().pinned, NETWORK.root, trust=NETWORK.trust)[0] is Code.REPLAYED


def test_one_version_has_one_content() -> None:
    other = replace(NETWORK, secretariats={})
    assert refused_update(NETWORK.pinned, trust=other.trust) == (
        Code.INVALID_CREDENTIAL,
        "two contents of the network trust 1",
    )
    assert NETWORK.pinned.follow(TrustUpdate((), NETWORK.trust), now=NOW) == NETWORK.pinned


def test_operators_of_today_do_not_turn_a_network_into_another() -> None:
    moved = NETWORK.renewed(log_url="https://log.example").pinned
    elsewhere = replace(moved, origin="another.example")
    assert refused_update(elsewhere, trust=NETWORK.renewed(log_url="https://log.example").trust) == (
        Code.INVALID_CREDENTIAL,
        "the root of trust knows no log another.example/log: it is another network's",
    )


def test_operators_who_left_decide_nothing() -> None:
    """Only two of the three of root 4 are unknown to root 1; root 1 cannot be followed at once."""
    newest = NETWORK.rotated().rotated().rotated()
    skipped = newest.roots[-1]
    assert refused_update(NETWORK.pinned, skipped, trust=newest.trust)[0] is Code.REPLAYED
    assert refused_update(newest.pinned, trust=NETWORK.renewed().renewed().renewed().trust) == (
        Code.BAD_SIGNATURE,
        "targets was signed by 0/2 keys",
    )
