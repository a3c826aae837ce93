"""Options by which a request says how it, and what is supplied with it, are to be handled."""

from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.casework.drafts.request_handling import CONFIDENTIALITY
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_crypto.content.request_wishes import HandlingWished

Confidentiality = Annotated[
    str, typer.Option(help="What is to be kept confidential: substance, or fact_and_substance.")
]
ConfidentialityReason = Annotated[str, typer.Option(help="Why, and until when it is confidential.")]
Purpose = Annotated[str, typer.Option(help="What the answer will be used for, and for nothing else.")]
UseCondition = Annotated[
    list[str] | None, typer.Option(help="Condition on the use of what is supplied with it; repeatable.")
]


def handling_wished(
    confidentiality: str, reason: str, purpose: str, conditions: list[str] | None
) -> "HandlingWished | None":
    """Return how a request is to be handled; None where nothing is said about that.

    Raises:
        MisuseError: a word that nobody knows, or a reason without what it is for.
    """
    from rogatory_crypto.content.request_wishes import NONE_REQUESTED, HandlingWished

    word = confidentiality.strip().replace("-", "_")
    if word and word not in CONFIDENTIALITY:
        raise MisuseError(f"confidentiality is one of: {', '.join(CONFIDENTIALITY)}")
    if reason and word in {"", NONE_REQUESTED}:
        raise MisuseError("say with --confidentiality what is to be kept confidential")
    wish = HandlingWished(word or NONE_REQUESTED, reason, purpose, tuple(conditions or ()))
    return wish if word or wish != HandlingWished(NONE_REQUESTED) else None
