"""From a postmark to its entry in the log: the proof holds for that postmark and for nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.identity.enrolled_office import seed

from rogatory_crypto import signing
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.listed_postmarks import (
    MAX_LISTED,
    SignedBatch,
    list_batches,
    prove_listed,
    verify_listed,
)
from rogatory_crypto.wire import postmark
from rogatory_crypto.wire.identifier import GroupId, Sequence, SubmissionId
from rogatory_crypto.wire.log_request import PostmarkProof
from rogatory_crypto.wire.postmark import Consignment, Postmark, sign_postmarks

ORIGIN = "relay.example"
KEY = seed("postmark key")


def mark(number: int) -> Postmark:
    consignment = Consignment(
        GroupId(bytes(32)), Sequence(number), SubmissionId(number.to_bytes(16)), seed(str(number))
    )
    return sign_postmarks([consignment], origin=ORIGIN, accepted_at_ms=1000 + number, private_key=KEY)[0]


MARKS = [mark(number) for number in range(40)]
BATCHES = [SignedBatch(each.accepted_at_ms, each.root, each.size) for each in MARKS]


@given(st.integers(1, 40), st.data())
def test_every_batch_of_an_entry_is_proven(count: int, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, count - 1))
    entry = list_batches(BATCHES[:count], origin=ORIGIN, listed_at_ms=5000, private_key=KEY)
    proof = prove_listed(BATCHES[:count], position, origin=ORIGIN, log_index=9)
    assert PostmarkProof.decode(proof.encode()) == proof
    verify_listed(MARKS[position], proof, entry, origin=ORIGIN)
    statement = postmark.batch_statement(ORIGIN, 5000, entry.root, count)
    signing.verify(postmark.LABEL, statement, entry.signature, signing.public_key(KEY))


@pytest.mark.parametrize(
    ("marked", "changes", "origin", "code"),
    [
        (MARKS[4], {}, ORIGIN, Code.HASH_MISMATCH),
        (MARKS[3], {"position": 4}, ORIGIN, Code.HASH_MISMATCH),
        (MARKS[3], {"position": 9}, ORIGIN, Code.MALFORMED),
        (MARKS[3], {"size": 8}, ORIGIN, Code.MALFORMED),
        (MARKS[3], {"path": ()}, ORIGIN, Code.MALFORMED),
        (MARKS[3], {}, "other.example", Code.HASH_MISMATCH),
        (replace(MARKS[3], accepted_at_ms=1), {}, ORIGIN, Code.HASH_MISMATCH),
        (replace(MARKS[3], size=2), {}, ORIGIN, Code.HASH_MISMATCH),
    ],
)
def test_a_proof_is_for_its_own_postmark(
    marked: Postmark, changes: dict[str, object], origin: str, code: Code
) -> None:
    entry = list_batches(BATCHES[:9], origin=ORIGIN, listed_at_ms=5000, private_key=KEY)
    proof = replace(prove_listed(BATCHES[:9], 3, origin=ORIGIN, log_index=9), **changes)  # type: ignore[arg-type]
    with pytest.raises(PeerError) as caught:
        verify_listed(marked, proof, entry, origin=origin)
    assert caught.value.code is code


@pytest.mark.parametrize("count", [0, MAX_LISTED + 1])
def test_an_entry_lists_some_and_not_too_many(count: int) -> None:
    with pytest.raises(MisuseError):
        list_batches(BATCHES[:1] * count, origin=ORIGIN, listed_at_ms=5000, private_key=KEY)
