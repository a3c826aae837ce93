"""Keeping up with what the relay lists: identity statements, the directory, our KeyPackages."""

from hashlib import sha256
from typing import Final

from rogatory_client.engine.effect import ForgetKeyPackage, Outcome
from rogatory_client.engine.staging import CLOCK_TOLERANCE_S
from rogatory_client.office.desk import Desk
from rogatory_client.vault import keys, trust
from rogatory_crypto import mls
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.api import Relay, Session
from rogatory_crypto.wire.request import KeyPackageUpload, Publication

STOCK: Final = 24
RESTOCK_BELOW: Final = 8
KEY_PACKAGE_LIFETIME_S: Final = 84 * 86_400


async def learn(desk: Desk, relay: Relay) -> None:
    """Fetch and verify new identity statements and the newest directory."""
    await learn_statements(desk, relay)
    snapshot = await relay.directory(desk.known_snapshot)
    if snapshot is not None:
        desk.learn_snapshot(sha256(snapshot).digest(), snapshot)


async def learn_statements(desk: Desk, relay: Relay) -> None:
    """Fetch identity statements until none is missing.

    Raises:
        PeerError: one does not verify, or the relay has shortened its list.
    """
    while True:
        page = await relay.statements(desk.registry.size)
        if page.size < desk.registry.size:
            raise PeerError(Code.CONFLICT, "the relay's list of identity statements has become shorter")
        if page.statements and page.first_index != desk.registry.size:
            raise PeerError(Code.MALFORMED, "the relay listed other statements than were asked for")
        desk.learn_statements(page.statements)
        if not page.statements or desk.registry.size >= page.size:
            return


async def publish_waiting(desk: Desk, relay: Relay) -> None:
    """Publish the statements that were signed before; after a cut, find out whether they arrived."""
    waiting = desk.identity.publication
    if waiting is None:
        return
    await learn_statements(desk, relay)
    if not is_published(desk, waiting):
        await relay.publish(Publication.decode(waiting))
        await learn_statements(desk, relay)
    with desk.vault.writing() as connection:
        keys.set_publication(connection, None)
    desk.reload()


def is_published(desk: Desk, publication: bytes) -> bool:
    """Tell whether the relay lists a publication already; it appends all of one or nothing."""
    first = Publication.decode(publication).statements[0]
    with desk.vault.reading() as connection:
        return trust.holds_statement(connection, first)


async def restock_key_packages(desk: Desk, session: Session) -> frozenset[bytes]:
    """Keep enough KeyPackages at the relay, and a lasting one of last resort (RFC 9420 section 16.8).

    All are made anew when the last resort is past half its life, so that the office can always be reached;
    the last resort alone when it was used.

    Returns:
        The references of those of last resort that were used and that the relay no longer has.  # E07.
    """
    suite, now = desk.identity.profile.suite, desk.surroundings.now()
    _erase_expired(desk, now)
    spent = desk.spent_key_packages
    lasting = [each for each in desk.key_packages if each.last_resort and _is_lasting(each, now)]
    stock = await session.key_package_stock(suite)
    is_short = not lasting or stock.remaining < RESTOCK_BELOW
    if not is_short and not spent:
        return spent
    fresh = [_generate(desk, last_resort=False) for _ in range(STOCK if is_short else 0)]
    single_use = tuple(package.message for package in fresh)
    unused = next((each for each in lasting if each.reference not in spent), None)
    if unused is None:
        unused = _generate(desk, last_resort=True)
        fresh.append(unused)
    if fresh:
        with desk.vault.writing() as connection:
            keys.save_key_packages(connection, tuple(fresh), now)
        desk.reload()
    await session.upload_key_packages(KeyPackageUpload(suite, single_use, unused.message))
    return spent


def forget_superseded(desk: Desk, superseded: frozenset[bytes]) -> None:
    """Erase used KeyPackages of last resort, once all is read that was addressed to them before.  # L06.

    Those who wait for a tree have yet to be let in, and may need one.
    """
    if not desk.held_rooms:
        desk.carry_out(Outcome((), tuple(map(ForgetKeyPackage, sorted(superseded)))))


def _is_lasting(package: mls.KeyPackageSecrets, now: int) -> bool:
    return _expiry(package) - now > KEY_PACKAGE_LIFETIME_S // 2


def _erase_expired(desk: Desk, now: int) -> None:
    """Erase private keys nobody can address any more; a Welcome may wait as long as a package lives."""
    expired = [each for each in desk.key_packages if _expiry(each) + KEY_PACKAGE_LIFETIME_S <= now]
    desk.carry_out(Outcome((), tuple(ForgetKeyPackage(each.reference) for each in expired)))


def _expiry(package: mls.KeyPackageSecrets) -> int:
    return mls.key_package_identity(package.message).lifetime.not_after


def _generate(desk: Desk, *, last_resort: bool) -> mls.KeyPackageSecrets:
    now = desk.surroundings.now()
    return mls.generate_key_package(
        mls.cipher_suite(desk.identity.profile.suite),
        desk.identity.signer,
        mls.BasicCredential(desk.oneself.credential.encode()),
        mls.Lifetime(now - CLOCK_TOLERANCE_S, now + KEY_PACKAGE_LIFETIME_S),
        desk.surroundings.random,
        last_resort=last_resort,
    )
