"""The witness protocol (C2SP tlog-witness, add-checkpoint): bytes, decisions, statuses, and a race."""

from dataclasses import replace

import pytest
from tests.crypto.log.log_world import (
    LOG_KEY,
    LOG_KEY_PQ,
    NOW,
    ORIGIN,
    WITNESS_KEYS,
    World,
    leaf,
    signing_key,
)

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.add_checkpoint import (
    AddCheckpoint,
    encode_cosignatures,
    parse_add_checkpoint,
    parse_cosignatures,
)
from rogatory_crypto.log.cosignature import cosign
from rogatory_crypto.log.merkle import Proof
from rogatory_crypto.log.signed_checkpoint import (
    SignedCheckpoint,
    sign_checkpoint,
    verify_cosignatures,
    verify_log,
)
from rogatory_crypto.log.signed_note import NoteSignature
from rogatory_crypto.log.witness import (
    SIZE_CONTENT_TYPE,
    Refusal,
    Swap,
    conflict,
    cosignatures,
    decide,
    monitoring_path,
)

LOGS = {ORIGIN: [LOG_KEY.verifier, LOG_KEY_PQ.verifier]}
WORLD = World().grow(40)
EXAMPLE = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""  # noqa: E501  # the specification's own example


class WitnessServer:
    """A witness with its durable state, as a server keeps it."""

    def __init__(self) -> None:
        self.newest: dict[str, SignedCheckpoint] = {}

    def swap(self, decision: Swap) -> Refusal | None:
        if self.newest.get(decision.origin) != decision.expected:
            return conflict(self.newest.get(decision.origin))
        self.newest[decision.origin] = decision.new
        return None

    def add(self, request: bytes) -> Refusal | bytes:
        decision = decide(request, LOGS, self.newest)
        if isinstance(decision, Refusal):
            return decision
        return self.swap(decision) or encode_cosignatures(cosignatures(decision, WITNESS_KEYS[:2], NOW))


def request(old_size: int, size: int, *, proof: Proof | None = None, world: World = WORLD) -> bytes:
    found = world.tree.prove_consistency(old_size, size) if proof is None else proof
    return AddCheckpoint(old_size, found, world.signed(size)).encode()


def refused(server: WitnessServer, data: bytes) -> Refusal:
    before = dict(server.newest)
    answer = server.add(data)
    assert isinstance(answer, Refusal)
    assert server.newest == before
    return answer


@pytest.fixture
def server() -> WitnessServer:
    server = WitnessServer()
    assert isinstance(server.add(request(0, 20)), bytes)
    return server


def test_the_example_of_the_specification_reads() -> None:
    wanted = parse_add_checkpoint(EXAMPLE.encode())
    assert (wanted.old_size, len(wanted.proof), wanted.signed.checkpoint.size) == (20852014, 4, 20852163)
    assert wanted.encode() == EXAMPLE.encode()


def test_a_log_grows_under_its_witness(server: WitnessServer) -> None:
    for old_size, size in ((20, 21), (21, 32), (32, 32), (32, 40)):
        answer = server.add(request(old_size, size))
        assert isinstance(answer, bytes)
        signed = WORLD.signed(size).with_signatures(parse_cosignatures(answer))
        found = verify_cosignatures(signed, [key.verifier for key in WITNESS_KEYS])
        assert [(item.key, item.timestamp) for item in found] == [
            (key.verifier, NOW) for key in WITNESS_KEYS[:2]
        ]
        assert server.newest[ORIGIN].checkpoint == WORLD.checkpoint(size)


def test_the_first_checkpoint_may_be_of_the_empty_tree() -> None:
    server = WitnessServer()
    assert isinstance(server.add(request(0, 0)), bytes)
    assert isinstance(server.add(request(0, 7)), bytes)


def test_an_unknown_log_is_404(server: WitnessServer) -> None:
    key = signing_key("other.example", LOG_KEY.type)
    signed = sign_checkpoint(replace(WORLD.checkpoint(), origin="other.example"), [key], NOW)
    assert refused(server, AddCheckpoint(0, (), signed).encode()).status == 404


def test_a_signature_that_is_missing_or_wrong_is_403(server: WitnessServer) -> None:
    head = WORLD.checkpoint(21)
    key = LOG_KEY_PQ.verifier
    unsigned = sign_checkpoint(head, [WITNESS_KEYS[0]], NOW)
    spoilt = WORLD.signed(21).with_signatures([NoteSignature(key.name, key.key_id, bytes(2428))])
    for signed in (unsigned, spoilt):
        data = AddCheckpoint(20, WORLD.tree.prove_consistency(20, 21), signed).encode()
        answer = refused(server, data)
        assert (answer.status, answer.suspect) == (403, None)


def test_an_old_size_beyond_the_checkpoint_is_400(server: WitnessServer) -> None:
    assert refused(server, request(21, 20, proof=())).status == 400


def test_another_old_size_is_409_with_the_size_we_have(server: WitnessServer) -> None:
    for data in (request(0, 21), request(19, 21), request(21, 21), request(0, 20), request(0, 10)):
        answer = refused(server, data)
        assert (answer.status, answer.body, answer.content_type) == (409, b"20\n", SIZE_CONTENT_TYPE)
    assert refused(WitnessServer(), request(5, 20)).body == b"0\n"


def test_another_root_of_our_size_is_suspect_whatever_the_old_size(server: WitnessServer) -> None:
    rewritten = World("rewritten", since=3).grow(40)
    answer = refused(server, request(10, 20, world=rewritten))
    assert (answer.status, answer.suspect) == (409, rewritten.signed(20))
    for data in (request(10, 20), request(10, 21, world=rewritten), request(0, 19, world=rewritten)):
        assert refused(server, data).suspect is None


def test_a_proof_that_does_not_hold_is_422_and_suspect(server: WitnessServer) -> None:
    rewritten = World("rewritten", since=3).grow(40)
    good = WORLD.tree.prove_consistency(20, 33)
    for data in (
        request(20, 33, proof=()),
        request(20, 33, proof=good[:-1]),
        request(20, 33, proof=(*good, leaf(0))),
        request(20, 33, proof=(good[0], *good[:0:-1])),
        request(20, 33, world=rewritten),
        request(20, 20, world=rewritten),
        request(20, 20, proof=good),
    ):
        answer = refused(server, data)
        assert answer.status == 422
        assert answer.suspect is not None
        assert verify_log(answer.suspect, LOGS[ORIGIN]).checkpoint.origin == ORIGIN


def test_from_nothing_there_is_nothing_to_prove() -> None:
    assert refused(WitnessServer(), request(0, 20, proof=(leaf(0),))).status == 422
    forged = sign_checkpoint(replace(World().checkpoint(), root=bytes(32)), [LOG_KEY], NOW)
    assert refused(WitnessServer(), AddCheckpoint(0, (), forged).encode()).status == 422


GOOD = request(20, 21).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD.replace("old 20", "old 020"),
        GOOD.replace("old 20", "old  20"),
        GOOD.replace("old 20", "old -1"),
        GOOD.replace("old 20", "size 20"),
        GOOD.replace("old 20\n", ""),
        GOOD.replace("\n\n", "\n", 1),
        GOOD.replace("\n\n", "\n\n\n", 1),
        GOOD.replace("=\n", "\n", 1),
        GOOD.replace("old 20\n", "old 20\nAAAA\n"),
        GOOD.replace("old 20\n", "old 20\n" + "A" * 43 + "=\n" * 1 + ("A" * 43 + "=\n") * 63),
        GOOD.replace("\n", "\r\n"),
        GOOD[:-1],
        GOOD + "x",
        "x" * (1 << 19),
    ],
)
def test_what_is_no_request_is_400(server: WitnessServer, text: str) -> None:
    assert refused(server, text.encode()).status == 400


def test_of_two_requests_at_once_one_wins_and_nothing_rolls_back(server: WitnessServer) -> None:
    """The race that the specification describes."""
    slow = decide(request(20, 25), LOGS, server.newest)
    fast = decide(request(20, 40), LOGS, server.newest)
    assert isinstance(slow, Swap)
    assert isinstance(fast, Swap)
    assert server.swap(fast) is None
    late = server.swap(slow)
    assert late is not None
    assert (late.status, late.body) == (409, b"40\n")
    assert server.newest[ORIGIN].checkpoint.size == 40


def test_only_the_logs_own_signatures_are_kept(server: WitnessServer) -> None:
    junk = [
        NoteSignature("junk.example", b"1234", b"x" * 100),
        cosign(WORLD.checkpoint(30), WITNESS_KEYS[3], NOW),
    ]
    signed = WORLD.signed(30, keys=(LOG_KEY, LOG_KEY_PQ)).with_signatures(junk)
    proof = WORLD.tree.prove_consistency(20, 30)
    assert isinstance(server.add(AddCheckpoint(20, proof, signed).encode()), bytes)
    kept = server.newest[ORIGIN].note.signatures
    assert [line.key_id for line in kept] == [LOG_KEY.verifier.key_id, LOG_KEY_PQ.verifier.key_id]


def test_answers_are_signature_lines() -> None:
    lines = (cosign(WORLD.checkpoint(), WITNESS_KEYS[0], NOW),)
    assert parse_cosignatures(encode_cosignatures(lines)) == lines
    for wrong in (b"", b"\n", b"x\n", encode_cosignatures(lines)[:-1]):
        with pytest.raises(PeerError) as raised:
            parse_cosignatures(wrong)
        assert raised.value.code is Code.MALFORMED


def test_monitors_find_a_log_by_the_hash_of_its_origin() -> None:
    path = monitoring_path("example.com/behind-the-sofa")
    assert path == "5fd2dc0beb4ce54da5050cf6d5c75248b023abad441c3cecde3976fbe9da4fe4/checkpoint"
