"""What was said informally and is carried over: each message with its author's signature, checked.

The agreement of the others is told to the members of the room and to nobody else, so it is in no bundle.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from rogatory_crypto.bundle.device_key import device_key
from rogatory_crypto.bundle.finding import About, Finding, passed, wrong
from rogatory_crypto.bundle.manifest import BundledMessage, Manifest
from rogatory_crypto.content.attestation import Attestation, verify_attestation
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry
from rogatory_crypto.identity.standing import CLOCK_TOLERANCE_S

_SIGNED: Final = "{} has signed that it said this in the consultation, as it agreed to carry it over"


def attested_messages(manifest: Manifest, files: Mapping[str, bytes]) -> frozenset[MessageId]:
    """Return the messages beside which an author's signature lies, which is not checked here."""
    return frozenset(each.message_id for each in manifest.messages if each.attestation_file in files)


def check_attestations(
    manifest: Manifest, files: Mapping[str, bytes], registry: Registry
) -> Iterator[Finding]:
    """Check each signature: by a device of the author's, on the message that the manifest names."""
    for listed in manifest.messages:
        if listed.attestation_file not in files:
            continue
        try:
            _verify(files[listed.attestation_file], listed, manifest, registry)
        except PeerError as error:
            yield wrong(About.STATEMENT, listed.attestation_file, str(error))
        else:
            yield passed(About.STATEMENT, listed.attestation_file, _SIGNED.format(listed.sender))


def _verify(data: bytes, listed: BundledMessage, manifest: Manifest, registry: Registry) -> None:
    def key_of(named: Attestation) -> bytes:
        if (named.message_id, named.group_id) != (listed.message_id, manifest.group_id):
            raise PeerError(Code.FORBIDDEN, "a signature on another message than the one it lies beside")
        if named.content_sha256 != listed.content_sha256:
            raise PeerError(Code.HASH_MISMATCH, "a signature on other content than the message's")
        if named.authority != listed.sender:
            raise PeerError(Code.FORBIDDEN, "the signature of another office than the one that said it")
        if named.at + CLOCK_TOLERANCE_S < listed.at_ms // 1000:
            raise PeerError(Code.CONFLICT, "it was signed before its message was said")
        if named.at > manifest.made_at + CLOCK_TOLERANCE_S:
            raise PeerError(Code.CONFLICT, "it was signed after the bundle was made")
        return device_key(registry, named.authority, named.officer, named.device_id, named.at)

    verify_attestation(data, key_of)
