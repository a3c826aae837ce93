"""The stock of KeyPackages at the relay: enough, a lasting one, and no private keys past their time."""

from typing import Final

from rogatory_client.engine.effect import ForgetKeyPackage, Outcome
from rogatory_client.engine.staging import CLOCK_TOLERANCE_S
from rogatory_client.office.desk import Desk
from rogatory_client.vault import keys
from rogatory_crypto import mls
from rogatory_crypto.wire.api import Session
from rogatory_crypto.wire.request import KeyPackageUpload

STOCK: Final = 24
RESTOCK_BELOW: Final = 8
KEY_PACKAGE_LIFETIME_S: Final = 84 * 86_400


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
