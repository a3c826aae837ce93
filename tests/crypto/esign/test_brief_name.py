import pytest

from rogatory_crypto.esign.brief_name import MAX_PART, brief_of


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        ("GN=An,SN=Officer,serialNumber=PNOXX-1,C=XX", "An Officer (XX)"),
        ("O=Justice,C=XX", "Justice (XX)"),
        ("OU=Unit,C=XX", "Unit (XX)"),
        ("CN=Justice,O=Justice,C=XX", "Justice (XX)"),
        ("CN=first+serialNumber=1,CN=second", "first"),
        ("emailAddress=office@people.example", "emailAddress=office@people.example"),
        ("", ""),
        ("a name of an earlier release: X", "a name of an earlier release: X"),
    ],
)
def test_brief_name_says_who_with_organization_and_country(whole: str, said: str) -> None:
    assert brief_of(whole) == said


def test_brief_name_is_short_and_ends_with_no_piece_of_a_number() -> None:
    long = brief_of(f"CN={'a' * 55} 850101-12345678,O={'b ' * 200},C=XX")
    assert len(long) < 3 * MAX_PART
    assert "85" not in long
    assert brief_of(f"CN={'a' * 10_000}") == f"{'a' * MAX_PART}…"
