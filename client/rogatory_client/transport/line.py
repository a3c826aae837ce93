"""What the client needs of a way to the relay; the network and the simulator both provide it."""

from dataclasses import dataclass, field
from typing import Protocol

from rogatory_crypto.wire.api import Feed, Relay, Session
from rogatory_crypto.wire.frame import RelayFrame
from rogatory_crypto.wire.identifier import DeviceId


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """With what a device proves who it is."""

    device_id: DeviceId
    private: bytes = field(repr=False)


class LiveFeed(Feed, Protocol):
    """A feed that can be hung up, and asked for what lies ready."""

    async def receive_waiting(self) -> RelayFrame | None:
        """Return the next frame if it is here or about to be, else None; errors as ``receive``."""
        ...

    async def close(self) -> None:
        """Hang up; never raises."""
        ...


class Line(Protocol):
    """A way to one relay."""

    @property
    def relay(self) -> Relay:
        """What anybody may ask."""
        ...

    async def session(self, device: DeviceKey) -> Session:
        """Authenticate this device.

        Raises:
            TransportError: the relay cannot be reached, or a clock is wrong.
            PeerError: the relay refuses this device.
        """
        ...

    async def feed(self, device: DeviceKey) -> LiveFeed:
        """Open the live feed, authenticated."""
        ...

    async def close(self) -> None:
        """Let go of all connections."""
        ...
