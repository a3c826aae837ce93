"""Rule R8: languages to BCP 47."""

import pytest

from rogatory_directory_sync import ReferenceTables
from rogatory_directory_sync.languages import read_languages


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Francais", ["fr"]),
        ("Azeri, Russian / ENG", ["az", "ru", "en"]),
        ("Chinese (Mandarin); EN", ["zh", "en"]),
        ("Туркменский, русский", ["tk", "ru"]),
        ("English and French et pt", ["en", "fr", "pt"]),
        ("pt-BR; en; EN", ["pt-BR", "en"]),
        ("PT-br; ZH-hans", ["pt-BR", "zh-Hans"]),
        ("ru; et; or", ["ru", "et", "or"]),
        ("ET, ru et en", ["et", "ru", "en"]),
        ("Korean, hongrois or Kiswahili & SUOMI", ["ko", "hu", "sw", "fi"]),
        ("", []),
    ],
)
def test_names_and_tags_are_read(
    text: str, tags: list[str], tables: ReferenceTables
) -> None:  # A06-65 to A06-68
    read = read_languages(text, tables.languages)
    assert (list(read.tags), read.unknown) == (tags, ())


def test_what_is_no_language_is_named(tables: ReferenceTables) -> None:
    assert read_languages("en; Klingon; qq", tables.languages).unknown == ("Klingon", "qq")
