"""Works on KeyPackages: each single-use one is handed out once, the last resort one stays (RFC 9420 16.8)."""

from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from rogatory_crypto.wire.identifier import DeviceId
from rogatory_server.store.schema import key_package


class NewKeyPackage(NamedTuple):
    """A KeyPackage that was checked."""

    not_after: int
    sha256: bytes
    body: bytes


def add(connection: Connection, device_id: DeviceId, suite: int, packages: list[NewKeyPackage]) -> None:
    """Store single-use KeyPackages; those already there are left alone."""
    for package in packages:
        known = connection.execute(
            select(key_package.c.number).where(key_package.c.sha256 == package.sha256)
        ).one_or_none()
        if known is None:
            _insert(connection, device_id, suite, package, last_resort=False)


def replace_last_resort(
    connection: Connection, device_id: DeviceId, suite: int, package: NewKeyPackage
) -> None:
    """Store the last resort KeyPackage in place of the former."""
    connection.execute(
        delete(key_package).where(
            key_package.c.device_id == device_id,
            key_package.c.suite == suite,
            key_package.c.last_resort.is_(True) | (key_package.c.sha256 == package.sha256),
        )
    )
    _insert(connection, device_id, suite, package, last_resort=True)


def count(connection: Connection, device_id: DeviceId, suite: int, now: int) -> int:
    """Return how many single-use KeyPackages can still be handed out."""
    return connection.execute(
        select(func.count()).where(
            key_package.c.device_id == device_id,
            key_package.c.suite == suite,
            key_package.c.last_resort.is_(False),
            key_package.c.not_after > now,
        )
    ).scalar_one()


def take(connection: Connection, device_id: DeviceId, suite: int, now: int) -> bytes | None:
    """Hand out the oldest single-use KeyPackage, else the last resort one.  # E07 R03."""
    found = connection.execute(
        select(key_package.c.number, key_package.c.last_resort, key_package.c.body)
        .where(
            key_package.c.device_id == device_id,
            key_package.c.suite == suite,
            key_package.c.not_after > now,
        )
        .order_by(key_package.c.last_resort, key_package.c.number)
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    number, last_resort, body = found
    if not last_resort:
        connection.execute(delete(key_package).where(key_package.c.number == number))
    return bytes(body)


def drop_device(connection: Connection, device_id: DeviceId) -> None:
    """Delete every KeyPackage of a device."""
    connection.execute(delete(key_package).where(key_package.c.device_id == device_id))


def drop_expired(connection: Connection, now: int) -> None:
    """Delete KeyPackages whose lifetime is over.  # R03."""
    connection.execute(delete(key_package).where(key_package.c.not_after <= now))


def _insert(
    connection: Connection, device_id: DeviceId, suite: int, package: NewKeyPackage, *, last_resort: bool
) -> None:
    connection.execute(
        insert(key_package).values(
            device_id=device_id,
            suite=suite,
            last_resort=last_resort,
            not_after=package.not_after,
            sha256=package.sha256,
            body=package.body,
        )
    )
