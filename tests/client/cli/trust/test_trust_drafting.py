"""What was typed becomes what the operators sign, and what cannot be is named by its option."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.trusted_network import DAY, NOW, TrustedNetwork

from rogatory_client.cli.trust.drafting import Believed, first_drafts, next_draft, next_root
from rogatory_client.cli.trust.folder import TrustFolder, read_trust_folder
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity.former import Former
from rogatory_crypto.log.ceremony import OPERATORS, role_keys
from rogatory_crypto.log.root import NetworkTrust, read_network_trust
from rogatory_crypto.log.tlog_policy import encode_policy
from rogatory_crypto.wire.identifier import EntryId

NETWORK = TrustedNetwork(witnesses=3, quorum=2, secretariats={"WACAP": EntryId("NET-WACAP")})
OTHER = TrustedNetwork("another.example", witnesses=3)
LOGS = [key.verifier.encode() for key in NETWORK.log_keys]
WITNESSES = [f"w{number}={key.verifier.encode()}" for number, key in enumerate(NETWORK.witness_keys)]
ROOT_KEYS = [key.public_key().public_bytes_raw().hex() for key in NETWORK.operator_keys(1)]
NOTHING = Believed(None, None, (), (), None, None, ())
ALL = Believed(
    NETWORK.directory_public.hex(),
    NETWORK.postmark_key.hex(),
    LOGS,
    WITNESSES,
    2,
    None,
    ("WACAP=NET-WACAP",),
)
END = NOW + 30 * DAY


def first(**changes: Any) -> NetworkTrust:
    _, trust = first_drafts(ROOT_KEYS, 2, replace(ALL, **changes), END)
    return read_network_trust(trust)


def following(**changes: Any) -> NetworkTrust:
    return read_network_trust(next_draft(NETWORK.trust, replace(NOTHING, **changes), END))


def refused(**changes: Any) -> str:
    with pytest.raises(MisuseError) as raised:
        first(**changes)
    return str(raised.value)


def test_everything_typed_is_what_the_network_is_to_believe() -> None:
    root, trust = first_drafts(ROOT_KEYS, 2, ALL, END)
    drafted = read_network_trust(trust)
    assert drafted == replace(NETWORK.pinned.trust, expires_at=END)
    assert role_keys(root, OPERATORS) == role_keys(NETWORK.root, OPERATORS)


def test_addresses_follow_an_equals_sign_that_base64_may_end_with_too() -> None:
    urls = {"logs": [f"{LOGS[0]}=https://log.example"], "witnesses": [f"{WITNESSES[0]}=https://w.example"]}
    policy = first(**urls, quorum=1).policy
    assert [log.url for log in policy.logs] == [b"https://log.example"]
    assert [(each.name, each.key, each.url) for each in policy.witnesses] == [
        (b"w0", NETWORK.witness_keys[0].verifier, b"https://w.example")
    ]


def test_keys_come_from_files_too(tmp_path: Path) -> None:
    log, witness = tmp_path / "log.vkey", tmp_path / "witness.vkey"
    log.write_text(f"{LOGS[1]}\n")
    witness.write_text(f"{WITNESSES[1].removeprefix('w1=')}\n")
    policy = first(logs=[f"{log}=https://log.example"], witnesses=[f"own={witness}"], quorum=1).policy
    assert policy.logs[0].key == NETWORK.log_keys[1].verifier
    assert policy.witnesses[0].key == NETWORK.witness_keys[1].verifier


def test_a_policy_of_any_shape_comes_from_a_file(tmp_path: Path) -> None:
    text = (
        encode_policy(NETWORK.policy)
        .replace(b"group quorum 2", b"group most 1")
        .replace(b"quorum quorum", b"quorum most")
    )
    (tmp_path / "policy").write_bytes(b"# who must cosign\n" + text)
    policy = first(policy=tmp_path / "policy", logs=(), witnesses=(), quorum=None).policy
    assert (policy.quorum, policy.groups[0].threshold) == (b"most", 1)
    assert "instead of --log, --witness and --quorum" in refused(policy=tmp_path / "policy")
    (tmp_path / "policy").write_bytes(b"quorum nobody\n")
    said = refused(policy=tmp_path / "policy", logs=(), witnesses=(), quorum=None)
    assert said.startswith("this is no policy of witnesses: ")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"directory_key": None}, "the first draft needs --directory-key and --postmark-key"),
        ({"logs": ()}, "the first draft needs --log, or --policy with a file"),
        ({"directory_key": "00"}, "00 is no directory operator's public key: give its .pub file"),
        ({"postmark_key": "zz"}, "zz is no public key"),
        ({"postmark_key": ROOT_KEYS[2]}, "no network can believe this: "),
        ({"logs": ["nonsense"]}, "--log VKEY[=URL]: nonsense has no verifier key: "),
        ({"logs": ["two words"]}, "--log VKEY[=URL], not two words"),
        ({"logs": [LOGS[0], LOGS[0]]}, "this is no policy of witnesses: the same public key twice"),
        ({"logs": [WITNESSES[0].removeprefix("w0=")]}, "this is no policy of witnesses: a key of type"),
        ({"witnesses": ["alone"]}, "--witness NAME=VKEY=URL, not alone"),
        ({"witnesses": [WITNESSES[0], WITNESSES[0]]}, "this is no policy of witnesses: the name"),
        ({"quorum": None}, "--quorum is missing"),
        ({"quorum": 4}, "--quorum 4 of 3 witnesses cannot be reached"),
        ({"witnesses": ()}, "--quorum needs witnesses"),
        ({"secretariats": ["WACAP"]}, "--secretariat NETWORK=ENTRY, not WACAP"),
        ({"secretariats": ["WACAP=A B"]}, "--secretariat NETWORK=ENTRY, not WACAP=A B"),
        ({"secretariats": ["WACAP=A", "WACAP=B"]}, "--secretariat names WACAP twice"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_is_named(changes: dict[str, Any], said: str) -> None:
    assert said in refused(**changes)


def test_witnesses_may_cosign_without_having_to() -> None:
    policy = first(quorum=0).policy
    assert (policy.quorum, len(policy.witnesses)) == (None, 3)
    assert first(quorum=None, witnesses=()).policy.witnesses == ()


def test_what_is_not_named_later_stays() -> None:
    held = replace(NETWORK.pinned.trust, version=2, expires_at=END)
    assert following() == held
    assert following(secretariats=["CASC=NET-CASC"], replaced_at=9) == replace(
        held,
        secretariats={"CASC": EntryId("NET-CASC")},
        former=Former(secretariats=((9, "WACAP", EntryId("NET-WACAP")), (9, "CASC", None))),
    )
    assert following(directory_key=OTHER.directory_public.hex(), replaced_at=9) == replace(
        held,
        directory_key=OTHER.directory_public,
        former=Former(operators=((9, held.directory_key),)),
    )
    one_log = following(logs=LOGS[:1]).policy
    assert (len(one_log.logs), one_log.witnesses) == (1, held.policy.witnesses)
    assert following(quorum=3).policy.groups[0].threshold == 3
    with pytest.raises(MisuseError, match="--quorum is missing"):
        following(witnesses=WITNESSES[:1])


def test_the_next_root_takes_over_what_is_not_named(tmp_path: Path) -> None:
    held = read_trust_folder(NETWORK.write(tmp_path / "trust"))
    root, trust = next_root(held, (), None, END)
    assert role_keys(root, OPERATORS) == role_keys(NETWORK.root, OPERATORS)
    assert read_network_trust(trust) == replace(NETWORK.pinned.trust, version=2, expires_at=END)
    root, _ = next_root(held, (), 3, END)
    assert role_keys(root, OPERATORS)[1] == 3
    root, _ = next_root(held, ROOT_KEYS[:2], 1, END)
    assert [len(role_keys(root, OPERATORS)[0]), role_keys(root, OPERATORS)[1]] == [2, 1]
    for root_keys, threshold in (((), 4), (ROOT_KEYS[:1], 2), ((ROOT_KEYS[0],) * 2, 2)):
        with pytest.raises(MisuseError, match="distinct keys and a threshold that they can reach"):
            next_root(held, root_keys, threshold, END)
    with pytest.raises(MisuseError, match="sign the drafts first"):
        next_root(TrustFolder(tmp_path), (), None, END)
