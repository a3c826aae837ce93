"""What operators and offices are told about a root of trust that has run out, is forged, or not theirs."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.client.cli.transcript import type_command
from tests.trusted_network import DAY, TrustedNetwork
from tuf.api.metadata import Root, Targets

from rogatory_client.cli.trust.folder import read_trust_folder
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import NetworkProfile
from rogatory_crypto.log.root_signing import sign_metadata

NOW = int(time.time())
NETWORK = TrustedNetwork(now=NOW)
EXPIRED = replace(NETWORK, now=NOW - 400 * DAY)
CHECK = "rogatory trust check trust --origin relay.example"
PROFILE = (
    "rogatory relay profile --relay https://relay.example --origin relay.example --trust trust --out p.json"
)
INIT = "rogatory init --profile profile.json --home vault --passphrase-fd {secret:correct horse battery}"


def with_signatures(data: bytes, count: int) -> bytes:
    value = json.loads(data)
    value["signatures"] = value["signatures"][:count]
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def typed(command: str, folder: Path) -> tuple[int, str]:
    ended = type_command(command, folder)
    return ended.returncode, ended.stderr


def initialised(profile: NetworkProfile, folder: Path) -> tuple[int, str]:
    (folder / "profile.json").write_text(profile.to_json())
    return typed(INIT, folder)


def test_a_trust_that_has_run_out(tmp_path: Path) -> None:
    EXPIRED.write(tmp_path / "trust")
    for command in (CHECK, PROFILE):
        code, said = typed(command, tmp_path)
        assert code == 77
        assert "the network's root of trust expired on 20" in said
        assert "`rogatory trust rotate`" in said
    assert not (tmp_path / "p.json").exists()


def test_what_has_run_out_is_shown_as_such(tmp_path: Path) -> None:
    EXPIRED.write(tmp_path / "trust")
    shown = type_command("rogatory trust show trust", tmp_path).stdout
    assert shown.count(", expired") == 4


def test_what_holds_and_is_unwise_is_said(tmp_path: Path) -> None:
    replace(NETWORK, operators=1, threshold=1).write(tmp_path / "trust")
    code, said = typed(CHECK, tmp_path)
    assert code == 0
    assert "one operator alone decides the next root: let two or more have to sign" in said
    assert "one operator alone decides what the network believes" in said
    assert "no witness must cosign: the relay could show two histories of its log unnoticed" in said
    replace(NETWORK, witnesses=1).write(tmp_path / "trust")
    assert typed(CHECK, tmp_path) == (0, "")


def test_a_root_is_never_replaced(tmp_path: Path) -> None:
    folder = NETWORK.write(tmp_path / "trust")
    (folder / "targets.json").unlink()
    code, said = typed("rogatory trust draft trust --secretariat WACAP=NET-WACAP", tmp_path)
    assert (code, "has a root but no targets.json: restore it" in said) == (64, True)
    (folder / "root.draft.json").write_bytes(NETWORK.rotated().roots[1])
    held = read_trust_folder(folder)
    (folder / "2.root.json").write_bytes(b"another")
    with pytest.raises(MisuseError, match="a root is never replaced"):
        held.signed_by(NETWORK.operator_keys(1)[0])


def test_a_threshold_that_is_not_reached(tmp_path: Path) -> None:
    folder = NETWORK.write(tmp_path / "trust")
    (folder / "targets.json").write_bytes(with_signatures(NETWORK.trust, 1))
    code, said = typed(CHECK, tmp_path)
    assert code == 65
    assert "a signature does not hold (targets was signed by 1/2 keys)" in said
    assert "ask the operators for the folder again" in said


def test_a_root_too_few_agreed_to(tmp_path: Path) -> None:
    rotated = NETWORK.rotated()
    folder = rotated.write(tmp_path / "trust")
    (folder / "2.root.json").write_bytes(with_signatures(rotated.roots[1], 1))
    code, said = typed(CHECK, tmp_path)
    assert code == 65
    assert "root 2 lacks signatures: 1 of the operators before, 2 of its operators" in said


def test_roots_with_a_hole_and_files_too_large(tmp_path: Path) -> None:
    folder = NETWORK.rotated().rotated().write(tmp_path / "trust")
    (folder / "2.root.json").unlink()
    with pytest.raises(MisuseError, match="a root is missing between 1 and 3"):
        read_trust_folder(folder)
    (folder / "2.root.json").write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(MisuseError, match=r"2\.root\.json is larger than 1 MiB"):
        read_trust_folder(folder)


def test_drafts_that_were_complete_when_the_power_went_are_finished(tmp_path: Path) -> None:
    """Root and network trust take their names one after the other; either moment may be the last."""
    rotated = NETWORK.rotated()
    folder = NETWORK.write(tmp_path / "trust")
    (folder / "2.root.json").write_bytes(rotated.roots[1])
    (folder / "targets.draft.json").write_bytes(rotated.trust)
    held = read_trust_folder(folder)
    assert [needed.missing for (needed,) in held.needs().values()] == [0]
    finished = held.signed_by(rotated.operator_keys(2)[0])
    assert not finished.has_drafts
    with pytest.raises(MisuseError, match="waits for a signature"):
        finished.signed_by(rotated.operator_keys(2)[0])
    assert finished.verified("relay.example").trust.version == 2


def test_operators_who_sign_apart_need_not_sign_in_order(tmp_path: Path) -> None:
    network = NETWORK.rotated()
    unsigned = tuple(with_signatures(data, 0) for data in (network.roots[1], network.trust))
    folder = NETWORK.write(tmp_path / "trust")
    held = read_trust_folder(folder).with_drafts(*unsigned)
    first, _, third = NETWORK.operator_keys(1)
    newcomer = network.operator_keys(2)[2]
    for key in (newcomer, first, third):
        assert held.has_drafts
        held = held.signed_by(key)
    assert not held.has_drafts
    assert held.verified("relay.example").root.version == 2
    with pytest.raises(MisuseError, match="none of the operators"):
        read_trust_folder(folder).with_drafts(None, unsigned[1]).signed_by(first)


def test_a_root_out_of_turn(tmp_path: Path) -> None:
    rotated = NETWORK.rotated().rotated()
    folder = rotated.write(tmp_path / "trust")
    (folder / "2.root.json").write_bytes(rotated.roots[2])
    code, said = typed(CHECK, tmp_path)
    assert code == 65
    assert (
        "what came in is not right and was refused (Expected sequential root versions, got v1 and v3.)"
        in said
    )
    assert "check that these files belong together" in said


def test_a_file_too_large_is_no_profile(tmp_path: Path) -> None:
    huge = "x" * ((1 << 20) + 1)
    (tmp_path / "profile.json").write_text(
        json.dumps(json.loads(NETWORK.profile().to_json()) | {"root": huge})
    )
    code, said = typed(INIT, tmp_path)
    assert (code, "(its root is larger than 1 MiB); ask the secretariat for a new one" in said) == (64, True)
    (tmp_path / "profile.json").write_text(huge * 5)
    code, said = typed(INIT, tmp_path)
    assert (code, "profile.json is larger than 4 MiB" in said) == (64, True)


def test_an_office_begins_with_a_profile_that_holds(tmp_path: Path) -> None:
    assert initialised(NETWORK.profile(), tmp_path) == (0, "")


def test_an_office_may_begin_with_a_profile_that_has_run_out_and_is_told(tmp_path: Path) -> None:
    code, said = initialised(EXPIRED.profile(), tmp_path)
    assert code == 0
    assert "no new key is believed before the relay has handed out a newer one" in said


def forged_root() -> NetworkProfile:
    other = replace(NETWORK, origin="another.example")
    return replace(NETWORK.profile(), root=other.root)


def forged_trust() -> NetworkProfile:
    key = TrustedNetwork("another.example").operator_keys(1)[0]
    data = sign_metadata(with_signatures(NETWORK.trust, 1), Targets, key)
    return replace(NETWORK.profile(), trust=data)


def one_operator_too_few() -> NetworkProfile:
    return replace(NETWORK.profile(), root=with_signatures(NETWORK.root, 1))


def another_networks() -> NetworkProfile:
    return replace(TrustedNetwork("another.example", NOW).profile(), origin="relay.example")


def one_for_the_other() -> NetworkProfile:
    return replace(NETWORK.profile(), root=NETWORK.trust)


@pytest.mark.parametrize(
    ("profile", "sentences"),
    [
        (forged_root, ("targets was signed by 0/2 keys", "believe nothing in this file")),
        (forged_trust, ("targets was signed by 1/2 keys", "believe nothing in this file")),
        (one_operator_too_few, ("root 1 lacks signatures: 1 of its operators", "say what was refused")),
        (another_networks, ("it is another network's", "ask the secretariat for the network profile again")),
        (one_for_the_other, ("metadata of the role targets", "what came in is not right")),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_an_office_does_not_begin_with_a_wrong_profile(
    profile: object, sentences: tuple[str, ...], tmp_path: Path
) -> None:
    assert callable(profile)
    code, said = initialised(profile(), tmp_path)
    assert code == 65
    assert all(sentence in said for sentence in sentences), said
    assert not (tmp_path / "vault").exists()


def test_a_root_is_not_signed_twice_by_one_operator_with_two_names() -> None:
    first = NETWORK.operator_keys(1)[0]
    again = sign_metadata(with_signatures(NETWORK.root, 1), Root, first)
    assert len(json.loads(again)["signatures"]) == 1
