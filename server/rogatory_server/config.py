"""The relay's configuration: one TOML file, read once, frozen. Paths are relative to the file's folder."""

import tomllib
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.log.note_key import SigningKey, parse_signing_key
from rogatory_server.listener import ConnectionLimits
from rogatory_server.rate import Rate

NEXT_POSTMARK_KEY: Final = "next_postmark_key_file"
_MAX_CONFIG_BYTES: Final = 1 << 20
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the relay keeps what it was given, in milliseconds."""

    read_ms: int
    hard_ms: int
    unfinished_upload_ms: int


@dataclass(frozen=True, slots=True)
class UploadQuota:
    """How many bytes of attachments one device may announce."""

    unfinished_bytes: int
    bytes_per_day: int


@dataclass(frozen=True, slots=True)
class Quotas:
    """What one device, or one network address, may do."""

    publications: Rate
    challenges: Rate
    submissions: Rate
    submission_bytes: Rate
    additions: Rate
    additions_of_one: Rate
    key_package_uploads: Rate
    key_package_claims: Rate
    uploads: Rate
    upload_bytes: UploadQuota
    connections: int


@dataclass(frozen=True, slots=True)
class LogSettings:
    """How the transparency log is kept; times are seconds.

    Attributes:
        refresh_s: how old cosignatures may become while nothing happens.
        witness_s: how long one request to a witness may take.
        witness_ca: PEM of the only authority to trust for witnesses, None for the system's.
        postmarks_s: how often the postmarks of the time before get an entry.
    """

    refresh_s: int
    witness_s: int
    witness_ca: Path | None
    postmarks_s: int


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the composition root needs.

    Attributes:
        origin: the relay's name in URIs and postmarks.
        server_names: names its TLS certificate is for; device authentication binds them.
        postmark_keys: its Ed25519 seeds for postmarks: the one in force, and the next one if there is.
        log_keys: what checkpoints are signed with.
        trust: folder with the root of trust.
        certificate: PEM chain, None for plain HTTP on loopback.
        database: ``postgresql+asyncpg://`` URL, None for SQLite in the data folder.
        max_database_bytes: upper bound of the SQLite file, None for the disk's.
    """

    origin: str
    server_names: tuple[str, ...]
    postmark_keys: tuple[bytes, ...] = field(repr=False)
    log_keys: tuple[SigningKey, ...]
    trust: Path
    log: LogSettings
    data: Path
    host: str
    port: int
    admin_port: int
    certificate: Path | None
    private_key: Path | None
    database: str | None = field(repr=False)
    max_database_bytes: int | None
    retention: Retention
    quotas: Quotas
    connection_limits: ConnectionLimits


def read_config(path: Path) -> Config:
    """Read a configuration file.

    Raises:
        MisuseError: it cannot be read or a value is wrong; the message says which.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_CONFIG_BYTES).decode()
        return _config(_Table(tomllib.loads(text), "the file"), path.parent)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MisuseError(f"the relay's configuration {path} cannot be read: {error}") from error


class _Table:
    """A TOML table whose keys must all be known."""

    def __init__(self, values: dict[str, Any], name: str) -> None:
        self._values = dict(values)
        self._name = name

    def text(self, key: str) -> str:
        value = self._values.pop(key, None)
        if not isinstance(value, str) or not value:
            raise MisuseError(f"{self._name} needs the text {key}")
        return value

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if key in self._values else None

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._values.pop(key, None)
        if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
            raise MisuseError(f"{self._name} needs the list of texts {key}")
        return tuple(value)

    def number(self, key: str, default: int) -> int:
        value = self._values.pop(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise MisuseError(f"{self._name}: {key} is a number from 0 on")
        return value

    def switch(self, key: str) -> bool:
        value = self._values.pop(key, False)
        if not isinstance(value, bool):
            raise MisuseError(f"{self._name}: {key} is true or false")
        return value

    def table(self, key: str) -> "_Table":
        value = self._values.pop(key, {})
        if not isinstance(value, dict):
            raise MisuseError(f"{self._name}: {key} is a table")
        return _Table(value, key)

    def end(self) -> None:
        if self._values:
            raise MisuseError(f"{self._name} has unknown settings: {', '.join(sorted(self._values))}")


def _config(table: _Table, folder: Path) -> Config:
    listen, storage, log = table.table("listen"), table.table("storage"), table.table("log")
    host, plain = listen.text("host"), listen.switch("insecure_plain")
    certificate, private_key = listen.optional_text("certificate"), listen.optional_text("private_key")
    if plain and not ip_address(host).is_loopback:
        raise MisuseError("insecure_plain is for loopback addresses only")
    if not plain and (certificate is None or private_key is None):
        raise MisuseError("listen needs certificate and private_key")
    config = Config(
        origin=table.text("origin"),
        server_names=tuple(name.lower() for name in table.texts("server_names")),
        postmark_keys=_postmark_keys(table, folder),
        log_keys=tuple(_signing_key(folder / name) for name in log.texts("key_files")),
        trust=folder / table.text("trust_folder"),
        log=_log_settings(log, folder),
        data=folder / storage.text("folder"),
        host=host,
        port=listen.number("port", 8443),
        admin_port=listen.number("admin_port", 0),
        certificate=None if plain or certificate is None else folder / certificate,
        private_key=None if plain or private_key is None else folder / private_key,
        database=_database(storage.optional_text("database")),
        max_database_bytes=storage.number("max_database_bytes", 0) or None,
        retention=_retention(table.table("retention")),
        quotas=_quotas(table.table("quotas")),
        connection_limits=_connection_limits(listen, plain=plain),
    )
    for read in (listen, storage, log, table):
        read.end()
    return config


def _retention(table: _Table) -> Retention:
    retention = Retention(
        read_ms=table.number("read_days", 30) * _DAY_MS,
        hard_ms=table.number("hard_days", 365) * _DAY_MS,
        unfinished_upload_ms=table.number("unfinished_upload_days", 7) * _DAY_MS,
    )
    table.end()
    return retention


def _log_settings(table: _Table, folder: Path) -> LogSettings:
    witness_ca = table.optional_text("witness_ca")
    return LogSettings(
        refresh_s=60 * (table.number("refresh_minutes", 60) or 1),
        witness_s=table.number("witness_seconds", 10) or 1,
        witness_ca=None if witness_ca is None else folder / witness_ca,
        postmarks_s=table.number("postmarks_seconds", 60) or 1,
    )


def _postmark_keys(table: _Table, folder: Path) -> tuple[bytes, ...]:
    files = {"postmark_key_file": table.text("postmark_key_file")}
    if (following := table.optional_text(NEXT_POSTMARK_KEY)) is not None:
        files[NEXT_POSTMARK_KEY] = following
    return tuple(_key((folder / file).read_text().strip(), name) for name, file in files.items())


def _signing_key(path: Path) -> SigningKey:
    return parse_signing_key(path.read_text().strip())


def _quotas(table: _Table) -> Quotas:
    quotas = Quotas(
        publications=_rate(table, "publications", 60, 600),
        challenges=_rate(table, "challenges", 240, 7_200),
        submissions=_rate(table, "submissions", 2_000, 72_000),
        submission_bytes=_rate(table, "submission_bytes", 2 << 30, 4 << 30),
        additions=_rate(table, "additions", 8_192, 4_096),
        additions_of_one=_rate(table, "additions_of_one", 128, 256),
        key_package_uploads=_rate(table, "key_package_uploads", 20, 120),
        key_package_claims=_rate(table, "key_package_claims", 512, 2_048),
        uploads=_rate(table, "uploads", 100, 600),
        upload_bytes=UploadQuota(
            unfinished_bytes=table.number("unfinished_upload_bytes", 256 << 30),
            bytes_per_day=table.number("upload_bytes_per_day", 512 << 30),
        ),
        connections=table.number("connections", 4),
    )
    table.end()
    return quotas


def _connection_limits(listen: _Table, *, plain: bool) -> ConnectionLimits:
    in_total = listen.number("connections_in_total", 8192)
    return ConnectionLimits(
        # Without TLS everybody is on this machine, at one address.
        per_network=listen.number("connections_per_address", in_total if plain else 256),
        in_total=in_total,
        first_request_s=listen.number("first_request_seconds", 20),
    )


def _rate(table: _Table, name: str, burst: int, per_hour: int) -> Rate:
    return Rate(
        table.number(f"{name}_burst", burst),
        table.number(f"{name}_per_hour", per_hour),
    )


def _database(url: str | None) -> str | None:
    if url is not None and not url.startswith("postgresql+asyncpg://"):
        raise MisuseError("storage: database is a postgresql+asyncpg:// URL, or left out for SQLite")
    return url


def _key(value: str, name: str) -> bytes:
    try:
        key = bytes.fromhex(value)
    except ValueError as error:
        raise MisuseError(f"{name} is 64 hex digits") from error
    if len(key) != 32:
        raise MisuseError(f"{name} is 64 hex digits")
    return key
