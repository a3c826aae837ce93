"""The signatures that stand in a PDF file, and what the file brings along to check them.

A signature whose dictionary cannot be read is still a signature, a broken one: leaving it out would let a
forger hide it. Document time stamps are told by their SubFilter, since some products call them ``/Sig``.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils.misc import PdfStrictReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from rogatory_crypto.esign.evidence import Evidence

MAX_SIGNATURES: Final = 64
DOCUMENT_TIMESTAMP: Final = "/ETSI.RFC3161"


@dataclass(frozen=True, slots=True)
class Embedded:
    """One readable signature or document time stamp.

    Attributes:
        name: fully qualified name of its field.
        signature: the library's view of it.
        end: where its signed byte range ends in the file.
        sub_filter: how it is encoded (ISO 32000-1 table 257).
    """

    name: str
    signature: Any
    end: int
    sub_filter: str

    @property
    def is_timestamp(self) -> bool:
        """Whether it is a document time stamp."""
        return self.sub_filter == DOCUMENT_TIMESTAMP


@dataclass(frozen=True, slots=True)
class Broken:
    """One signature field that is filled with something that cannot be read."""

    name: str
    reason: str


def open_pdf(document: bytes, *, strict: bool) -> Any:  # noqa: ANN401 - untyped library
    """The file's reader.

    Raises:
        PdfError: it cannot be read so; files in hybrid-reference form are never read strictly.
    """
    reader = PdfFileReader(BytesIO(document), strict=strict)
    if strict and reader.xrefs.hybrid_xrefs_present:
        raise PdfStrictReadError("hybrid cross-references")
    return reader


def find_signatures(reader: Any) -> tuple[list[Embedded], list[Broken]]:  # noqa: ANN401 - untyped library
    """Every filled signature field, in the order in which they were signed.

    Raises:
        ValueError: more than can be checked in reasonable time.
    """
    readable: list[Embedded] = []
    broken: list[Broken] = []
    for count, (name, _value, field) in enumerate(enumerate_sig_fields(reader, filled_status=True)):
        if count >= MAX_SIGNATURES:
            raise ValueError(f"more than {MAX_SIGNATURES} signatures")
        try:
            readable.append(_embedded(reader, str(name), field))
        except PdfStrictReadError:
            raise
        except (Exception, RecursionError) as error:  # noqa: BLE001 - one broken signature must not hide the others
            broken.append(Broken(str(name), f"{type(error).__name__}: {error}"[:300]))
    return sorted(readable, key=lambda item: item.end), broken


def _embedded(reader: Any, name: str, field: Any) -> Embedded:  # noqa: ANN401 - untyped library
    signature: Any = EmbeddedPdfSignature(reader, field, name)
    ranges = [int(number) for number in signature.byte_range]
    if len(ranges) != 4:
        raise ValueError("the byte range has not exactly two parts")
    # Reading now what is read lazily later: a defect is a defect of this signature alone.
    _ = signature.signer_info.native, signature.signer_cert
    return Embedded(
        name=name,
        signature=signature,
        end=ranges[2] + ranges[3],
        sub_filter=str(signature.sig_object.get("/SubFilter", "")),
    )


def evidence_in(reader: Any, found: list[Embedded]) -> Evidence:  # noqa: ANN401 - untyped library
    """Certificates and revocation data from the security store and from inside the signatures."""
    certificates: list[Any] = []
    crls: list[Any] = []
    ocsps: list[Any] = []
    try:
        store: Any = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        store = None
    if store is not None:
        certificates.extend(store.load_certs())
        crls.extend(_streams(store.crls, "crl"))
        ocsps.extend(_streams(store.ocsps, "ocsp"))
    for item in found:
        for archive in _archived(item):
            crls.extend(archive["crl"] or ())
            ocsps.extend(archive["ocsp"] or ())
    return Evidence(tuple(certificates), tuple(crls), tuple(ocsps))


def _streams(references: Any, kind: str) -> list[Any]:  # noqa: ANN401 - untyped library
    from asn1crypto.crl import CertificateList  # type: ignore[import-untyped]
    from asn1crypto.ocsp import OCSPResponse  # type: ignore[import-untyped]

    load = CertificateList.load if kind == "crl" else OCSPResponse.load
    return [load(reference.get_object().data) for reference in references]


def _archived(item: Embedded) -> list[Any]:
    """The revocation data that ISO 32000-1 section 12.8.3.3.2 puts among the signed attributes."""
    attributes = item.signature.signer_info["signed_attrs"]
    return [
        value
        for attribute in attributes
        if attribute["type"].native == "adobe_revocation_info_archival"
        for value in attribute["values"]
    ]
