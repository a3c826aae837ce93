"""Makes the signature of a PDF last: validation data and, for level LTA, a document time stamp over it.

EN 319 142-1 sections 5.4 and 6.3. Nothing is said of single signatures (VRI): newer readers do without, and
other products take a change there for one of the document.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

from rogatory_client.signing.long_term import LongTerm, carried, embedded_evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyhanko.pdf_utils.reader import PdfFileReader

    from rogatory_crypto.esign.asn1_types import Certificate

TIMESTAMP_PREFIX: Final = "Rogatory-Timestamp"


def made_lasting(
    signed: bytes, field: str, long_term: LongTerm, *, beside: Iterable[Certificate], now: int
) -> bytes:
    """Return a signed PDF with one revision more, which holds all that a receiver needs to check it.

    Args:
        signed: a PDF with a time-stamped signature.
        field: where the signature is.
        long_term: what to embed.
        beside: certificates that came with the signer's key.
        now: unix seconds.

    Raises:
        TransportError: the time-stamping authority cannot be reached.
    """
    from pyhanko.sign.signers import PdfTimeStamper
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    from rogatory_client.signing.dated_writer import DatedWriter

    writer = DatedWriter(signed, now)
    certificates = [*_certificates(writer.prev, field), *beside]
    evidence = embedded_evidence(long_term, certificates)
    DocumentSecurityStore.supply_dss_in_writer(
        writer, None, certs=evidence.certificates, crls=evidence.crls, ocsps=evidence.ocsps
    )
    output = BytesIO()
    if long_term.archive:
        number = sum(1 for _ in writer.prev.embedded_timestamp_signatures) + 1
        name = f"{TIMESTAMP_PREFIX}-{number}"
        PdfTimeStamper(long_term.time_stamper, name).timestamp_pdf(writer, "sha256", output=output)
    else:
        writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def _certificates(reader: PdfFileReader, field: str) -> Iterator[Certificate]:
    for signature in reader.embedded_regular_signatures:
        if signature.field_name == field:
            yield from carried(signature.signed_data)
