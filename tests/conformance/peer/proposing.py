"""Proposals, and what a commit is asked to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.conformance.peer.holdings import Holdings, accept, now, random
from tests.conformance.peer.request import Reply, Request, RequestError

from rogatory_crypto.mls import (
    ExternalPsk,
    Group,
    PskSource,
    Random,
    propose_add,
    propose_psk,
    propose_remove,
    propose_update,
)


@dataclass(frozen=True, slots=True)
class Psk:
    """A pre-shared key that a request names, with the nonce if it names one."""

    source: PskSource
    nonce: bytes | None

    @classmethod
    def of(cls, request: Request, name: str = "id") -> "Psk":
        """Read one, whose id stands in the field ``name``."""
        return cls(ExternalPsk(request.octets(name)), request.optional_octets("nonce"))


def nonces_first(psks: Sequence[Psk]) -> Random:
    """Return a source of randomness whose first draws are the nonces of these keys, fresh if not given."""
    nonces = [psk.nonce for psk in psks]

    def draw(size: int) -> bytes:
        nonce = nonces.pop(0) if nonces else None
        if nonce is not None and len(nonce) != size:
            raise RequestError(f"nonce: not of {size} bytes")
        return random(size) if nonce is None else nonce

    return draw


@dataclass(frozen=True, slots=True)
class Changes:
    """What a commit is asked to do."""

    add: list[bytes]
    remove: list[int]
    psk: list[Psk]

    @classmethod
    def of(cls, request: Request) -> "Changes":
        """Read them."""
        psk = [Psk.of(item) for item in request.requests("psk")]
        return cls(request.octets_list("add"), request.numbers("remove"), psk)

    def __bool__(self) -> bool:
        """Tell whether anything is asked for."""
        return bool(self.add or self.remove or self.psk)

    @property
    def random(self) -> Random:
        """Where the commit's randomness comes from."""
        return nonces_first(self.psk)


NOTHING = Changes([], [], [])


@dataclass(frozen=True, slots=True)
class Proposer:
    """Sends proposals one after the other, each on the group the one before left."""

    aad: bytes
    public: bool

    @classmethod
    def of(cls, request: Request) -> "Proposer":
        """Read how the proposals of a request are framed."""
        return cls(request.optional_octets("aad") or b"", request.flag("public"))

    def add(self, group: Group, key_package: bytes) -> tuple[Group, bytes]:
        """Propose an Add."""
        return propose_add(
            group,
            key_package,
            now=now(),
            authenticate=accept,
            random=random,
            authenticated_data=self.aad,
            public=self.public,
        )

    def remove(self, group: Group, leaf: int) -> tuple[Group, bytes]:
        """Propose a Remove."""
        return propose_remove(group, leaf, random=random, authenticated_data=self.aad, public=self.public)

    def psk(self, group: Group, psk: Psk) -> tuple[Group, bytes]:
        """Propose a pre-shared key."""
        source = nonces_first([psk])
        return propose_psk(group, psk.source, random=source, authenticated_data=self.aad, public=self.public)

    def update(self, group: Group) -> tuple[Group, bytes]:
        """Propose a fresh leaf."""
        return propose_update(group, random=random, authenticated_data=self.aad, public=self.public)

    def all(self, group: Group, changes: Changes) -> tuple[Group, list[bytes]]:
        """Propose all changes, each in a message of its own."""
        messages = []
        for key_package in changes.add:
            group, message = self.add(group, key_package)
            messages.append(message)
        for leaf in changes.remove:
            group, message = self.remove(group, leaf)
            messages.append(message)
        for psk in changes.psk:
            group, message = self.psk(group, psk)
            messages.append(message)
        return group, messages


def propose(holdings: Holdings, request: Request) -> Reply:
    """Send one proposal."""
    seat, proposer = holdings.seat(request.text("group")), Proposer.of(request)
    match request.text("type"):
        case "add":
            group, message = proposer.add(seat.group, request.octets("key_package"))
        case "remove":
            group, message = proposer.remove(seat.group, request.number("leaf"))
        case "psk":  # "id" is the request's own as well: "psk_id" keeps the two apart
            group, message = proposer.psk(
                seat.group, Psk.of(request, "psk_id" if request.has("psk_id") else "id")
            )
        case "update":
            group, message = proposer.update(seat.group)
        case other:
            raise RequestError(f"type: no proposal is called {other[:40]!r}")
    seat.group = group
    return {"message": seat.remember(message)}
