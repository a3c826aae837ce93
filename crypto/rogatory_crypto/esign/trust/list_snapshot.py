"""Which issue of a trusted list may take the place of the one that is held.

A list is fetched by anybody and carried by any hand, so three things must hold: it is signed by one who may
sign it, it is a list of the same scheme, and it is no older than what was held before; else whoever carries
lists could bring back a service that was withdrawn.

Who may sign: one whom a list of lists names for that territory; else one who was pinned by hand; for a list
of lists itself, one whom its held issue names for its next one. So a change of signers (a "pivot" of the
European list of lists) needs no rule of its own: its issues are accepted one after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from asn1crypto import x509  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.trust.given_lists import SignedList, read_signed_list
from rogatory_crypto.esign.trust.trusted_list import TrustedList

# Clocks differ; an issue from further ahead would shut out all that come before its date.
_MAX_AHEAD_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class HeldList:
    """What is remembered of the newest accepted issue of a territory's list.

    Attributes:
        territory: of the scheme.
        title: for people.
        list_type: URI; an issue of another type is another scheme.
        is_list_of_lists: whether it says who signs other lists.
        sequence: number of the issue.
        issued_at, next_update: unix seconds; a closed list has no next update.
        document: SHA-256 of the file.
        signer: SHA-256 of the certificate that signed it.
        next_signers: SHA-256 of the certificates that may sign its next issue, where no list of lists says.
        accepted_at: unix seconds.
    """

    territory: str
    title: str
    list_type: str
    is_list_of_lists: bool
    sequence: int
    issued_at: int
    next_update: int | None
    document: bytes
    signer: bytes
    next_signers: tuple[bytes, ...]
    accepted_at: int


def accept(
    document: bytes,
    held: HeldList | None,
    above: Sequence[TrustedList],
    *,
    pins: Sequence[bytes] = (),
    now: int,
) -> HeldList:
    """What to remember once an issue has taken its place.

    Args:
        document: the list.
        held: what is held of the list of the same territory.
        above: the lists of lists that are held.
        pins: certificates (DER) that the caller vouches for as signers of this list; they replace what was
            known of its signers, and nothing else.
        now: unix seconds.

    Raises:
        PeerError: BAD_SIGNATURE or MALFORMED for the list itself; INVALID_CREDENTIAL where it is not signed
            by one who may; CONFLICT where it is another scheme's, or another file of the same number;
            REPLAYED where it is older than what is held.
    """
    found = read_signed_list(document)
    signer = _signer(found, now)
    digest = sha256(document).digest()
    _require_signer(found.content, signer, held, above, pins)
    if held is not None:
        _require_successor(found.content, digest, held)
    return _remembered(found.content, digest, sha256(signer).digest(), _next(found.content, held, pins), now)


def _signer(found: SignedList, now: int) -> bytes:
    content = found.content
    if found.signer is None:
        raise PeerError(Code.BAD_SIGNATURE, f"the {content.title} is signed by nobody")
    if content.issued_at > now + _MAX_AHEAD_S:
        raise PeerError(Code.MALFORMED, f"the {content.title} is from the future")
    certificate = x509.Certificate.load(found.signer)
    begins, ends = certificate.not_valid_before.timestamp(), certificate.not_valid_after.timestamp()
    if not begins <= content.issued_at <= ends:
        raise PeerError(
            Code.INVALID_CREDENTIAL, f"the {content.title} was signed outside its signer's validity"
        )
    return found.signer


def _require_signer(
    content: TrustedList,
    signer: bytes,
    held: HeldList | None,
    above: Sequence[TrustedList],
    pins: Sequence[bytes],
) -> None:
    named = _named(content, above)
    if pins:
        allowed, by = frozenset(sha256(pin).digest() for pin in pins), "the given certificates"
    elif named:
        allowed, by = named, "the list of lists that is held"
    elif held is not None:
        allowed, by = frozenset(held.next_signers), "the issue that is held"
    else:
        unknown = f"nothing says who signs the {content.title}"
        advice = "give its signer's certificate, or the list of lists first"
        raise PeerError(Code.INVALID_CREDENTIAL, f"{unknown}: {advice}")
    if sha256(signer).digest() not in allowed:
        raise PeerError(
            Code.INVALID_CREDENTIAL, f"the {content.title} is not signed by anybody whom {by} name for it"
        )


def _named(content: TrustedList, above: Sequence[TrustedList]) -> frozenset[bytes]:
    if content.is_list_of_lists:
        return frozenset()
    return frozenset(sha256(der).digest() for each in above for der in each.signers_of(content.territory))


def _require_successor(content: TrustedList, digest: bytes, held: HeldList) -> None:
    if (content.territory, content.list_type) != (held.territory, held.list_type):
        raise PeerError(Code.CONFLICT, f"the {content.title} is of another scheme than the {held.title}")
    if content.sequence < held.sequence or content.issued_at < held.issued_at:
        raise PeerError(Code.REPLAYED, f"the {content.title} is older than the {held.title}, which is held")
    if content.sequence == held.sequence and digest != held.document:
        raise PeerError(Code.CONFLICT, f"another file is held as the {content.title}: ask its publisher")


def _next(content: TrustedList, held: HeldList | None, pins: Sequence[bytes]) -> tuple[bytes, ...]:
    """Who may sign the next issue: whom a list of lists names for itself; else as before."""
    own = content.signers_of(content.territory) if content.is_list_of_lists else ()
    named = tuple(dict.fromkeys(sha256(der).digest() for der in own or pins))
    return named or (held.next_signers if held is not None else ())


def _remembered(
    content: TrustedList, digest: bytes, signer: bytes, next_signers: tuple[bytes, ...], now: int
) -> HeldList:
    return HeldList(
        territory=content.territory,
        title=content.title,
        list_type=content.list_type,
        is_list_of_lists=content.is_list_of_lists,
        sequence=content.sequence,
        issued_at=content.issued_at,
        next_update=content.next_update,
        document=digest,
        signer=signer,
        next_signers=next_signers,
        accepted_at=now,
    )
