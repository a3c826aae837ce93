"""A missing fact ends the story."""

import pytest

from rogatory_client.demo.fact import FactMissingError, only, require


def test_what_holds_goes_on_and_what_does_not_is_named() -> None:
    require(holds=True, fact="the sky is up")
    with pytest.raises(FactMissingError, match="the sky is down"):
        require(holds=[], fact="the sky is down")


@pytest.mark.parametrize("items", [[], [1, 2]], ids=["none", "two"])
def test_only_means_exactly_one(items: list[int]) -> None:
    assert only([7], "one") == 7
    with pytest.raises(FactMissingError, match=f"found {len(items)}"):
        only(items, "one message")
