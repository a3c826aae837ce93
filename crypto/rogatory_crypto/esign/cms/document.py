"""Checks a document that is CMS: its signatures, or a time-stamp token that stands for itself."""

from collections.abc import Callable

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import SignedData
from rogatory_crypto.esign.cms.cades import SignedFile, find_counter_signatures, find_signatures
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.cms.encoding import unwrap
from rogatory_crypto.esign.cms.signed_data import encapsulated_content, read_signed_data
from rogatory_crypto.esign.cms.signer import as_verdict
from rogatory_crypto.esign.cms.token import is_token, message_imprint
from rogatory_crypto.esign.document_report import document_report
from rogatory_crypto.esign.evidence import NOTHING
from rogatory_crypto.esign.found import FoundTimestamp, TimestampKind
from rogatory_crypto.esign.report import DocumentFormat, Report
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.validation.timestamp import validate_timestamp

CONTENTS_UNUSED = "the signature carries its own content: the other files given were not used"


def check_cms(document: bytes, terms: Terms) -> Report:
    """Check every signature of a CMS document: DER or BER, PEM or base64, attached or detached."""
    try:
        signed_data = read_signed_data(unwrap(document))
        if is_token(signed_data):
            return _token_report(signed_data, terms)
        return _signatures_report(signed_data, terms)
    except PeerError as error:
        return document_report(DocumentFormat.CADES, terms.at, (), verdict=as_verdict(error))


def _signatures_report(signed_data: SignedData, terms: Terms) -> Report:
    files = [SignedFile("", octets) for octets in terms.contents]
    found = find_signatures(signed_data, files, terms)
    counter = find_counter_signatures(signed_data, terms)
    unused = bool(files) and encapsulated_content(signed_data) is not None
    return document_report(
        DocumentFormat.CADES,
        terms.at,
        [validate(each, terms) for each in found],
        counter_signatures=[validate(each, terms) for each in counter],
        warnings=(CONTENTS_UNUSED,) * unused,
    )


def _token_report(token: SignedData, terms: Terms) -> Report:
    found = FoundTimestamp(TimestampKind.DOCUMENT, token, _imprint(token, terms.contents))
    report = validate_timestamp(found, terms, NOTHING, terms.at)
    return document_report(DocumentFormat.CADES, terms.at, (), timestamps=[report])


def _imprint(token: SignedData, contents: tuple[bytes, ...]) -> Callable[[str], bytes]:
    """Return the digest of the content given that the token is about; of the first where it is about none."""

    def of_contents(name: str) -> bytes:
        if not contents:
            raise PeerError(Code.NOT_FOUND, "the file that the time stamp is about was not given")
        stated = message_imprint(token)
        digests = [digest(name, octets) for octets in contents]
        return next((each for each in digests if each == stated), digests[0])

    return of_contents
