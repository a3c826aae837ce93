"""Passphrases: by descriptor, prompt or keyring, never empty, never shown."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import NoKeyringError

from rogatory_client.cli import passphrase
from rogatory_client.cli.passphrase import PassphraseSource, read_descriptor, read_secret
from rogatory_crypto.errors import MisuseError

VAULT = Path("vault")


@contextmanager
def descriptor_of(content: bytes) -> Iterator[int]:
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    yield reading
    os.close(reading)


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets at the end of the test."""

    priority = 1.0

    kept: dict[tuple[str, str], str]

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    former, ring = keyring.get_keyring(), MemoryKeyring()  # type: ignore[no-untyped-call]  # the library is untyped
    ring.kept = {}
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(former)


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n", b"\nsecond line"])
def test_the_first_line_of_a_descriptor(ending: bytes) -> None:
    with descriptor_of(b"correct horse battery" + ending) as descriptor:
        assert PassphraseSource(descriptor, keyring=False, what=VAULT).existing() == b"correct horse battery"


def test_an_empty_passphrase_is_refused() -> None:
    with descriptor_of(b"\n") as descriptor, pytest.raises(MisuseError, match="empty"):
        PassphraseSource(descriptor, keyring=False, what=VAULT).existing()


def test_a_descriptor_is_read_with_a_limit() -> None:
    with descriptor_of(bytes(5000)) as descriptor, pytest.raises(MisuseError, match="more than 1024"):
        read_descriptor(descriptor)


def test_a_new_passphrase_is_not_short() -> None:
    with descriptor_of(b"elevenchars") as descriptor, pytest.raises(MisuseError, match="at least 12"):
        PassphraseSource(descriptor, keyring=False, what=VAULT).new()


def test_no_prompt_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        with pytest.raises(MisuseError, match="--passphrase-fd or --keyring"):
            PassphraseSource(None, keyring=False, what=VAULT).existing()


def test_a_new_passphrase_is_asked_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([b"correct horse battery", b"correct horse batter"])
    monkeypatch.setattr(passphrase, "_ask", lambda _prompt: next(typed))
    with pytest.raises(MisuseError, match="differ"):
        PassphraseSource(None, keyring=False, what=VAULT).new()


def test_the_keyring_keeps_it_for_this_vault_alone(memory_keyring: MemoryKeyring) -> None:
    with descriptor_of(b"correct horse battery") as descriptor:
        PassphraseSource(descriptor, keyring=True, what=VAULT).new()
    source = PassphraseSource(None, keyring=True, what=VAULT)
    assert source.existing() == b"correct horse battery"
    assert len(memory_keyring.kept) == 1
    with pytest.raises(MisuseError, match="run without --keyring"):
        source.of(Path("another")).existing()


def test_a_system_without_keyring_is_told_what_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: str) -> str:
        raise NoKeyringError

    monkeypatch.setattr(keyring, "get_password", refuse)
    monkeypatch.setattr(keyring, "set_password", refuse)
    with pytest.raises(MisuseError, match="no keyring"):
        PassphraseSource(None, keyring=True, what=VAULT).existing()
    with (
        descriptor_of(b"correct horse battery") as descriptor,
        pytest.raises(MisuseError, match="no keyring"),
    ):
        PassphraseSource(descriptor, keyring=True, what=VAULT).new()


def test_a_code_is_text() -> None:
    with descriptor_of(b"\xff\xfe") as descriptor, pytest.raises(MisuseError, match="not text"):
        read_secret(descriptor, "Enrolment code: ")
