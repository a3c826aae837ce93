"""Who this device is, and the private halves of what it has published."""

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from rogatory_client.vault.schema import identity, key_packages
from rogatory_crypto import mls, signing
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import NetworkProfile, Registry, parse_profile
from rogatory_crypto.signing import PrivateKeys
from rogatory_crypto.wire.identifier import DeviceId, EntryId

# In the column ``last_resort``: 0 is for single use, 1 of last resort.
_SPENT_LAST_RESORT: Final = 2


@dataclass(frozen=True, slots=True)
class StoredIdentity:
    """The keys of this device, and of the office where this device holds them.

    Attributes:
        signer: the Ed25519 half of the device's keys, for its MLS leaves.
        device_private: both halves.
        publication: signed statements that still have to reach the relay, encoded.
    """

    profile: NetworkProfile
    device_id: DeviceId
    signer: mls.SignatureKeyPair = field(repr=False)
    device_private: PrivateKeys = field(repr=False)
    office_private: PrivateKeys | None = field(repr=False)
    entry_id: EntryId | None
    officer: str | None
    publication: bytes | None

    def office_keys_in(self, registry: Registry) -> PrivateKeys | None:
        """Return the office's keys, if this device holds them; keys that have been replaced are none."""
        office = None if self.entry_id is None else registry.offices.get(self.entry_id)
        held = self.office_private
        if held is None or office is None or signing.public_key(held.ed25519) != office.keys.ed25519:
            return None
        return held


def create_identity(
    connection: Connection, profile: NetworkProfile, device_id: DeviceId, private: PrivateKeys
) -> None:
    """Write the keys of a new device."""
    values = {
        "only": 1,
        "profile": profile.to_json(),
        "device_id": device_id,
        "device_private": private.ed25519,
        "device_public": signing.public_key(private.ed25519),
        "device_ml_dsa_44": private.ml_dsa_44,
    }
    connection.execute(insert(identity), [values])


def load_identity(connection: Connection) -> StoredIdentity:
    """Return who this device is.

    Raises:
        MisuseError: the vault is from before devices had two keys; its office has to enrol again.
    """
    row = connection.execute(select(identity)).one()
    if row.device_ml_dsa_44 is None:
        raise MisuseError("this vault's keys are of a kind that is no longer accepted: enrol a new device")
    return StoredIdentity(
        profile=parse_profile(row.profile),
        device_id=DeviceId(row.device_id),
        signer=mls.SignatureKeyPair(row.device_private, row.device_public),
        device_private=PrivateKeys(row.device_private, row.device_ml_dsa_44),
        office_private=_pair(row.office_private, row.office_ml_dsa_44),
        entry_id=None if row.entry_id is None else EntryId(row.entry_id),
        officer=row.officer,
        publication=row.publication,
    )


def save_profile(connection: Connection, profile: NetworkProfile) -> None:
    """Replace the network profile by one whose root of trust is newer."""
    connection.execute(update(identity).values(profile=profile.to_json()))


def save_office(
    connection: Connection,
    entry_id: EntryId,
    officer: str,
    office_private: PrivateKeys | None,
    publication: bytes | None,
) -> None:
    """Write whose device this is to be, before the relay is told."""
    connection.execute(
        update(identity).values(
            entry_id=entry_id,
            officer=officer,
            office_private=None if office_private is None else office_private.ed25519,
            office_ml_dsa_44=None if office_private is None else office_private.ml_dsa_44,
            publication=publication,
        )
    )


def _pair(ed25519: bytes | None, ml_dsa_44: bytes | None) -> PrivateKeys | None:
    return None if ed25519 is None or ml_dsa_44 is None else PrivateKeys(ed25519, ml_dsa_44)


def set_publication(connection: Connection, publication: bytes | None) -> None:
    """Write which statements still have to reach the relay."""
    connection.execute(update(identity).values(publication=publication))


def load_key_packages(connection: Connection) -> tuple[mls.KeyPackageSecrets, ...]:
    """Return all KeyPackages that can be used, newest first, those of last resort at the end."""
    rows = connection.execute(
        select(key_packages.c.secrets).order_by(key_packages.c.last_resort, key_packages.c.created_at.desc())
    )
    return tuple(mls.KeyPackageSecrets.decode(row.secrets) for row in rows)


def save_key_packages(
    connection: Connection, packages: tuple[mls.KeyPackageSecrets, ...], created_at: int
) -> None:
    """Keep the private halves before the public ones leave."""
    rows = [
        {
            "reference": package.reference,
            "secrets": package.encode(),
            "last_resort": int(package.last_resort),
            "created_at": created_at,
        }
        for package in packages
    ]
    connection.execute(insert(key_packages), rows)


def forget_key_package(connection: Connection, reference: bytes) -> None:
    """Erase the private half of a KeyPackage."""
    connection.execute(delete(key_packages).where(key_packages.c.reference == reference))


def spend_last_resort(connection: Connection, reference: bytes) -> None:
    """Write that a KeyPackage of last resort was used; it stays until another has taken its place."""
    spent = update(key_packages).where(key_packages.c.reference == reference)
    connection.execute(spent.values(last_resort=_SPENT_LAST_RESORT))


def load_spent(connection: Connection) -> frozenset[bytes]:
    """Return the references of those of last resort that were used."""
    spent = select(key_packages.c.reference).where(key_packages.c.last_resort == _SPENT_LAST_RESORT)
    return frozenset(connection.execute(spent).scalars())
