"""A new relay: its folder, its keys, its configuration file."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509

from rogatory_crypto import signing
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.log import log_origin
from rogatory_crypto.log.note_key import SignatureType, SigningKey, VerifierKey
from rogatory_server.config import NEXT_POSTMARK_KEY, read_config

CONFIG_FILE: Final = "relay.toml"
TRUST_FOLDER: Final = "trust"
_KEY_FILE: Final = "postmark.key"
_LOG_KEY_FILES: Final = {
    SignatureType.ED25519: "log-ed25519.key",
    SignatureType.COSIGNATURE_ML_DSA_44: "log-ml-dsa-44.key",
}


@dataclass(frozen=True, slots=True)
class NewRelay:
    """What was made: the file to serve, and the keys that the network's operators put into its trust.

    Attributes:
        config: the configuration file.
        postmark_key: the relay's Ed25519 key.
        log_keys: of its log.
        trust_folder: empty; where root metadata and network trust belong before the relay can serve.
    """

    config: Path
    postmark_key: bytes
    log_keys: tuple[VerifierKey, ...]
    trust_folder: Path


def init_relay(
    folder: Path,
    origin: str,
    listen: str,
    certificate: Path | None,
    private_key: Path | None,
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
    log_keys = _make_log_keys(folder, origin)
    trust_folder = folder / TRUST_FOLDER
    trust_folder.mkdir(mode=0o700, exist_ok=True)
    text = _config_text(origin, names, (host.strip("[]"), int(port), admin_port))
    if certificate is not None and private_key is not None:
        paths = {"certificate": certificate, "private_key": private_key}
        listen_lines = "".join(f"{key} = {json.dumps(str(path.resolve()))}\n" for key, path in paths.items())
    else:
        listen_lines = "insecure_plain = true\n"
    _write_private(config, text + listen_lines)
    return NewRelay(config, signing.public_key(seed), log_keys, trust_folder)


def add_postmark_key(config: Path) -> bytes:
    """Make the key that signs postmarks next, name it in the configuration, return its public half.

    Args:
        config: the relay's configuration file.

    Raises:
        MisuseError: there is a next key already, or the configuration cannot be read.
    """
    if len(read_config(config).postmark_keys) > 1:
        raise MisuseError(f"{config} names a next postmark key already: let that one take its turn first")
    seed, text = secrets.token_bytes(32), config.read_text()
    public = signing.public_key(seed)
    file = config.parent / f"postmark-{public.hex()[:8]}.key"
    _write_private(file, seed.hex() + "\n")
    # Settings of the file itself stand before its first table.
    written = config.with_name(f".{config.name}.new")
    written.unlink(missing_ok=True)
    _write_private(written, f'{NEXT_POSTMARK_KEY} = "{file.name}"\n{text}')
    written.replace(config)
    return public


def _make_log_keys(folder: Path, origin: str) -> tuple[VerifierKey, ...]:
    keys = [SigningKey(log_origin(origin), kind, secrets.token_bytes(32)) for kind in _LOG_KEY_FILES]
    for key, name in zip(keys, _LOG_KEY_FILES.values(), strict=True):
        _write_private(folder / name, key.encode() + "\n")
    return tuple(key.verifier for key in keys)


def _config_text(origin: str, names: list[str], listen: tuple[str, int, int]) -> str:
    host, port, admin_port = listen
    # A JSON string of these characters is a TOML string as well.
    return f"""\
origin = {json.dumps(origin)}
server_names = {json.dumps(names)}
postmark_key_file = "{_KEY_FILE}"
trust_folder = "{TRUST_FOLDER}"

[log]
key_files = {json.dumps([*_LOG_KEY_FILES.values()])}

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
