"""A time-stamping authority (RFC 3161 over HTTP) for one demonstration, in a process of its own.

``python -m rogatory_client.demo.time_stamping FOLDER`` reads ``tsa.der`` and ``tsa.key`` there, prints the
URL it answers on, and serves until it is terminated.
"""

import asyncio
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Final

from rogatory_client.demo.time_stamping_process import CERTIFICATE_NAME, KEY_NAME

_MAX_QUERY_BYTES: Final = 64 << 10
_ANSWER: Final = "application/timestamp-reply"


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
