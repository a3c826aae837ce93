"""Two persons for what leaves the office: put up by one officer, released or held back by another."""

from pathlib import Path

from rogatory_client.office.desk import Desk
from rogatory_client.office.releases import putting_up, releasing
from rogatory_client.office.releases.view import ReleaseView
from rogatory_client.office.view import Progress
from rogatory_client.transport import Line


class Releases:
    """Part of an open office; see ``Office.releases``.

    An internal control: the office's own devices keep to it, and no other office can see whether they did.
    """

    def __init__(self, desk: Desk, line: Line) -> None:
        self._desk = desk
        self._line = line

    @property
    def two_persons(self) -> bool:
        """Whether a request leaves only once a second officer has released it."""
        return putting_up.wants_two_persons(self._desk)

    def set_policy(self, *, two_persons: bool) -> bool:
        """Say so for the whole office; what is put up by then still waits.

        Raises:
            MisuseError: only the head says so, and where there are two officers who may release.
        """
        return putting_up.set_policy(self._desk, two_persons=two_persons)

    def all(self) -> tuple[ReleaseView, ...]:
        """What was put up, oldest first, with what has become of it."""
        return tuple(releasing.release_view(self._desk, each) for each in releasing.shown_asked(self._desk))

    def show(self, request: str) -> ReleaseView:
        """One of them, by the beginning of its id.

        Raises:
            MisuseError: there is none, or more than one.
        """
        return releasing.release_view(self._desk, releasing.asked_for(self._desk, request))

    async def save_files(
        self, request: str, folder: Path, progress: Progress | None = None
    ) -> tuple[Path, ...]:
        """Save its files, to be read before it is released.

        Raises:
            PeerError: HASH_MISMATCH, if one is not the file that would leave.
            TransportError: the relay cannot be reached.
        """
        asked = releasing.asked_for(self._desk, request)
        return await releasing.save_files(self._desk, self._line, asked, folder, progress)

    def release(self, request: str) -> ReleaseView:
        """Release a request of another officer, exactly as it was put up.

        Raises:
            MisuseError: it was put up by this officer, or has been answered, or this role may not.
        """
        asked = releasing.asked_for(self._desk, request)
        return releasing.answer(self._desk, asked, "", released=True)

    def hold_back(self, request: str, reasons: str) -> ReleaseView:
        """Hold a request back; who put it up may, too. Errors as ``release``."""
        asked = releasing.asked_for(self._desk, request)
        return releasing.answer(self._desk, asked, reasons, released=False)
