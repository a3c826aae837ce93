"""The network profile reads back, and a broken one says what to do."""

import json

import pytest

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import NetworkProfile, parse_profile
from rogatory_crypto.signing import PrivateKeys

OPERATOR = PrivateKeys(bytes(32), bytes(32)).public
PROFILE = NetworkProfile("https://relay.example:8443", "relay.example", OPERATOR, b"p" * 32, 1, "PEM")


def test_a_profile_reads_back() -> None:
    assert parse_profile(PROFILE.to_json()) == PROFILE


def test_the_suite_and_the_trusted_authority_have_defaults() -> None:
    values = json.loads(PROFILE.to_json())
    del values["suite"], values["tls_ca"]
    profile = parse_profile(json.dumps(values))
    assert (profile.suite, profile.tls_ca) == (0xF04E, None)


@pytest.mark.parametrize(
    "change",
    [
        {"relay_url": "http://relay.example"},
        {"relay_url": 7},
        {"origin": ""},
        {"operator_key": "00"},
        {"operator_key": "zz"},
        {"operator_key": OPERATOR.hex().upper()},
        {"operator_key": "01" + "00" * 1343},
        {"postmark_key": "zz"},
        {"suite": 70_000},
        {"suite": True},
        {"tls_ca": 5},
    ],
    ids=str,
)
def test_a_wrong_field_is_refused_with_advice(change: dict[str, object]) -> None:
    text = json.dumps(json.loads(PROFILE.to_json()) | change)
    with pytest.raises(MisuseError, match="ask the secretariat"):
        parse_profile(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 100_000, '{"relay_url": '])
def test_another_file_is_refused_with_advice(text: str) -> None:
    with pytest.raises(MisuseError, match="ask the secretariat"):
        parse_profile(text)


def test_a_huge_file_is_not_parsed() -> None:
    with pytest.raises(MisuseError, match="another file"):
        parse_profile(" " * (1 << 20) + "{}")
