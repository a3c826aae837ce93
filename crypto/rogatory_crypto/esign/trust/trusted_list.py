"""A trusted list as values (TS 119 612 clause 5): its publisher, the services on it, the lists it names."""

from dataclasses import dataclass

from rogatory_crypto.esign.trust.list_words import EU_LIST_OF_LISTS


@dataclass(frozen=True, slots=True)
class Period:
    """What a list says of one service from one moment on (clauses 5.5 and 5.6).

    Attributes:
        service_type, status: URIs.
        since: unix seconds; until the next period begins.
        certificates: DER, as named for this period.
        key_identifiers: subject key identifiers named for this period.
        information: last words of additional service information and of qualifiers, for the report only.
    """

    service_type: str
    status: str
    since: int
    certificates: tuple[bytes, ...] = ()
    key_identifiers: tuple[bytes, ...] = ()
    information: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """One trust service of one provider, the current period first, then its history."""

    provider: str
    name: str
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class ListPointer:
    """Another list that this one names, with the certificates of who may sign it (clause 5.3.13)."""

    territory: str
    location: str
    list_type: str
    certificates: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class TrustedList:
    """One list.

    Attributes:
        version: of the format: 3 to 6.
        sequence: number of this issue.
        list_type: URI.
        territory: of the scheme, mostly ISO 3166-1 alpha-2; ``EU`` for the list of lists.
        operator: who publishes it, in English where it says so.
        issued_at: unix seconds.
        next_update: unix seconds; absent on a list that is closed for ever.
        information: URIs about the scheme; a list of lists names its pivots there, newest first.
        services: of all providers, in the list's order.
        pointers: to other lists, and to its own next issue.
        unreadable: services with a certificate that is none, one line each.
    """

    version: int
    sequence: int
    list_type: str
    territory: str
    operator: str
    issued_at: int
    next_update: int | None
    information: tuple[str, ...]
    services: tuple[Service, ...]
    pointers: tuple[ListPointer, ...]
    unreadable: tuple[str, ...] = ()

    @property
    def is_list_of_lists(self) -> bool:
        """Whether it names other states' lists rather than services."""
        return self.list_type == EU_LIST_OF_LISTS or (not self.services and len(self.pointers) > 1)

    @property
    def title(self) -> str:
        """How it is named in a report."""
        kind = "list of trusted lists" if self.is_list_of_lists else "trusted list"
        return f"{kind} of {self.territory}, number {self.sequence}"

    def stale(self, moment: int) -> bool:
        """Tell whether the next issue was due before a moment; a closed list never is."""
        return self.next_update is not None and self.next_update < moment

    def signers_of(self, territory: str) -> tuple[bytes, ...]:
        """Certificates (DER) of who may sign the list of a territory, as this list names them."""
        named = [pointer for pointer in self.pointers if pointer.territory == territory]
        return tuple(certificate for pointer in named for certificate in pointer.certificates)
