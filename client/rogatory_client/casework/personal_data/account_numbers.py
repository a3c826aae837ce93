"""Numbers of accounts and cards: by their check digits, or beside a word that says what they are."""

import re
from collections.abc import Iterator
from typing import Final

from rogatory_client.casework.personal_data.words import any_of

# Lengths of an IBAN by country (ISO 13616 registry).
_LENGTHS: Final = {
    code: length
    for length, codes in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV", 29: "BR EG PS QA UA",
        30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
        # Used without a place in the registry.
        24 + 100: "DZ", 25 + 100: "AO CV MZ", 26 + 100: "IR", 27 + 100: "CF CG CM GA GQ KM MG TD",
        28 + 100: "BF BJ CI GW HN MA ML NE SN TG",
    }.items()
    for code in codes.split()
}  # fmt: skip
_UNREGISTERED: Final = 100
_GROUP: Final = 4
_GAP: Final = re.compile("[ \u00a0\n-]")
_IBAN: Final = re.compile(
    r"(?<![A-Za-z0-9])(?=([A-Za-z]{2}[ \u00a0\n-]?\d{2}(?:[ \u00a0\n-]?[A-Za-z0-9]){11,32}))", re.ASCII
)
_CARD: Final = re.compile(r"(?<![\w+])[2-6]\d(?:[ \u00a0-]?\d){11,17}(?![\w])", re.ASCII)
_ISSUERS: Final = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[0-9]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|6\d{15,18}",
    re.ASCII,
)
_ACCOUNT: Final = re.compile(
    any_of("account") + r"[^\d\n]{0,24}?(?<![A-Za-z0-9])(\d(?:[ \u00a0./-]?\d){5,23})(?![A-Za-z0-9-])",
    re.IGNORECASE,
)


def bank_account_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield where an IBAN stands whose length and check digits hold (ISO 13616, ISO 7064 mod 97-10)."""
    for found in _IBAN.finditer(text):
        length = _LENGTHS.get(found[1][:2].upper(), 0) % _UNREGISTERED
        end = _end_of(found[1], length)
        after = text[found.start() + end : found.start() + end + 1]
        if end and not after.isalnum() and _is_iban(found[1][:end]):
            yield found.start(), found.start() + end


def card_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a payment card's number stands: an issuer's prefix, and the check digit of Luhn."""
    for found in _CARD.finditer(text):
        digits = "".join(each for each in found[0] if each.isdigit())
        if _ISSUERS.fullmatch(digits) and _passes_luhn(digits):
            yield found.span()


def account_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield numbers of at least six digits beside a word for an account."""
    return (found.span(1) for found in _ACCOUNT.finditer(text))


def _end_of(written: str, length: int) -> int:
    """Return where so many letters and digits end; 0 where there are fewer, or none are asked for."""
    places = [at for at, each in enumerate(written) if each.isalnum()]
    if not length or len(places) < length:
        return 0
    return places[length - 1] + 1


def _is_iban(written: str) -> bool:
    """Tell whether it is written in one, or in groups of four, and its check digits hold."""
    groups = _GAP.split(written)
    in_groups = all(len(group) == _GROUP for group in groups[:-1])
    return in_groups and _passes_97("".join(groups).upper())


def _passes_97(number: str) -> bool:
    return int("".join(str(int(each, 36)) for each in number[4:] + number[:4])) % 97 == 1


def _passes_luhn(digits: str) -> bool:
    doubled = (int(each) * (1 + at % 2) for at, each in enumerate(reversed(digits)))
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0  # sum of its digits
