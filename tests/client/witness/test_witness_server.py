"""The witness as a process (C2SP tlog-witness): its answers, its restarts, its evidence."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import aiohttp
import psutil
import pytest
from tests.client.witness.running_witness import RunningWitness, request, signalled
from tests.crypto.log.log_world import LOG_KEY, ORIGIN, WITNESS_KEYS, World

from rogatory_crypto.log.add_checkpoint import AddCheckpoint, parse_cosignatures
from rogatory_crypto.log.cosignature import cosign
from rogatory_crypto.log.signed_checkpoint import (
    parse_signed_checkpoint,
    sign_checkpoint,
    verify_cosignatures,
    verify_log,
)
from rogatory_crypto.log.split_view import compare, verify_split_view
from rogatory_crypto.log.witness import SIZE_CONTENT_TYPE, monitoring_path

WORLD = World().grow(40)
FORKED = World("another history", since=5).grow(40)


async def test_what_continues_is_cosigned_with_both_keys(
    witness: RunningWitness, http: aiohttp.ClientSession
) -> None:
    for old, size in ((0, 20), (20, 20), (20, 33)):
        status, body, _ = await witness.add(request(old, size, world=WORLD), http)
        assert status == 200
        signed = WORLD.signed(size).with_signatures(parse_cosignatures(body))
        cosigned = verify_cosignatures(signed, witness.keys)
        assert {each.key for each in cosigned} == set(witness.keys)
        assert all(each.timestamp > 0 for each in cosigned)


async def test_other_answers_are_the_protocols(witness: RunningWitness, http: aiohttp.ClientSession) -> None:
    await witness.add(request(0, 20, world=WORLD), http)
    stranger = sign_checkpoint(WORLD.checkpoint(21), [WITNESS_KEYS[0]], 1)
    elsewhere = World().grow(3).signed().encode().replace(ORIGIN.encode(), b"other.example/log")
    asked = [
        (b"junk", 400, b""),
        (request(21, 20, world=WORLD, proof=()), 400, b""),
        (AddCheckpoint(20, (), stranger).encode(), 403, b""),
        (b"old 0\n\n" + elsewhere, 404, b""),
        (request(19, 33, world=WORLD), 409, b"20\n"),
        (request(20, 33, world=WORLD, proof=()), 422, b""),
    ]
    for body, expected, said in asked:
        status, answer, kind = await witness.add(body, http)
        assert (status, answer) == (expected, said)
        assert (kind == SIZE_CONTENT_TYPE) == (status == 409)
    async with http.get(f"{witness.url}/add-checkpoint") as response:
        assert response.status == 405
    async with http.post(f"{witness.url}/sign-subtree") as response:
        assert response.status == 404


async def test_monitors_see_what_was_cosigned_and_nothing_before(
    witness: RunningWitness, http: aiohttp.ClientSession
) -> None:
    """tlog-witness, Monitor Retrieval Mechanism."""
    async with http.get(f"{witness.url}/{monitoring_path(ORIGIN)}") as response:
        assert response.status == 404
    junk = cosign(WORLD.checkpoint(20), WITNESS_KEYS[1], 1)
    body = AddCheckpoint(0, (), WORLD.signed(20).with_signatures([junk])).encode()
    _, cosignatures, _ = await witness.add(body, http)
    async with http.get(f"{witness.url}/{monitoring_path(ORIGIN)}") as response:
        seen = parse_signed_checkpoint(await response.read())
    assert verify_log(seen, [LOG_KEY.verifier]).checkpoint == WORLD.checkpoint(20)
    assert seen.note.signatures == (*WORLD.signed(20).note.signatures, *parse_cosignatures(cosignatures))


async def test_of_many_requests_at_once_one_history_comes_out(
    witness: RunningWitness, http: aiohttp.ClientSession
) -> None:
    """The race that tlog-witness describes, over many connections; sizes only grow, no root has a twin."""
    await witness.add(request(0, 10, world=WORLD), http)
    bodies = [request(10, size, world=world) for size in range(10, 40, 2) for world in (WORLD, FORKED)]
    answers = await asyncio.gather(*(witness.add(body, http) for body in bodies))
    statuses = [status for status, _, _ in answers]
    assert set(statuses) <= {200, 409, 422}
    cosigned = [bodies[at] for at, status in enumerate(statuses) if status == 200]
    assert cosigned
    assert all(body in {request(10, size, world=WORLD) for size in range(10, 40)} for body in cosigned)
    beyond = [body for body in cosigned if body != request(10, 10, world=WORLD)]
    assert len(beyond) <= 1


async def test_killed_between_swap_and_answer_it_never_cosigns_another_root(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    running = RunningWitness(tmp_path / "witness")
    await asyncio.to_thread(running.launch, signalled(running.folder, signal.SIGKILL))
    with pytest.raises(aiohttp.ClientError):
        await running.add(request(0, 20, world=WORLD), http)
    assert await asyncio.to_thread(running.wait) == -signal.SIGKILL
    await running.start()
    try:
        async with http.get(f"{running.url}/{monitoring_path(ORIGIN)}") as response:
            assert response.status == 404  # it never answered, so there is nothing that it has cosigned
        assert await running.add(request(0, 20, world=FORKED), http) == (409, b"20\n", SIZE_CONTENT_TYPE)
        status, _, _ = await running.add(request(20, 20, world=FORKED), http)
        assert status == 422
        status, _, _ = await running.add(request(20, 20, world=WORLD), http)
        assert status == 200
    finally:
        assert await running.stop() == 0


async def test_killed_at_any_time_it_goes_on_from_what_it_promised(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    running = RunningWitness(tmp_path / "witness")
    for old, size in ((0, 7), (7, 12), (12, 39)):
        await running.start()
        status, _, _ = await running.add(request(old, size, world=WORLD), http)
        assert status == 200
        assert await running.stop(signal.SIGKILL) == -signal.SIGKILL
    await running.start()
    assert await running.add(request(0, 7, world=FORKED), http) == (409, b"39\n", SIZE_CONTENT_TYPE)
    assert await running.stop() == 0


async def test_killed_in_the_middle_of_two_histories_it_has_cosigned_one(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    running = RunningWitness(tmp_path / "witness")
    answered: set[tuple[int, bytes]] = set()
    known = 0

    async def ask(size: int, world: World) -> None:
        nonlocal known
        try:
            status, body, _ = await running.add(request(known, size, world=world), http)
        except aiohttp.ClientError:
            return
        if status == 200:
            answered.add((size, world.tree.root(size)))
        elif status == 409:
            known = int(body)

    for first in range(6, 36, 6):
        await running.start()
        await ask(first, WORLD)  # also says how far it is
        sizes = range(first, first + 6)
        asking = [asyncio.create_task(ask(size, world)) for size in sizes for world in (FORKED, WORLD)]
        await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        await running.stop(signal.SIGKILL)
        await asyncio.gather(*asking)
    store = running.store()
    [held] = store.held()
    store.close()
    assert answered
    sizes_answered = [size for size, _ in answered]
    assert len(sizes_answered) == len(set(sizes_answered))
    history = next(
        w for w in (WORLD, FORKED) if w.checkpoint(held.newest.checkpoint.size) == held.newest.checkpoint
    )
    assert max(sizes_answered) <= held.newest.checkpoint.size
    assert answered <= {(size, history.tree.root(size)) for size in range(41)}


async def test_two_histories_are_kept_as_evidence_and_told_loudly(
    witness: RunningWitness, http: aiohttp.ClientSession
) -> None:
    await witness.add(request(0, 20, world=WORLD), http)
    for _ in range(2):
        status, _, _ = await witness.add(request(20, 20, world=FORKED), http)
        assert status == 422
    await witness.stop()
    store = witness.store()
    [kept] = store.evidence()
    store.close()
    assert kept.is_proof
    assert kept.held is not None
    keys = [LOG_KEY.verifier]
    evidence = compare(verify_log(kept.held, keys), verify_log(kept.suspect, keys))
    assert evidence is not None
    assert verify_split_view(evidence, keys).log_keys == (LOG_KEY.verifier,)
    [alarm] = witness.said("log_signed_two_histories")
    assert (alarm["level"], alarm["origin"]) == ("critical", ORIGIN)


async def test_a_proof_that_fails_is_a_suspicion_that_ends_when_the_log_goes_on(
    witness: RunningWitness, http: aiohttp.ClientSession
) -> None:
    """Whoever sends a log's checkpoint with a wrong proof accuses nobody."""
    await witness.add(request(0, 20, world=WORLD), http)
    await witness.add(request(20, 33, world=WORLD, proof=()), http)
    store = witness.store()
    assert [(kept.is_proof, kept.suspect.checkpoint.size) for kept in store.evidence()] == [(False, 33)]
    await witness.add(request(20, 33, world=WORLD), http)
    assert store.evidence() == ()
    store.close()


async def test_sigterm_ends_it_in_order_and_the_folder_is_free(
    witness: RunningWitness, http: aiohttp.ClientSession
) -> None:
    await witness.add(request(0, 20, world=WORLD), http)
    assert await witness.stop() == 0
    await witness.start()
    assert (await witness.add(request(0, 20, world=WORLD), http))[0] == 409


async def test_what_is_under_way_at_the_end_is_answered(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    running = RunningWitness(tmp_path / "witness")
    await asyncio.to_thread(running.launch, signalled(running.folder, signal.SIGTERM))
    status, body, _ = await running.add(request(0, 20, world=WORLD), http)
    assert status == 200
    assert verify_cosignatures(WORLD.signed(20).with_signatures(parse_cosignatures(body)), running.keys)
    assert await asyncio.to_thread(running.wait) == 0


async def test_a_folder_is_served_by_one_process(witness: RunningWitness) -> None:
    second = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "rogatory_client.cli", "log", "witness", "serve", str(witness.folder),
        "--listen", "127.0.0.1:0", "--json",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, said = await second.communicate()
    assert second.returncode == 1
    assert f"process {witness.pid}" in said.decode()
    assert json.loads(out)["error"]["code"] == "vault"


async def test_on_a_full_disk_nothing_is_cosigned_and_nothing_is_lost(
    witness: RunningWitness, http: aiohttp.ClientSession
) -> None:
    await witness.add(request(0, 20, world=WORLD), http)
    process = psutil.Process(witness.pid)
    written = (witness.folder / "witness.db-wal").stat().st_size
    _, hard = process.rlimit(psutil.RLIMIT_FSIZE)
    process.rlimit(psutil.RLIMIT_FSIZE, (written, hard))
    status, body, _ = await witness.add(request(20, 33, world=WORLD), http)
    assert (status, body) == (503, b"")
    process.rlimit(psutil.RLIMIT_FSIZE, (hard, hard))
    assert await witness.add(request(0, 40, world=WORLD), http) == (409, b"20\n", SIZE_CONTENT_TYPE)
    assert (await witness.add(request(20, 33, world=WORLD), http))[0] == 200


async def test_a_log_is_added_while_it_runs(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    running = RunningWitness(tmp_path / "witness")
    known = (running.folder / "logs").read_bytes()
    (running.folder / "logs").write_bytes(b"")
    await running.start()
    assert (await running.add(request(0, 20, world=WORLD), http))[0] == 404
    (running.folder / "logs").write_bytes(known)
    psutil.Process(running.pid).send_signal(signal.SIGHUP)
    assert (await running.hear("logs_read"))["origins"] == [ORIGIN]
    assert (await running.add(request(0, 20, world=WORLD), http))[0] == 200
    (running.folder / "logs").write_bytes(known + b"junk\n")
    psutil.Process(running.pid).send_signal(signal.SIGHUP)
    await running.hear("logs_not_read")
    assert (await running.add(request(20, 21, world=WORLD), http))[0] == 200
    await running.stop()


def test_keys_are_the_owners_alone_and_never_said(tmp_path: Path) -> None:
    running = RunningWitness(tmp_path / "witness")
    assert (running.folder / "witness.keys").stat().st_mode & 0o777 == 0o600
    assert running.folder.stat().st_mode & 0o777 == 0o700
    running.launch()
    assert running.end() == 0
    said = "".join(running.announced) + json.dumps(running.journal)
    assert not any(secret.split("+", 4)[4] in said for secret in running.secrets())
