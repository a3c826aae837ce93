"""Bad input that crosses the borders of processes: a clear sentence, the right exit code, nothing lost."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.small_network import new_desk

from rogatory_client.demo.desk import Desk
from rogatory_client.demo.enrolment import enrol
from rogatory_client.demo.tls_authority import make_tls_authority
from rogatory_client.demo.world import REQUESTED, REQUESTING, World, file_sha256

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_wrong_passphrase(network: World) -> None:
    impostor = replace(network.requesting, passphrase=b"wrong horse battery staple")
    refused = await impostor.answer("inbox", "--offline", exit_code=1)
    assert "passphrase" in refused.data["error"]["what"]
    await network.requesting.run("inbox", "--offline")


async def test_no_vault(network: World) -> None:
    refused = await new_desk(network, "nowhere").answer("inbox", exit_code=1)
    assert "no vault" in refused.data["error"]["what"]


async def test_a_vault_is_never_made_twice(network: World) -> None:
    desk = network.requesting
    refused = await desk.answer("init", "--profile", str(network.profile), exit_code=64)
    assert "already" in refused.data["error"]["what"]
    assert (await desk.run("whoami"))["identity"]["entry_id"] == REQUESTING


async def test_a_code_works_once(network: World) -> None:
    code = (await network.operator.invite("CNA-NG-01"))["CNA-NG-01"]
    first, second = new_desk(network, "first"), new_desk(network, "second")
    await asyncio.gather(*(desk.run("init", "--profile", str(network.profile)) for desk in (first, second)))
    await enrol(first, code)
    reused = await second.answer("enrol", "--officer", "anybody", code=code, exit_code=77)
    assert reused.data["error"]["code"] == "already-used"
    assert "new enrolment code" in reused.data["error"]["advice"]
    assert (await first.run("whoami"))["identity"]["enrolled"]


async def test_a_mistyped_code_and_one_nobody_issued(network: World) -> None:
    desk = new_desk(network, "mistyped")
    await desk.run("init", "--profile", str(network.profile))
    mistyped = await desk.answer("enrol", "--officer", "anybody", code="ABCD-EFGH", exit_code=65)
    assert "nine groups of four" in mistyped.data["error"]["advice"]
    unknown = "0000-0000-0000-0000-0000-0000-0000-0000-" + _check_group()
    never = await desk.answer("enrol", "--officer", "anybody", code=unknown, exit_code=77)
    assert never.data["error"]["code"] == "not-found"


def _check_group() -> str:
    from rogatory_crypto.identity import EnrolmentCode

    return EnrolmentCode(bytes(20)).printable()[-4:]


@pytest.mark.parametrize("entry_id", ["CNA-XX-99", "CNA-KZ-01"], ids=["unknown", "not enrolled"])
async def test_an_addressee_who_cannot_be_reached(network: World, entry_id: str) -> None:
    refused = await network.requesting.answer(
        "consult", "--to", entry_id, "--subject", "Question", "--text", "Text", exit_code=64
    )
    assert entry_id in refused.data["error"]["what"]
    assert (await network.requesting.run("outbox"))["outbox"] == []


async def test_an_unknown_entry_gets_no_invitation(network: World) -> None:
    with pytest.raises(Exception, match="CNA-XX-99"):
        await network.operator.invite("CNA-XX-99")


async def test_two_processes_on_one_vault(network: World) -> None:
    following = await network.requested.start("inbox", "--follow")
    assert following.stdout is not None
    try:
        async with asyncio.timeout(60):
            assert await following.stdout.readline()
        refused = await network.requested.answer("outbox", exit_code=1)
        assert str(following.pid) in refused.data["error"]["what"]
        assert "try again" in refused.data["error"]["what"]
    finally:
        following.kill()
        await following.communicate()
    await network.requested.run("outbox")


async def test_an_untrusted_certificate(network: World) -> None:
    profile = json.loads(network.profile.read_text())
    profile["tls_ca"] = make_tls_authority("127.0.0.1", now=int(time.time())).ca
    other = network.folder / "other-profile.json"
    other.write_text(json.dumps(profile))
    desk = new_desk(network, "deceived")
    await desk.run("init", "--profile", str(other))
    refused = await desk.answer("sync", exit_code=69)
    assert "certificate" in refused.data["error"]["what"]


async def test_a_full_disk_at_the_client(network: World, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence.bin"
    evidence.write_bytes(bytes(3 << 20))
    sent = await network.requesting.run(
        "consult", "--to", REQUESTED, "--subject", "Disk", "--text", "See", "--attach", str(evidence)
    )
    await network.requested.run("sync")
    message_id, folder = sent["message"]["message_id"], tmp_path / "saved"
    limited = await _with_small_files(network.requested, "save", message_id, "--folder", str(folder))
    assert "free some space" in limited["error"]["what"] + limited["error"]["advice"]
    assert names_in(folder) == []
    saved = await network.requested.run("save", message_id, "--folder", str(folder))
    assert file_sha256(Path(saved["files"][0]["path"])) == file_sha256(evidence)


async def _with_small_files(desk: Desk, *arguments: str) -> dict[str, dict[str, str]]:
    """Run a command whose files may not grow beyond 2 MiB: for it, the disk is full."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, hard))
    try:
        process = await desk.start(*arguments)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    answered = await desk.finish(process)
    assert answered.exit_code != 0
    return answered.data


TRICKS = (
    "..\\..\\evil.txt",
    ".bashrc",
    "-rf",
    "invoice\u202egpj.exe",
    "con.txt",
    "a\nb.txt",
    "x" * 200 + ".pdf",
)


def written(folder: Path, names: Sequence[str]) -> list[Path]:
    folder.mkdir()
    for number, name in enumerate(names):
        (folder / name).write_bytes(b"contents %d" % number)
    return [folder / name for name in names]


async def test_names_that_play_tricks_stay_in_the_folder(network: World, tmp_path: Path) -> None:
    sources = written(tmp_path / "sources", TRICKS)
    attached = [option for path in sources for option in ("--attach", str(path))]
    sent = await network.requesting.run(
        "consult", "--to", REQUESTED, "--subject", "Names", "--text", "See", *attached
    )
    await network.requested.run("sync")
    folder = tmp_path / "saved"
    saved = await network.requested.run("save", sent["message"]["message_id"], "--folder", str(folder))
    paths = [Path(each["path"]) for each in saved["files"]]
    assert len(set(paths)) == len(TRICKS)
    assert {path.parent for path in paths} == {folder}
    assert names_in(folder) == sorted(path.name for path in paths)
    assert not any(path.name.startswith(".") or set(path.name) & set("\\/\n\u202e") for path in paths)
    assert [path.read_bytes() for path in paths] == [b"contents %d" % number for number in range(len(TRICKS))]


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []
