"""Lines that officers carry: whole or refused, and guarded by a code nobody finds twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_client.office.carried_text import confirmation_code, from_line, require_confirmed, to_line
from rogatory_crypto.errors import Code, MisuseError, PeerError

PREFIX = "rogatory-test-1:"


@given(st.binary(max_size=300))
def test_a_line_comes_back_however_it_was_wrapped(data: bytes) -> None:
    line = to_line(PREFIX, data)
    wrapped = "\n ".join(line[at : at + 20] for at in range(0, len(line), 20))
    assert from_line(PREFIX, wrapped, maximum=300) == data


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("rogatory-other-1:AAAA", Code.MALFORMED),
        (f"{PREFIX}AAA", Code.MALFORMED),
        (f"{PREFIX}AB==", Code.MALFORMED),
        (f"{PREFIX}A*AA", Code.MALFORMED),
        (f"{PREFIX}é", Code.MALFORMED),
        (PREFIX + "A" * 100, Code.TOO_LARGE),
    ],
)
def test_what_is_no_such_line_is_refused_by_name(text: str, code: Code) -> None:
    with pytest.raises(PeerError) as raised:
        from_line(PREFIX, text, maximum=32)
    assert raised.value.code is code


def test_the_code_is_of_these_bytes_and_no_others() -> None:
    shown = confirmation_code(b"request")
    assert len(shown) == 19
    require_confirmed(b"request", shown.lower().replace("-", " "))
    for wrong in (confirmation_code(b"another"), shown[:-1], "", shown[:9]):
        with pytest.raises(MisuseError, match="confirmation code"):
            require_confirmed(b"request", wrong)
