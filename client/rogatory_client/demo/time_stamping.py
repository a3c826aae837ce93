"""A time-stamping authority (RFC 3161 over HTTP) for one demonstration, in a process of its own.

``python -m rogatory_client.demo.time_stamping FOLDER`` reads ``tsa.der`` and ``tsa.key`` there, prints the
URL it answers on, and serves until it is terminated.
"""

import asyncio
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Final

from rogatory_client.demo.fact import require

CERTIFICATE_NAME: Final = "tsa.der"
KEY_NAME: Final = "tsa.key"
_MAX_QUERY_BYTES: Final = 64 << 10
_ANSWER: Final = "application/timestamp-reply"


class TimeStampingProcess:
    """Starts and ends the process.

    Args:
        folder: holds the authority's certificate and key.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> str:
        """Start it and return its URL."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "rogatory_client.demo.time_stamping", str(self._folder),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        line = await self._process.stdout.readline() if self._process.stdout else b""
        require(line.startswith(b"http://127.0.0.1:"), "the time-stamping authority is up")
        return line.decode().strip()

    async def stop(self) -> None:
        """End it."""
        if self._process is not None:
            if self._process.returncode is None:
                self._process.terminate()
            await self._process.wait()
            self._process = None


def main(folder: Path) -> None:
    """Serve until terminated."""
    from asn1crypto import keys, tsp, x509  # type: ignore[import-untyped]
    from pyhanko.sign.timestamps import DummyTimeStamper

    stamper = DummyTimeStamper(
        x509.Certificate.load((folder / CERTIFICATE_NAME).read_bytes()),
        keys.PrivateKeyInfo.load((folder / KEY_NAME).read_bytes()),
    )

    class Handler(BaseHTTPRequestHandler):
        """Answers queries one after the other."""

        def do_POST(self) -> None:
            """Answer one time-stamp query."""
            length = int(self.headers.get("Content-Length", "0"))
            if not 0 < length <= _MAX_QUERY_BYTES:
                self.send_error(413)
                return
            query = tsp.TimeStampReq.load(self.rfile.read(length))
            answer = asyncio.run(stamper.async_request_tsa_response(query)).dump()
            self.send_response(200)
            self.send_header("Content-Type", _ANSWER)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}/\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
