"""1. The relay comes up, the directory is imported and published, nine offices enrol with one-time codes."""

import time
from pathlib import Path

from rogatory_client.demo.command_process import run_command
from rogatory_client.demo.concurrently import together
from rogatory_client.demo.desk import Desk
from rogatory_client.demo.fact import require
from rogatory_client.demo.relay_process import free_port
from rogatory_client.demo.tls_authority import make_tls_authority
from rogatory_client.demo.world import NETWORKS, World
from rogatory_directory_sync import sample_file

_ADDRESS = "127.0.0.1"
_ORIGIN = "relay.example"
_EXPORT = "export-2026-06"


async def play(world: World) -> str:
    """Found the network and check who belongs to it."""
    entries = await found(world)
    await _check_enrolled(world)
    return (
        f"relay up over TLS; {entries} authorities in the directory; "
        f"{len(world.desks)} offices of {len(NETWORKS)} networks enrolled by one-time code"
    )


async def found(world: World) -> int:
    """Start the relay, publish the directory, enrol every desk; returns how many entries there are."""
    operator = world.operator
    state, public_key = await together(_import_directory(operator.folder), operator.make_key())
    await _start_relay(world, public_key)
    published: int
    (published, codes), *_ = await together(
        _publish(world, state),
        *(desk.run("init", "--profile", str(world.profile)) for desk in world.desks.values()),
    )
    await together(*(enrol(desk, codes[desk.entry_id]) for desk in world.desks.values()))
    return published


async def enrol(desk: Desk, code: str) -> None:
    """Enrol a desk that has an empty vault."""
    enrolled = await desk.run("enrol", "--officer", desk.officer, code=code)
    require(enrolled["identity"]["entry_id"] == desk.entry_id, f"{desk.entry_id} is who its code says")


async def _import_directory(folder: Path) -> Path:
    export, state, report = folder / f"{_EXPORT}.csv", folder / "directory.json", folder / "report.json"
    export.write_bytes(sample_file(export.name).content)
    imported = await run_command(
        "directory", "sync", "--export", str(export), "--out", str(state), "--report", str(report)
    )
    require(imported.data["entries"] >= len(NETWORKS) * 3, "the directory export was imported")
    return state


async def _start_relay(world: World, operator_key: str) -> None:
    tls, port, folder = make_tls_authority(_ADDRESS, now=int(time.time())), free_port(), world.path("tls")
    certificate, private_key, ca = folder / "relay.pem", folder / "relay.key", folder / "ca.pem"
    certificate.write_bytes(tls.certificate)
    private_key.touch(mode=0o600)
    private_key.write_bytes(tls.private_key)
    ca.write_text(tls.ca)
    await run_command(
        "relay", "init", str(world.relay.folder), "--origin", _ORIGIN, "--listen", f"{_ADDRESS}:{port}",
        "--certificate", str(certificate), "--private-key", str(private_key), "--operator-key", operator_key,
    )  # fmt: skip
    await together(
        run_command(
            "relay", "profile", "--config", str(world.relay.folder / "relay.toml"),
            "--url", f"https://{_ADDRESS}:{port}", "--tls-ca", str(ca), "--out", str(world.profile),
        ),
        world.relay.start(),
    )  # fmt: skip


async def _publish(world: World, state: Path) -> tuple[int, dict[str, str]]:
    published = await world.operator.publish(state)
    return published, await world.operator.invite(*world.desks)


async def _check_enrolled(world: World) -> None:
    listed = {entry["entry_id"]: entry for entry in (await world.requesting.run("offices"))["entries"]}
    for network, offices in NETWORKS.items():
        for entry_id in offices:
            entry = listed.get(entry_id, {})
            require(entry.get("enrolled") and entry["devices"] == 1, f"{entry_id} is enrolled, one device")
            require(
                network in (*entry["networks"], *entry["secretariat_of"]), f"{entry_id} belongs to {network}"
            )
