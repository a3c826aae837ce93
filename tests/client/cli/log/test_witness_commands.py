"""``rogatory log witness``: keys that stay, logs as data, and what it shows of a log that cheats."""

import json
import socket
from pathlib import Path

import aiohttp
import pytest
from tests.client.cli.transcript import type_command
from tests.client.witness.running_witness import NAME, RunningWitness, request
from tests.crypto.log.log_world import LOG_KEY, LOG_KEY_PQ, ORIGIN, WITNESS_KEYS, World

from rogatory_crypto.log.note_key import SignatureType, parse_verifier_key

WITNESS = "rogatory log witness"
WORLD = World().grow(30)
FORKED = World("another history", since=2).grow(30)


def test_a_witness_is_made_once_and_its_keys_stay_in_the_folder(tmp_path: Path) -> None:
    made = type_command(f"{WITNESS} init w --name {NAME} --json", tmp_path)
    keys = [parse_verifier_key(text) for text in json.loads(made.stdout)["vkeys"]]
    assert [key.type for key in keys] == [
        SignatureType.COSIGNATURE_ED25519,
        SignatureType.COSIGNATURE_ML_DSA_44,
    ]
    assert {key.name for key in keys} == {NAME}
    secrets = (tmp_path / "w" / "witness.keys").read_text()
    assert "PRIVATE+KEY" in secrets
    assert "PRIVATE" not in made.stdout + made.stderr
    again = type_command(f"{WITNESS} init w --name {NAME}", tmp_path)
    assert again.returncode == 64
    assert (tmp_path / "w" / "witness.keys").read_text() == secrets


@pytest.mark.parametrize("name", ["two words", "a+plus", "x" * 256])
def test_a_name_that_no_key_can_have_makes_nothing(name: str, tmp_path: Path) -> None:
    refused = type_command(f"{WITNESS} init w --name '{name}'", tmp_path)
    assert refused.returncode == 64
    assert not (tmp_path / "w").exists()


def test_logs_are_data(tmp_path: Path) -> None:
    type_command(f"{WITNESS} init w --name {NAME}", tmp_path)
    both = f"{LOG_KEY.verifier.encode()} {LOG_KEY_PQ.verifier.encode()}"
    added = json.loads(type_command(f"{WITNESS} add-log w {both} --json", tmp_path).stdout)["added"]
    assert added == both.split()
    assert json.loads(type_command(f"{WITNESS} add-log w {both} --json", tmp_path).stdout)["added"] == []
    for wrong in ("junk", WITNESS_KEYS[0].verifier.encode(), LOG_KEY.verifier.encode()[:-4] + "AAA="):
        refused = type_command(f"{WITNESS} add-log w {wrong}", tmp_path)
        assert refused.returncode == 64
    assert json.loads(type_command(f"{WITNESS} show w --json", tmp_path).stdout)["logs"] == both.split()


def test_a_key_file_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    type_command(f"{WITNESS} init w --name {NAME}", tmp_path)
    (tmp_path / "w" / "witness.keys").chmod(0o640)
    refused = type_command(f"{WITNESS} serve w --listen 127.0.0.1:0", tmp_path)
    assert refused.returncode == 64
    assert "others can read" in refused.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--listen 0.0.0.0:0", "loopback only"),
        ("--listen 127.0.0.1", "host:port"),
        ("--listen 127.0.0.1:70000", "host:port"),
        ("--listen 127.0.0.1:0 --prefix wacap", "a path such as"),
        ("--listen 127.0.0.1:0 --prefix /{x}", "a path such as"),
        ("--listen 127.0.0.1:0 --certificate none.pem", "come together"),
        ("--listen 127.0.0.1:0 --certificate none.pem --private-key none.key", "cannot be loaded"),
    ],
)
def test_it_is_not_served_in_the_open_or_anyhow(options: str, said: str, tmp_path: Path) -> None:
    type_command(f"{WITNESS} init w --name {NAME}", tmp_path)
    refused = type_command(f"{WITNESS} serve w {options}", tmp_path)
    assert refused.returncode == 64
    assert said in refused.stderr


def test_an_address_that_is_taken_is_said(tmp_path: Path) -> None:
    type_command(f"{WITNESS} init w --name {NAME}", tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = type_command(f"{WITNESS} serve w --listen 127.0.0.1:{port}", tmp_path)
    assert refused.returncode == 64
    assert f"127.0.0.1:{port} cannot be listened on" in refused.stderr


async def test_what_it_found_is_shown_while_it_runs(tmp_path: Path) -> None:
    running = RunningWitness(tmp_path / "w")
    await running.start("--prefix", "/wacap")
    running.url += "/wacap"
    async with aiohttp.ClientSession() as http:
        await running.add(request(0, 20, world=WORLD), http)
        await running.add(request(20, 20, world=FORKED), http)
        await running.add(request(20, 25, world=WORLD, proof=()), http)
    answer = json.loads(type_command(f"{WITNESS} show w --json", tmp_path).stdout)
    shown = type_command(f"{WITNESS} show w", tmp_path)
    await running.stop()
    assert [(each["origin"], each["size"]) for each in answer["newest"]] == [(ORIGIN, 20)]
    proof, suspicion = answer["evidence"]
    assert (proof["proof"], proof["held"]["size"], proof["suspect"]["size"]) == (True, 20, 20)
    assert proof["suspect"]["note"] == FORKED.signed(20).encode().decode()
    assert (suspicion["proof"], suspicion["suspect"]["size"]) == (False, 25)
    assert f"{ORIGIN} signed two histories" in shown.stdout
