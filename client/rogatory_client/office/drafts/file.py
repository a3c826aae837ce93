"""A draft as a file, from one officer of an office to another: what it was, and what it has become.

It holds the answers in the clear, as any document on a desk does. A merge checks it before it saves anything.
"""

import json
import re
from dataclasses import dataclass
from typing import Final

from rogatory_client.casework.answers.value import Answers, Value, value_from_json, value_to_json
from rogatory_crypto.errors import MisuseError

MAX_DRAFT_BYTES: Final = 8 << 20
_FORM: Final = "rogatory draft 1"
_DRAFT_ID: Final = re.compile(r"[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DraftFile:
    """One draft.

    Attributes:
        draft_id: 16 hexadecimal digits; the same on every device that the draft came to.
        request_type: id of the type.
        before: the answers that both sides had.
        answers: the answers now.
    """

    draft_id: str
    request_type: str
    before: Answers
    answers: Answers


def write_draft_file(file: DraftFile) -> bytes:
    """The file, UTF-8 JSON."""
    form = {
        "form": _FORM, "draft": file.draft_id, "request_type": file.request_type,
        "before": _forms(file.before), "answers": _forms(file.answers),
    }  # fmt: skip
    return json.dumps(form, ensure_ascii=False, indent=1).encode()


def read_draft_file(content: bytes) -> DraftFile:
    """Read a file; answers are not yet checked against their fields.

    Raises:
        MisuseError: it is no draft.
    """
    try:
        form = json.loads(content)
        if set(form) != {"form", "draft", "request_type", "before", "answers"} or form["form"] != _FORM:
            raise ValueError("other members")  # noqa: TRY301 - one refusal for whatever is wrong
        draft_id, request_type = str(form["draft"]), str(form["request_type"])
        if not _DRAFT_ID.fullmatch(draft_id):
            raise ValueError("another id")  # noqa: TRY301 - the same refusal
        return DraftFile(draft_id, request_type, _values(form["before"]), _values(form["answers"]))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise MisuseError("this is no draft: give a file that `rogatory draft export` has written") from error


def _forms(answers: Answers) -> dict[str, object]:
    return {name: value_to_json(value) for name, value in answers.items()}


def _values(form: dict[str, object]) -> dict[str, Value]:
    return {name: value_from_json(each) for name, each in form.items()}
