"""Commands by which clients come to be and get into groups."""

from contextlib import suppress

from tests.conformance.peer.description import state_of
from tests.conformance.peer.holdings import (
    DAY_S,
    KEY_PACKAGE_LIFETIME_S,
    POLICY,
    Holdings,
    accept,
    now,
    random,
)
from tests.conformance.peer.request import Reply, Request, RequestError

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import (
    BasicCredential,
    Credential,
    Group,
    KeyPackageSecrets,
    Lifetime,
    cipher_suite,
    create_group,
    generate_key_package,
    generate_signature_key,
    group_info,
    join_external,
    join_group,
    propose_join,
)
from rogatory_crypto.mls.credentials import CREDENTIAL, CREDENTIAL_LIMIT
from rogatory_crypto.mls.nodes import FromKeyPackage

DEFAULT_SUITE = 1


def key_package(holdings: Holdings, request: Request) -> Reply:
    """Make a client: a signature key, and a KeyPackage signed with it."""
    suite = cipher_suite(request.number("suite", DEFAULT_SUITE))
    signer = generate_signature_key(suite, random)
    made = generate_key_package(suite, signer, _credential(request), _lifetime(request), random)
    package = made.package
    private = {
        "init_priv": made.init_private.hex(),
        "encryption_priv": made.encryption_private.hex(),
        "signature_priv": made.signature_private.hex(),
    }
    return {
        "kp": holdings.hold_package(made),
        "key_package": made.message.hex(),
        "ref": made.reference.hex(),
        "init_key": package.init_key.hex(),
        "encryption_key": package.leaf_node.encryption_key.hex(),
        "signature_key": package.leaf_node.signature_key.hex(),
        **(private if request.flag("secrets") else {}),
    }


def _credential(request: Request) -> Credential:
    if request.has("credential"):
        credential = CREDENTIAL.decode(request.octets("credential"))
        if not isinstance(credential, BasicCredential):
            raise RequestError("credential: not basic; no certificate is for a key made here")
        return credential
    identity = request.text("identity").encode()
    if len(identity) > CREDENTIAL_LIMIT:
        raise RequestError("identity: too long")
    return BasicCredential(identity)


def _lifetime(request: Request) -> Lifetime:
    moment = now()
    not_before = request.number("not_before", moment - DAY_S)
    if request.has("not_after"):
        not_after = request.number("not_after")
        if not request.has("not_before"):
            not_before = max(min(not_before, not_after), not_after - KEY_PACKAGE_LIFETIME_S)
    else:
        not_after = not_before + KEY_PACKAGE_LIFETIME_S
    if not 0 <= not_after - not_before <= KEY_PACKAGE_LIFETIME_S or not_after >= 1 << 64:
        raise RequestError("not_after: a KeyPackage lives for 28 days at most")
    return Lifetime(not_before, not_after)


def create(holdings: Holdings, request: Request) -> Reply:
    """Found a group of one; the KeyPackage lends its signature key and credential."""
    package = holdings.package(request.text("kp")).secrets
    leaf = package.package.leaf_node
    if not isinstance(leaf.source, FromKeyPackage):
        raise RequestError("kp: without a lifetime")
    group = create_group(
        package.suite,
        request.octets("group_id"),
        package.signer,
        leaf.credential,
        leaf.source.lifetime,
        random,
        policy=POLICY,
    )
    return {"group": holdings.hold_group(group), **state_of(group)}


def join(holdings: Holdings, request: Request) -> Reply:
    """Join by a Welcome, which uses the KeyPackage up."""
    held = holdings.package(request.text("kp"))
    group = _enter(holdings, request, held.for_welcome())
    held.spend()
    return {"group": holdings.hold_group(group), **state_of(group)}


def _enter(holdings: Holdings, request: Request, package: KeyPackageSecrets) -> Group:
    """Join a group that stands for itself, or continues or branches off one that is held here."""
    welcome, tree = request.octets("welcome"), request.optional_octets("ratchet_tree")
    psks = holdings.psks(request.octets_map("psks"))

    def attempt(resumes: Group | None) -> Group:
        return join_group(
            welcome,
            package,
            now=now(),
            authenticate=accept,
            ratchet_tree=tree,
            psks=psks,
            policy=POLICY,
            resumes=resumes,
        )

    try:
        return attempt(None)
    except PeerError as error:
        if error.code is not Code.UNKNOWN_PSK:
            raise
        for seat in holdings.seats.values():
            with suppress(PeerError):
                return attempt(seat.group)
        raise


def external_join(holdings: Holdings, request: Request) -> Reply:
    """Join by an external commit."""
    made = join_external(
        request.octets("group_info"),
        holdings.package(request.text("kp")).secrets,
        now=now(),
        random=random,
        authenticate=accept,
        ratchet_tree=request.optional_octets("ratchet_tree"),
        resync=request.flag("resync"),
        policy=POLICY,
    )
    handle = holdings.hold_group(made.group)
    commit = holdings.seat(handle).remember(made.message)
    return {"group": handle, "commit": commit, **state_of(made.group)}


def external_add(holdings: Holdings, request: Request) -> Reply:
    """Ask from outside to be added."""
    package = holdings.package(request.text("kp")).for_welcome()
    return {"message": propose_join(request.octets("group_info"), package).hex()}


def tell_group_info(holdings: Holdings, request: Request) -> Reply:
    """Sign what an outsider needs to join."""
    group = holdings.seat(request.text("group")).group
    told = group_info(group, include_tree=request.flag("tree", default=True), external=True)
    return {"group_info": told.hex()}
