"""Commands that tell or keep something and leave every group as it is."""

from importlib.metadata import version

from tests.conformance.peer.description import describe, state_of
from tests.conformance.peer.holdings import Holdings
from tests.conformance.peer.request import Reply, Request, RequestError

from rogatory_crypto.mls import export_secret
from rogatory_crypto.mls.welcome import decode_message
from rogatory_crypto.primitives import CIPHER_SUITES


def hello(_holdings: Holdings, _request: Request) -> Reply:
    """Say who answers and what it speaks."""
    suites = [{"id": suite.code, "name": suite.name} for suite in CIPHER_SUITES.values()]
    return {"lib": "rogatory", "version": version("rogatory"), "suites": suites}


def export(holdings: Holdings, request: Request) -> Reply:
    """Derive a secret of the epoch for another protocol."""
    group = holdings.seat(request.text("group")).group
    label, context, length = request.text("label"), request.octets("context"), request.number("length")
    if length > 255 * group.suite.hash_size:
        raise RequestError("length: more than HKDF can give")
    return {"secret": export_secret(group, label, context, length).hex()}


def set_psk(holdings: Holdings, request: Request) -> Reply:
    """Register an external pre-shared key for every group of this process."""
    holdings.external_psks[request.octets("psk_id")] = request.octets("psk")
    return {}


def state(holdings: Holdings, request: Request) -> Reply:
    """Tell what the members of an epoch agree on."""
    return state_of(holdings.seat(request.text("group")).group)


def ratchet_tree(holdings: Holdings, request: Request) -> Reply:
    """Tell the tree as it is now."""
    return {"ratchet_tree": holdings.seat(request.text("group")).group.ratchet_tree.hex()}


def forget(holdings: Holdings, request: Request) -> Reply:
    """Drop a group or a KeyPackage with all its secrets."""
    if request.has("group"):
        holdings.seat(request.text("group"))
        del holdings.seats[request.text("group")]
    else:
        holdings.package(request.text("kp"))
        del holdings.packages[request.text("kp")]
    return {}


def decode(_holdings: Holdings, request: Request) -> Reply:
    """Describe any MLSMessage."""
    return describe(decode_message(request.octets("message")))
