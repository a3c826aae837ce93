"""1. Root of trust, relay, witnesses and directory come up; three secretariats let six offices in."""

import time
from pathlib import Path
from typing import Any, Final

from rogatory_client.demo import enrolment
from rogatory_client.demo.command_process import run_command
from rogatory_client.demo.concurrently import together
from rogatory_client.demo.fact import require
from rogatory_client.demo.root_operators import OPERATORS, THRESHOLD, Believed
from rogatory_client.demo.tls_authority import make_tls_authority
from rogatory_client.demo.witness_process import WitnessProcess
from rogatory_client.demo.world import NETWORKS, ORIGIN, World
from rogatory_directory_sync import sample_file

QUORUM: Final = 2
_ADDRESS: Final = "127.0.0.1"
_EXPORT: Final = "export-2026-06"
_CA_NAME: Final = "ca.pem"


async def play(world: World) -> str:
    """Found the network and check who belongs to it."""
    entries = await found(world)
    await enrolment.by_secretariats(world)
    await _check_enrolled(world)
    return (
        f"{THRESHOLD} of {OPERATORS} root operators signed; log cosigned by {QUORUM} of "
        f"{len(world.witnesses)} witnesses; {entries} authorities in the directory; {len(NETWORKS)} "
        f"secretariats enrolled, and {len(world.desks) - len(NETWORKS)} offices by two officers of theirs"
    )


async def found(world: World) -> int:
    """Make the root of trust, start witnesses and relay, publish the directory; returns its entries.

    Every desk has an empty vault afterwards, and nobody is enrolled.
    """
    operator = world.operator
    state, directory_key, relay, *witnesses = await together(
        _import_directory(operator.folder), operator.make_key(), _init_relay(world),
        *(each.make_keys(post_quantum=number == 0) for number, each in enumerate(world.witnesses)),
        world.root_operators.make_keys(),
    )  # fmt: skip
    believed = Believed(
        directory_key=directory_key,
        postmark_key=relay["postmark_key"],
        logs=relay["log_key_files"],
        witnesses=witnesses[:-1],
        quorum=min(QUORUM, len(world.witnesses)),
        secretariats=[f"{network}={entry_id}" for network, entry_id in world.secretariats.items()],
    )
    await together(
        world.root_operators.decide(Path(relay["trust_folder"]), ORIGIN, believed),
        *(_start_witness(each, relay["log_keys"]) for each in world.witnesses),
    )
    await together(world.relay.start(), _write_profile(world, relay["trust_folder"]))
    published: int
    published, *_ = await together(
        operator.publish(state), *(desk.make_vault(world.profile) for desk in world.every_desk)
    )
    return published


async def _import_directory(folder: Path) -> Path:
    export, state, report = folder / f"{_EXPORT}.csv", folder / "directory.json", folder / "report.json"
    export.write_bytes(sample_file(export.name).content)
    imported = await run_command(
        "directory", "sync", "--export", str(export), "--out", str(state), "--report", str(report)
    )
    require(imported.data["entries"] >= len(NETWORKS) * 3, "the directory export was imported")
    return state


async def _init_relay(world: World) -> dict[str, Any]:
    tls, folder = make_tls_authority(_ADDRESS, now=int(time.time())), world.path("tls")
    certificate, private_key = folder / "relay.pem", folder / "relay.key"
    certificate.write_bytes(tls.certificate)
    private_key.touch(mode=0o600)
    private_key.write_bytes(tls.private_key)
    (folder / _CA_NAME).write_text(tls.ca)
    made = await run_command(
        "relay", "init", str(world.relay.folder), "--origin", ORIGIN, "--listen", _listen(world),
        "--certificate", str(certificate), "--private-key", str(private_key),
    )  # fmt: skip
    return made.data


async def _start_witness(witness: WitnessProcess, log_keys: list[str]) -> None:
    await witness.follow(log_keys)
    await witness.start()


async def _write_profile(world: World, trust: str) -> None:
    await run_command(
        "relay", "profile", "--relay", f"https://{_listen(world)}", "--origin", ORIGIN, "--trust", trust,
        "--tls-ca", str(world.path("tls") / _CA_NAME), "--out", str(world.profile),
    )  # fmt: skip


def _listen(world: World) -> str:
    return f"{_ADDRESS}:{world.relay.port}"


async def _check_enrolled(world: World) -> None:
    listed = {entry["entry_id"]: entry for entry in (await world.requesting.run("offices"))["entries"]}
    for network, offices in NETWORKS.items():
        for entry_id in offices:
            entry = listed.get(entry_id, {})
            devices = 1 + (entry_id in world.colleagues)
            require(
                entry.get("enrolled") and entry["devices"] == devices, f"{entry_id}: {devices} in service"
            )
            require(
                network in (*entry["networks"], *entry["secretariat_of"]), f"{entry_id} belongs to {network}"
            )
