"""A relay in its own process on loopback, with TLS from a throw-away CA, to be stopped or killed."""

import asyncio
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.integration.relay.identities import ORIGIN, Operator
from tests.trusted_network import TrustedNetwork

from rogatory_server.app import NewRelay, init_relay

START = "import sys, pathlib; from rogatory_server.app import serve; serve(pathlib.Path(sys.argv[1]))"


def make_certificate(folder: Path, *names: str) -> tuple[Path, Path, Path]:
    """Write a CA certificate, a server certificate for names and addresses, and its key."""
    now = datetime.now(UTC)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "throw-away CA")])

    def begin(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=2))
        )

    constraints = x509.BasicConstraints(ca=True, path_length=0)
    ca = (
        begin(ca_name, ca_key.public_key())
        .add_extension(constraints, critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    alternatives: list[x509.GeneralName] = []
    for name in names:
        try:
            alternatives.append(x509.IPAddress(ip_address(name)))
        except ValueError:
            alternatives.append(x509.DNSName(name))
    server_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    certificate = (
        begin(server_name, key.public_key())
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    paths = folder / "ca.pem", folder / "relay.pem", folder / "relay.key"
    pem = serialization.Encoding.PEM
    paths[0].write_bytes(ca.public_bytes(pem))
    paths[1].write_bytes(certificate.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    paths[2].write_bytes(private)
    return paths


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def trust_relay(made: NewRelay, operator: Operator, origin: str = ORIGIN, **policy: Any) -> TrustedNetwork:
    """Give a new relay a network that trusts it, and the network's log keys."""
    network = TrustedNetwork(
        origin,
        int(time.time()),
        directory_key=operator.public_key,
        postmark_key=made.postmark_key,
        **policy,
    )
    network.write(made.trust_folder)
    for path in made.trust_folder.iterdir():
        path.chmod(0o600)
    for key, name in zip(network.log_keys, ("log-ed25519.key", "log-ml-dsa-44.key"), strict=True):
        (made.config.parent / name).write_text(key.encode() + "\n")
    return network


class RelayProcess:
    """The relay, its operator, and the network that trusts them."""

    def __init__(
        self,
        folder: Path,
        *,
        plain: bool = False,
        settings: str = "",
        tables: str = "",
        log_settings: str = "",
        witness_urls: tuple[str, ...] = (),
        quorum: int | None = None,
    ) -> None:
        self.operator = Operator()
        self.folder = folder
        self.port, self.admin_port = free_port(), free_port()
        certificate: Path | None = None
        private_key: Path | None = None
        self.tls: ssl.SSLContext | None = None
        if not plain:
            ca, certificate, private_key = make_certificate(folder, "localhost", "127.0.0.1")
            self.tls = ssl.create_default_context(cafile=ca)
        made = init_relay(
            folder / "relay",
            ORIGIN,
            f"127.0.0.1:{self.port}",
            certificate,
            private_key,
            admin_port=self.admin_port,
        )
        self.config, self.postmark_key = made.config, made.postmark_key
        self.network = trust_relay(
            made, self.operator, witnesses=len(witness_urls), witness_urls=witness_urls, quorum=quorum
        )
        text = self.config.read_text().replace('folder = "data"\n', f'folder = "data"\n{settings}')
        text = text.replace("[log]\n", f"[log]\n{log_settings}")
        self.config.write_text(text + tables)
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self.log: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def launch(self) -> None:
        """Start and wait until the relay takes connections."""
        process = self._process = subprocess.Popen(
            [sys.executable, "-c", START, str(self.config)],
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        ready = threading.Event()
        self._reader = threading.Thread(target=self._read_log, args=(process, ready))
        self._reader.start()
        assert ready.wait(30), self.log
        assert process.poll() is None, self.log

    def end(self, number: int) -> int:
        """Send a signal and wait for the end; return the exit code."""
        assert self._process is not None
        assert self._reader is not None
        self._process.send_signal(number)
        code = self._process.wait(30)
        self._reader.join()
        return code

    async def start(self) -> None:
        await asyncio.to_thread(self.launch)

    async def stop(self) -> int:
        return await asyncio.to_thread(self.end, signal.SIGTERM)

    async def kill(self) -> int:
        return await asyncio.to_thread(self.end, signal.SIGKILL)

    def _read_log(self, process: "subprocess.Popen[bytes]", ready: threading.Event) -> None:
        assert process.stderr is not None
        with process.stderr as lines:
            for line in lines:
                try:
                    event = json.loads(line)
                except ValueError:
                    event = {"event": line.decode(errors="replace").rstrip()}
                self.log.append(event)
                if event.get("event") == "ready":
                    ready.set()
        ready.set()
