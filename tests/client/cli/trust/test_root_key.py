"""A root operator's key file: sealed, bounded, one key for one operator."""

import json
import secrets
from pathlib import Path
from typing import Any

import pytest

from rogatory_client.cli import sealed_secret
from rogatory_client.cli.trust.root_key import create_root_key, open_root_key, read_public_key
from rogatory_client.fault import VaultError
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.log.ceremony import key_id

PASSPHRASE = b"correct horse battery"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_secret, "_MEMORY_BYTES", 1 << 16)  # the cost of guessing is tested elsewhere


@pytest.mark.parametrize("post_quantum", [False, True])
def test_the_key_comes_back_and_its_public_half_is_beside_it(tmp_path: Path, post_quantum: bool) -> None:  # noqa: FBT001
    file = tmp_path / "1.key"
    made = create_root_key(file, PASSPHRASE, secrets.token_bytes, post_quantum=post_quantum)
    private = open_root_key(file, PASSPHRASE)
    assert made.file == tmp_path / "1.key.pub"
    assert read_public_key(made.file.read_text().strip()) == private.public_key()
    assert made.key_id == key_id(private)
    assert file.stat().st_mode & 0o777 == 0o600
    assert private.private_bytes_raw().hex() not in file.read_text()


def test_nothing_is_replaced(tmp_path: Path) -> None:
    create_root_key(tmp_path / "1.key", PASSPHRASE, secrets.token_bytes, post_quantum=False)
    with pytest.raises(MisuseError, match="exists"):
        create_root_key(tmp_path / "1.key", PASSPHRASE, secrets.token_bytes, post_quantum=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "rogatory directory operator key, version 1"},
        {"algorithm": "rsa"},
        {"algorithm": []},
        {"memory_bytes": 1 << 40},
        {"passes": 1000},
        {"salt": "00"},
        {"sealed": "not hex"},
        {"sealed": None},
    ],
    ids=str,
)
def test_what_is_no_key_file(tmp_path: Path, changes: dict[str, Any]) -> None:
    file = tmp_path / "1.key"
    create_root_key(file, PASSPHRASE, secrets.token_bytes, post_quantum=False)
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))
    with pytest.raises(MisuseError, match="no key file of a root operator"):
        open_root_key(file, PASSPHRASE)


def test_a_wrong_passphrase_and_an_altered_public_key(tmp_path: Path) -> None:
    file = tmp_path / "1.key"
    create_root_key(file, PASSPHRASE, secrets.token_bytes, post_quantum=False)
    with pytest.raises(VaultError, match=r"the passphrase for .* is wrong"):
        open_root_key(file, b"wrong horse battery")
    for sealed in ("", "00"):
        short = tmp_path / f"short{sealed}.key"
        short.write_text(json.dumps(json.loads(file.read_text()) | {"sealed": sealed}))
        with pytest.raises(VaultError):
            open_root_key(short, PASSPHRASE)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"public_key": "00" * 32}))
    with pytest.raises(MisuseError, match="altered"):
        open_root_key(file, PASSPHRASE)


@pytest.mark.parametrize("text", ["", "zz", "00" * 31, "00" * 32, "00" * 1311])
def test_what_is_no_public_key(text: str) -> None:
    with pytest.raises(MisuseError, match="no public key"):
        read_public_key(text)
