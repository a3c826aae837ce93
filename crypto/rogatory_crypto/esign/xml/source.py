"""What references and transforms of one signature work in."""

from dataclasses import dataclass

from rogatory_crypto.esign.xml.canonical import Canonicalizer
from rogatory_crypto.esign.xml.names import Element
from rogatory_crypto.esign.xml.reading import XmlDocument


@dataclass(frozen=True, slots=True)
class Source:
    """What references and transforms of one signature work in.

    Attributes:
        document: the document that holds the signature.
        signature: the signature that the reference belongs to.
        canonicalizer: makes octets of node sets.
    """

    document: XmlDocument
    signature: Element
    canonicalizer: Canonicalizer
