"""A court bundle with a large document, by the real commands, beside the plain zipfile module.

Each command is a process of its own, started by a small one: its peak memory is its own, with that of the
processes it starts, as the system counts them (getrusage). Time is processor time, as machines are shared.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Final

from benchmarks.measure import report

MEBIBYTE: Final = 1 << 20
SIZES: Final = (1, 10, 100)
HOUR_S: Final = 3_600


async def prepare(folder: Path, size: int) -> None:
    """Leave a case with a document of this size behind, acknowledged, at an office with a seal."""
    from tests.simulator import world
    from tests.simulator.test_bundle import answered_case

    # Processes have the real time, so the world's is shortly before.
    world.BEGIN = int(time.time()) - HOUR_S
    case = await answered_case(folder, size)
    (folder / "profile.json").write_text(case.world.profile.to_json())


def command(*words: str) -> None:
    """Be one command of the command line, and say at the end what it has taken."""
    from rogatory_client.cli import main

    sys.argv = ["rogatory", *words]
    try:
        main()
    finally:
        say_what_it_took()


def plain(source: Path, target: Path) -> None:
    """Write the document into an archive and check it again, with the standard library."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.write(source, source.name)
    with zipfile.ZipFile(target) as archive:
        if archive.testzip() is not None:
            raise RuntimeError("the plain archive is damaged")
    say_what_it_took()


def say_what_it_took() -> None:
    """Say the processor time of this process and those it has started, and the largest memory of one."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(each.ru_utime + each.ru_stime for each in usages)
    said = {"seconds": seconds, "mib": max(each.ru_maxrss for each in usages) / 1024}
    sys.stderr.write(json.dumps(said) + "\n")


def taken(*words: str, secret: bytes = b"") -> dict[str, float]:
    """Run one of the above in a process of its own and return what it has taken."""
    reading, writing = os.pipe()
    os.write(writing, secret)
    os.close(writing)
    line = [each.replace("{fd}", str(reading)) for each in words]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bundle", *line],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=(reading,),
    )
    os.close(reading)
    if not done.stderr.strip():
        return {}
    told: dict[str, float] = json.loads(done.stderr.splitlines()[-1])
    return told


def measure(folder: Path, mebibytes: int) -> None:
    """Report what one size takes."""
    scenario = f"bundle with a document of {mebibytes} MiB"
    taken("prepare", str(folder), str(mebibytes * MEBIBYTE))
    evidence, bundle = folder / "evidence.bin", folder / "case.asice"
    home = f"--home={folder / 'CNA-SN-01'}"
    documents = (f"--document={folder / 'letter.pdf'}", f"--document={evidence}")
    made = taken(
        *("command", "bundle", "make", "SN/2", f"--out={bundle}", *documents, home, "--offline"),
        *("--passphrase-fd", "{fd}"),
        secret=b"correct horse battery staple",
    )
    verified = taken("command", "bundle", "verify", str(bundle), f"--trust={folder / 'profile.json'}")
    beside = taken("plain", str(evidence), str(folder / "plain.zip"))
    for name, each in (("make", made), ("verify", verified), ("plain zipfile", beside)):
        report(scenario, f"{name}, processor time", each["seconds"], "s")
        report(scenario, f"{name}, peak memory", each["mib"], "MiB")
    for name, each in (("make", made), ("verify", verified)):
        report(scenario, f"{name}, ratio to plain zipfile", each["seconds"] / beside["seconds"], "x")


def main() -> None:
    """Measure, or be one of the processes that are measured."""
    match sys.argv[1:]:
        case ["prepare", folder, size]:
            asyncio.run(prepare(Path(folder), int(size)))
        case ["command", *words]:
            command(*words)
        case ["plain", source, target]:
            plain(Path(source), Path(target))
        case sizes:
            for mebibytes in map(int, sizes or SIZES):
                with tempfile.TemporaryDirectory() as name:
                    measure(Path(name), mebibytes)


if __name__ == "__main__":
    main()
