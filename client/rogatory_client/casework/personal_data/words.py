"""The words beside which something is personal: read once from their table, and made a search."""

import tomllib
from functools import cache
from importlib.resources import files
from re import escape


@cache
def personal_words() -> dict[str, tuple[str, ...]]:
    """Return every list of the table."""
    table = files(__package__).joinpath("personal_words.toml").read_text(encoding="utf-8")
    return {name: tuple(words) for name, words in tomllib.loads(table).items()}


def any_of(name: str) -> str:
    """Return a pattern for any word of a list, longest first; whole words where the script has capitals."""
    words = sorted(personal_words()[name], key=len, reverse=True)
    cased = [_pattern(word) for word in words if word.upper() != word.lower()]
    others = [escape(word) for word in words if word.upper() == word.lower()]
    # What no word begins with is passed over before any of them is tried.
    whole = [rf"(?<!\w)(?=[^\W\d_])(?:{'|'.join(cased)})"] if cased else []
    return f"(?:{'|'.join((*whole, *others))})"


def _pattern(word: str) -> str:
    return escape(word) + (r"(?!\w)" if word[-1].isalnum() else "")
