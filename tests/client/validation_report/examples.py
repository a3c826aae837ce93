"""Reports to show: one that holds all that a report can hold, and one of a file that could not be checked."""

from dataclasses import replace

from rogatory_crypto.esign import (
    CertificateSummary,
    Coverage,
    DocumentFormat,
    Indication,
    Report,
    Scope,
    SignatureReport,
    SubIndication,
    TimestampReport,
    TrustAnchor,
    unchecked,
)
from rogatory_crypto.esign.report import Block, BlockReport, Origin, RevocationData, RevocationKind
from rogatory_crypto.esign.trust.anchor import Source, SourceKind
from rogatory_crypto.esign.verdict import MissingTrust, Role, indeterminate

NUMBER = "10000000001"
AT = 1_790_000_000
SIGNER = CertificateSummary(
    f"CN=Head of office,serialNumber=PNOEE-{NUMBER}",
    "CN=Issuer",
    "0a",
    1,
    AT,
    "11" * 32,
)
ISSUER = CertificateSummary("CN=Issuer", "CN=Root", "0b", 1, AT, "22" * 32)
ROOT = CertificateSummary("CN=Root", "CN=Root", "0c", 1, AT, "33" * 32)
ANCHOR = TrustAnchor(
    ROOT, Source(SourceKind.TRUSTED_LIST, "List 7", "EE", "Provider <b>", "CA service", AT, AT, 7)
)
STAMP = TimestampReport(
    "signature",
    Indication.TOTAL_PASSED,
    None,
    "",
    AT - 90,
    ISSUER,
    ANCHOR,
    warnings=("the issuer was not yet, or no longer, trusted when it issued the certificate",),
    chain=(ISSUER,),
    holds_until=AT + 86_400,
)
PASSED = SignatureReport(
    identifier="Signature1",
    indication=Indication.TOTAL_PASSED,
    sub_indication=None,
    reason="",
    sentence="",
    signer=SIGNER,
    chain=(SIGNER, ISSUER),
    trust_anchor=ANCHOR,
    level="PAdES-BASELINE-LTA",
    claimed_time=AT - 100,
    best_signature_time=AT - 90,
    scope=Scope(
        Coverage.REVISION,
        10,
        ("revision 2 of 2: validation data or time stamps were added",),
        ("letter.txt", "annex/1.txt"),
    ),
    timestamps=(STAMP,),
    warnings=("a warning",),
    blocks=tuple(BlockReport(each, Indication.TOTAL_PASSED, None, "") for each in Block),
    revocation=(
        RevocationData(RevocationKind.OCSP, Origin.DOCUMENT, SIGNER.subject, "CN=Responder", AT - 80),
        RevocationData(RevocationKind.CRL, Origin.GIVEN, ISSUER.subject, ROOT.subject, AT - 70, AT + 70),
    ),
    extend_before=AT + 86_400,
)
UNTRUSTED = SignatureReport(
    identifier="<script>alert(1)</script>\u202e\x00",
    indication=Indication.INDETERMINATE,
    sub_indication=SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
    reason="no chain",
    sentence="",
    signer=None,
    chain=(),
    trust_anchor=None,
    level="",
    claimed_time=None,
    best_signature_time=None,
    scope=Scope(Coverage.UNCLEAR),
    missing=MissingTrust(Role.SIGNER, "CN=Unknown root", "ML"),
)
WHOLE = Report(
    DocumentFormat.PADES,
    Indication.INDETERMINATE,
    AT,
    "",
    "",
    (PASSED, UNTRUSTED),
    (STAMP,),
    ("read leniently",),
    (replace(PASSED, identifier="Signature1, counter-signature 1", countersigns="Signature1"),),
)
UNCHECKED = unchecked(
    DocumentFormat.UNKNOWN, AT, indeterminate(SubIndication.SIGNED_DATA_NOT_FOUND, "no kind known here")
)
