"""Trusted lists handed over by the caller: believed as given, and still never beyond what they say.

A list whose signature does not hold, or that was due to be replaced before the instant to check for, ends
nothing; it is named instead, because trust that is missing must not look like trust that was never asked for.
Where a list of lists is given as well, who signed a state's list must be one whom it names for that state.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.esign.trust.anchor import Anchor, Anchors, Shortcoming
from rogatory_crypto.esign.trust.list_anchors import list_source, operator_anchors, service_anchors
from rogatory_crypto.esign.trust.list_reading import is_trusted_list, open_list, read_trusted_list
from rogatory_crypto.esign.trust.list_signature import signer_of
from rogatory_crypto.esign.trust.trusted_list import TrustedList
from rogatory_crypto.esign.xml.reading import read_xml

_LISTS_KEPT: Final = 48


@dataclass(frozen=True, slots=True)
class SignedList:
    """A list whose signature holds, if it bears one.

    Attributes:
        content: what it says.
        signer: certificate (DER) of who signed it; absent where nobody did.
    """

    content: TrustedList
    signer: bytes | None


def read_signed_list(document: bytes) -> SignedList:
    """A list whose signature holds; who made the signature is not asked here.

    Raises:
        PeerError: not a trusted list, or BAD_SIGNATURE.
    """
    opened = open_list(document)
    content = read_trusted_list(opened)
    try:
        return SignedList(content, signer_of(document, opened))
    except PeerError as error:
        raise PeerError(error.code, f"{content.title}: {error.detail}") from error


def anchors_of_lists(documents: Sequence[bytes], at: int | None) -> Anchors:
    """The anchors in lists given for one check, and a shortcoming for each that could not be used.

    Args:
        documents: the files.
        at: the instant to check for, unix seconds; absent to take lists of any age.

    Raises:
        MisuseError: a file is XML of another kind.
    """
    lists: list[SignedList] = []
    shortcomings: list[Shortcoming] = []
    for document in documents:
        found = _usable(document, at)
        if isinstance(found, Shortcoming):
            shortcomings.append(found)
        else:
            lists.append(found)
    above = [each.content for each in lists if each.content.is_list_of_lists]
    anchors: list[Anchor] = []
    for each in lists:
        how = _how(each, above)
        if isinstance(how, Shortcoming):
            shortcomings.append(how)
        else:
            anchors += _anchors(each.content, how)
            shortcomings += _unreadable(each.content)
    return Anchors(tuple(anchors), tuple(shortcomings))


def refuse_other_xml(document: bytes) -> None:
    """Return unless a file is XML of another kind; what cannot be read at all may be a damaged list.

    Raises:
        MisuseError: it is XML, but no trusted list.
    """
    try:
        other = not is_trusted_list(read_xml(document))
    except PeerError:
        return
    if other:
        raise MisuseError("a file given as trusted is XML, but no trusted list (TS 119 612)")


def overdue(trusted: TrustedList) -> str:
    """The sentence on a list that is too old."""
    due = datetime.fromtimestamp(trusted.next_update or 0, UTC)
    return f"the {trusted.title} was to be replaced by {due:%Y-%m-%d}: get its next issue and check again"


def _usable(document: bytes, at: int | None) -> SignedList | Shortcoming:
    found = _signed(document)
    if isinstance(found, Shortcoming):
        refuse_other_xml(document)
        return found
    if at is not None and found.content.stale(at):
        # A list of lists could have answered for any state.
        territory = "" if found.content.is_list_of_lists else found.content.territory
        return Shortcoming(territory, overdue(found.content))
    return found


# Reading all lists of the European Union takes a second, and one document after another is checked by them.
@lru_cache(maxsize=_LISTS_KEPT)
def _signed(document: bytes) -> SignedList | Shortcoming:
    try:
        return read_signed_list(document)
    except PeerError as error:
        return Shortcoming(_territory(document), f"a trusted list could not be used: {error.detail}")


def _territory(document: bytes) -> str:
    try:
        return read_trusted_list(open_list(document)).territory
    except PeerError:
        return ""


def _how(given: SignedList, above: Iterable[TrustedList]) -> str | Shortcoming:
    content = given.content
    if given.signer is None:
        return "given for this check, signed by nobody"
    naming = [each for each in above if each is not content and each.signers_of(content.territory)]
    if not naming or content.is_list_of_lists:
        return "given for this check"
    for each in naming:
        if given.signer in each.signers_of(content.territory):
            return f"signed as the {each.title} demands"
    reason = f"the {content.title} is not signed by anybody whom the {naming[0].title} names for it"
    return Shortcoming(content.territory, f"{reason}: get newer issues of both")


def _anchors(content: TrustedList, how: str) -> Iterable[Anchor]:
    source = list_source(content, how)
    return operator_anchors(content, source) if content.is_list_of_lists else service_anchors(content, source)


def _unreadable(content: TrustedList) -> Iterable[Shortcoming]:
    for service in content.unreadable:
        reason = f"the {content.title} names a certificate that cannot be read: {service}"
        yield Shortcoming(content.territory, reason)
