"""What a peer answers to requests that are wrong, and to those that only ask."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.peer.holdings import Holdings
from tests.conformance.peer.service import COMMANDS, LINE_LIMIT, answer
from tests.conformance.peer_process import PeerProcess

from rogatory_crypto.mls import cipher_suite

DAY_S = 86_400


@pytest.fixture(scope="module")
def peer() -> Iterator[PeerProcess]:
    with PeerProcess() as process:
        yield process


@pytest.fixture
def group(peer: PeerProcess) -> str:
    kp = peer.ask("key_package", identity="alone")["kp"]
    handle = peer.ask("create_group", kp=kp, group_id="a1")["group"]
    assert isinstance(handle, str)
    return handle


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"id": NaN, "cmd": "hello"}',
        b'{"id": 1e999, "cmd": "hello"}',
        b'{"id": 1, "cmd": "hello"} {}',
        b"9" * 5000,
    ],
)
def test_what_is_no_request_is_answered(peer: PeerProcess, line: bytes) -> None:
    reply = peer.raw(line)
    assert (reply["ok"], reply["id"], reply["type"]) == (False, None, "RequestError")
    assert peer.ask("hello")["lib"] == "rogatory"


@pytest.mark.parametrize("identifier", [7, "a", None, [1, {"b": "\ud800"}], -1.5, 1 << 80])
def test_an_answer_carries_the_id_of_its_request(peer: PeerProcess, identifier: object) -> None:
    for cmd in ("hello", "fly"):
        reply = peer.raw(json.dumps({"id": identifier, "cmd": cmd}).encode())
        assert (reply["id"], reply["ok"]) == (identifier, cmd == "hello")


def test_a_line_too_long_costs_one_answer(peer: PeerProcess) -> None:
    reply = peer.raw(b'{"cmd": "decode", "message": "' + b"0" * LINE_LIMIT + b'"}')
    assert (reply["ok"], reply["type"]) == (False, "RequestError")
    assert peer.ask("hello")["lib"] == "rogatory"


@pytest.mark.parametrize("cmd", sorted(COMMANDS))
def test_a_field_of_another_type_is_named(peer: PeerProcess, cmd: str) -> None:
    if cmd == "hello":
        assert peer.refused("HELLO") == "cmd: no such command"
        return
    names = ("group", "kp", "identity", "message", "psk_id", "psk", "group_info")
    values: tuple[object, ...] = (7, [], {}, True, None)
    errors = [peer.refused(cmd, **dict.fromkeys(names, value)) for value in values]
    assert all(error.split(":")[0] in names for error in errors)


@pytest.mark.parametrize("text", ["0", "zz", "AB", "0x00", "00 ", "", "00" * 10, "0001000500", 5])
def test_what_is_no_message_is_refused(peer: PeerProcess, group: str, text: object) -> None:
    before = peer.ask("state", group=group)
    peer.refused("decode", message=text)
    peer.refused("process", group=group, message=text)
    assert {**peer.ask("state", group=group), "id": 0} == {**before, "id": 0}


@pytest.mark.parametrize(
    "fields",
    [
        {"add": "00"},
        {"add": ["zz"]},
        {"add": ["00"]},
        {"remove": [0]},
        {"remove": [7]},
        {"remove": [-1]},
        {"remove": [True]},
        {"remove": [1 << 40]},
        {"psk": [{}]},
        {"psk": ["00"]},
        {"psk": [{"id": "ffff"}]},
        {"public": 1},
        {"aad": "x"},
    ],
)
def test_a_commit_of_nonsense_changes_nothing(peer: PeerProcess, group: str, fields: dict[str, Any]) -> None:
    before = peer.ask("state", group=group)
    for by_ref in (False, True):
        peer.refused("commit", group=group, proposals_by_ref=by_ref, **fields)
    assert {**peer.ask("state", group=group), "id": 0} == {**before, "id": 0}


@pytest.mark.parametrize(
    ("cmd", "fields"),
    [
        ("propose", {"type": "levitate"}),
        ("propose", {"type": "remove", "leaf": 3}),
        ("propose", {"type": "psk", "psk_id": "00", "nonce": "00"}),
        ("propose", {"type": "psk"}),
        ("merge", {}),
        ("discard", {}),
        ("export", {"label": "x", "context": "", "length": -1}),
        ("send", {"data": None}),
    ],
)
def test_a_request_that_cannot_be_met_is_refused(
    peer: PeerProcess, group: str, cmd: str, fields: dict[str, Any]
) -> None:
    peer.refused(cmd, group=group, **fields)


def test_a_proposed_psk_may_stand_in_the_id_of_its_request(peer: PeerProcess, group: str) -> None:
    line = {"id": "c0de", "cmd": "propose", "group": group, "type": "psk", "public": True, "nonce": "42" * 32}
    reply = peer.raw(json.dumps(line).encode())
    assert (reply["ok"], reply["id"]) == (True, "c0de")
    assert "0004" + "01" + "02c0de" + "20" + "42" * 32 in reply["message"]
    assert peer.ask("decode", message=reply["message"])["proposal_type"] == "psk"


def test_a_handle_that_was_forgotten_stands_for_nothing(peer: PeerProcess, group: str) -> None:
    kp = peer.ask("key_package", identity="a")["kp"]
    peer.ask("forget", kp=kp)
    peer.ask("forget", group=group)
    assert peer.refused("create_group", kp=kp, group_id="00") == "kp: no such handle"
    assert peer.refused("state", group=group) == "group: no such handle"
    peer.refused("forget", group=group)
    peer.refused("forget")


def test_a_key_package_lives_for_28_days_at_most(peer: PeerProcess) -> None:
    now = int(time.time())
    asked: list[dict[str, int]] = [
        {},
        {"not_before": now},
        {"not_after": now + 28 * DAY_S},
        {"not_after": now - 400 * DAY_S},
        {"not_before": now - 5, "not_after": now + 5},
    ]
    for fields in asked:
        made = peer.ask("key_package", identity="a", suite=1, **fields)
        told = peer.ask("decode", message=made["key_package"])
        assert 0 <= told["not_after"] - told["not_before"] <= 28 * DAY_S
        assert fields.items() <= told.items()
    peer.refused("key_package", identity="a", not_before=now, not_after=now + 28 * DAY_S + 1)
    peer.refused("key_package", identity="a", not_before=now, not_after=now - 1)
    peer.refused("key_package", identity="a", not_before=1 << 64)
    peer.refused("key_package", identity="a", not_before=(1 << 64) - 5)
    peer.refused("key_package", identity="a", suite=0xABCD)


def test_private_keys_are_told_only_on_request(peer: PeerProcess) -> None:
    silent = peer.ask("key_package", identity="a", suite=1)
    assert not any("priv" in name for name in silent)
    made = peer.ask("key_package", identity="a", suite=1, secrets=True)
    suite = cipher_suite(1)
    assert suite.kem.public_key(bytes.fromhex(made["init_priv"])).hex() == made["init_key"]
    assert suite.kem.public_key(bytes.fromhex(made["encryption_priv"])).hex() == made["encryption_key"]
    signature = suite.signature.public_key(bytes.fromhex(made["signature_priv"]))
    assert signature.hex() == made["signature_key"]


def test_a_credential_may_be_given_whole(peer: PeerProcess) -> None:
    made = peer.ask("key_package", credential="0001" + "03" + b"bob".hex())
    told = peer.ask("decode", message=made["key_package"])
    assert (told["wireformat"], told["identity"]) == ("mls_key_package", "bob")
    assert [told[name] for name in ("ref", "init_key", "signature_key")] == [
        made[name] for name in ("ref", "init_key", "signature_key")
    ]
    refused = (
        "0001" + "04" + b"bob".hex(),
        "0001" + "80004001" + "00" * 0x4001,
        "0002" + "00",
        "0003" + "00",
    )
    for credential in refused:
        peer.refused("key_package", credential=credential)
    for identity in ("x" * 0x4001, "\ud800"):
        peer.refused("key_package", identity=identity)


def test_every_message_can_be_described(peer: PeerProcess, group: str) -> None:
    kp = peer.ask("key_package", identity="b", suite=1)
    told = peer.ask("group_info", group=group)["group_info"]
    described = peer.ask("decode", message=told)
    assert (described["wireformat"], described["group_id"], described["signer"]) == (
        "mls_group_info",
        "a1",
        0,
    )
    assert described["extensions"] == [2, 4]
    assert peer.ask("decode", message=peer.ask("group_info", group=group, tree=False)["group_info"])[
        "extensions"
    ] == [4]
    asked = peer.ask("external_add", kp=kp["kp"], group_info=told)["message"]
    described = peer.ask("decode", message=asked)
    assert (described["sender"]["type"], described["proposal_type"]) == ("new_member_proposal", "add")
    committed = peer.ask("commit", group=group, add=[kp["key_package"]], public=True, aad="0a0b")
    described = peer.ask("decode", message=committed["commit"])
    assert (described["content_type"], described["aad"], described["path"]) == ("commit", "0a0b", False)
    described = peer.ask("decode", message=committed["welcome"])
    assert (described["wireformat"], described["new_members"]) == ("mls_welcome", [kp["ref"]])
    said = peer.ask("send", group=group, data="00", aad="ee")["message"]
    described = peer.ask("decode", message=said)
    assert (described["wireformat"], described["content_type"]) == ("mls_private_message", "application")
    assert (described["aad"], described["epoch"]) == ("ee", 1)


def test_the_end_of_the_requests_is_the_end_of_the_process() -> None:
    process = PeerProcess()
    process.ask("hello")
    assert process.close() == 0


def pool() -> tuple[Holdings, list[Any]]:
    """Return what a process may hold, and values of every kind that a request may name."""
    holdings = Holdings()

    def ask(cmd: str, **fields: Any) -> dict[str, Any]:
        reply = answer(holdings, json.dumps({"cmd": cmd, **fields}).encode())
        assert reply["ok"], reply
        return reply

    packages = [ask("key_package", identity=name, suite=1) for name in ("a", "b", "c")]
    group = ask("create_group", kp=packages[0]["kp"], group_id="a1")["group"]
    added = ask("commit", group=group, add=[packages[1]["key_package"]], public=True)
    joined = ask("join", kp=packages[1]["kp"], welcome=added["welcome"])["group"]
    ask("set_psk", psk_id="0a", psk="0b")
    told = ask("group_info", group=group)["group_info"]
    values = [
        group,
        joined,
        *(package["kp"] for package in packages),
        told,
        added["welcome"],
        added["commit"],
    ]
    values += [package["key_package"] for package in packages]
    values += [ask("propose", group=joined, type="update", public=True)["message"], added["ratchet_tree"]]
    return holdings, [*values, *JUNK]


JUNK = ["", "00", "0a", "zz", "add", "psk", "update", "remove", None, True, False, 0, 1, -1, 1 << 16, 1 << 64]
FIELDS = {
    "key_package": ("identity", "credential", "suite", "not_before", "not_after", "secrets"),
    "create_group": ("kp", "group_id"),
    "commit": ("group", "add", "remove", "psk", "aad", "public", "stage", "tree_ext", "proposals_by_ref"),
    "propose": ("group", "type", "key_package", "leaf", "psk_id", "nonce", "public", "aad"),
    "send": ("group", "data", "aad"),
    "process": ("group", "message"),
    "join": ("kp", "welcome", "ratchet_tree", "psks"),
    "group_info": ("group", "tree"),
    "join_external": ("kp", "group_info", "ratchet_tree", "resync"),
    "external_add": ("kp", "group_info"),
    "export": ("group", "label", "context", "length"),
    "set_psk": ("psk_id", "psk"),
    "forget": ("group", "kp"),
    "decode": ("message",),
}
GROUPS, KEYS = ("group",), ("id", "nonce", "0a", "")


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_no_request_surprises_a_peer(data: st.DataObject) -> None:
    holdings, values = pool()
    plain = st.sampled_from(values)
    nested = plain | st.lists(plain, max_size=2) | st.dictionaries(st.sampled_from(KEYS), plain, max_size=2)
    field = plain | nested | st.lists(nested, max_size=2) | st.floats(allow_nan=False) | st.text(max_size=9)
    for _ in range(8):
        cmd = data.draw(st.sampled_from(sorted(COMMANDS)))
        given_fields = dict.fromkeys(FIELDS.get(cmd, GROUPS), field)
        wanted = {"cmd": cmd, **data.draw(st.fixed_dictionaries({}, optional=given_fields))}
        reply = answer(holdings, json.dumps(wanted).encode())
        json.dumps(reply, allow_nan=False)
        assert reply["ok"] or reply["type"] in {"PeerError", "MisuseError", "RequestError"}, (wanted, reply)
