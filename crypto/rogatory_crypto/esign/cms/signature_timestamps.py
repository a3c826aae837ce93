"""The time stamps of one signature: on its content, on itself, and on all that came later (EN 319 122-1)."""

from collections.abc import Callable
from functools import cache
from typing import Any

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import SignedData, SignerInfo
from rogatory_crypto.esign.cms import attributes, oids
from rogatory_crypto.esign.cms.archive_timestamp import found_archive_timestamp
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.cms.signer import DigestOfContent
from rogatory_crypto.esign.cms.token import time_of
from rogatory_crypto.esign.found import FoundTimestamp, TimestampKind
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, indeterminate

_Read = Callable[[SignedData], FoundTimestamp]


def digest_of(octets: bytes) -> DigestOfContent:
    """Return the digests of some octets, each made once."""
    return cache(lambda name: digest(name, octets))


def find_timestamps(
    signed_data: SignedData, info: SignerInfo, digest_of_content: DigestOfContent | None
) -> tuple[tuple[FoundTimestamp, ...], Verdict]:
    """Return the time stamps of a signature, oldest first, and the verdict on those that cannot be read.

    Raises:
        PeerError: TOO_LARGE where there are more than can be checked in reasonable time.
    """
    signature = bytes(info["signature"].native)
    unreadable = PASSED
    found: list[FoundTimestamp] = []

    def archive(token: SignedData) -> FoundTimestamp:
        return found_archive_timestamp(signed_data, info, token, digest_of_content)

    def on_signature(token: SignedData) -> FoundTimestamp:
        return FoundTimestamp(TimestampKind.SIGNATURE, token, digest_of(signature))

    def on_content(token: SignedData) -> FoundTimestamp:
        return FoundTimestamp(TimestampKind.CONTENT, token, digest_of_content or _absent)

    readers: tuple[tuple[tuple[Any, ...], str, _Read], ...] = (
        (attributes.signed(info), oids.CONTENT_TIME_STAMP, on_content),
        (attributes.unsigned(info), oids.SIGNATURE_TIME_STAMP, on_signature),
        (attributes.unsigned(info), oids.ARCHIVE_TIME_STAMP_V3, archive),
    )
    for where, identifier, read in readers:
        tokens = attributes.tokens(where, identifier)
        if None in tokens:
            reason = "a time stamp on it cannot be read"
            unreadable = indeterminate(SubIndication.SIG_CONSTRAINTS_FAILURE, reason)
        found.extend(sorted((read(token) for token in tokens if token is not None), key=_stated_time))
    return tuple(found), unreadable


def _absent(_name: str) -> bytes:
    raise PeerError(Code.NOT_FOUND, "the content under a time stamp is not there")


def _stated_time(found: FoundTimestamp) -> int:
    try:
        return time_of(found.token)
    except PeerError:
        return 0
