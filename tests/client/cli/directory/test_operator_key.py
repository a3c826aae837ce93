"""The operator's key file: sealed, bounded, refused when altered."""

import json
import secrets
from pathlib import Path
from typing import Any

import pytest

from rogatory_client.cli import sealed_secret
from rogatory_client.cli.directory.operator_key import create_operator_key, open_operator_key
from rogatory_client.fault import VaultError
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.signing import PrivateKeys

PASSPHRASE = b"correct horse battery"
OTHER = PrivateKeys(bytes(32), bytes(32))


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sealed_secret, "_MEMORY_BYTES", 8 << 20)
    create_operator_key(tmp_path / "operator.key", PASSPHRASE, secrets.token_bytes)
    return tmp_path / "operator.key"


def altered(path: Path, **changes: Any) -> Path:
    values = json.loads(path.read_text()) | changes
    other = path.with_name("altered.key")
    other.write_text(json.dumps(values))
    return other


def test_the_key_comes_back_and_fits_its_public_key(key_file: Path) -> None:
    private = open_operator_key(key_file, PASSPHRASE)
    assert private.public.hex() == json.loads(key_file.read_text())["public_key"]
    for seed in (private.ed25519, private.ml_dsa_44):
        assert seed.hex() not in key_file.read_text()


def test_nobody_else_may_read_the_file(key_file: Path) -> None:
    assert key_file.stat().st_mode & 0o777 == 0o600


def test_a_wrong_passphrase(key_file: Path) -> None:
    with pytest.raises(VaultError, match="passphrase"):
        open_operator_key(key_file, b"wrong horse battery")


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "something else"},
        {"memory_bytes": 1 << 40},
        {"passes": 1000},
        {"salt": "00"},
        {"sealed": "not hex"},
        {"sealed": None},
        {"public_key": OTHER.ed25519.hex()},
    ],
    ids=str,
)
def test_what_is_no_key_file_is_refused_before_it_costs_anything(key_file: Path, changes: Any) -> None:
    with pytest.raises(MisuseError, match="no directory operator's key file"):
        open_operator_key(altered(key_file, **changes), PASSPHRASE)


def test_another_public_key_is_noticed(key_file: Path) -> None:
    with pytest.raises(MisuseError, match="altered"):
        open_operator_key(altered(key_file, public_key=OTHER.public.hex()), PASSPHRASE)


def test_a_short_seal_is_a_wrong_passphrase_and_no_crash(key_file: Path) -> None:
    with pytest.raises(VaultError):
        open_operator_key(altered(key_file, sealed="00"), PASSPHRASE)
