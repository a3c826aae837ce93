"""What a request wishes when it is sent without a draft: the same, and as signed, as from one."""

from pathlib import Path

import pytest
from tests.client.cli.drafting import two_offices
from tests.client.cli.sitting import sit
from tests.simulator.test_story import A, B

from rogatory_client.casework.drafts.request_handling import CONFIDENTIALITY
from rogatory_client.cli.exchange_commands import send
from rogatory_client.cli.requests.handling_options import handling_wished
from rogatory_crypto.content.request_wishes import HandlingWished
from rogatory_crypto.errors import MisuseError


def test_what_is_not_wished_is_not_said() -> None:
    assert handling_wished("", "", "", None) is None
    assert handling_wished("none-requested", "", "", None) == HandlingWished("none_requested")
    assert handling_wished("", "", "The trial.", None) == HandlingWished(
        "none_requested", purpose="The trial."
    )
    for word in CONFIDENTIALITY:
        assert handling_wished(word.replace("_", "-"), "", "", ["A"]) == HandlingWished(
            word, conditions=("A",)
        )


@pytest.mark.parametrize(
    ("confidentiality", "reason", "expected"),
    [
        ("secret", "", "is one of: none_requested, substance"),
        ("", "Witnesses.", "say with --confidentiality"),
    ],
)
def test_what_cannot_be_wished_is_refused(confidentiality: str, reason: str, expected: str) -> None:
    with pytest.raises(MisuseError, match=expected):
        handling_wished(confidentiality, reason, "", None)


async def test_wishes_travel_signed_with_what_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    world = await two_offices(tmp_path)
    Path("letter.pdf").write_bytes(b"%PDF-1.7 letter")
    call = sit(world, A)
    with pytest.raises(MisuseError, match="wishes for confidentiality and use belong to a formal request"):
        await send(call, "SN/2", text="?", purpose="The trial.")
    await send(
        call, to=[B], request_type="taking_evidence", legal_basis="UNTOC 18", reference="SN/2",
        letter=Path("letter.pdf"), subject="Records", confidentiality="fact-and-substance",
        confidentiality_reason="Until the arrest.", purpose="The trial.", use_condition=["Not for tax."],
    )  # fmt: skip
    await world.sync(B)
    async with world.at(B) as office:
        (request,) = [each for each in office.messages() if each.kind == "request"]
        assert request.details["confidentiality_asked"] == "fact_and_substance"
        assert request.details["confidentiality_reason"] == "Until the arrest."
        assert request.details["used_only_for"] == "The trial."
        assert "Not for tax." in request.details["conditions_of_use"]
        assert office.cases.state("SN/2").changes[0].standing == "valid"
