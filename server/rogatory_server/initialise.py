"""A new relay: its folder, its postmark key, its configuration file."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509

from rogatory_crypto import signing
from rogatory_crypto.errors import MisuseError

CONFIG_FILE: Final = "relay.toml"
_KEY_FILE: Final = "postmark.key"


@dataclass(frozen=True, slots=True)
class NewRelay:
    """What was made: the file to serve, and the key to pin in network profiles."""

    config: Path
    postmark_key: bytes


def init_relay(
    folder: Path,
    origin: str,
    listen: str,
    certificate: Path | None,
    private_key: Path | None,
    operator_key: bytes,
    *,
    admin_port: int = 0,
) -> NewRelay:
    """Make the folder of a new relay.

    Args:
        folder: created with mode 0700; must not hold a relay yet.
        origin: the relay's name in URIs and postmarks.
        listen: ``host:port``.
        certificate: PEM chain for TLS; its names are what device authentication binds. None makes a plain
            relay for loopback benchmarks.
        private_key: PEM key of the certificate.
        operator_key: the directory operator's Ed25519 key.
        admin_port: loopback port for health and metrics; 0 for none.

    Raises:
        MisuseError: the folder holds a relay already, or an argument is wrong.
    """
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise MisuseError("listen is host:port, for example 0.0.0.0:8443")
    if (certificate is None) != (private_key is None):
        raise MisuseError("a certificate and its private key come together")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    config = folder / CONFIG_FILE
    if config.exists():
        raise MisuseError(f"{config} exists: this folder holds a relay already")
    seed = secrets.token_bytes(32)
    _write_private(folder / _KEY_FILE, seed.hex() + "\n")
    names = [origin, host.strip("[]")] if certificate is None else _names(certificate)
    text = _config_text(origin, names, operator_key, (host.strip("[]"), int(port), admin_port))
    if certificate is not None and private_key is not None:
        paths = {"certificate": certificate, "private_key": private_key}
        listen_lines = "".join(f"{key} = {json.dumps(str(path.resolve()))}\n" for key, path in paths.items())
    else:
        listen_lines = "insecure_plain = true\n"
    _write_private(config, text + listen_lines)
    return NewRelay(config, signing.public_key(seed))


def _config_text(origin: str, names: list[str], operator_key: bytes, listen: tuple[str, int, int]) -> str:
    host, port, admin_port = listen
    # A JSON string of these characters is a TOML string as well.
    return f"""\
origin = {json.dumps(origin)}
server_names = {json.dumps(names)}
operator_key = "{operator_key.hex()}"
postmark_key_file = "{_KEY_FILE}"

[storage]
folder = "data"

[listen]
host = {json.dumps(host)}
port = {port}
admin_port = {admin_port}
"""


def _names(certificate: Path) -> list[str]:
    try:
        parsed = x509.load_pem_x509_certificate(certificate.read_bytes())
        names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound) as error:
        raise MisuseError(f"{certificate} is no PEM certificate with a subject alternative name") from error
    return [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
