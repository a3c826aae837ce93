"""The network profile reads back, and a broken one says what to do."""

import json

import pytest
from tests.trusted_network import TrustedNetwork

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import parse_profile
from rogatory_crypto.identity.profile import MAX_PROFILE_BYTES

PROFILE = TrustedNetwork().profile("https://relay.example:8443", 1, "PEM")


def test_a_profile_reads_back() -> None:
    assert parse_profile(PROFILE.to_json()) == PROFILE


def test_the_root_of_trust_is_text_in_the_file_as_its_operators_signed_it() -> None:
    values = json.loads(PROFILE.to_json())
    assert (values["root"].encode(), values["trust"].encode()) == (PROFILE.root, PROFILE.trust)


def test_the_suite_and_the_trusted_authority_have_defaults() -> None:
    values = json.loads(PROFILE.to_json())
    del values["suite"], values["tls_ca"]
    profile = parse_profile(json.dumps(values))
    assert (profile.suite, profile.tls_ca) == (0xF04E, None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"relay_url": "http://relay.example"}, "its relay_url does not begin with https://"),
        ({"relay_url": 7}, "its relay_url is no text"),
        ({"origin": ""}, "its origin is no text"),
        ({"root": None}, "it carries no root: it is of an older form"),
        ({"trust": None}, "it carries no trust: it is of an older form"),
        ({"root": {"signed": {}}}, "its root is no text"),
        ({"trust": "x" * ((1 << 20) + 1)}, "its trust is larger than 1 MiB"),
        ({"root": "\ud800"}, "surrogates not allowed"),
        ({"suite": 70_000}, "its suite is no number from 1 to 65535"),
        ({"suite": True}, "its suite is no number"),
        ({"tls_ca": 5}, "its tls_ca is no text"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_field_is_refused_with_advice(change: dict[str, object], said: str) -> None:
    text = json.dumps(json.loads(PROFILE.to_json()) | change)
    with pytest.raises(MisuseError, match=f"{said}.*; ask the secretariat"):
        parse_profile(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 100_000, '{"relay_url": '])
def test_another_file_is_refused_with_advice(text: str) -> None:
    with pytest.raises(MisuseError, match="ask the secretariat"):
        parse_profile(text)


def test_a_huge_file_is_not_parsed() -> None:
    with pytest.raises(MisuseError, match="larger than 4 MiB: another file"):
        parse_profile(" " * MAX_PROFILE_BYTES + "{}")
