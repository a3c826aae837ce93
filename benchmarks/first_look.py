"""One look in a process of its own: prints how long opening took and how long the look, milliseconds."""

import gc
import os
import sys
import time
from pathlib import Path

from benchmarks.office_looks import LOOKS
from tests.simulator.world import PASSPHRASE

from rogatory_client.cli import COLLECTED_AFTER
from rogatory_client.office import Office
from rogatory_client.office.desk import Surroundings
from rogatory_client.transport import HttpsLine
from rogatory_client.vault import keys, open_vault


def main(home: str, now: str, look: str) -> None:
    gc.set_threshold(COLLECTED_AFTER)
    began = time.perf_counter()
    vault = open_vault(Path(home), PASSPHRASE)
    with vault.reading() as connection:
        profile = keys.load_identity(connection).profile
    clock = float(now)
    # Nothing is asked of the relay by a look.
    line = HttpsLine(profile, lambda: int(clock * 1000))
    office = Office(vault, line, Surroundings(lambda: clock, os.urandom))
    opened = time.perf_counter()
    LOOKS[look](office)
    looked = time.perf_counter()
    vault.close()
    sys.stdout.write(f"{(opened - began) * 1000} {(looked - opened) * 1000}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
