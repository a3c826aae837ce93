"""What becomes of an office's devices and keys after they were entered; see ``Office.lifecycle``."""

from collections.abc import Sequence

from rogatory_client.office import reading, renewal
from rogatory_client.office.desk import Desk
from rogatory_client.office.view import DeviceView
from rogatory_client.transport import Line
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import DeviceId


class Lifecycle:
    """Part of an open office; devices are named by their ids or an unambiguous beginning of them."""

    def __init__(self, desk: Desk, line: Line) -> None:
        self._desk = desk
        self._line = line

    async def renew(
        self, devices: Sequence[str] = (), *, days: int = renewal.MAX_DAYS
    ) -> tuple[DeviceView, ...]:
        """Prolong the terms of these devices, or of all that end within 60 days; needs the office key.

        Args:
            devices: whose terms.
            days: how long they are, from now on.

        Raises:
            MisuseError: no such device in service, or this device does not hold the office key.
            PeerError: what the relay says against it.
            TransportError: the relay cannot be reached; the next synchronisation goes on.
        """
        chosen = [device_named(self._desk, each) for each in devices]
        renewed = {each.hex() for each in await renewal.renew(self._desk, self._line.relay, chosen, days)}
        return tuple(each for each in reading.devices(self._desk) if each.device_id in renewed)


def device_named(desk: Desk, name: str) -> DeviceId:
    """Return the one device of the own office whose id begins so.

    Raises:
        MisuseError: there is none, or more than one.
    """
    wanted = name.strip().lower()
    found = [each.device_id for each in reading.devices(desk) if wanted and each.device_id.startswith(wanted)]
    if len(found) != 1:
        count = "more than one device" if found else "no device"
        raise MisuseError(f"{count} of this office begins with {name!r}: see `rogatory device list`")
    return DeviceId(bytes.fromhex(found[0]))
