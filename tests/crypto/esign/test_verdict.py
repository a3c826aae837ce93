from itertools import permutations

import pytest

from rogatory_crypto.esign.sentence import sentence
from rogatory_crypto.esign.verdict import (
    PASSED,
    Indication,
    SubIndication,
    failed,
    indeterminate,
    worse,
    worst,
)


@pytest.mark.parametrize("order", list(permutations(Indication)))
def test_overall_is_the_worst_in_any_order(order: tuple[Indication, ...]) -> None:
    assert worst(order) is Indication.TOTAL_FAILED


def test_nothing_checked_is_indeterminate() -> None:
    assert worst(()) is Indication.INDETERMINATE


def test_worse_keeps_the_first_of_equals() -> None:
    first, second = failed(SubIndication.HASH_FAILURE, "a"), failed(SubIndication.FORMAT_FAILURE, "b")
    assert worse(first, second) is first
    assert worse(PASSED, second) is second
    assert worse(indeterminate(SubIndication.GENERIC, ""), PASSED).indication is Indication.INDETERMINATE


@pytest.mark.parametrize("sub_indication", SubIndication)
def test_every_verdict_has_a_sentence(sub_indication: SubIndication) -> None:
    assert sentence(failed(sub_indication, ""))
    assert sentence(indeterminate(sub_indication, ""))


def test_not_trusted_never_reads_like_not_intact() -> None:
    untrusted = sentence(indeterminate(SubIndication.NO_CERTIFICATE_CHAIN_FOUND, ""))
    assert "intact" in untrusted
    assert "not rely" not in untrusted
    assert "not rely" in sentence(failed(SubIndication.HASH_FAILURE, ""))
    assert "trust" in sentence(PASSED)
