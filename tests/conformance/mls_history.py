"""Let a group in several peer processes live through a random history, and compare everybody after each step.

Run: ``python mls_history.py --members 200 --steps 400``. Every peer is a process; ``--peer COMMAND`` adds one
of another implementation that speaks the same protocol. Ends with a traceback at the first disagreement.
"""

import argparse
import shlex
import sys
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # as a script it finds only its own folder

from tests.conformance.peer_history import History
from tests.conformance.peer_process import PeerProcess
from tests.conformance.peer_world import PeerWorld


def arguments(words: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="a random history of one group in several processes")
    parser.add_argument("--members", type=int, default=200, help="the most there may be at once")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--processes", type=int, default=3, help="of our own")
    parser.add_argument("--peer", action="append", default=[], help="the command of one more process")
    parser.add_argument("--suite", type=lambda text: int(text, 0), default=1)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Run one history."""
    wanted = arguments(words)
    began = time.monotonic()
    with ExitStack() as stack:
        peers = [stack.enter_context(PeerProcess()) for _ in range(wanted.processes)]
        peers += [stack.enter_context(PeerProcess(tuple(shlex.split(text)))) for text in wanted.peer]
        world = PeerWorld(peers, wanted.suite, f"{wanted.seed:08x}")
        history = History(world, wanted.seed, wanted.members)
        if wanted.members > 20:
            world.grow(wanted.members // 2)
        history.run(wanted.steps)
        epoch = world.members[min(world.members)].state["epoch"]
    took = time.monotonic() - began
    print(f"{wanted.steps} steps, epoch {epoch}, {len(world.members)} members, {took:.0f} s: all agree")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
