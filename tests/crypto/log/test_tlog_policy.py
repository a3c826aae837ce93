"""The text of a policy (C2SP tlog-policy): what it says, what it may not say."""

import pytest
from tests.crypto.log.log_world import LOG_KEY, LOG_KEY_PQ, POLICY, WITNESS_KEYS

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.tlog_policy import encode_policy, parse_policy
from rogatory_crypto.log.witness_policy import Group

LOG = "log " + LOG_KEY.verifier.encode()
W0, W1, W2 = (f"witness w{number} {key.verifier.encode()}" for number, key in enumerate(WITNESS_KEYS[:3]))


def text(*lines: str) -> bytes:
    return "".join(line + "\n" for line in lines).encode()


def refusal(*lines: str) -> Code:
    with pytest.raises(PeerError) as raised:
        parse_policy(text(*lines))
    return raised.value.code


def test_a_policy_comes_back_from_its_text() -> None:
    assert parse_policy(encode_policy(POLICY)) == POLICY
    assert encode_policy(parse_policy(encode_policy(POLICY))) == encode_policy(POLICY)


def test_comments_blanks_tabs_and_urls() -> None:
    data = text(
        "# a comment",
        "",
        "  \t ",
        "\t# another é",
        f"\t{LOG}\thttps://log.example/  ",
        f"{W0} https://witness.example/",
        W1,
        "group both\tall w0   w1",
        "  quorum both",
    )
    policy = parse_policy(data)
    assert (policy.logs[0].url, policy.witnesses[0].url) == (
        b"https://log.example/",
        b"https://witness.example/",
    )
    assert (policy.logs[0].key, policy.witnesses[1].url) == (LOG_KEY.verifier, None)
    assert (policy.groups, policy.quorum) == ((Group(b"both", 2, (b"w0", b"w1")),), b"both")
    assert parse_policy(encode_policy(policy)) == policy


def test_thresholds_and_their_short_forms() -> None:
    for written, threshold in (("any", 1), ("all", 3), ("1", 1), ("2", 2), ("3", 3)):
        policy = parse_policy(text(W0, W1, W2, f"group g {written} w0 w1 w2", "quorum g"))
        assert policy.groups[0].threshold == threshold


def test_a_policy_without_witnesses_or_logs_says_so() -> None:
    assert parse_policy(b"quorum none\n").quorum is None
    assert parse_policy(text(LOG, "quorum none")).log_keys(LOG_KEY.name) == (LOG_KEY.verifier,)
    assert parse_policy(text(W0, "quorum w0")).quorum == b"w0"
    assert parse_policy(text(LOG, "quorum none")).log_keys("other.example") == ()


def test_names_are_octets() -> None:
    kelvin = W1.replace("w1", "\u212a", 1).encode()
    latin = text(W0.replace("w0", "K", 1)) + kelvin + b"\n" + b"quorum K\n"
    assert [witness.name for witness in parse_policy(latin).witnesses] == [b"K", b"\xe2\x84\xaa"]
    assert (
        parse_policy(W0.replace("w0", "X", 1).encode().replace(b"X", b"\xff", 1) + b"\nquorum \xff\n").quorum
        == b"\xff"
    )


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (LOG,),
        (W0, "quorum"),
        (W0, "quorum w0 w0"),
        (W0, "quorum w0", "quorum w0"),
        ("quorum none", "quorum none"),
        (W0, "quorum w1"),
        ("quorum w0", W0),
        (W0, W1, "group g 0 w0 w1", "quorum g"),
        (W0, W1, "group g 3 w0 w1", "quorum g"),
        (W0, W1, "group g 01 w0 w1", "quorum g"),
        (W0, W1, "group g -1 w0 w1", "quorum g"),
        (W0, W1, "group g most w0 w1", "quorum g"),
        (W0, W1, "group g all", "quorum g"),
        (W0, W1, "group g all w0 w2", "quorum g"),
        (W0, W1, "group g all w0 w0", "quorum g"),
        (W0, W1, "group g all w0 none", "quorum g"),
        (W0, W1, "group g all g", "quorum g"),
        (W0, W1, "group w0 all w1", "quorum w0"),
        (W0, W1, "group none all w1", "quorum none"),
        (W0, W1, "group g all w0", "group h all w0", "quorum h"),
        (W0, W1, "group g all w0", "group h all w1 g", "group i all g", "quorum i"),
        (W0, W1.replace("w1", "w0", 1), "quorum w0"),
        (W0, W0.replace("w0", "w1", 1), "quorum w0"),
        (W0.replace("w0", "none", 1), "quorum none"),
        (LOG, LOG, "quorum none"),
        (LOG + " url another", "quorum none"),
        ("log", "quorum none"),
        ("witness", "quorum none"),
        ("witness w0", "quorum none"),
        ("witness " + WITNESS_KEYS[0].verifier.encode(), "quorum none"),
        ("log \u00e9", "quorum none"),
        ("tree x", "quorum none"),
        ("Quorum none",),
        ("quorum\u00a0none",),
        ("quorum none\x00",),
        ("quorum none\r",),
        ("quorum none\x7f",),
    ],
)
def test_what_is_no_policy(lines: tuple[str, ...]) -> None:
    assert refusal(*lines) is Code.MALFORMED


def test_octets_that_are_no_key_and_a_last_line_without_end() -> None:
    for data in (b"log \xff+00000000+AA==\nquorum none\n", b"quorum none"):
        with pytest.raises(PeerError) as raised:
            parse_policy(data)
        assert raised.value.code is Code.MALFORMED


def test_each_place_has_its_kinds_of_key() -> None:
    assert refusal("log " + WITNESS_KEYS[0].verifier.encode(), "quorum none") is Code.UNSUPPORTED
    assert refusal("witness w " + LOG_KEY.verifier.encode(), "quorum none") is Code.UNSUPPORTED
    assert parse_policy(text("log " + LOG_KEY_PQ.verifier.encode(), "quorum none")).logs


def test_the_limits_are_above_what_the_specification_recommends() -> None:
    names = [f"g{number}" for number in range(64)]
    groups = [f"group {name} any {before}" for before, name in zip(["w0", *names], names, strict=False)]
    assert len(parse_policy(text(W0, *groups, "quorum g63")).groups) == 64
    assert refusal(W0, *groups, "group more any g63", "quorum more") is Code.TOO_LARGE
    with pytest.raises(PeerError) as raised:
        parse_policy(b"#" * (1 << 18) + b"\nquorum none\n")
    assert raised.value.code is Code.TOO_LARGE
