"""The one result type for every format of signed document.

Times are unix seconds inside and RFC 3339 UTC in JSON. Claimed time, best signature time and validation time
are three different things and stay three fields (EN 319 102-1 clause 5.5). TOTAL-PASSED says that the
signature is intact and its issuer trusted; it does not say "qualified" nor "authorised".
"""

from dataclasses import dataclass
from enum import StrEnum

from rogatory_crypto.esign.trust.anchor import Source
from rogatory_crypto.esign.verdict import Indication, MissingTrust, SubIndication, worst


class DocumentFormat(StrEnum):
    """What the bytes are, told from the bytes alone."""

    PADES = "PAdES"
    CADES = "CAdES"
    XADES = "XAdES"
    ASIC_S = "ASiC-S"
    ASIC_E = "ASiC-E"
    JADES = "JAdES"
    EMAIL = "e-mail"
    EVIDENCE_RECORD = "evidence-record"
    ZIP = "zip"
    UNKNOWN = "unknown"


class Coverage(StrEnum):
    """How much of the file one signature covers."""

    WHOLE_DOCUMENT = "whole-document"
    REVISION = "revision"
    PARTIAL = "partial"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class CertificateSummary:
    """What a reader needs to know of one certificate.

    Attributes:
        subject: distinguished name, readable.
        issuer: distinguished name, readable.
        serial_number: hexadecimal.
        not_before: unix seconds.
        not_after: unix seconds.
        sha256: hexadecimal hash of the DER encoding.
        revocation_addresses: where it says that revocation data can be had: a hint for people, never asked.
    """

    subject: str
    issuer: str
    serial_number: str
    not_before: int
    not_after: int
    sha256: str
    revocation_addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrustAnchor:
    """The certificate the chain ends in and who said that it is trusted."""

    certificate: CertificateSummary
    source: Source


@dataclass(frozen=True, slots=True)
class Scope:
    """What a signature covers and what changed in the file after it.

    Attributes:
        coverage: how much of the file.
        signed_bytes: the signed revision is the file's first this many bytes; absent where unclear.
        changed_after: one line for each kind of later change; empty when nothing changed.
        covered: names of the files that are covered, in a container.
    """

    coverage: Coverage
    signed_bytes: int | None = None
    changed_after: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()


class RevocationKind(StrEnum):
    """In which form somebody said whether a certificate was revoked."""

    OCSP = "ocsp"
    CRL = "crl"


class Origin(StrEnum):
    """Where something that a check used came from."""

    DOCUMENT = "document"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class RevocationData:
    """What the answer rests on that a certificate was not revoked.

    Attributes:
        kind: an OCSP answer or a revocation list.
        origin: carried by the document, or given with the check or kept for it.
        about: subject of the certificate, readable.
        speaker: who said it, readable; empty where that is not stated by name.
        issued_at: when it was known to be so, unix seconds.
        next_update: until when something newer was promised, unix seconds; absent where not said.
    """

    kind: RevocationKind
    origin: Origin
    about: str
    speaker: str
    issued_at: int
    next_update: int | None = None


class Block(StrEnum):
    """The building blocks of EN 319 102-1 clause 5.2 that give an answer of their own."""

    FORMAT_CHECKING = "format-checking"
    SIGNING_CERTIFICATE = "identification-of-the-signing-certificate"
    CRYPTOGRAPHIC_VERIFICATION = "cryptographic-verification"
    CERTIFICATE_VALIDATION = "x509-certificate-validation"
    SIGNATURE_ACCEPTANCE = "signature-acceptance-validation"


@dataclass(frozen=True, slots=True)
class BlockReport:
    """What one building block said of one signature."""

    block: Block
    indication: Indication
    sub_indication: SubIndication | None
    reason: str


@dataclass(frozen=True, slots=True)
class TimestampReport:
    """One RFC 3161 time-stamp token: on the signature or on the document.

    Attributes:
        kind: what it stands on.
        indication, sub_indication, reason: its verdict.
        time: what it says, unix seconds; 0 where it could not be read.
        signer: the certificate of the time-stamping unit, absent where none was found.
        trust_anchor: where the chain ends, where it passed.
        missing: the certificate whose trust would have changed the indication, where it is one.
        scope: what it covers where it stands for itself; absent where its kind says it.
        warnings: what a careful reader wants to know although the indication stands.
        chain: from the unit's certificate up to the last one before the trust anchor.
        revocation: what the answer rests on that none of the chain was revoked.
        holds_until: the last instant at which it proves its time without a newer one over it; absent where it
            proves nothing.
    """

    kind: str
    indication: Indication
    sub_indication: SubIndication | None
    reason: str
    time: int
    signer: CertificateSummary | None
    trust_anchor: TrustAnchor | None
    missing: MissingTrust | None = None
    scope: Scope | None = None
    warnings: tuple[str, ...] = ()
    chain: tuple[CertificateSummary, ...] = ()
    revocation: tuple[RevocationData, ...] = ()
    holds_until: int | None = None


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """Everything said about one signature.

    Attributes:
        identifier: the name of the signature inside its document, such as the field's name in a PDF.
        indication: main indication.
        sub_indication: absent when passed.
        reason: the fact behind the indication, for experts.
        sentence: the same in plain language, with what to do.
        signer: the signing certificate, absent where none was found.
        chain: from the signing certificate up to the last one before the trust anchor.
        trust_anchor: where the chain ends; absent where it ends nowhere trusted.
        level: baseline level by its structure, such as ``PAdES-BASELINE-LT``.
        claimed_time: what the signer's computer said; proves nothing.
        best_signature_time: the earliest time at which the signature is proven to have existed.
        scope: what is covered.
        timestamps: every time stamp that covers this signature.
        warnings: what a careful reader wants to know although the indication stands.
        blocks: what each building block of EN 319 102-1 clause 5.2 said, in the order they were asked.
        missing: the certificate whose trust would have changed the indication, where it is one.
        revocation: what the answer rests on that none of the chain was revoked.
        extend_before: until when a new time stamp over it must be had, so that it can be proven later too;
            absent where it did not pass.
        countersigns: the identifier of the signature that a counter-signature is about; empty elsewhere.
    """

    identifier: str
    indication: Indication
    sub_indication: SubIndication | None
    reason: str
    sentence: str
    signer: CertificateSummary | None
    chain: tuple[CertificateSummary, ...]
    trust_anchor: TrustAnchor | None
    level: str
    claimed_time: int | None
    best_signature_time: int | None
    scope: Scope
    timestamps: tuple[TimestampReport, ...] = ()
    warnings: tuple[str, ...] = ()
    blocks: tuple[BlockReport, ...] = ()
    missing: MissingTrust | None = None
    revocation: tuple[RevocationData, ...] = ()
    extend_before: int | None = None
    countersigns: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on one document.

    Attributes:
        format: by content.
        indication: the worst of its signatures; INDETERMINATE when there is none.
        validation_time: the instant the document was checked for.
        reason: why, where the answer is about the whole document; else empty.
        sentence: plain language for the whole document.
        signatures: in document order.
        timestamps: of the whole document or container, newest first.
        warnings: about the whole document.
        counter_signatures: signatures on signatures; they decide nothing about what they countersign.
    """

    format: DocumentFormat
    indication: Indication
    validation_time: int
    reason: str
    sentence: str
    signatures: tuple[SignatureReport, ...] = ()
    timestamps: tuple[TimestampReport, ...] = ()
    warnings: tuple[str, ...] = ()
    counter_signatures: tuple[SignatureReport, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The JSON value of ``check-signature --json``: the report, and codes of its English texts."""
        from rogatory_crypto.esign.report_json import encode_report, with_codes

        coded = with_codes(encode_report(self))
        return coded if isinstance(coded, dict) else {}


def overall(signatures: tuple[SignatureReport, ...]) -> Indication:
    """The worst indication among signatures."""
    return worst(signature.indication for signature in signatures)
