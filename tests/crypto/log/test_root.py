"""The root of trust: thresholds, rotation from N to N+1, expiry, and keys that must not be counted."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.crypto.identity.enrolled_office import DAY, NOW, keys, seed
from tests.crypto.log.log_world import POLICY
from tuf.api.metadata import Root, Targets

from rogatory_crypto import signing
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.root import NetworkTrust, VerifiedRoot, verify_network_trust, verify_root_chain
from rogatory_crypto.log.root_signing import (
    PrivateKey,
    Signers,
    operator_key,
    sign_metadata,
    unsigned_network_trust,
    unsigned_root,
)
from rogatory_crypto.log.tuf_metadata import MAX_METADATA_BYTES, parse_metadata, tuf_key
from rogatory_crypto.log.witness_policy import Policy
from rogatory_crypto.wire.identifier import EntryId

OPERATORS = [operator_key(seed(f"operator {number}"), post_quantum=number == 2) for number in range(6)]
TRUSTEES = [operator_key(seed(f"trustee {number}")) for number in range(3)]
DIRECTORY_KEY = keys("directory").public
POSTMARK_KEY = signing.public_key(seed("postmark"))
SECRETARIATS = {"CASC": EntryId("CNA-KZ-01"), "WACAP": EntryId("CNA-GH-01")}
YEAR = 365 * DAY


def signers(keys: list[PrivateKey], threshold: int) -> Signers:
    return Signers(tuple(key.public_key() for key in keys), threshold)


def root(
    version: int,
    operators: list[PrivateKey],
    signed_by: list[PrivateKey],
    *,
    threshold: int = 2,
    expires_at: int = NOW + YEAR,
) -> bytes:
    data = unsigned_root(version, expires_at, signers(operators, threshold), signers(TRUSTEES, 2))
    for key in signed_by:
        data = sign_metadata(data, Root, key)
    return data


FIRST = root(1, OPERATORS[:3], OPERATORS[:2])
SECOND = root(2, OPERATORS[1:4], OPERATORS[1:3])
THIRD = root(3, OPERATORS[3:6], OPERATORS[2:5])


def trust(
    *,
    version: int = 1,
    expires_at: int = NOW + DAY,
    signed_by: list[PrivateKey] | None = None,
    secretariats: dict[str, EntryId] | None = None,
) -> bytes:
    data = unsigned_network_trust(
        version,
        expires_at,
        directory_key=DIRECTORY_KEY,
        postmark_key=POSTMARK_KEY,
        policy=POLICY,
        secretariats=SECRETARIATS if secretariats is None else secretariats,
    )
    for key in TRUSTEES[:2] if signed_by is None else signed_by:
        data = sign_metadata(data, Targets, key)
    return data


def refusal(pinned: bytes, *updates: bytes, now: int = NOW) -> Code:
    with pytest.raises(PeerError) as raised:
        verify_root_chain(pinned, updates, now=now)
    assert raised.value.detail
    return raised.value.code


def refused_trust(data: bytes, *, now: int = NOW, held_version: int = 0) -> Code:
    with pytest.raises(PeerError) as raised:
        verify_network_trust(verify_root_chain(FIRST, (), now=now), data, now=now, held_version=held_version)
    assert raised.value.detail
    return raised.value.code


def changed(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    value = json.loads(data)
    change(value)
    return compact(value)


def compact(value: dict[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def test_a_pinned_root_leads_to_the_newest() -> None:
    for updates, version in (((), 1), ((SECOND,), 2), ((SECOND, THIRD), 3)):
        verified = verify_root_chain(FIRST, updates, now=NOW)
        assert isinstance(verified, VerifiedRoot)
        assert verified.version == version
        assert verified.encoded == (FIRST, SECOND, THIRD)[version - 1]
    assert verify_root_chain(SECOND, [THIRD], now=NOW).version == 3


def test_a_root_needs_enough_of_its_own_operators() -> None:
    assert refusal(root(1, OPERATORS[:3], [])) is Code.BAD_SIGNATURE
    assert refusal(root(1, OPERATORS[:3], OPERATORS[:1])) is Code.BAD_SIGNATURE
    assert refusal(root(1, OPERATORS[:3], OPERATORS[3:6])) is Code.BAD_SIGNATURE
    assert refusal(FIRST, root(2, OPERATORS[3:6], OPERATORS[:2])) is Code.BAD_SIGNATURE
    assert refusal(FIRST, root(2, OPERATORS[3:6], OPERATORS[:4])) is Code.BAD_SIGNATURE


def test_a_root_needs_enough_of_the_operators_before_it() -> None:
    assert refusal(FIRST, root(2, OPERATORS[3:6], OPERATORS[3:6])) is Code.BAD_SIGNATURE
    assert refusal(FIRST, root(2, OPERATORS[2:5], OPERATORS[2:5])) is Code.BAD_SIGNATURE
    assert verify_root_chain(FIRST, [root(2, OPERATORS[2:5], OPERATORS[1:4])], now=NOW).version == 2


def test_a_lower_threshold_counts_only_from_the_next_root_on() -> None:
    alone = root(2, OPERATORS[:1], OPERATORS[:1], threshold=1)
    assert refusal(FIRST, alone) is Code.BAD_SIGNATURE
    agreed = sign_metadata(alone, Root, OPERATORS[1])
    after = root(3, OPERATORS[:1], OPERATORS[:1], threshold=1)
    assert verify_root_chain(FIRST, [agreed, after], now=NOW).version == 3


def test_versions_follow_one_by_one() -> None:
    for updates in ((THIRD,), (SECOND, SECOND), (FIRST,), (SECOND, FIRST)):
        assert refusal(FIRST, *updates) is Code.REPLAYED
    assert refusal(FIRST, *[SECOND] * 257) is Code.TOO_LARGE


def test_only_the_last_root_must_be_valid_still() -> None:
    old = root(1, OPERATORS[:3], OPERATORS[:2], expires_at=NOW - YEAR)
    assert refusal(old) is Code.EXPIRED
    assert verify_root_chain(old, [SECOND], now=NOW).version == 2
    assert verify_root_chain(FIRST, (), now=NOW + YEAR - 1).version == 1
    assert refusal(FIRST, now=NOW + YEAR) is Code.EXPIRED
    with pytest.raises(MisuseError):
        verify_root_chain(FIRST, (), now=1 << 62)


def test_a_signature_that_does_not_hold_does_not_count() -> None:
    signature = json.loads(FIRST)["signatures"][0]["sig"]
    for wrong in ("00" * 64, "", "zz", signature[:-2]):
        value = json.loads(FIRST)
        value["signatures"][0]["sig"] = wrong
        assert refusal(compact(value)) in {Code.BAD_SIGNATURE, Code.MALFORMED}


def test_a_changed_root_is_refused() -> None:
    for change in (
        lambda value: value["signed"].update(version=2),
        lambda value: value["signed"].update(expires="2099-01-01T00:00:00Z"),
        lambda value: value["signed"]["roles"]["root"].update(threshold=1),
        lambda value: value["signed"]["roles"]["targets"].update(threshold=1),
    ):
        assert refusal(changed(FIRST, change)) is Code.BAD_SIGNATURE


def test_one_key_under_two_names_is_not_two_operators() -> None:
    """python-tuf does not hold key ids to be hashes: one operator would reach a threshold of two."""
    lone = OPERATORS[0]
    other = "f" * 64

    def forge(value: dict[str, Any]) -> None:
        keys, role = value["signed"]["keys"], value["signed"]["roles"]["root"]
        own = tuf_key(lone.public_key()).keyid
        keys[other] = deepcopy(keys[own])
        role.update(keyids=[own, other], threshold=2)

    assert refusal(changed(FIRST, forge)) is Code.MALFORMED


def set_key(value: dict[str, Any], **change: object) -> None:
    keys = value["signed"]["keys"].values()
    next(key for key in keys if key["keytype"] == "ed25519").update(change)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda value: set_key(value, keytype="rsa", scheme="rsassa-pss-sha256"), Code.UNSUPPORTED),
        (lambda value: set_key(value, keytype="ecdsa", scheme="ecdsa-sha2-nistp256"), Code.UNSUPPORTED),
        (lambda value: set_key(value, scheme="unknown"), Code.MALFORMED),
        (lambda value: set_key(value, keyval={"public": "01" + "00" * 31}), Code.BAD_SIGNATURE),
        (lambda value: set_key(value, keyval={"public": "zz"}), Code.MALFORMED),
        (lambda value: set_key(value, keyval={"public": 5}), Code.MALFORMED),
        (lambda value: set_key(value, keyval={}), Code.MALFORMED),
        (lambda value: set_key(value, keyval=[]), Code.MALFORMED),
        (lambda value: set_key(value, more=1), Code.MALFORMED),
        (lambda value: set_key(value, keytype="ml-dsa", scheme="ml-dsa-44/1"), Code.MALFORMED),
        (lambda value: value["signed"]["roles"]["root"].update(threshold=4), Code.MALFORMED),
        (lambda value: value["signed"]["roles"]["root"].update(threshold=0), Code.MALFORMED),
        (lambda value: value["signed"]["roles"]["root"].update(threshold=True), Code.MALFORMED),
        (lambda value: value["signed"]["roles"]["root"].update(threshold="2"), Code.MALFORMED),
        (lambda value: value["signed"]["roles"]["root"].update(keyids=["a", "a"]), Code.MALFORMED),
        (lambda value: value["signed"]["roles"]["root"].update(keyids=["0" * 64]), Code.MALFORMED),
        (lambda value: value["signed"]["roles"]["root"]["keyids"].append("0" * 64), Code.MALFORMED),
        (lambda value: value["signed"]["roles"].pop("root"), Code.MALFORMED),
        (lambda value: value["signed"].update(version=True), Code.MALFORMED),
        (lambda value: value["signed"].update(version=0), Code.MALFORMED),
        (lambda value: value["signed"].update(version=1.5), Code.MALFORMED),
        (lambda value: value["signed"].update(expires="soon"), Code.MALFORMED),
        (lambda value: value["signed"].update(spec_version="9.0"), Code.MALFORMED),
        (lambda value: value["signed"].update(_type="snapshot"), Code.MALFORMED),
        (lambda value: value["signed"].update(more=1.5), Code.MALFORMED),
        (lambda value: value.update(more=1), Code.MALFORMED),
        (lambda value: value["signatures"].append(value["signatures"][0]), Code.MALFORMED),
        (lambda value: value.pop("signatures"), Code.MALFORMED),
    ],
)
def test_what_is_no_root(change: Callable[[dict[str, Any]], object], code: Code) -> None:
    assert refusal(changed(FIRST, change)) is code


def test_bytes_that_are_no_metadata() -> None:
    spaced = json.dumps(json.loads(FIRST)).encode()
    doubled = FIRST.replace(b'"version":1', b'"version":2,"version":1')
    for data in (b"", b"x", b"[]", b"null", b"{}", b"\xff", b"[" * 100_000, spaced, doubled, FIRST + b"\n"):
        assert refusal(data) is Code.MALFORMED
    assert refusal(b" " * (MAX_METADATA_BYTES + 1)) is Code.TOO_LARGE
    assert refusal(trust()) is Code.UNSUPPORTED


def test_too_many_keys_are_refused() -> None:
    def forge(value: dict[str, Any]) -> None:
        key = next(iter(value["signed"]["keys"].values()))
        value["signed"]["keys"].update({f"{number:064x}": key for number in range(64)})

    assert refusal(changed(FIRST, forge)) is Code.TOO_LARGE


def test_what_a_network_believes() -> None:
    verified = verify_network_trust(verify_root_chain(FIRST, (), now=NOW), trust(), now=NOW, held_version=1)
    assert verified == NetworkTrust(1, NOW + DAY, DIRECTORY_KEY, POSTMARK_KEY, POLICY, SECRETARIATS)


def test_what_a_network_believes_needs_enough_trustees() -> None:
    for signed_by in ([], TRUSTEES[:1], OPERATORS[:3]):
        assert refused_trust(trust(signed_by=signed_by)) is Code.BAD_SIGNATURE


def test_what_a_network_believes_expires_and_never_goes_back() -> None:
    assert refused_trust(trust(), now=NOW + DAY) is Code.EXPIRED
    assert refused_trust(trust(version=3), held_version=4) is Code.REPLAYED


def resigned(change: Callable[[dict[str, Any]], object]) -> bytes:
    data = changed(trust(signed_by=[]), change)
    for key in TRUSTEES[:2]:
        data = sign_metadata(data, Targets, key)
    return data


def content(value: dict[str, Any], path: str) -> dict[str, Any]:
    found: dict[str, Any] = value["signed"]["targets"][path]
    return found


def put(path: str, text: str) -> Callable[[dict[str, Any]], object]:
    """Replace a content with its length and hash, as a trustee by mistake might."""

    def change(value: dict[str, Any]) -> None:
        data = text.encode()
        value["signed"]["targets"][path] = {
            "custom": {"content": text},
            "hashes": {"sha256": sha256(data).hexdigest()},
            "length": len(data),
        }

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda value: value["signed"]["targets"].pop("witness-policy"), Code.MALFORMED),
        (put("another", "x"), Code.MALFORMED),
        (lambda value: value["signed"].update(delegations={"keys": {}, "roles": []}), Code.MALFORMED),
        (lambda value: content(value, "directory-key").pop("custom"), Code.MALFORMED),
        (lambda value: content(value, "directory-key").update(custom=[]), Code.MALFORMED),
        (lambda value: content(value, "directory-key").update(custom={"content": 5}), Code.MALFORMED),
        (lambda value: content(value, "directory-key").update(custom={"content": "x"}), Code.HASH_MISMATCH),
        (lambda value: content(value, "directory-key").update(length=5), Code.HASH_MISMATCH),
        (
            lambda value: content(value, "directory-key").update(hashes={"sha256": "00" * 32}),
            Code.HASH_MISMATCH,
        ),
        (lambda value: content(value, "directory-key").update(hashes={"none": "00"}), Code.HASH_MISMATCH),
        (put("directory-key", "zz"), Code.MALFORMED),
        (put("directory-key", DIRECTORY_KEY.hex().upper()), Code.MALFORMED),
        (put("directory-key", "01" + "00" * 31), Code.BAD_SIGNATURE),
        (put("postmark-key", ""), Code.BAD_SIGNATURE),
        (put("postmark-key", "zz"), Code.MALFORMED),
        (put("postmark-key", POSTMARK_KEY.hex().upper()), Code.MALFORMED),
        (put("witness-policy", "quorum nobody\n"), Code.MALFORMED),
        (put("secretariats", "WACAP\n"), Code.MALFORMED),
        (put("secretariats", "WACAP CNA-GH-01"), Code.MALFORMED),
        (put("secretariats", "WACAP CNA-GH-01\nWACAP CNA-SN-01\n"), Code.MALFORMED),
    ],
)
def test_what_no_network_can_believe(change: Callable[[dict[str, Any]], object], code: Code) -> None:
    assert refused_trust(resigned(change)) is code


def test_a_network_without_secretariats_is_one() -> None:
    root_now = verify_root_chain(FIRST, (), now=NOW)
    assert verify_network_trust(root_now, trust(secretariats={}), now=NOW).secretariats == {}


def test_signing_keeps_what_others_signed() -> None:
    both = sign_metadata(sign_metadata(root(1, OPERATORS[:3], []), Root, OPERATORS[2]), Root, OPERATORS[0])
    assert len(parse_metadata(both, Root).signatures) == 2
    assert verify_root_chain(both, (), now=NOW).version == 1


def test_a_policy_in_root_metadata_is_utf8() -> None:
    policy = Policy((), (), (), b"\xff")
    with pytest.raises(MisuseError):
        unsigned_network_trust(
            1, NOW, directory_key=DIRECTORY_KEY, postmark_key=b"", policy=policy, secretariats=SECRETARIATS
        )


def test_a_public_key_of_an_algorithm_that_nobody_knows_is_malformed() -> None:
    def forge(value: dict[str, Any]) -> None:
        key = next(key for key in value["signed"]["keys"].values() if key["keytype"] == "ml-dsa")
        *_, der = key["keyval"]["public"].split("-----")[2:3]
        unknown = b64decode(der).replace(bytes.fromhex("60864801650304"), bytes.fromhex("60864801650305"), 1)
        key["keyval"]["public"] = (
            f"-----BEGIN PUBLIC KEY-----\n{b64encode(unknown).decode()}\n-----END PUBLIC KEY-----\n"
        )

    assert refusal(changed(FIRST, forge)) is Code.MALFORMED


def test_a_key_of_another_type_than_it_says_is_refused() -> None:
    def forge(value: dict[str, Any]) -> None:
        key = next(key for key in value["signed"]["keys"].values() if key["keytype"] == "ml-dsa")
        public = MLDSA65PrivateKey.from_seed_bytes(seed("other")).public_key()
        key["keyval"]["public"] = public.public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ).decode()

    assert refusal(changed(FIRST, forge)) is Code.UNSUPPORTED


def test_roles_that_cannot_be_are_our_mistake() -> None:
    for signers, threshold in ((OPERATORS[:2], 3), (OPERATORS[:2], 0), ([OPERATORS[0]] * 2, 2), ([], 1)):
        with pytest.raises(MisuseError):
            root(1, signers, [], threshold=threshold)
    with pytest.raises(MisuseError):
        operator_key(b"short")
