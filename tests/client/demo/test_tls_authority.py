"""The throw-away authority: its certificate is for the relay's address and nothing else."""

import ssl
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509

from rogatory_client.demo.tls_authority import make_tls_authority

NOW = 1_790_000_000


def test_the_certificate_is_for_the_address_and_of_the_authority() -> None:
    made = make_tls_authority("127.0.0.1", now=NOW)
    server = x509.load_pem_x509_certificate(made.certificate)
    authority = x509.load_pem_x509_certificate(made.ca.encode())
    server.verify_directly_issued_by(authority)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.IPAddress) == [ip_address("127.0.0.1")]
    assert server.not_valid_before_utc <= datetime.fromtimestamp(NOW, UTC) < server.not_valid_after_utc
    constraints = server.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert not constraints.ca


def test_a_server_can_load_it(tmp_path: Path) -> None:
    made = make_tls_authority("127.0.0.1", now=NOW)
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(made.certificate)
    key.write_bytes(made.private_key)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(chain, key)
    assert "PRIVATE" not in repr(made)
