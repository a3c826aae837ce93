"""What a commit that adds devices says in the open: where the log lists each of them, and the proof.

It is the commit's authenticated data (RFC 9420 section 6.3.1): one cosigned checkpoint, and for every added
device the index and bytes of its entry with the inclusion proof. It stands for itself: whoever has the policy
can check it offline. All of it is public anyway; which devices join, the relay is told beside the commit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import DeviceCredential, DeviceEntry, authority_uri, decode_statement
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.log_proof import MAX_PATH
from rogatory_crypto.log.merkle import Proof, leaf_hash, verify_inclusion
from rogatory_crypto.log.signed_checkpoint import parse_signed_checkpoint
from rogatory_crypto.log.signed_note import MAX_NOTE_BYTES
from rogatory_crypto.log.witness_policy import DAY_S, Policy, WitnessedCheckpoint, verify_checkpoint
from rogatory_crypto.wire import identifier
from rogatory_crypto.wire.limits import MAX_CLAIMED_DEVICES
from rogatory_crypto.wire.structure import Structure

MAX_BYTES: Final = 2 << 20


@dataclass(frozen=True, slots=True)
class AddedDevice(Structure):
    """A device's entry, its place in the log, and the proof that it stands there; nothing is verified."""

    index: int
    entry: bytes
    path: Proof
    READERS: ClassVar = (
        identifier.read_sequence,
        lambda value: cbor.byte_string(value, minimum=1, maximum=LogEntry.LIMIT),
        lambda value: cbor.array_of(value, identifier.read_hash, maximum=MAX_PATH),
    )


@dataclass(frozen=True, slots=True)
class AddedDevices(Structure):
    """The checkpoint that the committer had accepted, and all devices it adds, by rising index."""

    checkpoint: bytes
    devices: tuple[AddedDevice, ...]
    LIMIT: ClassVar = MAX_BYTES
    READERS: ClassVar = (
        lambda value: cbor.byte_string(value, minimum=1, maximum=MAX_NOTE_BYTES),
        lambda value: cbor.array_of(value, AddedDevice.from_plain, minimum=1, maximum=MAX_CLAIMED_DEVICES),
    )


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A leaf that a commit has added: the credential in it and its signature key."""

    credential: DeviceCredential
    signature_key: bytes


def verify_added_devices(
    data: bytes, newcomers: Iterable[Newcomer], policy: Policy, *, log: str, relay: str, at: int
) -> WitnessedCheckpoint:
    """Check that the log lists every added leaf, by a checkpoint that was fresh.

    Args:
        data: the commit's authenticated data.
        newcomers: the leaves that it added.
        policy: whom to believe about the log.
        log: the name of the log, which may be no other.
        relay: the relay's name in authority URIs.
        at: when the relay took the commit in, Unix seconds; the quorum may be a day older.

    Raises:
        PeerError: MALFORMED or TOO_LARGE; NOT_FOUND for another log or a leaf that was not proven; EXPIRED
            for a stale checkpoint; HASH_MISMATCH for a proof that does not hold; INVALID_CREDENTIAL where
            the entry is not the leaf's; else as ``verify_checkpoint``.
    """
    evidence = AddedDevices.decode(data)
    signed = parse_signed_checkpoint(evidence.checkpoint)
    if signed.checkpoint.origin != log:
        raise PeerError(Code.NOT_FOUND, "a proof from another log")
    witnessed = verify_checkpoint(signed, policy, now=at, max_age_s=DAY_S)
    verify_entries(evidence, newcomers, witnessed.checkpoint, relay=relay)
    return witnessed


def verify_entries(
    evidence: AddedDevices, newcomers: Iterable[Newcomer], head: Checkpoint, *, relay: str
) -> None:
    """Check that a tree which is believed holds the entry of every added leaf, and nothing else was proven.

    Raises:
        PeerError: as ``verify_added_devices``, but for the checkpoint.
    """
    leaves = sorted(newcomers, key=lambda leaf: leaf.credential.index)
    if [leaf.credential.index for leaf in leaves] != [device.index for device in evidence.devices]:
        raise PeerError(Code.NOT_FOUND, "the proof is not of exactly the devices that are added")
    for leaf, device in zip(leaves, evidence.devices, strict=True):
        verify_inclusion(leaf_hash(device.entry), device.index, head.size, device.path, head.root)
        _require_entry_of(leaf, device, relay)


def _require_entry_of(leaf: Newcomer, device: AddedDevice, relay: str) -> None:
    logged = LogEntry.decode(device.entry)
    if logged.type is not EntryType.IDENTITY_STATEMENT:
        raise PeerError(Code.INVALID_CREDENTIAL, "the log has no device there")
    entry = decode_statement(logged.body).statement
    if not isinstance(entry, DeviceEntry):
        raise PeerError(Code.INVALID_CREDENTIAL, "the log has no device there")
    authority = authority_uri(relay, entry.entry_id)
    listed = DeviceCredential(authority, entry.officer, entry.device_id, device.index)
    if (listed, entry.signature_key) != (leaf.credential, leaf.signature_key):
        raise PeerError(Code.INVALID_CREDENTIAL, "the log lists another device there")
