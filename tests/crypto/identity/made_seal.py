"""An office that is its own issuer, and its seal, made of fixed seeds."""

from collections.abc import Callable
from hashlib import sha256
from itertools import count

from tests.crypto.identity.enrolled_office import NOW

from rogatory_crypto.identity.office_seal import SealCertificate, SealIssuer, issue_seal, make_issuer
from rogatory_crypto.identity.seal_profile import Lifetime, SealSubject
from rogatory_crypto.wire.identifier import EntryId

YEAR = 365 * 86_400
SUBJECT = SealSubject(
    EntryId("CNA-SN-01"),
    "Direction des affaires criminelles et des grâces, autorité centrale pour l'entraide judiciaire",
    "Autorité centrale",
    "SN",
)
OF_ISSUER = Lifetime(NOW - 3600, NOW + 5 * YEAR)
OF_SEAL = Lifetime(NOW - 60, NOW + 2 * YEAR)


def drawn_from(name: str) -> Callable[[int], bytes]:
    numbers = count()
    return lambda size: b"".join(
        sha256(f"{name} {next(numbers)}".encode()).digest() for _ in range(size // 32 + 1)
    )[:size]


def made_issuer(subject: SealSubject = SUBJECT) -> SealIssuer:
    return make_issuer(subject, OF_ISSUER, drawn_from("issuer"))


def made_seal(issuer: SealIssuer | None = None, name: str = "seal") -> SealCertificate:
    return issue_seal(issuer or made_issuer(), SUBJECT, OF_SEAL, drawn_from(name))
