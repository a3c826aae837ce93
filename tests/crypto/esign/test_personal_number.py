import pytest

from rogatory_crypto.esign.personal_number import HIDDEN, mask


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Serial Number: PNOEE-10000000001, Common Name: An officer", "10000000001"),
        ("Common Name: OFFICER,AN,10000000001", "10000000001"),
        ("Serial Number: PASXX-A12345678Z", "A12345678Z"),
        ("Serial Number: TINES-00000000T, Country: ES", "00000000T"),
        ("Common Name: An officer 850101-1234", "850101-1234"),
        ("Common Name: An officer 85/01/01 12", "85/01/01 12"),
    ],
)
def test_numbers_of_persons_are_hidden(name: str, number: str) -> None:
    # EN 319 412-1 clause 5.1.3, and what older certificates write into the common name.
    assert number not in mask(name)
    assert HIDDEN in mask(name)


def test_names_stay() -> None:
    assert (
        mask("Common Name: Head of office 12, Country: ML") == "Common Name: Head of office 12, Country: ML"
    )
    assert (
        mask("Serial Number: PNOEE-10000000001, Country: EE") == f"Serial Number: PNOEE-{HIDDEN}, Country: EE"
    )
