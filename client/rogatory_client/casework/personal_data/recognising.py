"""Personal data in what is said informally: names, numbers of persons and accounts, addresses on networks.

A consultation does without, and an officer is told before it is sent. Numbers count where their own check
digits hold, or where a word beside them says what they are; names where a title stands before them, or where
a draft of the office names the person. So little is reported that is none, and some will pass unseen: this is
help for who writes, and no proof that there is nothing. Every search is linear in the text.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rogatory_client.casework.personal_data.account_numbers import (
    account_numbers,
    bank_account_numbers,
    card_numbers,
)
from rogatory_client.casework.personal_data.contact_data import email_addresses, ip_addresses, phone_numbers
from rogatory_client.casework.personal_data.identity_numbers import (
    birth_dates,
    national_numbers,
    travel_documents,
)
from rogatory_client.casework.personal_data.person_names import known_names, titled_names

_KEPT_CHARACTERS: Final = 2
# Of a shorter one, four characters would be most of it.
_MASKED_WHOLE: Final = 12


class PersonalKind(StrEnum):
    """What was found, as a sentence names it."""

    NAME = "a name"
    TRAVEL_DOCUMENT = "a passport number"
    NATIONAL_NUMBER = "a national number"
    BANK_ACCOUNT = "an IBAN"
    CARD = "a card number"
    ACCOUNT = "an account number"
    BIRTH_DATE = "a date of birth"
    EMAIL = "an e-mail address"
    IP_ADDRESS = "an IP address"
    PHONE = "a telephone number"


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Something personal in a text, from ``start`` to before ``end``; ``line`` counts from 1."""

    kind: PersonalKind
    start: int
    end: int
    line: int
    value: str

    @property
    def masked(self) -> str:
        """Enough of it to find it in the text, and too little to use it."""
        compact = " ".join(self.value.split())
        if len(compact) < _MASKED_WHOLE:
            return f"{compact[:1]}…"
        return f"{compact[:_KEPT_CHARACTERS]}…{compact[-_KEPT_CHARACTERS:]}"


# What is certain by its check digits comes first, and takes its place from what is only likely.
_SEARCHES: Final[tuple[tuple[PersonalKind, Callable[[str], Iterable[tuple[int, int]]]], ...]] = (
    (PersonalKind.EMAIL, email_addresses),
    (PersonalKind.TRAVEL_DOCUMENT, travel_documents),
    (PersonalKind.BANK_ACCOUNT, bank_account_numbers),
    (PersonalKind.NATIONAL_NUMBER, national_numbers),
    (PersonalKind.CARD, card_numbers),
    (PersonalKind.BIRTH_DATE, birth_dates),
    (PersonalKind.IP_ADDRESS, ip_addresses),
    (PersonalKind.ACCOUNT, account_numbers),
    (PersonalKind.PHONE, phone_numbers),
    (PersonalKind.NAME, titled_names),
)


def composed(text: str) -> str:
    """Return a text with each letter and its marks as one (Unicode NFC), without signs that nobody sees.

    Some systems take letters and marks apart, and what is pasted may hold unseen signs in a name or a number.
    """
    seen = (each for each in text if unicodedata.category(each) != "Cf")
    return unicodedata.normalize("NFC", "".join(seen))


def searchable(text: str) -> str:
    """Return a text as it is searched: digits and spaces of any width are plain ones, too (Unicode NFKC).

    Lines stay where they are.
    """
    return unicodedata.normalize("NFKC", composed(text))


def find_personal_data(text: str, names: Collection[str] = ()) -> tuple[PersonalData, ...]:
    """Return what looks personal, in the order of the text; nothing is reported twice.

    Args:
        text: as it would be sent.
        names: of persons whom the office knows, such as those of its drafts.
    """
    taken: list[tuple[int, int, PersonalKind]] = []
    occupied = bytearray(len(text))
    for kind, start, end in _every_find(text, names):
        if not any(occupied[start:end]):
            occupied[start:end] = b"\x01" * (end - start)
            taken.append((start, end, kind))
    found: list[PersonalData] = []
    line, counted = 1, 0
    for start, end, kind in sorted(taken):
        line += text.count("\n", counted, start)
        counted = start
        found.append(PersonalData(kind, start, end, line, text[start:end]))
    return tuple(found)


def _every_find(text: str, names: Collection[str]) -> Iterator[tuple[PersonalKind, int, int]]:
    for kind, search in _SEARCHES:
        for start, end in search(text):
            yield kind, start, end
    for start, end in known_names(text, names):
        yield PersonalKind.NAME, start, end
