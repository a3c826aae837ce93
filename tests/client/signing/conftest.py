import os
import time
from collections.abc import Iterator

import pytest

from rogatory_client.demo.pki import DemoPki, build_pki
from rogatory_client.letter import RequestLetter, render_letter
from rogatory_client.signing import Checker


@pytest.fixture(scope="session")
def checker() -> Iterator[Checker]:
    """A checking process for all tests."""
    with Checker() as running:
        yield running


@pytest.fixture(scope="session")
def present_pki() -> DemoPki:
    """Certificates and a revocation list of right now, for authorities that read the clock themselves."""
    return build_pki(now=int(time.time()) - 30, random=os.urandom, passphrase=b"x")


@pytest.fixture(scope="session")
def plain_letter() -> bytes:
    """A letter of ours, unsigned."""
    return render_letter(
        RequestLetter(
            requesting_authority="Central Authority",
            requesting_state="State A",
            requested_authority="Central Authority",
            requested_state="State B",
            reference="A/2026/1",
            request_type="Bank records",
            legal_basis="UNTOC article 18",
            facts="Money moved.",
            assistance=("Records",),
            signed_by="Head of the central authority",
            dated_at=1_790_000_000,
        )
    )
