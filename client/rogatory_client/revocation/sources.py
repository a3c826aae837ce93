"""Where revocation data may be asked for: for each issuer the addresses that an officer has allowed.

``sources.toml`` can be read and copied by people; it is replaced whole. An issuer is its certificate, not its
name: a new key of the same authority is allowed apart.
"""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from asn1crypto import pem, x509  # type: ignore[import-untyped]

from rogatory_client.plain_text import one_line
from rogatory_client.revocation.address import parse_address
from rogatory_client.revocation.folder import locked, replace_file
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.given_evidence import read_evidence
from rogatory_crypto.esign.names import readable

MAX_SOURCES: Final = 256
MAX_ADDRESSES: Final = 8
_NAME: Final = "sources.toml"
_MAX_BYTES: Final = 8 << 20
_VERSION: Final = 1
_HEADING: Final = (
    "# Where revocation data may be asked for. Written by `rogatory revocation allow` and `forget`.\n"
)


@dataclass(frozen=True, slots=True)
class Source:
    """An issuer and where its revocation data may be asked for.

    Attributes:
        issuer: its certificate, DER.
        crl: addresses of its revocation lists.
        ocsp: addresses of its responders; each question tells them which certificate is looked at.
        signers: certificates, DER, of who signs its lists or answers where that is neither itself nor
            certified by it.
        private: whether a host's name may stand for an address that is not public.
    """

    issuer: bytes
    crl: tuple[str, ...] = ()
    ocsp: tuple[str, ...] = ()
    signers: tuple[bytes, ...] = ()
    private: bool = False

    @property
    def identifier(self) -> bytes:
        """SHA-256 of the issuer's certificate."""
        return sha256(self.issuer).digest()

    @property
    def certificate(self) -> Certificate:
        """The issuer's certificate."""
        return x509.Certificate.load(self.issuer)

    @property
    def name(self) -> str:
        """The issuer as a reader sees it."""
        return readable(self.certificate.subject)

    def with_more(self, other: "Source") -> "Source":
        """Return both together."""
        return Source(
            self.issuer,
            _distinct((*self.crl, *other.crl)),
            _distinct((*self.ocsp, *other.ocsp)),
            tuple(dict.fromkeys((*self.signers, *other.signers))),
            private=self.private or other.private,
        )


class Sources:
    """The sources in a folder.

    Args:
        folder: made by the first source that is allowed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> tuple[Source, ...]:
        """What is allowed, in one order.

        Raises:
            MisuseError: the file was damaged.
        """
        path = self._folder / _NAME
        try:
            with path.open("rb") as file:
                raw = file.read(_MAX_BYTES + 1)
        except FileNotFoundError:
            return ()
        try:
            return _read(raw)
        except (
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            RecursionError,
            PeerError,
            MisuseError,
        ) as error:
            raise MisuseError(
                f"{path} is damaged ({error}): mend it, or remove it and allow the sources again"
            ) from error

    def allow(self, source: Source) -> Source:
        """Allow a source, beside what is allowed for the same issuer; return what is allowed then.

        Raises:
            MisuseError: it names nothing to ask, or there are too many.
            VaultError: another process is at it.
        """
        with locked(self._folder):
            held = {each.identifier: each for each in self.all()}
            before = held.get(source.identifier)
            allowed = source if before is None else before.with_more(source)
            _refuse_excess(allowed)
            held[allowed.identifier] = allowed
            if len(held) > MAX_SOURCES:
                raise MisuseError(f"{MAX_SOURCES} issuers are allowed already: forget one that is not needed")
            self._write(held.values())
        return allowed

    def named(self, beginning: str) -> Source:
        """Return the one source whose SHA-256 begins so.

        Raises:
            MisuseError: there is none, or several.
        """
        wanted = beginning.lower()
        found = [each for each in self.all() if wanted and each.identifier.hex().startswith(wanted)]
        if len(found) != 1:
            what = "several issuers" if found else "no issuer"
            raise MisuseError(f"{what} {beginning}: see `rogatory revocation sources`")
        return found[0]

    def forget(self, source: Source) -> None:
        """Allow it no longer.

        Raises:
            VaultError: another process is at it.
        """
        with locked(self._folder):
            self._write(each for each in self.all() if each.identifier != source.identifier)

    def _write(self, sources: Iterable[Source]) -> None:
        written = [_written(each) for each in sorted(sources, key=_identifier)]
        text = "\n".join((f"{_HEADING}version = {_VERSION}\n", *written))
        replace_file(self._folder / _NAME, text.encode())


def read_certificate(given: bytes) -> bytes:
    """Return the one certificate of a file, DER.

    Raises:
        MisuseError: the file holds none, several, or something else.
    """
    try:
        evidence = read_evidence([given])
    except PeerError as error:
        raise MisuseError("no certificate (PEM or DER)") from error
    if len(evidence.certificates) != 1 or evidence.crls or evidence.ocsps:
        raise MisuseError("not one certificate (PEM or DER) alone")
    return bytes(evidence.certificates[0].dump())


def _refuse_excess(source: Source) -> None:
    if not source.crl and not source.ocsp:
        raise MisuseError("name an address: --crl for its revocation list, --ocsp for its responder")
    if max(len(source.crl), len(source.ocsp), len(source.signers)) > MAX_ADDRESSES:
        raise MisuseError(f"more than {MAX_ADDRESSES} addresses or signers of one issuer: forget it first")


def _read(raw: bytes) -> tuple[Source, ...]:
    if len(raw) > _MAX_BYTES:
        raise ValueError("too large")
    said = tomllib.loads(raw.decode())
    if said["version"] != _VERSION:
        raise ValueError("of another version")
    sources = said.get("source", [])
    if len(sources) > MAX_SOURCES:
        raise ValueError("too many issuers")
    found = tuple(_source(item) for item in sources)
    if len({each.identifier for each in found}) != len(found):
        raise ValueError("an issuer twice")
    return found


def _source(item: dict[str, Any]) -> Source:
    unknown = set(item) - {"issuer", "crl", "ocsp", "signers", "private"}
    if unknown or not isinstance(item.get("private", False), bool):
        raise ValueError(f"{', '.join(sorted(unknown)) or 'private'} is not understood")
    source = Source(
        read_certificate(item["issuer"].encode()),
        tuple(parse_address(each) for each in item.get("crl", [])),
        tuple(parse_address(each) for each in item.get("ocsp", [])),
        tuple(read_certificate(each.encode()) for each in item.get("signers", [])),
        private=item.get("private", False),
    )
    _refuse_excess(source)
    return source


def _written(source: Source) -> str:
    signers = ", ".join(_literal(each) for each in source.signers)
    return (
        f"# {one_line(source.name)}\n"
        f"[[source]]\nissuer = {_literal(source.issuer)}\n"
        f"crl = {json.dumps(source.crl)}\nocsp = {json.dumps(source.ocsp)}\n"
        f"signers = [{signers}]\nprivate = {json.dumps(source.private)}\n"
    )


def _literal(certificate: bytes) -> str:
    return f"'''\n{pem.armor('CERTIFICATE', certificate).decode()}'''"


def _identifier(source: Source) -> bytes:
    return source.identifier


def _distinct(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(addresses))
