"""What a PDF file brings along to check its signatures: its security store (EN 319 142-1 clause 5.4.2).

Anybody can add to the store without breaking a signature, so what cannot be read in it is left out.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from asn1crypto import ocsp  # type: ignore[import-untyped]
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError

from rogatory_crypto.esign.cms.signed_data import load_certificate, load_crl
from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.pdf.objects import EMPTY, elements, entry
from rogatory_crypto.esign.pdf.reading import Reader

MAX_ITEMS: Final = 4096
MAX_BYTES: Final = 64 * 1024 * 1024
_UNREADABLE: Final = (PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)


def read_store(reader: Reader) -> Evidence:
    """Certificates and revocation data in the store and in its parts for single signatures."""
    store = _dictionary(reader.root, "/DSS")
    related = _dictionary(store, "/VRI")
    parts = [_dictionary(related, name) for name in related]
    sources = [(store, "s"), *((part, "") for part in parts)]
    budget = _Budget()
    return Evidence(
        certificates=tuple(_all(sources, "/Cert", load_certificate, budget)),
        crls=tuple(_all(sources, "/CRL", load_crl, budget)),
        ocsps=tuple(_all(sources, "/OCSP", ocsp.OCSPResponse.load, budget)),
    )


class _Budget:
    """What one store may cost; each object is taken once."""

    def __init__(self) -> None:
        self.taken: set[object] = set()
        self.bytes_left = MAX_BYTES

    def allows(self, reference: object) -> bool:
        if reference in self.taken or len(self.taken) >= MAX_ITEMS or self.bytes_left <= 0:
            return False
        self.taken.add(reference)
        return True


def _dictionary(parent: Any, key: str) -> Any:  # noqa: ANN401 - untyped library
    try:
        value = entry(parent, key)
    except _UNREADABLE:
        value = None
    return value if isinstance(value, generic.DictionaryObject) else EMPTY


def _all(
    sources: list[tuple[Any, str]], key: str, load: Callable[[bytes], Any], budget: _Budget
) -> Iterator[Any]:
    for dictionary, plural in sources:
        try:
            references = elements(entry(dictionary, key + plural))
        except _UNREADABLE:
            continue
        for reference in references:
            yield from _one(reference, load, budget)


def _one(reference: Any, load: Callable[[bytes], Any], budget: _Budget) -> Iterator[Any]:  # noqa: ANN401 - untyped library
    if not isinstance(reference, generic.IndirectObject) or not budget.allows(reference.reference):
        return
    stream: Any = reference
    try:
        encoded = stream.get_object().data
        budget.bytes_left -= len(encoded)
        yield load(encoded)
    except _UNREADABLE:
        return
