"""Where somebody can be reached or was on a network: e-mail and IP addresses, telephone numbers."""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final

from rogatory_client.casework.personal_data.words import any_of

_EMAIL: Final = re.compile(r"(?<![\w.%+-])[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_IPV4: Final = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)", re.ASCII)
_IPV6: Final = re.compile(r"(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])", re.ASCII)
_INTERNATIONAL: Final = re.compile(r"(?<![\w+])\+\d[\d ()./\u00a0-]{5,22}\d", re.ASCII)
_NAMED: Final = re.compile(any_of("phone") + r"[^\d\n+]{0,20}(\+?\d[\d ()./\u00a0-]{4,22}\d)", re.IGNORECASE)
_DIGITS: Final = range(6, 16)
_INTERNATIONAL_DIGITS: Final = range(8, 16)


def email_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield where e-mail addresses stand (RFC 5321, as they are in use)."""
    return (found.span() for found in _EMAIL.finditer(text))


def ip_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield where IP addresses of either version stand."""
    for form in (_IPV4, _IPV6):
        for found in form.finditer(text):
            if _is_address(found[0]):
                yield found.span()


def phone_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield numbers in international form (E.164), and others beside a word that says what they are."""
    for found in _INTERNATIONAL.finditer(text):
        if _digits(found[0]) in _INTERNATIONAL_DIGITS:
            yield found.span()
    for found in _NAMED.finditer(text):
        if _digits(found[1]) in _DIGITS:
            yield found.span(1)


def _digits(text: str) -> int:
    return sum(each.isdigit() for each in text)


def _is_address(text: str) -> bool:
    try:
        return not ip_address(text).is_unspecified
    except ValueError:
        return False
