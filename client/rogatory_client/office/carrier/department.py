"""Past the relay: what waits goes into a file for a USB stick or for mail, and such a file is taken in."""

from collections.abc import Sequence
from pathlib import Path

from rogatory_client.engine.carried_effect import FROM_CARRIER
from rogatory_client.office import reading
from rogatory_client.office.carrier.arrivals import take_in
from rogatory_client.office.carrier.departures import Chosen, write_out
from rogatory_client.office.carrier.view import CarriedInView, CarriedOutView
from rogatory_client.office.desk import Desk
from rogatory_client.office.view import Progress


class Carrier:
    """Carries files between offices that have no line."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def out(
        self,
        path: Path,
        *,
        to: str | None = None,
        case: str | None = None,
        part_bytes: int | None = None,
        progress: Progress | None = None,
    ) -> CarriedOutView:
        """Write what waits to a file; it goes to the relay all the same when the line is back.

        Args:
            path: of the file, which must not exist; after an interruption the same call goes on.
            to: entry of an office; only cases that it is in.
            case: id or reference; only this case.
            part_bytes: how large a part for mail may be; None for one file.
            progress: told how far it is.

        Raises:
            MisuseError: nothing waits, or nothing of it can be carried; says why and what to do.
            VaultError: the disk is full or broken; what is there is kept.
        """
        return write_out(self._desk, path, Chosen(to, case, part_bytes), progress)

    def has_place(self, message: str) -> bool:
        """Tell whether the relay has given a message its place and its time.

        Raises:
            MisuseError: there is no such message, or more than one begins so.
        """
        return reading.stored_message(self._desk, message).sequence not in {None, FROM_CARRIER}

    def take_in(self, paths: Sequence[Path], *, progress: Progress | None = None) -> CarriedInView:
        """Take in a file, or all the parts of one; twice does no harm.

        Receipts wait in the outbox, for the relay or for a file that goes back.

        Raises:
            PeerError: it is damaged, incomplete, forged or for somebody else; nothing of it was taken in.
            VaultError: it cannot be read, or the disk is full; take it in again.
        """
        return take_in(self._desk, paths, progress)
