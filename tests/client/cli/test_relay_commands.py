"""A relay is made, its keys go into the root of trust, and offices get a profile that names them."""

import json
import time
from pathlib import Path
from typing import Any

from tests.client.cli.transcript import type_command

from rogatory_client.demo.tls_authority import make_tls_authority
from rogatory_crypto.identity import parse_profile
from rogatory_crypto.log import log_origin
from rogatory_crypto.log.pinned import network_trust
from rogatory_crypto.signing import PublicKeys

OPENED = "--passphrase-fd {secret:correct horse battery}"


def done(command: str, folder: Path) -> dict[str, Any]:
    ended = type_command(f"rogatory {command} --json", folder)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


def make_relay(folder: Path) -> dict[str, Any]:
    tls = make_tls_authority("127.0.0.1", now=int(time.time()))
    (folder / "chain.pem").write_bytes(tls.certificate)
    (folder / "key.pem").write_bytes(tls.private_key)
    (folder / "key.pem").chmod(0o600)
    (folder / "ca.pem").write_text(tls.ca)
    address = "--origin relay.example --listen 127.0.0.1:8443"
    return done(f"relay init relay {address} --certificate chain.pem --private-key key.pem", folder)


def test_the_relays_keys_go_from_its_folder_into_the_profile(tmp_path: Path) -> None:
    made = make_relay(tmp_path)
    for number in (1, 2, 3):
        done(f"trust key-init {number}.key {OPENED}", tmp_path)
    operator = done(f"directory operator-init operator.key {OPENED}", tmp_path)
    roots = " ".join(f"--root-key {number}.key.pub" for number in (1, 2, 3))
    logs = " ".join(f"--log {file}" for file in made["log_key_files"])
    keys = f"--directory-key {operator['public_file']} --postmark-key {made['postmark_key']}"
    done(f"trust draft {made['trust_folder']} {roots} --threshold 2 {keys} {logs}", tmp_path)
    for number in (1, 3):
        done(f"trust sign relay/trust --key {number}.key {OPENED}", tmp_path)
    address = "--relay https://relay.example:8443 --origin relay.example"
    done(f"relay profile {address} --trust relay/trust --tls-ca ca.pem --out profile.json", tmp_path)
    profile = parse_profile((tmp_path / "profile.json").read_text())
    trust = network_trust(profile, now=int(time.time()))
    assert trust.directory_key == PublicKeys.from_hex(operator["public_key"])
    assert trust.postmark_key.hex() == made["postmark_key"]
    known = [key.encode() for key in trust.policy.log_keys(log_origin("relay.example"))]
    assert known == made["log_keys"]
    assert profile.tls_ca == (tmp_path / "ca.pem").read_text()


def test_the_private_keys_are_for_nobody_else(tmp_path: Path) -> None:
    make_relay(tmp_path)
    private = [path for path in (tmp_path / "relay").iterdir() if path.suffix == ".key"]
    assert len(private) == 3
    assert all(path.stat().st_mode & 0o077 == 0 for path in private)
