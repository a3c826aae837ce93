"""Our MLS behind JSON lines: ``python mls_peer.py`` answers each request on stdin with one line on stdout.

Every MLS object is lower-case hex, so that two processes, of whatever implementation, exchange nothing else.
Commands and their fields are those of the peer protocol; ``peer/`` carries them out.
"""

import sys
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # as a script it finds only its own folder

from tests.conformance.peer.service import serve

if __name__ == "__main__":
    with suppress(BrokenPipeError, KeyboardInterrupt):
        serve(sys.stdin.buffer, sys.stdout.buffer)
