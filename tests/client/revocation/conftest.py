from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.client.revocation.listeners import Server, Trap, served, trap
from tests.client.revocation.openssl_ca import OpensslCa, make_ca

from rogatory_client.revocation import Source
from rogatory_client.revocation.sources import read_certificate


@pytest.fixture
def server() -> Iterator[Server]:
    with served() as running:
        yield running


@pytest.fixture
def snare() -> Iterator[Trap]:
    with trap() as listening:
        yield listening


@pytest.fixture
def ca(tmp_path: Path) -> OpensslCa:
    """An authority with one signer."""
    made = make_ca(tmp_path / "ca", "Issuing authority")
    made.issue("signer")
    return made


@pytest.fixture
def stranger(tmp_path: Path) -> OpensslCa:
    """Another authority of the same name."""
    return make_ca(tmp_path / "stranger", "Issuing authority")


@pytest.fixture
def issuer(ca: OpensslCa) -> Source:
    """The authority, with an address that is never asked."""
    return Source(read_certificate(ca.pem), crl=("http://ca.example/list.crl",))
