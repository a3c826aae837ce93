"""The check of who has said what: senders by the log, signatures beside their words, who vouches for each."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rogatory_crypto.bundle.attested import check_attestations
from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.bundle.device_key import device_key
from rogatory_crypto.bundle.finding import About, Finding, wrong
from rogatory_crypto.bundle.manifest import BundledMessage, Manifest
from rogatory_crypto.bundle.provenance import Provenance, Signed, provenance_of
from rogatory_crypto.bundle.references import named_in
from rogatory_crypto.bundle.signed_evidence import check_evidence
from rogatory_crypto.bundle.signed_statements import check_statements
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.identity import Registry
from rogatory_crypto.wire.identifier import EntryId


@dataclass(frozen=True, slots=True)
class Authorship:
    """What was found, and who vouches for each message."""

    findings: tuple[Finding, ...]
    provenance: tuple[Provenance, ...]


def check_authorship(
    read: Sequence[ReadMessage], manifest: Manifest, files: Mapping[str, bytes], registry: Registry
) -> Authorship:
    """Check every signature of an officer's device in a bundle, by the keys that the log gives."""
    statements = check_statements(read, manifest.group_id, registry)
    attestations = tuple(check_attestations(manifest, files, registry))
    evidence = check_evidence(manifest, files, registry)
    sound = {each.place for each in attestations if each.indication is Indication.TOTAL_PASSED}
    signed = Signed(
        attested={each.message_id for each in manifest.messages if each.attestation_file in sound},
        stated=statements.signed,
        receipts=evidence.signed_for,
    )
    provenance = provenance_of(manifest.messages, signed, _named(read, statements.signed), manifest.maker)
    findings = (
        *_check_senders(manifest.messages, registry),
        *(each.finding() for each in provenance),
        *statements.findings,
        *attestations,
        *evidence.findings,
    )
    return Authorship(findings, provenance)


def _check_senders(messages: Sequence[BundledMessage], registry: Registry) -> Iterator[Finding]:
    for each in messages:
        try:
            device_key(registry, each.sender, each.officer, each.device_id, each.at_ms // 1000)
        except PeerError as error:
            yield wrong(About.MESSAGE, each.file, f"its sender: {error.detail}")


def _named(
    read: Sequence[ReadMessage], signed: Collection[MessageId]
) -> Mapping[EntryId, frozenset[MessageId]]:
    """Return which messages each office names in the events that it has signed."""
    named = defaultdict[EntryId, set[MessageId]](set)
    for each in read:
        for event in each.said.events if each.listed.message_id in signed else ():
            named[each.listed.sender].update(named_in(event))
    return {office: frozenset(names) for office, names in named.items()}
