"""What the comparison of revisions says is told in plain words, the same in every process."""

import itertools

import pytest

from rogatory_crypto.esign.pdf.refusal import FORMS, MAX_NAME, MAX_TOLD, listed, refusal
from rogatory_crypto.esign.wording import code_of

READER = "<pyhanko.pdf_utils.reader.PdfFileReader object at 0x7f31{}>"


def reference(number: int, address: int) -> str:
    return f"Reference(idnum={number}, generation=0, pdf={READER.format(address)})"


@pytest.mark.parametrize(
    ("form", "named", "told"),
    [
        (
            "Fields {{{}}} were deleted after signing.",
            ("'Sum'", "'Name'"),
            "form fields were removed: Name, Sum",
        ),
        (
            "More form fields added than expected: expected only {{'Old'}}, but found new fields named {{{}}}",  # noqa: E501 - as it is said
            ("'B'", '"A\'s"'),
            "form fields were added: A's, B",
        ),
        (
            "Dict keys differ: dict_keys(['/A']) vs. dict_keys(['/A', {}]).",
            ("'/C'", "'/B'"),
            "entries of an object were added or removed: /B, /C",
        ),
    ],
)
def test_the_order_of_a_set_makes_no_difference(form: str, named: tuple[str, ...], told: str) -> None:
    for order in itertools.permutations(named):
        assert refusal(form.format(", ".join(order))) == told


def test_objects_are_named_by_their_numbers_alone() -> None:
    for order in itertools.permutations((12, 4, 103)):
        for address in (1, 22):
            objects = ", ".join(reference(number, address) for number in order)
            said = (
                f"There are unexplained xrefs in revision 2: {objects}.\n - {reference(9, address)} is also"
            )
            assert refusal(said) == "objects were changed: 4, 12, 103"
            assert (
                refusal(f"Annotations {{{objects}}} were deleted.") == "annotations were removed: 4, 12, 103"
            )
            unknown = refusal(f"Something new: {{{objects}}} in {READER.format(address)}")
            assert unknown == "Something new: {object 103, object 12, object 4} in "


def test_many_and_long_names_are_cut_and_seen_to_be() -> None:
    assert listed("abc") == "a, b, c"
    assert listed(str(number) for number in range(MAX_TOLD + 3)).endswith(", 11 … +3")
    assert listed(["x" * (MAX_NAME + 1)]) == "x" * MAX_NAME + "…"


def test_where_a_field_stands_is_nothing_for_a_reader() -> None:
    assert (
        refusal(r"Fields {'Sum\x0012 0', 'Name\x0013 0'} were deleted after signing.")
        == "form fields were removed: Name, Sum"
    )
    assert refusal("Update changed the name of Sum\x0012 0") == "a form field was renamed: Sum"


def test_what_is_known_already_stays() -> None:
    assert refusal("objects [4] were removed") == "objects [4] were removed"


def test_every_sentence_has_a_code_and_so_words_in_every_language() -> None:
    for _form, sentence, _facts in FORMS:
        assert code_of(sentence.replace("{}", "4")) or code_of(sentence.replace("{}", "/A")), sentence
