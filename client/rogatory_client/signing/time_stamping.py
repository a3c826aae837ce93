"""Asks a configured time-stamping authority for a token (RFC 3161 section 3.4, over HTTP).

What it answers is bounded and never redirected, and believed only once it was checked like any time stamp.
"""

from typing import Any, Final

import aiohttp
from asn1crypto import tsp  # type: ignore[import-untyped]
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from rogatory_crypto.errors import MisuseError, TransportError

MAX_ANSWER_BYTES: Final = 256 * 1024
TIMEOUT_S: Final = 20.0
_REQUEST: Final = "application/timestamp-query"
_ANSWER: Final = "application/timestamp-reply"


class TimeStampingAuthority(TimeStamper):
    """A time-stamping authority at an address of the officer's or the office's own choice."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("https://", "http://")):
            raise MisuseError(
                f"{url}: the address of a time-stamping authority begins with https:// or http://"
            )
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:  # noqa: ANN401 - untyped library
        """Return a token over a digest.

        Raises:
            TransportError: it cannot be reached, refuses, or answers something else than was asked.
        """
        try:
            return await super().async_timestamp(message_digest, md_algorithm)
        except TimestampRequestError as error:
            raise TransportError(f"the time-stamping authority gave no time stamp: {error}") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            # So the library stumbles over another nonce than it sent (RFC 3161 section 2.4.2).
            raise TransportError(
                "the time-stamping authority answered something else than was asked: try again, or another"
            ) from error

    async def async_request_tsa_response(self, req: Any) -> Any:  # noqa: ANN401 - untyped library
        """Return the authority's answer.

        Raises:
            TransportError: it cannot be reached or its answer is no time-stamp response.
        """
        answer = await self._post(req.dump())
        try:
            response = tsp.TimeStampResp.load(answer, strict=True)
            _ = response.native
        except (ValueError, TypeError) as error:
            raise TransportError("the time-stamping authority gave no readable answer") from error
        return response

    async def _post(self, request: bytes) -> bytes:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(
                    self._url, data=request, headers={"Content-Type": _REQUEST}, allow_redirects=False
                ) as response,
            ):
                if response.status != 200 or response.content_type != _ANSWER:
                    raise TransportError(f"the time-stamping authority answered {response.status}")
                answer = await response.content.read(MAX_ANSWER_BYTES + 1)
                while len(answer) <= MAX_ANSWER_BYTES and not response.content.at_eof():
                    answer += await response.content.read(MAX_ANSWER_BYTES + 1 - len(answer))
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise TransportError(f"the time-stamping authority cannot be reached: {error}") from error
        if len(answer) > MAX_ANSWER_BYTES:
            raise TransportError("the time-stamping authority's answer is too large")
        return answer
