"""Which file of a bundle is what, and all of them from what was gathered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from rogatory_crypto.bundle.correspondence import receipt_file
from rogatory_crypto.bundle.excerpt import Excerpt
from rogatory_crypto.bundle.manifest import Manifest
from rogatory_crypto.bundle.octets import Held, Octets
from rogatory_crypto.bundle.stored_verdict import BundledVerdict, verdict_file
from rogatory_crypto.content.mimi import MessageId

MACHINE: Final = "bundle.cbor"
READABLE: Final = "bundle.json"
INDEX: Final = ("index.html", "index.pdf")
EXCERPT: Final = "log/excerpt.cbor"
ROOT: Final = "trust/root.json"
TRUST: Final = "trust/targets.json"
SEAL: Final = "seal/certificate.der"
ISSUER: Final = "seal/issuer.der"
DOCUMENTS: Final = "documents/"
FIXED: Final = frozenset({MACHINE, READABLE, *INDEX, EXCERPT, ROOT, TRUST, SEAL, ISSUER})


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that goes into a bundle, and nothing else.

    Attributes:
        messages: exact content by id, of those that are not left out.
        documents: by name, as ``SentDocument.name`` has it.
        receipts: as they were signed.
        attestations: authors' signatures on what is carried over.
        postmarks: consignment and postmark of a message, as CBOR.
        root: the root metadata that the maker believes.
        trust: the network trust under it.
        seal: the certificate that will seal it, DER.
        issuer: the certificate above it, DER.
        index_html: for people, on any screen.
        index_pdf: the same on paper.
    """

    manifest: Manifest
    messages: Mapping[MessageId, bytes] = field(repr=False)
    documents: Mapping[str, Octets] = field(repr=False)
    receipts: tuple[bytes, ...] = field(repr=False)
    attestations: Mapping[MessageId, bytes] = field(repr=False)
    postmarks: Mapping[MessageId, bytes] = field(repr=False)
    verdicts: tuple[BundledVerdict, ...] = field(repr=False)
    excerpt: Excerpt = field(repr=False)
    root: bytes = field(repr=False)
    trust: bytes = field(repr=False)
    seal: bytes = field(repr=False)
    issuer: bytes = field(repr=False)
    index_html: bytes = field(repr=False)
    index_pdf: bytes = field(repr=False)


def lay_out(contents: Contents) -> dict[str, Octets]:
    """Return the files of a bundle by name, what people open first."""
    manifest, (html, pdf) = contents.manifest, INDEX
    first = {
        html: contents.index_html,
        pdf: contents.index_pdf,
        READABLE: manifest.to_json(),
        MACHINE: manifest.encode(),
    }
    return {
        **{name: Held(content) for name, content in first.items()},
        **contents.documents,
        **{name: Held(content) for name, content in papers_of(contents).items()},
    }


def papers_of(contents: Contents) -> dict[str, bytes]:
    """Return what is checked in a bundle and is no document, by name."""
    listed = {each.message_id: each for each in contents.manifest.messages}
    return {
        **{listed[name].file: content for name, content in contents.messages.items()},
        **{receipt_file(number): signed for number, signed in enumerate(contents.receipts)},
        **{listed[name].attestation_file: signed for name, signed in contents.attestations.items()},
        **{listed[name].postmark_file: mark for name, mark in contents.postmarks.items()},
        **{verdict_file(number): each.encode() for number, each in enumerate(contents.verdicts)},
        EXCERPT: contents.excerpt.encode(),
        ROOT: contents.root,
        TRUST: contents.trust,
        SEAL: contents.seal,
        ISSUER: contents.issuer,
    }
