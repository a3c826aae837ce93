"""Networks of one office each. Who runs a network is invited by the directory operator, without anybody else.

Tests of what offices do with each other enrol them this way; how a secretariat invites is tested by itself.
"""

from collections.abc import Mapping
from typing import Final

from rogatory_crypto.wire.identifier import EntryId

NAMED: Final = (
    *("CNA-AM-01", "CNA-BF-01", "CNA-BJ-01", "CNA-GH-01", "CNA-ML-01", "CNA-NG-01", "CNA-SN-01", "CNA-XX-01"),
    "NET-WACAP",
)
NUMBERED: Final = tuple(f"CNA-{number:04}" for number in range(500))
OWN_NETWORKS: Final[Mapping[str, EntryId]] = {f"OF-{name}": EntryId(name) for name in (*NAMED, *NUMBERED)}
