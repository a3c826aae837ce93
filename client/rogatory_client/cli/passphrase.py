"""Where the vault's passphrase comes from: a prompt, a file descriptor or the system's keyring; nowhere else.

An argument or an environment variable can be read by other programs of the machine, so neither is offered.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from getpass import getpass
from pathlib import Path
from typing import Final

from rogatory_crypto.errors import MisuseError

SERVICE: Final = "rogatory"
MIN_CHARACTERS: Final = 12
_MAX_BYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class PassphraseSource:
    """How the officer chose to give the passphrase.

    Attributes:
        descriptor: an open file descriptor to read it from.
        keyring: ask the system's keyring.
        what: what is opened, for the prompt and as the name in the keyring.
    """

    descriptor: int | None
    keyring: bool
    what: Path

    def of(self, what: Path) -> "PassphraseSource":
        """Return the same source for something else, such as a key file."""
        return replace(self, what=what)

    def existing(self) -> bytes:
        """Return the passphrase of something that is there already.

        Raises:
            MisuseError: there is none to be had this way; says what to do.
        """
        if self.descriptor is not None:
            return _checked(read_descriptor(self.descriptor))
        if self.keyring:
            return _from_keyring(self._name)
        return _checked(_ask(f"Passphrase for {self.what}: "))

    def new(self) -> bytes:
        """Return a passphrase for something new: asked for twice, kept in the keyring if that is chosen."""
        if self.descriptor is not None:
            chosen = _checked(read_descriptor(self.descriptor))
        else:
            chosen = _checked(_ask(f"New passphrase for {self.what}: "))
        if len(chosen.decode(errors="replace")) < MIN_CHARACTERS:
            raise MisuseError(f"a passphrase has at least {MIN_CHARACTERS} characters: choose a longer one")
        if self.descriptor is None and _ask("The same once more: ") != chosen:
            raise MisuseError("the two passphrases differ: begin again")
        if self.keyring:
            _to_keyring(self._name, chosen)
        return chosen

    @property
    def _name(self) -> str:
        return str(self.what.resolve())


def read_descriptor(descriptor: int) -> bytes:
    """Read a secret from an open file descriptor, up to its end or first line feed.

    Raises:
        MisuseError: no such descriptor, or far more than a passphrase stands in it.
    """
    data = b""
    try:
        while b"\n" not in data and (piece := os.read(descriptor, _MAX_BYTES + 1 - len(data))):
            data += piece
            if len(data) > _MAX_BYTES:
                raise MisuseError(f"--passphrase-fd {descriptor} holds more than {_MAX_BYTES} bytes")
    except OSError as error:
        raise MisuseError(f"--passphrase-fd {descriptor} cannot be read: {error.strerror}") from error
    return data.partition(b"\n")[0].removesuffix(b"\r")


def read_secret(descriptor: int | None, prompt: str) -> str:
    """Read another short secret, such as an enrolment code, from a descriptor or by prompt.

    Raises:
        MisuseError: there is neither, or it is not text.
    """
    given = read_descriptor(descriptor) if descriptor is not None else _ask(prompt)
    try:
        return given.decode()
    except UnicodeDecodeError as error:
        raise MisuseError("what was given is not text") from error


def _checked(given: bytes) -> bytes:
    if not given:
        raise MisuseError("the passphrase is empty: give one")
    return given


def _ask(prompt: str, ask: Callable[[str], str] = getpass) -> bytes:
    if not sys.stdin.isatty():
        raise MisuseError("there is no terminal to ask on: use --passphrase-fd or --keyring")
    try:
        return ask(prompt).encode()
    except EOFError as error:
        raise MisuseError("nothing was entered") from error


def _from_keyring(name: str) -> bytes:
    import keyring
    from keyring.errors import KeyringError

    try:
        found = keyring.get_password(SERVICE, name)
    except KeyringError as error:
        raise MisuseError("the system has no keyring: use --passphrase-fd or the prompt") from error
    if found is None:
        raise MisuseError(f"the keyring holds no passphrase for {name}: run without --keyring")
    return found.encode()


def _to_keyring(name: str, chosen: bytes) -> None:
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, name, chosen.decode())
    except KeyringError as error:
        raise MisuseError("the system has no keyring: use --passphrase-fd or the prompt") from error
