"""Checks a document that is CMS: its signatures, or a time-stamp token that stands for itself."""

from collections.abc import Callable
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import SignedData
from rogatory_crypto.esign.cms.cades import (
    UNUSED_CONTENTS,
    SignedFile,
    find_counter_signatures,
    find_signatures,
)
from rogatory_crypto.esign.cms.digests import digest, shown
from rogatory_crypto.esign.cms.encoding import unwrap
from rogatory_crypto.esign.cms.signed_data import encapsulated_content, read_signed_data
from rogatory_crypto.esign.cms.signer import as_verdict
from rogatory_crypto.esign.cms.time_stamp_response import unwrap_response
from rogatory_crypto.esign.cms.token import imprint_algorithm, is_token, message_imprint
from rogatory_crypto.esign.detection import detect
from rogatory_crypto.esign.document_report import document_report
from rogatory_crypto.esign.evidence import NOTHING
from rogatory_crypto.esign.found import FoundTimestamp, TimestampKind
from rogatory_crypto.esign.report import Coverage, DocumentFormat, Report, Scope
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.validation.timestamp import validate_timestamp

NESTED: Final = "what is signed may itself be signed ({what}): take it out and check it as well"
_SIGNED: Final = frozenset(
    {
        DocumentFormat.CADES, DocumentFormat.PADES, DocumentFormat.XADES,
        DocumentFormat.ASIC_S, DocumentFormat.ASIC_E, DocumentFormat.EMAIL,
    }
)  # fmt: skip
CONTENTS_UNUSED: Final = "the signature carries its own content: the other files given were not used"


def check_cms(document: bytes, terms: Terms) -> Report:
    """Check every signature of a CMS document: DER or BER, PEM or base64, attached or detached."""
    try:
        signed_data = read_signed_data(unwrap_response(unwrap(document)))
        if is_token(signed_data):
            return _token_report(signed_data, terms)
        return _signatures_report(signed_data, terms)
    except PeerError as error:
        return document_report(DocumentFormat.CADES, terms.at, (), verdict=as_verdict(error))


def _signatures_report(signed_data: SignedData, terms: Terms) -> Report:
    files = [SignedFile("", octets) for octets in terms.contents]
    found = find_signatures(signed_data, files, terms)
    counter = find_counter_signatures(signed_data, terms)
    content = encapsulated_content(signed_data)
    warnings = (CONTENTS_UNUSED,) * (bool(files) and content is not None)
    if content is not None and (inner := detect(content)) in _SIGNED and _may_be_signed(inner, content):
        warnings += (NESTED.format(what=inner.value),)
    return document_report(
        DocumentFormat.CADES,
        terms.at,
        [validate(each, terms) for each in found],
        counter_signatures=[validate(each, terms) for each in counter],
        warnings=warnings,
    )


def _may_be_signed(found: DocumentFormat, content: bytes) -> bool:
    return found is not DocumentFormat.PADES or b"/ByteRange" in content


def _token_report(token: SignedData, terms: Terms) -> Report:
    stamped = _stamped(token, terms.contents)
    scope = Scope(Coverage.UNCLEAR) if stamped is None else Scope(Coverage.WHOLE_DOCUMENT, len(stamped))
    found = FoundTimestamp(
        TimestampKind.DOCUMENT, token, _imprint(token, terms.contents, stamped), scope=scope
    )
    report = validate_timestamp(found, terms, NOTHING, terms.at)
    warnings = (UNUSED_CONTENTS,) * (len(terms.contents) > 1)
    return document_report(DocumentFormat.CADES, terms.at, (), timestamps=[report], warnings=warnings)


def _stamped(token: SignedData, contents: tuple[bytes, ...]) -> bytes | None:
    """Return the content given that a token is about."""
    try:
        name, stated = imprint_algorithm(token), message_imprint(token)
        return next((octets for octets in contents if digest(name, octets) == stated), None)
    except PeerError:
        return None


def _imprint(token: SignedData, contents: tuple[bytes, ...], stamped: bytes | None) -> Callable[[str], bytes]:
    """Return the digest of the content that the token is about; of the first given where it is of none."""

    def of_contents(name: str) -> bytes:
        if not contents:
            wanted = f"{shown(name)} is {message_imprint(token).hex()}"
            raise PeerError(Code.NOT_FOUND, f"the stamped file has to be given as well; its {wanted}")
        return digest(name, contents[0] if stamped is None else stamped)

    return of_contents
