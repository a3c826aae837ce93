"""What a request asks for beside the assistance, and why it was sent although something was missing.

Each stands in the message of its request, which the officer's device signs; alone it means nothing. The
answer to a wish for confidentiality is part of a change of state (``case_progress``).
"""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.content.numbered_event import NumberedEvent, read_identifier

MAX_WORDS: Final = 20_000
MAX_CONDITIONS: Final = 50
MAX_RULES: Final = 200
# The word by which a request says that it wishes no confidentiality.
NONE_REQUESTED: Final = "none_requested"
_text = partial(cbor.text, maximum=MAX_WORDS)
_said = partial(cbor.text, minimum=1, maximum=MAX_WORDS)


@dataclass(frozen=True, slots=True)
class HandlingWished(NumberedEvent):
    """How the request, and what is supplied with it, are to be handled.

    Attributes:
        confidentiality: ``none_requested``, ``substance`` or ``fact_and_substance`` (UNTOC 18(20)).
        reason: why, and until when.
        purpose: what the answer will be used for, and for nothing else without consent (18(19)).
        conditions: on the use of what is supplied with the request (18(5), 18(19)).
    """

    confidentiality: str
    reason: str = ""
    purpose: str = ""
    conditions: tuple[str, ...] = ()
    NUMBER: ClassVar = 42
    READERS: ClassVar = (
        read_identifier,
        _text,
        _text,
        partial(cbor.array_of, reader=_said, maximum=MAX_CONDITIONS),
    )

    @property
    def asks_confidentiality(self) -> bool:
        """Whether the requested side has to say if it can be kept."""
        return self.confidentiality != NONE_REQUESTED


@dataclass(frozen=True, slots=True)
class SentDespite(NumberedEvent):
    """Why an urgent request was sent although a check had said that something blocks.

    Attributes:
        reason: the officer's.
        rules: ids of what the check had found.
    """

    reason: str
    rules: tuple[str, ...] = ()
    NUMBER: ClassVar = 43
    READERS: ClassVar = (
        _said,
        partial(cbor.array_of, reader=partial(cbor.text, minimum=1, maximum=200), maximum=MAX_RULES),
    )
