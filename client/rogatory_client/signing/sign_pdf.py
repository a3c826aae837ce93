"""Signs a PDF: PAdES B-B, or B-LT and B-LTA where revocation data and a time-stamping authority are given.

EN 319 142-1 section 6. A receiver who checks offline can pass only level LT or better, so B-B is for drafts
and tests. Signing refuses where an earlier signature forbids another one (DocMDP, FieldMDP; ISO 32000-1
section 12.8.2), because it would destroy that signature. The signing library is loaded by the first use.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from rogatory_client.signing.long_term import LongTerm, validation_context
from rogatory_client.signing.own_check import SigningRefusedError, refuse_unverified
from rogatory_client.signing.signing_key import SealKey, TokenKey, opened
from rogatory_client.signing.stamp import Stamp, appearance
from rogatory_crypto.errors import PeerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfSignatureMetadata, Signer

FIELD_PREFIX: Final = "Rogatory-Signature"
_MAX_FIELDS: Final = 64
_FIELD_NAMES: Final = tuple(f"{FIELD_PREFIX}-{number}" for number in range(1, _MAX_FIELDS + 1))
_BROKEN: Final = (ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, RecursionError)


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


def sign_pdf(
    document: bytes,
    key: SealKey | TokenKey,
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
        long_term: makes level B-LT or B-LTA; without it, B-B.
        stamp: shows the signature on a page.
        accept_hidden_content: sign although the document may later show or do something else than now.

    Raises:
        MisuseError: the key cannot be opened or used, or the stamp's text needs a font that is not there.
        SigningRefusedError: the document forbids or prevents signing, or the result fails our own check.
        TransportError: the time-stamping authority cannot be reached.
    """
    with unreadable_is_refused():
        writer = _writer(document)
        _refuse_where_forbidden(writer)
        if not accept_hidden_content:
            _refuse_hidden_content(document)
        name = _free_field_name(writer)
    metadata = _metadata(name, purpose, long_term, now)
    lines = (
        purpose.signer_function,
        purpose.reason,
        f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M} UTC",
    )
    output = BytesIO()
    with opened(key) as signer, _shown(stamp, lines, name, now) as looks, unreadable_is_refused():
        _pdf_signer(metadata, signer, now, long_term, looks).sign_pdf(writer, output=output)
    signed = output.getvalue()
    refuse_unverified(signed, name, now=now, long_term=long_term, before=document)
    return signed


def _shown(
    stamp: Stamp | None, lines: tuple[str, ...], name: str, now: int
) -> AbstractContextManager[dict[str, Any]]:
    return nullcontext({}) if stamp is None else appearance(stamp, lines, name, now)


@contextmanager
def unreadable_is_refused() -> Iterator[None]:
    """A file that is broken in any of the many ways a reader can stumble over is not signed."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError

    try:
        yield
    except SigningError as error:
        raise SigningRefusedError(str(error)) from error
    except (PdfError, *_BROKEN) as error:
        raise SigningRefusedError(f"this file cannot be read as a PDF: {error}") from error


def _writer(document: bytes) -> IncrementalPdfFileWriter:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(document))
    if writer.prev.encrypted:
        raise SigningRefusedError("an encrypted file is not signed: the receiver could not check it")
    return writer


def _refuse_where_forbidden(writer: IncrementalPdfFileWriter) -> None:
    from pyhanko.sign.fields import MDPPerm

    for signature in writer.prev.embedded_regular_signatures:
        if signature.docmdp_level is MDPPerm.NO_CHANGES:
            raise SigningRefusedError("an earlier signature forbids every change to this document (DocMDP)")


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
    locks = [each.fieldmdp for each in writer.prev.embedded_regular_signatures if each.fieldmdp is not None]
    for name in _FIELD_NAMES:
        if name not in taken and not any(lock.is_locked(name) for lock in locks):
            return name
    if locks:
        raise SigningRefusedError("an earlier signature locks the fields of this document (FieldMDP)")
    raise SigningRefusedError(f"the document already holds {_MAX_FIELDS} signatures")


def _metadata(
    name: str, purpose: SignaturePurpose, long_term: LongTerm | None, now: int
) -> PdfSignatureMetadata:
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata

    return PdfSignatureMetadata(
        field_name=name,
        md_algorithm="sha256",
        name=purpose.signer_function,
        reason=purpose.reason,
        location=purpose.location or None,
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=long_term is not None,
        use_pades_lta=long_term is not None and long_term.archive,
        validation_context=None if long_term is None else validation_context(long_term, now),
    )


def _pdf_signer(
    metadata: PdfSignatureMetadata,
    signer: Signer,
    now: int,
    long_term: LongTerm | None,
    looks: dict[str, Any],
) -> Any:  # noqa: ANN401 - untyped library
    from pyhanko.sign.signers import PdfSigner

    class DatedSigner(PdfSigner):
        """The library reads the clock itself; here time is an argument."""

        def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - untyped library
            session: Any = super().init_signing_session(*args, **kwargs)
            session.system_time = datetime.fromtimestamp(now, UTC)
            return session

    stamper = None if long_term is None else long_term.time_stamper
    return DatedSigner(metadata, signer=signer, timestamper=stamper, **looks)
