"""The plain-language sentence of a report itself; where it is shown, other languages take its place."""

from rogatory_crypto.esign.verdict import Verdict
from rogatory_crypto.esign.wording import ENGLISH, wording


def sentence(verdict: Verdict) -> str:
    """The plain-language sentence of a verdict, in English."""
    return wording(ENGLISH).sentence(verdict.indication, verdict.sub_indication, verdict.missing)
