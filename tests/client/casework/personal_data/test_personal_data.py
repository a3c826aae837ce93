"""What looks like personal data: found in several scripts, few false alarms, linear in the text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_client.casework.personal_data.placeholders import Placeholders
from rogatory_client.casework.personal_data.recognising import PersonalKind, find_personal_data, searchable

KINDS = PersonalKind
FOUND: list[tuple[str, KINDS, str]] = [
    ("We ask about Mr Ibrahim Traoré of Accra.", KINDS.NAME, "Ibrahim Traoré"),
    ("Mme. Dupont n'a pas répondu.", KINDS.NAME, "Dupont"),
    ("La señora de la Cruz vive aquí.", KINDS.NAME, "de la Cruz"),
    ("O Senhor Silva foi ouvido.", KINDS.NAME, "Silva"),
    ("Допросить господина Иванова.", KINDS.NAME, "Иванова"),
    ("Гражданка Петрова выехала.", KINDS.NAME, "Петрова"),
    ("关于王小明先生的账户", KINDS.NAME, "王小明"),
    ("نسأل عن السيد محمد علي", KINDS.NAME, "محمد علي"),
    ("His passport no. A01234567 is old", KINDS.TRAVEL_DOCUMENT, "A01234567"),
    ("passeport n° 12AB34567 délivré", KINDS.TRAVEL_DOCUMENT, "12AB34567"),
    ("passport C01X00T47 of", KINDS.TRAVEL_DOCUMENT, "C01X00T47"),
    ("We ask about MR MENSAH.", KINDS.NAME, "MENSAH"),
    ("We ask about Mrs\nMensah.", KINDS.NAME, "Mensah"),
    ("Nous visons M.\nDupont.", KINDS.NAME, "Dupont"),
    ("We ask about Alhaji Musa.", KINDS.NAME, "Musa"),
    ("to GB82 WEST 1234\n5698 7654 32 AND on", KINDS.BANK_ACCOUNT, "GB82 WEST 1234\n5698 7654 32"),
    ("паспорт 45 08 123456 выдан", KINDS.TRAVEL_DOCUMENT, "45 08 123456"),
    ("护照号码 E12345678", KINDS.TRAVEL_DOCUMENT, "E12345678"),
    (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        KINDS.TRAVEL_DOCUMENT,
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    ),
    (
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
        KINDS.TRAVEL_DOCUMENT,
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    ),
    ("to GB82 WEST 1234 5698 7654 32 AND on", KINDS.BANK_ACCOUNT, "GB82 WEST 1234 5698 7654 32"),
    ("de89370400440532013000", KINDS.BANK_ACCOUNT, "de89370400440532013000"),
    ("FR14-2004-1010-0505-0001-3M02-606.", KINDS.BANK_ACCOUNT, "FR14-2004-1010-0505-0001-3M02-606"),
    ("paid with 4111 1111 1111 1111", KINDS.CARD, "4111 1111 1111 1111"),
    ("paid with 378282246310005", KINDS.CARD, "378282246310005"),
    ("account no. 0123 456 789 at the bank", KINDS.ACCOUNT, "0123 456 789"),
    ("compte n° 12345678", KINDS.ACCOUNT, "12345678"),
    ("账号6222021234567890123", KINDS.ACCOUNT, "6222021234567890123"),
    ("رقم الحساب 1234567890", KINDS.ACCOUNT, "1234567890"),
    ("born on 12 March 1980 in Dakar", KINDS.BIRTH_DATE, "12 March 1980"),
    ("née le 1er janvier 1990", KINDS.BIRTH_DATE, "1er janvier 1990"),
    ("дата рождения 12.03.1980", KINDS.BIRTH_DATE, "12.03.1980"),
    ("1980年3月12日出生", KINDS.BIRTH_DATE, "1980年3月12日"),
    ("write to a.b-c@mail.example.org, please", KINDS.EMAIL, "a.b-c@mail.example.org"),
    ("from 192.0.2.17 at night", KINDS.IP_ADDRESS, "192.0.2.17"),
    ("from 2001:db8::17 at night", KINDS.IP_ADDRESS, "2001:db8::17"),
    ("call +221 33 823 00 00 soon", KINDS.PHONE, "+221 33 823 00 00"),
    ("tel. 033 823 00 00", KINDS.PHONE, "033 823 00 00"),
    ("CPF 529.982.247-25", KINDS.NATIONAL_NUMBER, "529.982.247-25"),
    ("with 11010519491231002X", KINDS.NATIONAL_NUMBER, "11010519491231002X"),
    ("with 12345678Z", KINDS.NATIONAL_NUMBER, "12345678Z"),
    ("social security 078-05-1120", KINDS.NATIONAL_NUMBER, "078-05-1120"),
]
NOTHING = [
    "",
    "May we ask under UNTOC 18(3)(f), in the case MLA-2026-0117, by 2026-12-31?",
    "Resolution 55/25 of 15 November 2000; article 18, paragraph 13.",
    "Mr President, M. le Procureur, Madame la Ministre and Mr. Ambassador will meet.",
    "The account must be frozen within 45 days; the passport is a passport.",
    "GB82 WEST 1234 5698 7654 33 has wrong check digits, and so has 4111 1111 1111 1112.",
    "At 12:30:45, version 1.2.3, section 300.4.5.6, ratio 3:2:1.",
    "529.982.247-26 and 12345678A and 110105194912310021 fail their own checks.",
    "USD 1,250,000.00 in 2024/2025; file 2026/000123456.",
    "ISO 20022, EN 319 162-1, 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.",
    "Account statements? (1234567890ab-question), (123456789012-question)",
    "It lost 5 M\nThe account is closed.",
    "The passport SERVICES of DR Congo will not answer.",
    "Прошу сообщить, нужно ли решение суда.",
    "请说明是否需要法院命令。",
]


@pytest.mark.parametrize(("text", "kind", "value"), FOUND, ids=[value for _, _, value in FOUND])
def test_it_is_found_where_it_stands(text: str, kind: KINDS, value: str) -> None:
    found = {(each.kind, text[each.start : each.end]) for each in find_personal_data(text)}
    assert (kind, value) in found


@pytest.mark.parametrize("text", NOTHING)
def test_ordinary_words_raise_no_alarm(text: str) -> None:
    assert find_personal_data(text) == ()


def test_persons_of_a_draft_are_found_by_name_and_by_what_is_telling_of_it() -> None:
    text = "Awa Ndiaye owns it.\nNdiaye's firm, NDIAYE, awa or ndiaye and Awa."
    found = find_personal_data(text, ["Awa Ndiaye", "", "李明"])
    assert [(each.value, each.line) for each in found] == [("Awa Ndiaye", 1), ("Ndiaye", 2), ("NDIAYE", 2)]
    assert [each.value for each in find_personal_data("账户属于李明。", ["李明"])] == ["李明"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("M\u200br Mensah", KINDS.NAME),
        ("GB82 WEST 1234\u200b 5698 7654 32", KINDS.BANK_ACCOUNT),
        ("GB82\u202fWEST\u202f1234\u202f5698\u202f7654\u202f32", KINDS.BANK_ACCOUNT),
        ("DE８９３７０４００４４０５３２０１３０００", KINDS.BANK_ACCOUNT),  # noqa: RUF001 - wide digits
        ("ne\u0301 le 3 mars 1975", KINDS.BIRTH_DATE),
        ("cuenta\u00a0n.º 0123\u2009456\u2009789", KINDS.ACCOUNT),
        ("passport no. A0123\u00ad4567", KINDS.TRAVEL_DOCUMENT),
    ],
)
def test_how_it_is_encoded_hides_nothing(text: str, kind: KINDS) -> None:
    assert [each.kind for each in find_personal_data(searchable(text))] == [kind]


def test_a_placeholder_stands_for_a_name_however_it_is_encoded() -> None:
    placeholders = Placeholders()
    person = placeholders.give("Person", "Ibrahim Traor\u00e9")
    said = placeholders.in_text("Mr Ibrahim Traore\u0301 and Ibra\u200bhim TRAORE\u0301, 10\u00b2 m.")
    assert said == f"Mr {person} and {person}, 10\u00b2 m."


def test_a_find_is_masked() -> None:
    (found,) = find_personal_data("GB82 WEST 1234 5698 7654 32")
    assert found.masked == "GB…32"
    (short,) = find_personal_data("Mr Li said so")
    assert short.masked == "L…"
    for text in ("Mr Müller said so", "account 123456", "phone 1234567"):
        (found,) = find_personal_data(text)
        assert found.masked == f"{found.value[0]}…"


@given(st.text(max_size=400), st.lists(st.text(max_size=12), max_size=4))
def test_whatever_is_written_finds_are_in_order_apart_and_of_the_text(text: str, names: list[str]) -> None:
    found = find_personal_data(text, names)
    for one, other in pairwise(found):
        assert one.end <= other.start
    for each in found:
        assert text[each.start : each.end] == each.value
        assert each.line == text.count("\n", 0, each.start) + 1
        assert 0 <= each.start < each.end <= len(text)


@given(st.sampled_from([text for text, _, _ in FOUND]), st.text(max_size=40), st.text(max_size=40))
def test_what_stands_on_lines_around_hides_nothing(text: str, before: str, after: str) -> None:
    lone = {each.value for each in find_personal_data(text)}
    around = {each.value for each in find_personal_data(f"{before}\n{text}\n{after}")}
    assert lone <= around


@pytest.mark.parametrize(
    "unit",
    ["a", "1 ", "Mr A ", "a@", "account ", "+1", "A1", "GB82", "1.", ":", "né 1 abc ", "P<", "1-", " ", "先",
     "passport A", "4", "\u0301", "M. ", "de "],
)  # fmt: skip
def test_a_search_of_the_longest_text_comes_to_an_end(unit: str) -> None:
    """A search that looks back over what it has read would take hours of these, not seconds."""
    text = (unit * (256 << 10))[: 256 << 10]
    find_personal_data(text, ["Awa Ndiaye"] * 50)
