"""Signs a PDF: PAdES B-B, or B-T, B-LT and B-LTA where a time-stamping authority and evidence are given.

EN 319 142-1 section 6. A receiver who checks offline can pass only level LT or better, so B-B is for drafts
and tests. Signing refuses where an earlier signature forbids another one (DocMDP, FieldMDP; ISO 32000-1
section 12.8.2), because it would destroy that signature. Nothing reads a clock: what is made follows from
the document, the time, and what the key and the authority answer. The signing library is loaded late.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from rogatory_client.signing.certificate_check import certificates_beside, refuse_unusable
from rogatory_client.signing.lasting_pdf import made_lasting
from rogatory_client.signing.own_check import refuse_unverified
from rogatory_client.signing.refusal import SigningRefusedError
from rogatory_client.signing.signing_key import SigningKey, opened
from rogatory_client.signing.stamp import Stamp, appearance, refuse_elsewhere
from rogatory_crypto.errors import PeerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfSignatureMetadata, Signer

    from rogatory_client.signing.check_process import Checker
    from rogatory_client.signing.long_term import LongTerm

FIELD_PREFIX: Final = "Rogatory-Signature"
_MAX_FIELDS: Final = 64
_FIELD_NAMES: Final = tuple(f"{FIELD_PREFIX}-{number}" for number in range(1, _MAX_FIELDS + 1))
_UNREADABLE: Final = "this file cannot be read as a PDF (another file takes a detached signature): {}"
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
    key: SigningKey,
    purpose: SignaturePurpose,
    *,
    now: int,
    long_term: LongTerm | None = None,
    stamp: Stamp | None = None,
    accept_hidden_content: bool = False,
    checker: Checker | None = None,
) -> bytes:
    """The document with one signature more, as an incremental update; earlier signatures stay valid.

    Args:
        document: a PDF.
        key: who signs.
        purpose: what the signature says of itself.
        now: the claimed signing time, unix seconds.
        long_term: makes level B-T, B-LT or B-LTA; without it, B-B.
        stamp: shows the signature on a page.
        accept_hidden_content: sign although the document may later show or do something else than now.
        checker: for our own check; without one, one is started.

    Raises:
        MisuseError: the key cannot be opened or used, or the stamp cannot be shown where it shall be.
        SigningRefusedError: the document forbids or prevents signing, or the result fails our own check.
        TransportError: the time-stamping authority cannot be reached.
    """
    with unreadable_is_refused():
        writer, name = _prepared(document, stamp, now, accept_hidden_content=accept_hidden_content)
    lines = (
        purpose.signer_function,
        purpose.reason,
        f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M} UTC",
    )
    # What cannot be shown is told before a key is opened.
    with _shown(stamp, lines, name, now) as looks, opened(key) as signer, unreadable_is_refused():
        refuse_unusable(signer, now, long_term)
        pdf_signer = _pdf_signer(_metadata(name, purpose), signer, now, long_term, looks)
        signed: bytes = pdf_signer.sign_pdf(writer).getvalue()
        beside = certificates_beside(signer)
    if long_term is not None and long_term.revocation:
        signed = made_lasting(signed, name, long_term, beside=beside, now=now)
    refuse_unverified(signed, name, now=now, long_term=long_term, before=document, checker=checker)
    return signed


def _prepared(
    document: bytes, stamp: Stamp | None, now: int, *, accept_hidden_content: bool
) -> tuple[IncrementalPdfFileWriter, str]:
    """Return what writes the document's next revision, and the name of a free field in it."""
    writer = _writer(document, now)
    _refuse_where_forbidden(writer, visible=stamp is not None)
    if not accept_hidden_content:
        _refuse_hidden_content(document)
    if stamp is not None:
        refuse_elsewhere(stamp, writer.prev)
    return writer, _free_field_name(writer)


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
        raise SigningRefusedError(_UNREADABLE.format(error)) from error


def _writer(document: bytes, now: int) -> IncrementalPdfFileWriter:
    from rogatory_client.signing.dated_writer import DatedWriter

    writer = DatedWriter(document, now)
    if writer.prev.encrypted:
        raise SigningRefusedError("an encrypted file is not signed: the receiver could not check it")
    return writer


def _refuse_where_forbidden(writer: IncrementalPdfFileWriter, *, visible: bool) -> None:
    from pyhanko.sign.fields import MDPPerm

    for signature in writer.prev.embedded_regular_signatures:
        if signature.docmdp_level is MDPPerm.NO_CHANGES:
            raise SigningRefusedError("an earlier signature forbids every change to this document (DocMDP)")
        if signature.docmdp_level is not None and visible:
            # Readers differ on whether a new mark on a page is a change that such a signature permits.
            raise SigningRefusedError(
                "an earlier signature limits changes to this document (DocMDP), and with a stamp some"
                " readers would call it broken: sign without the stamp"
            )


def _refuse_hidden_content(document: bytes) -> None:
    """Nobody signs what is not seen: a prepared file would pass every check of the signature later."""
    from rogatory_crypto.esign.pdf.hidden_content import find_hidden_content

    try:
        found = [each.sentence for each in find_hidden_content(document) if each.deceptive]
    except PeerError as error:
        raise SigningRefusedError(_UNREADABLE.format(error.detail)) from error
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


def _metadata(name: str, purpose: SignaturePurpose) -> PdfSignatureMetadata:
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata

    return PdfSignatureMetadata(
        field_name=name,
        md_algorithm="sha256",
        name=purpose.signer_function,
        reason=purpose.reason,
        location=purpose.location or None,
        subfilter=SigSeedSubFilter.PADES,
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
