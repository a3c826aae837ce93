"""Certificates and revocation data given beside a document, as files: told apart by content, within limits.

They are data and never trust: a certificate among them ends no chain, and a revocation list or an OCSP
response counts only where whoever may speak for the issuer has signed it. Nothing proves that they existed
before the instant of the check.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final, TypeAlias

from asn1crypto import crl, ocsp, parser, pem, x509  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import Certificate, CertificateList, OcspResponse
from rogatory_crypto.esign.evidence import MAX_GIVEN, Evidence
from rogatory_crypto.esign.names import comparable
from rogatory_crypto.esign.report import Origin

MAX_FILES: Final = 4096
MAX_FILE_BYTES: Final = 32 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 128 * 1024 * 1024
_CLOCKS_DIFFER_S: Final = 86_400
_SEQUENCE: Final = 0x30
_REFUSALS: Final = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
_Value: TypeAlias = Certificate | CertificateList | OcspResponse


def read_evidence(files: Sequence[bytes], *, now: int | None = None) -> Evidence:
    """The certificates, revocation lists and OCSP responses in files; what is there twice counts once.

    Args:
        files: each one value in DER, or any number of them in PEM.
        now: unix seconds, where there is a clock: what says that it was issued a day later is refused.

    Raises:
        PeerError: MALFORMED, naming the first file that is none of these, or is from the future, by its
            number, from 1; TOO_LARGE above 4096 files or values, 32 MiB in a file, 128 MiB together.
    """
    if len(files) > MAX_FILES or sum(map(len, files)) > MAX_TOTAL_BYTES:
        most = f"{MAX_FILES} files or {MAX_TOTAL_BYTES >> 20} MiB"
        raise PeerError(Code.TOO_LARGE, f"more evidence than {most}")
    found: dict[bytes, _Value] = {}
    for number, given in enumerate(files, start=1):
        try:
            _read_file(given, found, now)
        except PeerError as error:
            raise PeerError(error.code, f"file {number} of the evidence: {error.detail}") from error
    return Evidence(
        tuple(each for each in found.values() if isinstance(each, x509.Certificate)),
        tuple(each for each in found.values() if isinstance(each, crl.CertificateList)),
        tuple(each for each in found.values() if isinstance(each, ocsp.OCSPResponse)),
        Origin.GIVEN,
    )


def _read_file(given: bytes, found: dict[bytes, _Value], now: int | None) -> None:
    if len(given) > MAX_FILE_BYTES:
        raise PeerError(Code.TOO_LARGE, f"larger than {MAX_FILE_BYTES >> 20} MiB")
    try:
        for der in _encodings(given):
            digest = sha256(der).digest()
            if digest not in found:
                found[digest] = _value(der)
                _refuse_future(found[digest], now)
            if len(found) > MAX_GIVEN:
                raise PeerError(Code.TOO_LARGE, f"more than {MAX_GIVEN} pieces of evidence")
    except _REFUSALS as error:
        kinds = "neither a certificate nor a revocation list nor an OCSP response"
        raise PeerError(Code.MALFORMED, f"{kinds}: {error}"[:200]) from error


def _refuse_future(value: _Value, now: int | None) -> None:
    """Refuse what a relying party may not use yet (RFC 5280 section 5.1.2.4, RFC 6960 section 4.2.2.1)."""
    if now is not None and any(issued > now + _CLOCKS_DIFFER_S for issued in _issued(value)):
        raise PeerError(Code.MALFORMED, "it is from the future: check this computer's clock")


def _issued(value: _Value) -> list[float]:
    match value:
        case crl.CertificateList():
            return [value["tbs_cert_list"]["this_update"].native.timestamp()]
        case ocsp.OCSPResponse() if isinstance(value["response_bytes"], ocsp.ResponseBytes):
            said = value["response_bytes"]["response"].parsed["tbs_response_data"]
            return [each["this_update"].native.timestamp() for each in said["responses"]]
        case _:
            return []


def _encodings(given: bytes) -> Iterator[bytes]:
    if not pem.detect(given):
        yield given
        return
    for _, _, der in pem.unarmor(given, multiple=True):
        yield der


def _value(der: bytes) -> _Value:
    beginning = _beginning(der)
    for tags, read in _BEGINNINGS:
        if beginning.startswith(tags):
            return read(der)
    raise ValueError("it begins like none of them")


def _beginning(der: bytes) -> bytes:
    """Return the tag of the first value inside, and of the first four inside that one."""
    outer = parser.parse(der, strict=True)
    if outer[:3] != (0, 1, 16):
        raise ValueError("it is no sequence")
    content: bytes = outer[4]
    inside: bytes = parser.parse(content)[4] if content[0] == _SEQUENCE else b""
    tags, place = content[:1], 0
    while place < len(inside) and len(tags) <= 4:
        tags += inside[place : place + 1]
        # The first four are short; the entries of a list come after them.
        place += parser.peek(inside[place:])
    return tags


def _response(der: bytes) -> OcspResponse:
    response = ocsp.OCSPResponse.load(der, strict=True)
    # Only so far as to tell what it is: reading all of a thousand answers takes longer than a check.
    _ = response["response_status"].native, response["response_bytes"]
    return response


def _certificate(der: bytes) -> Certificate:
    certificate = x509.Certificate.load(der, strict=True)
    _ = certificate.serial_number, comparable(certificate.subject), comparable(certificate.issuer)
    return certificate


def _list(der: bytes) -> CertificateList:
    revoked = crl.CertificateList.load(der, strict=True)
    _ = comparable(revoked.issuer), revoked["tbs_cert_list"]["this_update"].native
    return revoked


# The tag of the first value inside, then those inside it: a status; a version; serial number, algorithm,
# issuer, validity; or, with and without its version, algorithm, issuer, time.
_BEGINNINGS: Final = (
    (b"\x0a", _response),
    (b"\x30\xa0", _certificate),
    (b"\x30\x02\x30\x30\x30", _certificate),
    (b"\x30\x02\x30\x30\x17", _list),
    (b"\x30\x02\x30\x30\x18", _list),
    (b"\x30\x30\x30\x17", _list),
    (b"\x30\x30\x30\x18", _list),
)
"""RFC 6960 section 4.2.1, RFC 5280 sections 4.1 and 5.1."""
