"""The configuration file: what ``init_relay`` writes is read back, anything wrong is named."""

from pathlib import Path

import pytest

from rogatory_crypto import signing
from rogatory_crypto.errors import MisuseError
from rogatory_server.config import read_config
from rogatory_server.initialise import init_relay


def make(folder: Path, listen: str = "127.0.0.1:8443") -> Path:
    return init_relay(folder / "relay", "relay.example", listen, None, None).config


def test_a_new_relay_can_be_read_back(tmp_path: Path) -> None:
    made = init_relay(tmp_path / "relay", "relay.example", "127.0.0.1:8443", None, None)
    config = read_config(made.config)
    assert (config.host, config.port, config.certificate) == ("127.0.0.1", 8443, None)
    assert config.server_names == ("relay.example", "127.0.0.1")
    assert tuple(key.verifier for key in config.log_keys) == made.log_keys
    assert {key.name for key in made.log_keys} == {"relay.example/log"}
    assert config.trust == made.trust_folder
    assert not any(key.seed.hex() in repr(config) for key in config.log_keys)
    (postmark_key,) = config.postmark_keys
    assert signing.public_key(postmark_key) == made.postmark_key
    assert postmark_key.hex() not in repr(config)


def test_a_folder_holds_one_relay(tmp_path: Path) -> None:
    config = make(tmp_path)
    before = config.read_bytes()
    with pytest.raises(MisuseError, match="already"):
        make(tmp_path)
    assert config.read_bytes() == before


@pytest.mark.parametrize("listen", ["8443", "host:", ":8443", "host:port"])
def test_an_address_is_host_and_port(tmp_path: Path, listen: str) -> None:
    with pytest.raises(MisuseError, match="host:port"):
        make(tmp_path, listen)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('origin = "relay.example"', "origin = 5", "origin"),
        ("server_names = [", "server_names = [5, ", "server_names"),
        ('key_files = ["log-ed25519.key", ', 'key_files = ["postmark.key", ', "signing key"),
        ('key_files = ["log-ed25519.key", ', "key_files = [5, ", "key_files"),
        ('trust_folder = "trust"', "trust_folder = 5", "trust_folder"),
        ("[log]", "[log]\nrefresh_minutes = -1", "refresh_minutes"),
        ("[log]", "[log]\nwitness = 'x'", "witness"),
        ("port = 8443", 'port = "x"', "port"),
        ("port = 8443", "port = -1", "port"),
        ("insecure_plain = true", "insecure_plain = 1", "insecure_plain"),
        ("insecure_plain = true", "", "certificate"),
        ('host = "127.0.0.1"', 'host = "192.0.2.1"', "loopback"),
        ("[storage]", "[storage]\nfoldr = 'x'", "foldr"),
        ("[storage]", "storage = 5\n[other]", "storage"),
        ('"postmark.key"', '"absent.key"', "cannot be read"),
        ("[listen]", "[listen", "cannot be read"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, old: str, new: str, reason: str) -> None:
    path = make(tmp_path)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(MisuseError, match=reason):
        read_config(path)


def test_an_absent_file_is_an_error_of_the_operator(tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="cannot be read"):
        read_config(tmp_path / "relay.toml")
