"""A request that was written with another tool, held against the draft that goes with it."""

import unicodedata
from collections.abc import Container, Iterator
from typing import Final

from rogatory_client.casework.answers.value import Answers, Item, is_empty
from rogatory_client.casework.checks.completeness import relied_on
from rogatory_client.casework.checks.finding import Finding
from rogatory_client.casework.forms.articles import cited
from rogatory_client.casework.forms.request_type import Necessity, RequestType, Severity

# What a request contains by UNTOC 18(15) and is told under a heading of its own.
_TOLD: Final = ("facts_summary", "assistance_description", "purpose", "offences", "legal_basis")
_NAMED: Final = ("persons_concerned", "legal_persons_concerned")
_SHOWN: Final = 80


def written_findings(
    request_type: RequestType, answers: Answers, text: str, headed: Container[str]
) -> tuple[Finding, ...]:
    """What the draft says and the file does not, as far as that can be seen.

    Args:
        request_type: of the draft.
        answers: of the draft.
        text: of the file.
        headed: fields for which a heading was found in it.
    """
    return (*_names(answers, _plain(text)), *_headings(request_type, answers, headed))


def _names(answers: Answers, text: str) -> Iterator[Finding]:
    reference = answers.get("own_reference")
    if isinstance(reference, str) and not is_empty(reference) and _plain(reference) not in text:
        said = f"The file does not name the own reference, {reference}: is it that of another case?"
        yield Finding("file_reference", Severity.CLARIFICATION, "18(15)(a)", said, ("own_reference",))
    for field in _NAMED:
        value = answers.get(field)
        for each in value if isinstance(value, tuple) else ():
            name = each.members[0][1] if isinstance(each, Item) else each
            if _plain(name) not in text:
                said = f"The file does not name {name[:_SHOWN]}, whom the draft names."
                yield Finding(f"file_name:{field}", Severity.CLARIFICATION, "18(15)(e)", said, (field,))


def _headings(request_type: RequestType, answers: Answers, headed: Container[str]) -> Iterator[Finding]:
    for name in _TOLD:
        asked = request_type.fields.get(name)
        if asked is None or request_type.necessity(name) is not Necessity.REQUIRED or name in headed:
            continue
        said = f"No heading was found in the file for: {asked.label}. Look whether it is told."
        article = cited(asked.source, relied_on(answers))
        yield Finding(f"file_heading:{name}", Severity.ADVISORY, article, said, (name,))


def _plain(text: str) -> str:
    """PDF tells letters as its fonts have them: joined, or in the form that they take in a word."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
