"""The office's X.509 issuers and seals that were made on this device, with their private keys."""

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, insert, select

from rogatory_client.vault.schema import seal_issuers, seals
from rogatory_crypto.identity.office_seal import SealCertificate, SealIssuer


@dataclass(frozen=True, slots=True)
class StoredSeal:
    """A seal, SHA-256 of its certificate, and when it was made, unix seconds."""

    seal: SealCertificate
    sha256: bytes
    made_at: int


def save_seal(connection: Connection, seal: SealCertificate, made_at: int) -> None:
    """Keep a seal before the log names it."""
    values = {
        "certificate_sha256": sha256(seal.certificate).digest(),
        "certificate": seal.certificate,
        "private_key": seal.private_key,
        "issuer_certificate": seal.issuer_certificate,
        "made_at": made_at,
    }
    connection.execute(insert(seals).values(values))


def load_seals(connection: Connection) -> tuple[StoredSeal, ...]:
    """Return all seals, oldest first."""
    rows = connection.execute(select(seals).order_by(seals.c.made_at))
    return tuple(
        StoredSeal(
            SealCertificate(row.certificate, row.private_key, row.issuer_certificate),
            row.certificate_sha256,
            row.made_at,
        )
        for row in rows
    )


def save_issuer(connection: Connection, issuer: SealIssuer) -> None:
    """Keep an issuer; the newest one issues."""
    connection.execute(
        insert(seal_issuers).values(certificate=issuer.certificate, private_key=issuer.private_key)
    )


def load_issuer(connection: Connection, certificate: bytes | None = None) -> SealIssuer | None:
    """Return the newest issuer, or the one of a certificate (DER)."""
    query = select(seal_issuers).order_by(seal_issuers.c.number.desc())
    if certificate is not None:
        query = query.where(seal_issuers.c.certificate == certificate)
    row = connection.execute(query).first()
    return None if row is None else SealIssuer(row.certificate, row.private_key)
