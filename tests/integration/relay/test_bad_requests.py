"""Requests that are none: a code comes back, and nothing of the inside."""

import pytest
from tests.integration.relay.device_client import RelayCalls
from tests.integration.relay.relay_process import RelayProcess

from rogatory_crypto.errors import Code
from rogatory_crypto.wire.request import Problem


@pytest.fixture
def relay(shared_relay: RelayProcess) -> RelayProcess:
    return shared_relay


@pytest.mark.parametrize(
    ("method", "path", "body", "media_type", "status", "code"),
    [
        ("POST", "/v1/log/entries", b"", "application/cbor", 400, Code.MALFORMED),
        ("POST", "/v1/log/entries", b"\x81\x80", "application/cbor", 400, Code.MALFORMED),
        ("POST", "/v1/log/entries", b"{}", "application/json", 415, Code.UNSUPPORTED),
        ("POST", "/v1/challenges", bytes(1 << 17), "application/cbor", 413, Code.TOO_LARGE),
        ("GET", "/v1/log/entries?first=-1", None, "application/cbor", 400, Code.MALFORMED),
        ("GET", "/v1/log/entries?first=99999999999999999999", None, "application/cbor", 400, Code.MALFORMED),
        ("GET", "/v1/nothing", None, "application/cbor", 404, Code.NOT_FOUND),
        ("DELETE", "/v1/log/entries", None, "application/cbor", 405, Code.UNSUPPORTED),
    ],
)
async def test_a_bad_request_gets_a_code_and_nothing_of_the_inside(
    calls: RelayCalls,
    method: str,
    path: str,
    body: bytes | None,
    media_type: str,
    status: int,
    code: Code,
) -> None:
    headers = {"Content-Type": media_type}
    async with calls.http.request(
        method, calls.relay.url + path, data=body, headers=headers, ssl=calls.tls
    ) as answer:
        assert (answer.status, await answer.read()) == (status, Problem(code).encode())


@pytest.mark.parametrize("path", ["/v1/metrics", "/metrics", "/health"])
async def test_the_public_listener_has_no_operator_pages(calls: RelayCalls, path: str) -> None:
    async with calls.http.get(calls.relay.url + path, ssl=calls.tls) as answer:
        assert answer.status == 404
