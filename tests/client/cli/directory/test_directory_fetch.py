"""Fetching an export: the configured address only, verified TLS, whole files, nothing twice."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.client.cli.directory_publisher import EXPORT, Publisher, answer, bare, publisher

from rogatory_client.cli.directory.export_source import (
    ATTEMPTS,
    ExportSource,
    beside,
    fetch_export,
    read_source,
)
from rogatory_client.fault import StandingFailureError
from rogatory_crypto.errors import Code, MisuseError, PeerError, TransportError
from rogatory_directory_sync import sample_file


class Waits:
    """The pauses between attempts, taken note of and not waited for."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Publisher]:
    async with publisher(tmp_path) as running:
        yield running


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    return folder / "export.json"


async def fetch(source: ExportSource, target: Path, waits: Waits | None = None) -> bool:
    _, is_new = await fetch_export(source, target, random=os.urandom, wait=waits or Waits())
    return is_new


async def test_an_export_is_fetched_whole_and_asked_for_by_its_tag_next_time(
    there: Publisher, target: Path
) -> None:
    there.answers = [
        answer(headers=['ETag: "v1"']),
        answer(b"", status="304 Not Modified", headers=['ETag: "v1"']),
        answer(EXPORT + b"\n", headers=['ETag: "v2"']),
    ]
    assert await fetch(there.source(), target)
    assert target.read_bytes() == EXPORT
    assert not await fetch(there.source(), target)
    assert await fetch(there.source(), target)
    assert target.read_bytes() == EXPORT + b"\n"
    tags = [line for asked in there.asked for line in asked.splitlines() if line.startswith("If-None-Match")]
    assert tags == ['If-None-Match: "v1"'] * 2
    assert all(asked.startswith("GET /exports/cna.json?edition=newest HTTP/1.1") for asked in there.asked)
    assert sorted(path.name for path in target.parent.iterdir()) == [
        "export.json",
        "export.json.fetched.json",
    ]


@pytest.mark.parametrize("change", ["file", "note", "address", "gone"])
async def test_a_file_that_is_not_what_was_fetched_is_fetched_again(
    change: str, there: Publisher, target: Path
) -> None:
    there.answers = [answer(headers=['ETag: "v1"'])]
    await fetch(there.source(), target)
    match change:
        case "file":
            target.write_bytes(b"altered")
        case "note":
            beside(target).write_text("{}")
        case "address":
            there.url = there.url.with_query("edition=other")
        case _:
            target.unlink()
    assert await fetch(there.source(), target)
    assert "If-None-Match" not in there.asked[-1]
    assert target.read_bytes() == EXPORT


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (answer(kind="text/html"), Code.MALFORMED),
        (answer(kind="application/problem+json"), Code.MALFORMED),
        (answer(headers=["Content-Encoding: gzip"]), Code.MALFORMED),
        (bare(EXPORT), Code.MALFORMED),  # no length: nobody would notice that it was cut off
        (answer(b"x" * 2000), Code.TOO_LARGE),
        (bare(b"800\r\n" + b"x" * 2048 + b"\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), Code.TOO_LARGE),
    ],
)
async def test_what_is_no_export_is_refused_and_changes_nothing(
    said: bytes, code: Code, there: Publisher, target: Path
) -> None:
    target.write_bytes(b"as it was")
    there.answers = [said]
    with pytest.raises(PeerError) as refused:
        await fetch(there.source(max_bytes=1000), target)
    assert refused.value.code is code
    assert [path.read_bytes() for path in target.parent.iterdir()] == [b"as it was"]
    assert len(there.asked) == 1


async def test_chunks_are_put_together(there: Publisher, target: Path) -> None:
    there.answers = [bare(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "Transfer-Encoding: chunked")]
    await fetch(there.source(), target)
    assert target.read_bytes() == b"abcde"


@pytest.mark.parametrize(
    "said",
    [
        bare(EXPORT[:10], f"Content-Length: {len(EXPORT)}"),
        bare(b"ff\r\nabc", "Transfer-Encoding: chunked"),
        answer(status="503 Service Unavailable"),
        answer(status="429 Too Many Requests"),
        b"no HTTP at all\r\n\r\n",
    ],
)
async def test_what_is_cut_off_or_busy_is_tried_again(said: bytes, there: Publisher, target: Path) -> None:
    there.answers = [said, said, answer()]
    waits = Waits()
    await fetch(there.source(), target, waits)
    assert target.read_bytes() == EXPORT
    assert len(waits.seconds) == 2
    there.answers, there.asked[:] = [said], []
    with pytest.raises(TransportError):
        await fetch(there.source(), target)
    assert len(there.asked) == ATTEMPTS
    assert target.read_bytes() == EXPORT


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "307 Temporary Redirect", "401 No", "404 Not Found"]
)
async def test_no_answer_sends_us_elsewhere(status: str, there: Publisher, target: Path) -> None:
    there.answers = [answer(status=status, headers=[f"Location: {there.url.with_path('/elsewhere.json')}"])]
    with pytest.raises(StandingFailureError):
        await fetch(there.source(), target)
    assert len(there.asked) == 1
    assert list(target.parent.iterdir()) == []


async def test_a_304_nobody_asked_for_is_no_export(there: Publisher, target: Path) -> None:
    there.answers = [answer(b"", status="304 Not Modified")]
    with pytest.raises(StandingFailureError):
        await fetch(there.source(), target)


async def test_another_authority_is_not_believed(there: Publisher, target: Path) -> None:
    with pytest.raises(StandingFailureError, match="certificate"):
        await fetch(ExportSource(there.url), target)
    assert there.asked == []


async def test_a_certificate_of_another_name_is_not_believed(tmp_path: Path, target: Path) -> None:
    async with publisher(tmp_path, address="127.0.0.2") as other:
        with pytest.raises(StandingFailureError, match="certificate"):
            await fetch(other.source(), target)
        assert other.asked == []


async def test_a_publisher_that_is_not_there_is_tried_again(tmp_path: Path, target: Path) -> None:
    async with publisher(tmp_path) as gone:
        source = gone.source()
    waits = Waits()
    with pytest.raises(TransportError, match="cannot be reached"):
        await fetch(source, target, waits)
    assert len(waits.seconds) == ATTEMPTS - 1


async def test_progress_is_told(there: Publisher, target: Path) -> None:
    told: list[tuple[str, int, int]] = []
    await fetch_export(there.source(), target, random=os.urandom, progress=lambda *moved: told.append(moved))
    assert told[-1] == ("export.json", len(EXPORT), len(EXPORT))


async def test_another_ending_is_misuse(there: Publisher, target: Path) -> None:
    with pytest.raises(MisuseError, match=r"ends in \.json"):
        await fetch(there.source(), target.with_suffix(".exe"))


def test_a_source_is_read(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("PEM")
    file = tmp_path / "publisher.toml"
    file.write_text('url = "https://directory.example/cna.json"\nca = "ca.pem"\nmax_bytes = 5\n')
    source = read_source(file)
    assert (str(source.url), source.tls_ca, source.max_bytes) == (
        "https://directory.example/cna.json",
        "PEM",
        5,
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "url = 5", 'url = "http://directory.example/"', 'url = "https://"', "url =", "\udcff",
        'url = "https://user:password@directory.example/"', 'url = "file:///etc/passwd"',
        'url = "https://x.example/"\nmax_bytes = 0', 'url = "https://x.example/"\nmax_bytes = 99999999999',
        'url = "https://x.example/"\nverify = false', 'url = "https://x.example/#part"',
    ],
)  # fmt: skip
def test_what_names_no_source_is_misuse(text: str, tmp_path: Path) -> None:
    file = tmp_path / "publisher.toml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(MisuseError):
        read_source(file)


def test_a_wrong_authority_file_is_said(tmp_path: Path) -> None:
    file = tmp_path / "publisher.toml"
    file.write_text('url = "https://directory.example/"\nca = "absent.pem"\n')
    with pytest.raises(OSError, match=r"absent\.pem"):
        read_source(file)


async def test_the_command_fetches_and_imports(there: Publisher, tmp_path: Path) -> None:
    """``sync --from`` end to end, in a process of its own."""

    there.answers = [answer(sample_file("export-2026-06.json").content, headers=['ETag: "june"'])]
    (tmp_path / "ca.pem").write_text(there.authority.ca)
    (tmp_path / "publisher.toml").write_text(f'url = "{there.url}"\nca = "ca.pem"\n')
    typed = "directory sync --from publisher.toml --export e.json --out state.json --report r.json --json"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "rogatory_client.cli",
        *typed.split(),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    assert json.loads(out)["entries"] == 77
