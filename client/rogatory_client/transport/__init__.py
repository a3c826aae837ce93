"""The way to the relay: HTTPS by aiohttp, the live feed by websockets, both behind the wire's Protocols.

``line`` says what the rest of the client sees, ``https`` and ``feed`` carry it, ``sentence`` says what an
officer can do when it fails. Every failure of the network is a TransportError, every refusal a PeerError.
"""

from rogatory_client.transport.https import HttpsLine
from rogatory_client.transport.line import DeviceKey, Line, LiveFeed

__all__ = ["DeviceKey", "HttpsLine", "Line", "LiveFeed"]
