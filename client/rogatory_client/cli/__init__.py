"""The command line ``rogatory``: translates between a terminal and the office, and decides nothing itself.

Rules of this room: heavy parts are imported inside commands, so that small commands start at once; what
others wrote is data, never markup or terminal control; standard output carries the answer and nothing else;
no secret is ever an argument or an environment variable; a failure is one sentence of what happened and one
of what to do, with an exit code by its kind.
"""

COLLECTED_AFTER = 50_000
"""Objects; a command ends soon and makes little garbage, and collecting while its modules load costs time."""


def main() -> None:
    """Run one command and end the process with its exit code."""
    import gc
    import sys

    gc.set_threshold(COLLECTED_AFTER)
    from rogatory_client.cli.application import run

    sys.exit(run(sys.argv[1:]))
