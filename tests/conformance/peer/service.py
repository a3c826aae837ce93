"""One JSON line in, one JSON line out, whatever comes in."""

import json
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

from tests.conformance.peer import conversation, membership, proposing, queries
from tests.conformance.peer.holdings import Holdings
from tests.conformance.peer.request import Reply, Request, RequestError

from rogatory_crypto.errors import RogatoryError

LINE_LIMIT: Final = 32 << 20  # a Welcome with the tree of a thousand in hex is 6 MB
COMMANDS: Final[dict[str, Callable[[Holdings, Request], Reply]]] = {
    "hello": queries.hello,
    "key_package": membership.key_package,
    "create_group": membership.create,
    "commit": conversation.commit,
    "merge": conversation.merge,
    "discard": conversation.discard,
    "propose": proposing.propose,
    "send": conversation.send,
    "process": conversation.receive,
    "join": membership.join,
    "group_info": membership.tell_group_info,
    "join_external": membership.external_join,
    "external_add": membership.external_add,
    "export": queries.export,
    "set_psk": queries.set_psk,
    "state": queries.state,
    "ratchet_tree": queries.ratchet_tree,
    "forget": queries.forget,
    "decode": queries.decode,
}


def lines_of(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield each line, None for one beyond the limit, of which no more than the limit is ever held."""
    while line := stream.readline(LINE_LIMIT + 1):
        if len(line) <= LINE_LIMIT:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(1 << 20)
        yield None


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer every line until there are no more."""
    holdings = Holdings()
    for line in lines_of(requests):
        replies.write(json.dumps(answer(holdings, line)).encode() + b"\n")
        replies.flush()


def answer(holdings: Holdings, line: bytes | None) -> Reply:
    """Return the reply to one line; nothing that a line says ends the process."""
    identifier: object = None
    try:
        fields = _fields(line)
        identifier = fields.get("id")
        return {"id": identifier, "ok": True, **_carry_out(holdings, Request(fields))}
    except (RogatoryError, RequestError) as error:
        return _failure(identifier, str(error), error)
    except Exception as error:  # noqa: BLE001  # an answer in any case; what it says may hold secrets
        return _failure(identifier, "unexpected", error)


def _failure(identifier: object, text: str, error: Exception) -> Reply:
    return {"id": identifier, "ok": False, "error": text[:500], "type": type(error).__name__}


def _carry_out(holdings: Holdings, request: Request) -> Reply:
    command = COMMANDS.get(request.text("cmd"))
    if command is None:
        raise RequestError("cmd: no such command")
    return command(holdings, request)


def _fields(line: bytes | None) -> dict[str, Any]:
    if line is None:
        raise RequestError(f"a line is at most {LINE_LIMIT} bytes long")
    try:
        fields = json.loads(line, parse_constant=_refuse_number, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise RequestError("not a line of JSON") from error
    if not isinstance(fields, dict):
        raise RequestError("not a JSON object")
    return fields


def _refuse_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise ValueError("a number too large")
    return value
