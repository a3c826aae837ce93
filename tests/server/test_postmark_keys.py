"""The next postmark key takes its turn in the second that the trust names, with nobody's help."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.crypto.identity.enrolled_office import NOW

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity.former import Former
from rogatory_crypto.signing import public_key
from rogatory_server.config import read_config
from rogatory_server.initialise import add_postmark_key, init_relay
from rogatory_server.postmark_keys import PostmarkKeys

FIRST, SECOND = b"\x01" * 32, b"\x02" * 32
UNTIL = NOW + 100
FORMER = Former(postmarks=((UNTIL, public_key(FIRST)),))


def keys(*at_hand: bytes) -> PostmarkKeys:
    return PostmarkKeys("relay.example", at_hand, lambda at: FORMER.postmark(at, public_key(SECOND)))


def test_the_next_key_signs_from_the_named_second_on_and_never_before() -> None:
    held = keys(FIRST, SECOND)
    moments = [(UNTIL - 1) * 1000, UNTIL * 1000 - 1, UNTIL * 1000, UNTIL * 1000 - 1]
    assert [held.private_at(at) for at in moments] == [FIRST, FIRST, SECOND, FIRST]
    assert [held.public_at(at) for at in moments] == [
        public_key(each) for each in (FIRST, FIRST, SECOND, FIRST)
    ]


def test_a_relay_without_the_key_of_today_does_not_start_and_one_without_the_next_is_warned() -> None:
    with pytest.raises(MisuseError, match="another postmark key"):
        keys(SECOND).require(NOW)
    keys(FIRST).require(NOW)
    with pytest.raises(MisuseError):
        keys(FIRST).require(UNTIL)
    with capture_logs() as events:
        late = keys(FIRST)
        assert [late.private_at(at * 1000) for at in (NOW, UNTIL, UNTIL + 1)] == [FIRST] * 3
    assert [each["event"] for each in events] == ["postmark_key_is_missing"], "told once, and never a crash"


def test_a_next_key_is_made_beside_the_configuration_and_read_back(tmp_path: Path) -> None:
    made = init_relay(tmp_path / "relay", "relay.example", "127.0.0.1:8443", None, None)
    public = add_postmark_key(made.config)
    config = read_config(made.config)
    assert [public_key(each) for each in config.postmark_keys] == [made.postmark_key, public]
    assert not any(each.hex() in repr(config) for each in config.postmark_keys)
    files = [each for each in made.config.parent.iterdir() if each.suffix in {".key", ".toml"}]
    assert {each.stat().st_mode & 0o777 for each in files} == {0o600}
    before = made.config.read_bytes()
    with pytest.raises(MisuseError, match="already"):
        add_postmark_key(made.config)
    assert made.config.read_bytes() == before
