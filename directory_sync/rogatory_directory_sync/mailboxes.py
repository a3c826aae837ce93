"""Function mailboxes (rules R7, R16): ASCII, lower case, one address each; look-alikes are told apart.

A mailbox with control or bidirectional characters, with letters that are not ASCII, or without a domain is
dropped with a warning. A changed domain that only looks like the known one is an attack until proven
otherwise.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rogatory_directory_sync.text import scripts

_ADDRESS = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+")
_AT = re.compile(r"\s*[(\[{]\s*(?:at|@)\s*[)\]}]\s*", re.IGNORECASE)
_DOT = re.compile(r"\s*[(\[{]\s*(?:dot|\.)\s*[)\]}]\s*", re.IGNORECASE)
_CONFUSABLE = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "3": "e", "5": "s", "-": None, ".": None, "_": None}
)
_MAX_TEXT = 2000


class MailboxProblem(StrEnum):
    """Why a mailbox is not imported."""

    INVALID = "email_invalid"
    CONTROL_CHARACTER = "email_control_character"
    NON_ASCII = "email_non_ascii"
    HOMOGLYPH = "email_homoglyph"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address that can be used, lower case."""

    address: str


@dataclass(frozen=True, slots=True)
class RefusedMailbox:
    """One address that cannot, as published."""

    raw: str
    problem: MailboxProblem


def domain_of(address: str) -> str:
    """The part after the last ``@``."""
    return address.rpartition("@")[2]


def _read_one(text: str) -> Mailbox | RefusedMailbox:
    if any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn") for c in text):
        return RefusedMailbox(text, MailboxProblem.CONTROL_CHARACTER)
    address = _DOT.sub(".", _AT.sub("@", text)).strip().strip("<>").lower()
    address = address.removeprefix("mailto:").strip().partition("?")[0]
    if not address.isascii():
        mixed = len(scripts(address)) > 1
        return RefusedMailbox(address, MailboxProblem.HOMOGLYPH if mixed else MailboxProblem.NON_ASCII)
    if not _ADDRESS.fullmatch(address) or ".." in address or address.rpartition(".")[2].isdigit():
        return RefusedMailbox(address, MailboxProblem.INVALID)
    encoded = _decoded(domain_of(address))
    if encoded:
        # RFC 5890: ``xn--`` hides letters that are not ASCII; it is judged by what it would be shown as.
        mixed = len(scripts(address.partition("@")[0] + encoded)) > 1
        return RefusedMailbox(address, MailboxProblem.HOMOGLYPH if mixed else MailboxProblem.NON_ASCII)
    return Mailbox(address)


def _decoded(domain: str) -> str:
    """A domain with its ``xn--`` labels as they are shown, or empty where it has none."""
    labels = domain.split(".")
    if not any(label.startswith("xn--") for label in labels):
        return ""
    return ".".join(_label(label) for label in labels)


def _label(label: str) -> str:
    try:
        return label.removeprefix("xn--").encode().decode("punycode") if label.startswith("xn--") else label
    except (UnicodeError, OverflowError):
        return label


def read_mailboxes(cell: str) -> tuple[Mailbox | RefusedMailbox, ...]:
    """Every mailbox in a cell, in order, each once.

    Args:
        cell: as published, not cleaned: an invisible character is a reason to refuse, not dirt to wipe off.
    """
    parts = (part.strip(" \t\r\n\u00a0") for part in re.split(r"[;,\n]", cell[:_MAX_TEXT]))
    return tuple(dict.fromkeys(_read_one(part) for part in parts if part))


def _skeleton(domain: str) -> str:
    return domain.translate(_CONFUSABLE).replace("rn", "m").replace("vv", "w").replace("cl", "d")


def _one_edit_apart(left: str, right: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours turns one text into the other."""
    short, long = sorted((left, right), key=len)
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) == len(long):
        swapped = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
        return short[at + 1 :] == long[at + 1 :] or swapped
    return len(long) - len(short) == 1 and short[at:] == long[at + 1 :]


def is_lookalike(domain: str, known: Iterable[str]) -> bool:
    """Whether a domain differs from each known one and yet would be taken for one of them.

    Args:
        domain: of the new address.
        known: domains of the addresses in use.
    """
    trusted = set(known)
    if domain in trusted:
        return False
    return any(
        _skeleton(domain) == _skeleton(other)
        or _one_edit_apart(domain, other)
        or domain.startswith(f"{other}.")
        for other in trusted
    )


def place_of_code(domain: str, codes: Iterable[str]) -> int:
    """How far right in a domain a label is one of a State's or territory's codes; -1 where none is.

    The right-most code counts: ``it.justice.gov.sn.example`` is Senegal's, not Italy's.
    """
    labels = domain.split(".")
    known = {code.lower() for code in codes if code}
    return max((place for place, label in enumerate(labels) if label in known), default=-1)
