"""Every refusal has a sentence, and it says what to do."""

import pytest

from rogatory_client.transport.sentence import is_passing, sentence_for
from rogatory_crypto.errors import Code, PeerError


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_a_sentence(code: Code) -> None:
    sentence = sentence_for(PeerError(code, "why"))
    assert code.value in sentence
    assert len(sentence) > 40


def test_only_what_may_pass_is_tried_again() -> None:
    assert is_passing(Code.STORAGE_FULL)
    assert not is_passing(Code.REVOKED)
