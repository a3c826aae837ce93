"""What a witness's folder holds: its keys, the logs it cosigns, its store.

The keys are two lines in C2SP's form, readable by the owner alone; the logs are one ``vkey`` a line, to be
read and edited by people. A copy of the store that is put back is a witness that has forgotten what it
promised: make a new witness instead.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from rogatory_client.bounded_file import new_file, read_bytes
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.log.checkpoint import MAX_ORIGIN_BYTES
from rogatory_crypto.log.lines import utf8
from rogatory_crypto.log.note_key import (
    SEED_BYTES,
    SignatureType,
    SigningKey,
    VerifierKey,
    parse_signing_key,
    parse_verifier_key,
    read_name,
)

KEYS_NAME: Final = "witness.keys"
LOGS_NAME: Final = "logs"
STORE_NAME: Final = "witness.db"
LOCK_NAME: Final = "witness.lock"
MAX_LOG_KEYS: Final = 1024
_MAX_FILE_BYTES: Final = 4 << 20
_COSIGNER_TYPES: Final = (SignatureType.COSIGNATURE_ED25519, SignatureType.COSIGNATURE_ML_DSA_44)
_LOG_TYPES: Final = frozenset({SignatureType.ED25519, SignatureType.COSIGNATURE_ML_DSA_44})


def init_folder(folder: Path, name: str, random: Callable[[int], bytes]) -> tuple[VerifierKey, ...]:
    """Make the folder of a new witness and its two keys; returns their public halves.

    Args:
        folder: made with mode 0700; must not hold a witness.
        name: of both keys, such as ``witness.example/wacap``.
        random: source of the keys.

    Raises:
        MisuseError: there is a witness already, or the name can be no key's.
    """
    try:
        read_name(name)
    except PeerError as error:
        raise MisuseError(f"a witness cannot be called that: {error.detail}") from error
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    keys = [SigningKey(name, kind, random(SEED_BYTES)) for kind in _COSIGNER_TYPES]
    new_file(folder / KEYS_NAME, "".join(f"{key.encode()}\n" for key in keys).encode(), mode=0o600)
    return tuple(key.verifier for key in keys)


def read_keys(folder: Path) -> tuple[SigningKey, ...]:
    """Return the witness's private keys.

    Raises:
        MisuseError: there is no witness, its key file is damaged, or others can read it.
    """
    path = folder / KEYS_NAME
    if not path.is_file():
        raise MisuseError(f"there is no witness in {folder}: make one with `rogatory log witness init`")
    if path.stat().st_mode & 0o077:
        raise MisuseError(
            f"others can read {path}: if nobody has, run `chmod 600` on it; else make a new witness"
        )
    try:
        keys = tuple(map(parse_signing_key, _lines(path)))
    except MisuseError as error:
        raise MisuseError(f"{path}: {error}") from None
    if not keys or {key.type for key in keys} - set(_COSIGNER_TYPES) or len({key.name for key in keys}) > 1:
        raise MisuseError(f"{path} does not hold the cosigner's keys of one witness")
    return keys


def read_logs(folder: Path) -> Mapping[str, Sequence[VerifierKey]]:
    """Return the keys of the logs that the witness cosigns, by origin.

    Raises:
        MisuseError: a line is no ``vkey`` of a log.
    """
    path = folder / LOGS_NAME
    keys = [_log_key(line, str(path)) for line in _lines(path)] if path.exists() else []
    logs: dict[str, list[VerifierKey]] = {}
    for key in keys:
        logs.setdefault(key.name, []).append(key)
    return logs


def add_logs(folder: Path, texts: Iterable[str]) -> tuple[VerifierKey, ...]:
    """Have the witness cosign more logs, or accept more keys of one; returns the keys that are new.

    Args:
        folder: of the witness.
        texts: the logs' verifier keys; a key's name is the origin of its log.

    Raises:
        MisuseError: one is no ``vkey`` of a log, or there are too many.
    """
    known = {key: None for keys in read_logs(folder).values() for key in keys}
    wanted = dict.fromkeys(_log_key(text, "the key") for text in texts)
    if len(known | wanted) > MAX_LOG_KEYS:
        raise MisuseError(f"a witness cosigns logs of at most {MAX_LOG_KEYS} keys")
    path = folder / LOGS_NAME
    following = path.with_name(f".{LOGS_NAME}.new")
    following.unlink(missing_ok=True)
    new_file(following, "".join(f"{key.encode()}\n" for key in known | wanted).encode())
    following.replace(path)
    return tuple(key for key in wanted if key not in known)


def _lines(path: Path) -> list[str]:
    try:
        text = read_bytes(path, _MAX_FILE_BYTES).decode()
    except UnicodeDecodeError as error:
        raise MisuseError(f"{path} is not text") from error
    return [line for line in text.split("\n") if line]


def _log_key(text: str, where: str) -> VerifierKey:
    try:
        key = parse_verifier_key(text)
        utf8(key.name, limit=MAX_ORIGIN_BYTES)
    except PeerError as error:
        raise MisuseError(f"{where} is no vkey of a log: {error.detail}") from error
    if key.type not in _LOG_TYPES:
        raise MisuseError(f"{where} is a witness's: a log signs with Ed25519 (0x01) or ML-DSA-44 (0x06)")
    return key
