"""The office's X.509 seal: made here, kept in the vault, named in the log by its hash, taken back there.

The log's entry is what makes a certificate the office's seal, so it takes the office's key to enter one and
to take it back. What was sealed before a seal was taken back stays sealed.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

from rogatory_client.office.desk import Desk
from rogatory_client.office.devices.enrolment import publish_signed, require_office_key
from rogatory_client.office.line.trusting import know_newest
from rogatory_client.vault import seals
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity.logged_seal import seal_content
from rogatory_crypto.identity.office_seal import (
    MAX_ISSUER_LIFETIME_S,
    MAX_SEAL_LIFETIME_S,
    SealCertificate,
    SealIssuer,
    export_pkcs12,
    issue_seal,
    make_issuer,
    revocation_list,
    to_pem,
)
from rogatory_crypto.identity.seal_profile import MAX_ORGANIZATION, MAX_SHORT_NAME, Lifetime, SealSubject
from rogatory_crypto.log.audit import LoggedSeal
from rogatory_crypto.log.entry_body import sign_content
from rogatory_crypto.log.entry_content import OfficeSeal, Revocation
from rogatory_crypto.wire.api import Relay
from rogatory_crypto.wire.log_request import EntryPublication, ProposedEntry

DAY_S: Final = 86_400
MAX_REASON: Final = 200
MAX_DAYS: Final = MAX_SEAL_LIFETIME_S // DAY_S
# Readers whose clocks are behind shall not take a fresh seal for one from the future.
_BACKDATED_S: Final = 600
_LIST_LIFETIME_S: Final = 7 * DAY_S


class SealName(NamedTuple):
    """What the certificate shows; whatever is None comes from the directory."""

    short_name: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class SealView:
    """A seal of the office; times are unix seconds.

    Attributes:
        sha256: of the certificate, hex.
        logged_at: when the log took it in; None where it has not.
        ended_at: when it was taken back, by the office or by its enrolling anew.
        here: whether its key is on this device.
    """

    sha256: str
    not_before: int
    not_after: int
    logged_at: int | None
    ended_at: int | None
    here: bool


@dataclass(frozen=True, slots=True)
class ExportedSeal:
    """Files for a signing program and for those who shall trust it: PKCS#12, and the issuer as PEM."""

    pkcs12: bytes
    issuer_pem: bytes


@dataclass(frozen=True, slots=True)
class OpenedSeal:
    """A seal with its key, to sign with at once, and the office's revocation list of now (DER)."""

    seal: SealCertificate
    revocation_list: bytes


async def create(desk: Desk, relay: Relay, name: SealName, days: int) -> SealView:
    """Make a seal, and the issuer above it if there is none that lives as long, and enter it in the log.

    Raises:
        MisuseError: this device does not hold the office's key, or the certificate cannot say that.
        PeerError: what the relay says against it.
        TransportError: the relay or its witnesses cannot be reached; the next synchronisation goes on.
    """
    require_office_key(desk)
    if not 1 <= days <= MAX_DAYS:
        raise MisuseError(f"a seal is valid for 1 to {MAX_DAYS} days")
    await know_newest(desk, relay)
    subject, random = _subject(desk, name), desk.surroundings.random
    begin = desk.surroundings.now() - _BACKDATED_S
    lifetime = Lifetime(begin, begin + days * DAY_S)
    issuer = _issuer(desk, subject, lifetime)
    made = issue_seal(issuer, subject, lifetime, random)
    with desk.vault.writing() as connection:
        seals.save_seal(connection, made, desk.surroundings.now())
    await _publish(desk, relay, seal_content(desk.oneself.entry_id, made.certificate))
    return seal_named(desk, sha256(made.certificate).hexdigest())


async def revoke(desk: Desk, relay: Relay, name: str, reason: str) -> SealView:
    """Take a seal back, for ever.

    Raises:
        MisuseError: no such seal that counts, or this device does not hold the office's key.
        PeerError: what the relay says against it.
        TransportError: the relay or its witnesses cannot be reached; the next synchronisation goes on.
    """
    require_office_key(desk)
    if not 1 <= len(reason) <= MAX_REASON:
        raise MisuseError(f"a reason has 1 to {MAX_REASON} characters")
    await know_newest(desk, relay)
    view = seal_named(desk, name)
    leaf = next((leaf for leaf, each in _logged(desk).items() if _is(each, view) and not each.ended_at), None)
    if leaf is None:
        raise MisuseError("this seal does not count any more, or was never in the log")
    await _publish(desk, relay, Revocation(desk.oneself.entry_id, leaf, reason))
    return seal_named(desk, view.sha256)


def export(desk: Desk, name: str, passphrase: bytes) -> ExportedSeal:
    """Return a seal with its key, under a passphrase of its own.

    Raises:
        MisuseError: its key is not on this device, the log does not name it, or the passphrase is empty.
    """
    view = seal_named(desk, name)
    if not _counts_here(view):
        raise MisuseError("only a seal that counts is exported, from the device that made it")
    seal = _stored(desk, view)
    return ExportedSeal(export_pkcs12(seal, passphrase), to_pem(seal.issuer_certificate))


def open_seal(desk: Desk, name: str | None = None) -> OpenedSeal:
    """Return a seal to sign with, and what tells a reader without the log that it was not taken back.

    Args:
        desk: of the office.
        name: how SHA-256 of its certificate begins; without it, the newest one.

    Raises:
        MisuseError: no such seal counts, or its key is not on this device.
    """
    chosen = list_seals(desk) if name is None else (seal_named(desk, name),)
    usable = [view for view in chosen if _counts_here(view)]
    if not usable:
        raise MisuseError(
            "no such seal counts here: see `rogatory seal list`, and make one with `rogatory seal create`"
        )
    seal = _stored(desk, max(usable, key=lambda view: (view.not_before, view.sha256)))
    return OpenedSeal(seal, _revocation_list(desk, seal.issuer_certificate))


def list_seals(desk: Desk) -> tuple[SealView, ...]:
    """Return every seal of the office, and those made here that the log does not name (yet)."""
    with desk.vault.reading() as connection:
        own = {each.sha256: each for each in seals.load_seals(connection)}
    logged = [_view(each, here=each.seal.certificate_sha256 in own) for each in _logged(desk).values()]
    named = {each.sha256 for each in logged}
    rest = [
        LoggedSeal(seal_content(desk.oneself.entry_id, each.seal.certificate), each.made_at)
        for each in own.values()
        if each.sha256.hex() not in named
    ]
    return (*logged, *(_view(each, here=True, named=False) for each in rest))


def seal_named(desk: Desk, name: str) -> SealView:
    """Return the one seal whose certificate's SHA-256 begins so.

    Raises:
        MisuseError: there is none, or more than one.
    """
    wanted = name.strip().lower()
    found = [each for each in list_seals(desk) if wanted and each.sha256.startswith(wanted)]
    if len(found) != 1:
        count = "more than one seal" if found else "no seal"
        raise MisuseError(f"{count} of this office begins with {name!r}: see `rogatory seal list`")
    return found[0]


def _counts_here(view: SealView) -> bool:
    return view.here and view.logged_at is not None and view.ended_at is None


def _stored(desk: Desk, view: SealView) -> SealCertificate:
    with desk.vault.reading() as connection:
        return next(each.seal for each in seals.load_seals(connection) if each.sha256.hex() == view.sha256)


def _revocation_list(desk: Desk, certificate: bytes) -> bytes:
    """Return the list of the issuer with this certificate; its number is the time, so that it grows."""
    now, ended = desk.surroundings.now(), {view.sha256: view.ended_at for view in list_seals(desk)}
    with desk.vault.reading() as connection:
        issuer = seals.load_issuer(connection, certificate)
        issued = [
            each for each in seals.load_seals(connection) if each.seal.issuer_certificate == certificate
        ]
    if issuer is None:
        raise MisuseError("the issuer of this seal is not on this device: make a new seal")
    taken_back = [
        (each.seal.certificate, since) for each in issued if (since := ended[each.sha256.hex()]) is not None
    ]
    return revocation_list(issuer, taken_back, number=now, now=now, next_update=now + _LIST_LIFETIME_S)


def _subject(desk: Desk, name: SealName) -> SealSubject:
    entry_id = desk.oneself.entry_id
    record = desk.listing.records.get(entry_id)
    if record is None:
        raise MisuseError(f"the directory does not know {entry_id} yet: run `rogatory sync`")
    state = None if record.state is None else record.state.iso2
    country = name.country or state or record.host_country
    if country is None:
        raise MisuseError("the directory names no country: say which with --country")
    return SealSubject(
        entry_id=entry_id,
        organization=record.name_en[:MAX_ORGANIZATION],
        short_name=name.short_name or record.name_en[:MAX_SHORT_NAME].strip(),
        country=country.upper(),
    )


def _issuer(desk: Desk, subject: SealSubject, lifetime: Lifetime) -> SealIssuer:
    with desk.vault.reading() as connection:
        held = seals.load_issuer(connection)
    if held is not None and _can_issue(held, subject, lifetime):
        return held
    ends = lifetime.not_before + MAX_ISSUER_LIFETIME_S
    made = make_issuer(subject, Lifetime(lifetime.not_before, ends), desk.surroundings.random)
    with desk.vault.writing() as connection:
        seals.save_issuer(connection, made)
    return made


def _can_issue(issuer: SealIssuer, subject: SealSubject, lifetime: Lifetime) -> bool:
    """Tell whether an issuer is of this name and lives as long, by trying it; the result is thrown away."""
    try:
        issue_seal(issuer, subject, lifetime, lambda size: bytes([1]) * size)
    except MisuseError:
        return False
    return True


async def _publish(desk: Desk, relay: Relay, content: OfficeSeal | Revocation) -> None:
    place = desk.replica.next_place(content.subject)
    keys = {b"": require_office_key(desk)}
    entry = sign_content(content, desk.replica.origin, place, keys, desk.surroundings.now())
    publication = EntryPublication((ProposedEntry(entry.type, entry.body),))
    await publish_signed(desk, relay, publication.encode())


def _logged(desk: Desk) -> dict[bytes, LoggedSeal]:
    own = desk.oneself.entry_id
    return {leaf: each for leaf, each in desk.replica.audit.seals.items() if each.seal.entry_id == own}


def _is(logged: LoggedSeal, view: SealView) -> bool:
    return logged.seal.certificate_sha256.hex() == view.sha256


def _view(logged: LoggedSeal, *, here: bool, named: bool = True) -> SealView:
    return SealView(
        sha256=logged.seal.certificate_sha256.hex(),
        not_before=logged.seal.not_before,
        not_after=logged.seal.not_after,
        logged_at=logged.logged_at if named else None,
        ended_at=logged.ended_at,
        here=here,
    )
