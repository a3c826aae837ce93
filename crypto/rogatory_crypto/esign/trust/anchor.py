"""Trust anchors with what each is trusted for, since when and until when, and who said so.

Path validation ignores the extensions of an anchor (RFC 5280 section 6.1.1), so a certificate trusted for one
thing could do another: a time-stamping unit could issue signers. So every anchor has purposes, and a path may
end in it only for one of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.names import comparable


class Purpose(StrEnum):
    """What a trusted certificate may end (TS 119 612 clause 5.5.1 names the services)."""

    ISSUER = "issuer"
    TIMESTAMP = "timestamp"
    OCSP = "ocsp"
    SIGNER = "signer"
    LIST_OPERATOR = "list-operator"


class SourceKind(StrEnum):
    """Who said that a certificate is trusted."""

    GIVEN = "given"
    DIRECTORY = "directory"
    TRUSTED_LIST = "trusted-list"


@dataclass(frozen=True, slots=True)
class Source:
    """Where trust in a certificate comes from, to be shown with every verdict that rests on it.

    Attributes:
        kind: given for this check, from the directory, or from a trusted list.
        name: readable, such as the list's or the office's name.
        territory: ISO 3166-1 alpha-2 of the state that answers for it; empty where nobody said.
        provider: the trust service provider on the list.
        service: the trust service on the list.
        issued_at, next_update: of the list, unix seconds.
        sequence: of the list.
    """

    kind: SourceKind
    name: str
    territory: str = ""
    provider: str = ""
    service: str = ""
    issued_at: int | None = None
    next_update: int | None = None
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which an anchor is trusted, unix seconds; ``until`` is the first second it is not."""

    since: int = 0
    until: int | None = None

    def covers(self, moment: int) -> bool:
        """Tell whether a moment is inside."""
        return self.since <= moment and (self.until is None or moment < self.until)


ALWAYS = (Window(),)


@dataclass(frozen=True, slots=True)
class Anchor:
    """One certificate, what it is trusted for, when, and by whom."""

    certificate: Certificate
    purposes: frozenset[Purpose]
    source: Source
    windows: tuple[Window, ...] = ALWAYS

    def trusted(self, purpose: Purpose, moment: int) -> bool:
        """Tell whether it is trusted for a purpose at a moment."""
        return purpose in self.purposes and any(window.covers(moment) for window in self.windows)


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """A source of trust that could not be used: a list that is stale, unsigned, unreadable.

    It is not the same as no list: where a chain ends nowhere, the report names it (fail closed, and say why).

    Attributes:
        territory: whose list it is; empty where not even that could be read.
        reason: what is wrong and what to do, one sentence.
    """

    territory: str
    reason: str


@dataclass(frozen=True)
class Anchors:
    """Everything trusted for one check, and every source of trust that could not be used.

    Indexes are made once, when first asked for: a trusted list has hundreds of certificates.
    """

    anchors: tuple[Anchor, ...] = ()
    shortcomings: tuple[Shortcoming, ...] = ()

    def for_purpose(self, purpose: Purpose) -> Iterator[Anchor]:
        """Yield the anchors for a purpose, whatever the time."""
        return (anchor for anchor in self.anchors if purpose in anchor.purposes)

    def of(self, certificate: Certificate) -> Iterator[Anchor]:
        """Yield the anchors that are exactly this certificate."""
        return iter(self._by_digest.get(bytes(certificate.sha256), ()))

    def named(self, name: str) -> tuple[Anchor, ...]:
        """Return the anchors of one subject, by the name's comparable form (RFC 5280 section 7.1)."""
        return self._by_name.get(name, ())

    @cached_property
    def _by_digest(self) -> Mapping[bytes, tuple[Anchor, ...]]:
        found: dict[bytes, tuple[Anchor, ...]] = {}
        for anchor in self.anchors:
            key = bytes(anchor.certificate.sha256)
            found[key] = (*found.get(key, ()), anchor)
        return found

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Anchor, ...]]:
        found: dict[str, tuple[Anchor, ...]] = {}
        for anchor in self.anchors:
            key = comparable(anchor.certificate.subject)
            found[key] = (*found.get(key, ()), anchor)
        return found
