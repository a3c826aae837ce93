"""Every signature of an XML document, as its format finds it.

For a document of its own, for signatures inside a container, and for trusted lists.
"""

from collections.abc import Callable
from typing import TypeAlias

from rogatory_crypto.esign.found import FoundSignature
from rogatory_crypto.esign.report import Coverage, Scope
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.verdict import SubIndication, indeterminate
from rogatory_crypto.esign.xml.reading import read_xml

Resolve: TypeAlias = Callable[[str], bytes | None]
"""The content that a URI names, such as a file's name in a container; absent where there is none."""


def find_xml_signatures(document: bytes, resolve: Resolve | None, terms: Terms) -> tuple[FoundSignature, ...]:
    """Every ``ds:Signature`` of an XML document, in document order, counter-signatures among them.

    Args:
        document: the whole file.
        resolve: the content a detached reference names, in a container; absent outside of one, where a
            reference is met by whichever of the given contents has its digest, whatever its name.
        terms: the contents and the evidence given; trust is not asked for here.

    Raises:
        PeerError: MALFORMED, TOO_LARGE or UNSUPPORTED where the document as a whole could not be read.
    """
    del resolve, terms
    unchecked = indeterminate(SubIndication.GENERIC, "signatures in XML (XAdES) are not checked yet")
    return tuple(
        FoundSignature(
            identifier=each.get("Id") or "",
            family="XAdES-BASELINE",
            integrity=unchecked,
            signer=None,
            digests=frozenset(),
            claimed_time=None,
            scope=Scope(Coverage.UNCLEAR),
        )
        for each in read_xml(document).signatures
    )
