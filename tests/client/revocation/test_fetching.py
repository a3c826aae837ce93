"""What becomes of asking: real lists and answers, and servers that hang, cut, lie or lead elsewhere."""

import asyncio
import os
import resource
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tests.client.revocation.listeners import Server, Trap, body, respond, served
from tests.client.revocation.named import self_signed
from tests.client.revocation.openssl_ca import OpensslCa

from rogatory_client.fault import VaultError
from rogatory_client.revocation import HeldEvidence, Source, Sources, held_evidence
from rogatory_client.revocation.concerned import Concerned
from rogatory_client.revocation.download import Patience
from rogatory_client.revocation.fetching import Surroundings, fetch_about, fetch_lists
from rogatory_client.revocation.folder import locked
from rogatory_client.revocation.held import usable_evidence
from rogatory_client.revocation.lists import read_list
from rogatory_client.revocation.outcome import Outcome, Result
from rogatory_client.revocation.statement import Status
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.given_evidence import MAX_FILE_BYTES

QUICK = Patience(connect_s=2.0, idle_s=0.3, total_s=5.0, attempts=2)


def surroundings(now: int | None = None) -> Surroundings:
    at = int(time.time()) + 5 if now is None else now
    return Surroundings(now=lambda: at, random=os.urandom, patience=QUICK)


def lists(folder: Path, source: Source, now: int | None = None) -> Outcome:
    ((outcome,),) = asyncio.run(fetch_lists(folder, [source], surroundings(now)))
    return outcome


def about(folder: Path, source: Source, ca: OpensslCa, *, expires_at: int = 1 << 32) -> tuple[Outcome, ...]:
    asked = Concerned(source, ca.serial("signer"), "signer", expires_at)
    (outcomes,) = asyncio.run(fetch_about(folder, [asked], surroundings()))
    return outcomes


def files(folder: Path) -> set[str]:
    return {path.suffix for path in folder.iterdir() if path.name not in {"lock", "held.json"}}


def test_a_list_is_fetched_replaced_and_never_by_an_older_one(
    ca: OpensslCa, issuer: Source, server: Server, tmp_path: Path
) -> None:
    folder, first, second = tmp_path / "held", ca.crl(), ca.crl()
    source = replace(issuer, crl=(server.serve("/list", first),))
    assert lists(folder, source).result is Result.NEW
    server.serve("/list", second)
    newer = lists(folder, source)
    assert newer.held is not None
    assert (newer.result, newer.held.number) == (Result.NEW, 0x11)
    server.serve("/list", first)
    older = lists(folder, source)
    assert older.result is Result.REFUSED
    assert "older than what is held" in older.detail
    assert held_evidence(folder) == (read_list(second, issuer, int(time.time()) + 5).document,)
    assert len(list(folder.glob("*.crl"))) == 1


def test_a_server_is_asked_only_for_what_is_newer(
    ca: OpensslCa, issuer: Source, server: Server, tmp_path: Path
) -> None:
    content = ca.crl()

    def conditional(handler: BaseHTTPRequestHandler) -> None:
        same = handler.headers.get("If-None-Match") == '"1"'
        respond(handler, 304 if same else 200, b"" if same else content, ETag='"1"')

    source = replace(issuer, crl=(server.at("/list", conditional),))
    assert lists(tmp_path, source).result is Result.NEW
    fetched = HeldEvidence(tmp_path).all()
    assert lists(tmp_path, source).result is Result.UNCHANGED
    assert HeldEvidence(tmp_path).all() == fetched
    # What was damaged here, or has run out, is fetched whole.
    (path,) = tmp_path.glob("*.crl")
    path.write_bytes(b"")
    assert lists(tmp_path, source).result is Result.UNCHANGED
    assert held_evidence(tmp_path)
    lists(tmp_path, source, now=int(time.time()) + 3 * 86_400)
    assert ["If-None-Match" in headers for _, _, headers in server.asked] == [False, True, False, False]


def test_the_same_list_again_keeps_when_it_was_first_here(
    ca: OpensslCa, issuer: Source, server: Server, tmp_path: Path
) -> None:
    source, now = replace(issuer, crl=(server.serve("/list", ca.crl()),)), int(time.time()) + 5
    lists(tmp_path, source, now)
    assert lists(tmp_path, source, now + 60).result is Result.UNCHANGED
    assert HeldEvidence(tmp_path).all()[0].fetched_at == now


def hang(server: Server) -> str:
    def answer(_handler: BaseHTTPRequestHandler) -> None:
        server.ended.wait()

    return server.at("/bad", answer)


def cut(server: Server) -> str:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"0" * 500)

    return server.at("/bad", answer)


def busy(server: Server) -> str:
    return server.at("/bad", lambda handler: respond(handler, 503))


@pytest.mark.parametrize("failing", [hang, cut, busy])
def test_a_line_that_fails_is_tried_again_and_what_is_held_stays(
    ca: OpensslCa, issuer: Source, server: Server, tmp_path: Path, failing: object
) -> None:
    good = server.serve("/bad", ca.crl())
    source = replace(issuer, crl=(good,))
    lists(tmp_path, source)
    before = held_evidence(tmp_path)
    assert callable(failing)
    failing(server)
    server.asked.clear()
    assert lists(tmp_path, source).result is Result.FAILED
    assert len(server.asked) == QUICK.attempts
    assert held_evidence(tmp_path) == before
    assert files(tmp_path) == {".crl"}


def test_a_server_that_comes_back_is_not_missed(
    ca: OpensslCa, issuer: Source, server: Server, tmp_path: Path
) -> None:
    content = ca.crl()

    def at_last(handler: BaseHTTPRequestHandler) -> None:
        respond(handler, 200 if len(server.asked) > 1 else 500, content)

    assert lists(tmp_path, replace(issuer, crl=(server.at("/list", at_last),))).result is Result.NEW


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    piece = b"0" * (1 << 20)
    try:
        for _ in range(2 * MAX_FILE_BYTES // len(piece)):
            handler.wfile.write(piece)
    except OSError:
        return
    raise AssertionError("somebody took all of it")


def boastful(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(MAX_FILE_BYTES + 1))
    handler.end_headers()


def compressed(handler: BaseHTTPRequestHandler) -> None:
    respond(handler, 200, b"\x1f\x8b", Content_Encoding="gzip")


def page(handler: BaseHTTPRequestHandler) -> None:
    respond(handler, 200, b"<html>maintenance</html>", Content_Type="text/html")


def gone(handler: BaseHTTPRequestHandler) -> None:
    respond(handler, 404)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (endless, "larger than"),
        (boastful, "larger than"),
        (compressed, "compressed"),
        (page, "no revocation list"),
        (gone, "404"),
    ],
)
def test_a_server_that_lies_is_asked_once_and_changes_nothing(
    issuer: Source, server: Server, tmp_path: Path, answer: object, said: str
) -> None:
    assert callable(answer)
    outcome = lists(tmp_path, replace(issuer, crl=(server.at("/list", answer),)))
    assert outcome.result is Result.REFUSED
    assert said in outcome.detail
    assert (len(server.asked), held_evidence(tmp_path)) == (1, ())
    assert files(tmp_path) == set()


@pytest.mark.parametrize("host", ["ca..example", "a" * 64 + ".example"])
def test_a_name_that_cannot_be_is_told_as_one_that_is_not_there(
    ca: OpensslCa, issuer: Source, server: Server, tmp_path: Path, host: str
) -> None:
    good = server.serve("/list", ca.crl())
    addresses = (f"http://{host}/list", good)
    ended = asyncio.run(fetch_lists(tmp_path, [replace(issuer, crl=addresses)], surroundings()))
    assert [outcome.result for (outcome,) in ended] == [Result.FAILED, Result.NEW]


def test_a_redirect_is_told_and_never_followed(
    issuer: Source, server: Server, snare: Trap, tmp_path: Path
) -> None:
    def moved(handler: BaseHTTPRequestHandler) -> None:
        respond(handler, 302, Location=f"{snare.address}/\x1b[2J")

    outcome = lists(tmp_path, replace(issuer, crl=(server.at("/list", moved),)))
    assert outcome.result is Result.REFUSED
    assert snare.address in outcome.detail
    assert "\x1b" not in outcome.detail
    assert snare.reached() == 0


def test_a_proxy_of_the_environment_is_not_used(
    ca: OpensslCa,
    issuer: Source,
    server: Server,
    snare: Trap,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, snare.address)
    assert lists(tmp_path, replace(issuer, crl=(server.serve("/list", ca.crl()),))).result is Result.NEW
    assert snare.reached() == 0


def test_a_name_that_stands_for_this_machine_is_asked_only_if_that_was_allowed(
    ca: OpensslCa, issuer: Source, server: Server, tmp_path: Path
) -> None:
    address = server.serve("/list", ca.crl()).replace("127.0.0.1", "localhost")
    outcome = lists(tmp_path, replace(issuer, crl=(address,)))
    assert outcome.result is Result.REFUSED
    assert "--private" in outcome.detail
    assert server.asked == []
    assert lists(tmp_path, replace(issuer, crl=(address,), private=True)).result is Result.NEW


def test_a_server_without_a_certificate_of_a_known_authority_is_not_spoken_to(
    ca: OpensslCa, issuer: Source, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca.path("signer.pem"), ca.path("signer.key"))
    said: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            for _ in range(QUICK.attempts):
                connection, _peer = listener.accept()
                with connection:
                    try:
                        with context.wrap_socket(connection, server_side=True) as secured:
                            said.append(secured.recv(1))
                    except (ssl.SSLError, OSError):
                        continue

        thread = threading.Thread(target=accept)
        thread.start()
        address = f"https://127.0.0.1:{listener.getsockname()[1]}/list"
        outcome = lists(tmp_path, replace(issuer, crl=(address,)))
        thread.join()
    assert outcome.result is Result.FAILED
    assert "certificate" in outcome.detail.lower()
    assert b"".join(said) == b""


def test_a_server_with_a_certificate_of_a_known_authority_is(
    ca: OpensslCa, issuer: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca.issue("server", "server"), ca.path("server.key"))
    monkeypatch.setenv("SSL_CERT_FILE", str(ca.path("ca.pem")))
    with served(context) as server:
        source = replace(issuer, crl=(server.serve("/list", ca.crl()),))
        assert source.crl[0].startswith("https://")
        assert lists(tmp_path, source).result is Result.NEW


@contextmanager
def room_for(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("room", [64, 420])
def test_a_full_disk_leaves_what_is_held(
    ca: OpensslCa, issuer: Source, server: Server, tmp_path: Path, room: int
) -> None:
    # The first is full before the list is written, the second before the index is.
    source = replace(issuer, crl=(server.serve("/list", ca.crl()),))
    lists(tmp_path, source)
    before, content = held_evidence(tmp_path), ca.crl()
    assert len(before[0]) < 420 < (tmp_path / "held.json").stat().st_size
    server.serve("/list", content)
    with room_for(room), pytest.raises(OSError, match="too large"):
        lists(tmp_path, source)
    assert held_evidence(tmp_path) == before
    assert {path.suffix for path in tmp_path.iterdir()} == {".crl", ".json", ""}
    assert len(list(tmp_path.iterdir())) == 3
    assert lists(tmp_path, source).result is Result.NEW


def test_two_processes_do_not_fetch_at_once(
    ca: OpensslCa, issuer: Source, server: Server, tmp_path: Path
) -> None:
    source = replace(issuer, crl=(server.serve("/list", ca.crl()),))
    with locked(tmp_path), pytest.raises(VaultError):
        lists(tmp_path, source)
    assert server.asked == []
    lists(tmp_path, source)
    # Who checks needs no lock.
    with locked(tmp_path):
        assert len(held_evidence(tmp_path)) == 1


def test_what_somebody_touched_is_not_used(
    ca: OpensslCa, issuer: Source, server: Server, tmp_path: Path
) -> None:
    source = replace(issuer, crl=(server.serve("/list", ca.crl()),))
    lists(tmp_path, source)
    (path,) = tmp_path.glob("*.crl")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"\x00")
    with pytest.raises(MisuseError, match="not what was fetched"):
        held_evidence(tmp_path)
    evidence, (shortcoming,) = usable_evidence(tmp_path)
    assert (evidence, "not what was fetched" in shortcoming.reason) == ((), True)
    lists(tmp_path, replace(issuer, crl=(server.serve("/other", ca.crl()),)))
    assert len(usable_evidence(tmp_path)[0]) == 1
    path.unlink()
    with pytest.raises(MisuseError, match="is gone"):
        held_evidence(tmp_path)
    text = (tmp_path / "held.json").read_bytes()
    no_time = text.replace(b'"this_update": ', b'"this_update": "now", "was": ')
    for damaged in (b"", b"[]", b'{"version": 2}', b'{"version": 1, "held": [{}]}', b"[" * 100_000, no_time):
        (tmp_path / "held.json").write_bytes(damaged)
        with pytest.raises(MisuseError, match="damaged"):
            held_evidence(tmp_path)


def test_one_certificate_is_asked_about_at_a_real_responder(
    ca: OpensslCa, issuer: Source, tmp_path: Path
) -> None:
    with ca.responder() as address:
        (good,) = about(tmp_path, replace(issuer, ocsp=(address,)), ca)
    ca.revoke("signer")
    with ca.responder() as address:
        (revoked,) = about(tmp_path, replace(issuer, ocsp=(address,)), ca)
    assert good.held is not None
    assert revoked.held is not None
    assert (good.held.status, revoked.held.status) == (Status.GOOD, Status.REVOKED)
    assert len(held_evidence(tmp_path)) == 1


def test_a_responder_that_repeats_itself_is_refused_and_the_list_serves(
    ca: OpensslCa, issuer: Source, server: Server, tmp_path: Path
) -> None:
    first: list[bytes] = []

    def repeats(handler: BaseHTTPRequestHandler) -> None:
        first.append(ca.answer(body(handler)))
        respond(handler, 200, first[0])

    source = replace(issuer, ocsp=(server.at("/ocsp", repeats),), crl=(server.serve("/list", ca.crl()),))
    assert [each.result for each in about(tmp_path, source, ca)] == [Result.NEW]
    before = HeldEvidence(tmp_path).all()
    replayed, listed = about(tmp_path, source, ca)
    assert (replayed.result, replayed.held) == (Result.REFUSED, before[0])
    assert "another question" in replayed.detail
    assert listed.result is Result.NEW


def test_a_second_responder_is_asked_where_the_first_is_away(
    ca: OpensslCa, issuer: Source, server: Server, tmp_path: Path
) -> None:
    good = server.at("/ocsp", lambda handler: respond(handler, 200, ca.answer(body(handler))))
    source = replace(issuer, ocsp=(busy(server), good), crl=(server.address + "/never",))
    assert [each.result for each in about(tmp_path, source, ca)] == [Result.FAILED, Result.NEW]


def test_who_was_not_allowed_to_be_asked_about_certificates_is_not(
    ca: OpensslCa, issuer: Source, server: Server, tmp_path: Path
) -> None:
    source = replace(issuer, crl=(server.serve("/list", ca.crl()),))
    assert [each.result for each in about(tmp_path, source, ca)] == [Result.NEW]
    assert [method for method, _, _ in server.asked] == ["GET"]


def test_what_was_said_before_a_certificate_expired_stays(
    ca: OpensslCa, issuer: Source, server: Server, tmp_path: Path
) -> None:
    # RFC 6960 section 4.4.4.
    answer = server.at("/ocsp", lambda handler: respond(handler, 200, ca.answer(body(handler))))
    source = replace(issuer, crl=(), ocsp=(answer,))
    about(tmp_path, source, ca)
    (kept,) = about(tmp_path, source, ca, expires_at=1)
    assert kept.result is Result.UNCHANGED
    assert len(server.asked) == 1
    (path,) = tmp_path.glob("*.ocsp")
    path.unlink()
    about(tmp_path, source, ca, expires_at=1)
    assert (len(server.asked), len(held_evidence(tmp_path))) == (2, 1)


def test_signers_that_were_named_go_along_as_evidence(
    ca: OpensslCa, issuer: Source, server: Server, tmp_path: Path
) -> None:
    signer = Source(issuer.issuer).certificate.dump()
    source = replace(issuer, crl=(server.serve("/list", ca.crl()),), signers=(signer,))
    Sources(tmp_path).allow(source)
    assert held_evidence(tmp_path) == ()
    lists(tmp_path, source)
    assert held_evidence(tmp_path)[1:] == (issuer.issuer,)
    other = self_signed("other signer")
    Sources(tmp_path).allow(replace(source, signers=(other,)))
    assert held_evidence(tmp_path)[1:] == (issuer.issuer, other)
