"""How words and instants are written in the ETSI report (TS 119 102-2 clauses 4.2 and 4.3)."""

from datetime import UTC, datetime
from typing import Final

from xsdata.models.datatype import XmlDateTime

from rogatory_crypto.esign.verdict import Indication, SubIndication

URN: Final = "urn:etsi:019102"


def moment(seconds: int) -> XmlDateTime:
    """Return an instant."""
    return XmlDateTime.from_datetime(datetime.fromtimestamp(seconds, UTC))


def main(indication: Indication) -> str:
    """Return the name of a main indication."""
    return f"{URN}:mainindication:{indication.value.lower()}"


def sub(sub_indication: SubIndication | None) -> tuple[str, ...]:
    """Return the name of a sub-indication, where there is one."""
    return () if sub_indication is None else (f"{URN}:subindication:{sub_indication.value}",)
