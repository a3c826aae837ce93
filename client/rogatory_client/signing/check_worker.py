"""The inside of one check: reads a job from standard input, writes a report, has no other way out.

Run as ``python -I -m rogatory_client.signing.check_worker``. Limits are set on this process by itself before
it reads the first byte of the document; sockets, other programs and writing of files are refused by an audit
hook and, where the system allows it, by an empty network namespace.

A job is one line of JSON, then the document, the trusted files and the contents, as long as the line says.
"""

import json
import sys
from typing import BinaryIO, Final

from rogatory_client.confinement import leave_network, limit, refuse

_MAX_HEADER_BYTES: Final = 64 * 1024


def main() -> int:
    """Check one document under limits."""
    source, target = sys.stdin.buffer, sys.stdout
    job = json.loads(source.readline(_MAX_HEADER_BYTES))
    limit(int(job["memory_bytes"]), int(job["cpu_s"]))
    leave_network()
    # The library is loaded before the hook: loading it opens and compiles files, a document needs neither.
    from rogatory_crypto.esign import check, encode_report
    from rogatory_crypto.esign.pdf import document as _pdf  # noqa: F401 - loads the library

    sys.addaudithook(refuse)
    report = check(
        _read(source, int(job["document"])),
        trust=[_read(source, int(size)) for size in job["trust"]],
        contents=[_read(source, int(size)) for size in job["contents"]],
        at=int(job["at"]),
        revocation=bool(job["revocation"]),
    )
    json.dump(encode_report(report), target)
    return 0


def _read(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    if len(data) != size:
        raise EOFError("the job ended early")
    return data


if __name__ == "__main__":
    sys.exit(main())
