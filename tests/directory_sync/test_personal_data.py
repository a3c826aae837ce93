"""Rule R12: functions, never persons."""

import pytest

from rogatory_directory_sync.personal_data import names_a_person


@pytest.mark.parametrize(
    "text",
    [
        "Ms. N. N., Head of Unit",
        "Mr N.N.",
        "Mme N. N.",
        "Dr. N. N.",
        "M. N.",
        "H.E. N. N.",
        "\u0433-\u043d \u041d. \u041d.",
        "N. N.",
    ],
)
def test_a_courtesy_title_keeps_the_field_out(text: str) -> None:  # A06-53, A06-54
    assert names_a_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "Head of unit (function only)",
        "Duty officer (function only)",
        "Chief, M.L.A. Section",
        "Misses nothing",
        "Head of unit a.i.",
        "Duty officer (e.g. at night)",
    ],
)
def test_functions_stay(text: str) -> None:
    assert not names_a_person(text)
