"""Signs a PDF with a soft key: PAdES B-B, or B-LT where revocation data and a time-stamper are given.

EN 319 142-1 section 6. A receiver who checks offline can pass only level LT or better, so B-B is for drafts
and tests. Signing refuses where an earlier signature forbids another one (DocMDP, FieldMDP; ISO 32000-1
section 12.8.2), because it would destroy that signature. The signing library is loaded by the first use.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from rogatory_crypto.errors import MisuseError, PeerError, RogatoryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko.sign.timestamps import TimeStamper

FIELD_PREFIX: Final = "Rogatory-Signature"
_MAX_FIELDS: Final = 64
_BROKEN: Final = (ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, RecursionError)
_PRINTABLE_LATIN: Final = range(0x20, 0x7F)


class SigningRefusedError(RogatoryError):
    """The document may not be signed: an earlier signature forbids it, or it cannot be read."""


@dataclass(frozen=True, slots=True)
class SealKey:
    """A signing key with its certificates, as a PKCS#12 file and its passphrase."""

    pkcs12: bytes = field(repr=False)
    passphrase: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignaturePurpose:
    """What the signature says of itself.

    Attributes:
        signer_function: the function that signs, such as "Head of the central authority"; never a person.
        reason: why it is signed.
        location: where.
    """

    signer_function: str
    reason: str
    location: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where the signature shows on paper: a page counted from 0 and a box in points from its lower left."""

    page: int
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class LongTerm:
    """What level LT embeds.

    Attributes:
        time_stamper: an RFC 3161 time-stamping authority.
        trust: certificates (PEM or DER) in which the signer's and the authority's chains end.
        crls: revocation lists (DER) for both chains.
        other_certificates: issuers between (PEM or DER), and the time-stamping authority's certificate.
    """

    time_stamper: TimeStamper
    trust: Sequence[bytes]
    crls: Sequence[bytes]
    other_certificates: Sequence[bytes] = ()


def sign_pdf(
    document: bytes,
    key: SealKey,
    purpose: SignaturePurpose,
    *,
    now: int,
    long_term: LongTerm | None = None,
    stamp: Stamp | None = None,
    accept_hidden_content: bool = False,
) -> bytes:
    """The document with one signature more, as an incremental update; earlier signatures stay valid.

    Args:
        document: a PDF.
        key: who signs.
        purpose: what the signature says of itself.
        now: the claimed signing time, unix seconds.
        long_term: makes level B-LT; without it, B-B.
        stamp: shows the signature on a page; the text must then be in basic Latin.
        accept_hidden_content: sign although the document may later show or do something else than now.

    Raises:
        MisuseError: the key cannot be opened or used, or the stamp's text needs a font that is not there.
        SigningRefusedError: the document forbids or prevents signing.
    """
    signer = _signer(key)
    with _unreadable_is_refused():
        writer = _writer(document)
        _refuse_where_forbidden(writer)
        if not accept_hidden_content:
            _refuse_hidden_content(document)
        name = _free_field_name(writer)
    return _signed(writer, signer, name, purpose, now, long_term, stamp)


@contextmanager
def _unreadable_is_refused() -> Iterator[None]:
    """A file that is broken in any of the many ways a reader can stumble over is not signed."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError

    try:
        yield
    except SigningError as error:
        raise SigningRefusedError(str(error)) from error
    except (PdfError, *_BROKEN) as error:
        raise SigningRefusedError(f"this file cannot be read as a PDF: {error}") from error


def _signer(key: SealKey) -> SimpleSigner:
    from pyhanko.sign.signers import SimpleSigner

    try:
        signer: SimpleSigner = SimpleSigner.load_pkcs12_data(
            key.pkcs12, other_certs=(), passphrase=key.passphrase
        )
    except (ValueError, TypeError) as error:
        raise MisuseError("the signing key could not be opened with this passphrase") from error
    return signer


def _writer(document: bytes) -> IncrementalPdfFileWriter:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(document))
    if writer.prev.encrypted:
        raise SigningRefusedError("an encrypted file is not signed: the receiver could not check it")
    return writer


def _refuse_where_forbidden(writer: IncrementalPdfFileWriter) -> None:
    from pyhanko.sign.fields import FieldMDPAction, MDPPerm

    for signature in writer.prev.embedded_regular_signatures:
        if signature.docmdp_level is MDPPerm.NO_CHANGES:
            raise SigningRefusedError("an earlier signature forbids every change to this document (DocMDP)")
        locked = signature.fieldmdp
        if locked is not None and locked.action is FieldMDPAction.ALL:
            raise SigningRefusedError("an earlier signature locks every field of this document (FieldMDP)")


def _refuse_hidden_content(document: bytes) -> None:
    """Nobody signs what is not seen: a prepared file would pass every check of the signature later."""
    from rogatory_crypto.esign.pdf.hidden_content import find_hidden_content

    try:
        found = [each.sentence for each in find_hidden_content(document) if each.deceptive]
    except PeerError as error:
        raise SigningRefusedError(f"this file cannot be read as a PDF: {error.detail}") from error
    if found:
        reason = "this document may later show something else than what is seen now: " + "; ".join(found)
        raise SigningRefusedError(f"{reason}. Look into it, then accept the hidden content or refuse to sign")


def _free_field_name(writer: IncrementalPdfFileWriter) -> str:
    from pyhanko.sign.fields import enumerate_sig_fields

    taken = {str(name) for name, _value, _reference in enumerate_sig_fields(writer.prev)}
    for number in range(1, _MAX_FIELDS + 1):
        if (name := f"{FIELD_PREFIX}-{number}") not in taken:
            return name
    raise SigningRefusedError(f"the document already holds {_MAX_FIELDS} signatures")


def _signed(
    writer: IncrementalPdfFileWriter,
    signer: SimpleSigner,
    name: str,
    purpose: SignaturePurpose,
    now: int,
    long_term: LongTerm | None,
    stamp: Stamp | None,
) -> bytes:
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata

    metadata = PdfSignatureMetadata(
        field_name=name,
        md_algorithm="sha256",
        name=purpose.signer_function,
        reason=purpose.reason,
        location=purpose.location or None,
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=long_term is not None,
        validation_context=None if long_term is None else _validation_context(long_term, now),
    )
    pdf_signer = _pdf_signer(metadata, signer, now, long_term, _appearance(name, purpose, stamp))
    output = BytesIO()
    with _unreadable_is_refused():
        pdf_signer.sign_pdf(writer, output=output)
    return output.getvalue()


def _pdf_signer(
    metadata: Any,  # noqa: ANN401 - untyped library
    signer: SimpleSigner,
    now: int,
    long_term: LongTerm | None,
    appearance: dict[str, Any],
) -> Any:  # noqa: ANN401 - untyped library
    from pyhanko.sign.signers import PdfSigner

    class DatedSigner(PdfSigner):
        """The library reads the clock itself; here time is an argument."""

        def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - untyped library
            session: Any = super().init_signing_session(*args, **kwargs)
            session.system_time = datetime.fromtimestamp(now, UTC)
            return session

    stamper = None if long_term is None else long_term.time_stamper
    return DatedSigner(metadata, signer=signer, timestamper=stamper, **appearance)


def _validation_context(long_term: LongTerm, now: int) -> Any:  # noqa: ANN401 - untyped library
    from asn1crypto.crl import CertificateList  # type: ignore[import-untyped]
    from pyhanko_certvalidator import ValidationContext

    from rogatory_crypto.esign.trust.given import read_anchors

    return ValidationContext(
        trust_roots=[each.certificate for each in read_anchors(long_term.trust).anchors],
        other_certs=[each.certificate for each in read_anchors(long_term.other_certificates).anchors],
        crls=[CertificateList.load(crl) for crl in long_term.crls],
        allow_fetching=False,
        revocation_mode="require",
        moment=datetime.fromtimestamp(now, UTC),
    )


def _appearance(name: str, purpose: SignaturePurpose, stamp: Stamp | None) -> dict[str, Any]:
    if stamp is None:
        return {}
    from pyhanko.sign.fields import SigFieldSpec
    from pyhanko.stamp import TextStampStyle

    text = f"{purpose.signer_function}\n{purpose.reason}\n{name}"
    if any(ord(character) not in _PRINTABLE_LATIN for character in text.replace("\n", "")):
        raise MisuseError("a visible stamp in this script needs a font, which is not provided yet")
    style = TextStampStyle(stamp_text=text.replace("%", "%%"), border_width=1)
    spec = SigFieldSpec(name, on_page=stamp.page, box=stamp.box)
    return {"stamp_style": style, "new_field_spec": spec}
