"""What the reader of a format finds in a document, before anybody asks about trust or time.

A format (``pdf``, ``cms``, ``xml``, ``container``) answers what only it can: is the signature well formed,
does it match its content and its certificate, what does it cover, what does it carry along. Everything else
is the same for all formats and is done once, in ``rogatory_crypto.esign.validation`` (EN 319 102-1).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from rogatory_crypto.esign.asn1_types import Certificate, SignedData
from rogatory_crypto.esign.evidence import NOTHING, Evidence
from rogatory_crypto.esign.report import Scope
from rogatory_crypto.esign.verdict import PASSED, Verdict


class TimestampKind(StrEnum):
    """What a time-stamp token stands on (EN 319 122-1, EN 319 132-1, EN 319 142-1, EN 319 162-1)."""

    CONTENT = "content"
    SIGNATURE = "signature"
    ARCHIVE = "archive"
    DOCUMENT = "document"
    CONTAINER = "container"


@dataclass(frozen=True, slots=True)
class FoundTimestamp:
    """One RFC 3161 token and what it has to cover.

    Attributes:
        kind: what it stands on.
        token: the token.
        imprint: the digest of what the token must cover, by the name that ``hashlib`` gives the algorithm.
        integrity: what the format says of its place and form; PASSED where nothing is wrong.
        scope: what it covers, where it stands for itself; absent where that is clear from its kind.
        digests: every digest algorithm between the token and what it covers, such as those of a manifest.
    """

    kind: TimestampKind
    token: SignedData
    imprint: Callable[[str], bytes]
    integrity: Verdict = PASSED
    scope: Scope | None = None
    digests: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FoundSignature:
    """One signature as its format found it.

    Attributes:
        identifier: its name inside the document, such as the field's name in a PDF or the Id in XML.
        family: how its level begins, such as ``CAdES-BASELINE``; the letters follow.
        integrity: format, content and cryptography: FORMAT_FAILURE, HASH_FAILURE, SIG_CRYPTO_FAILURE,
            SIGNED_DATA_NOT_FOUND, NO_SIGNING_CERTIFICATE_FOUND ...; PASSED where the signature is intact.
        signer: the signing certificate; absent where none was found.
        digests: every digest algorithm it rests on, by the names of ``hashlib``, its own included.
        claimed_time: what the signer's computer said, unix seconds.
        scope: what is covered, and what changed afterwards.
        timestamps: tokens of this signature alone, oldest first.
        evidence: what the document carries to check it.
        warnings: what a careful reader wants to know although the verdict stands.
        is_counter_signature: it is about another signature, not about the document.
        countersigns: the identifier of that other signature; empty where it has none.
    """

    identifier: str
    family: str
    integrity: Verdict
    signer: Certificate | None
    digests: frozenset[str]
    claimed_time: int | None
    scope: Scope
    timestamps: tuple[FoundTimestamp, ...] = ()
    evidence: Evidence = NOTHING
    warnings: tuple[str, ...] = ()
    is_counter_signature: bool = False
    countersigns: str = ""
