"""Signatures of attachments: checked when a file arrives, as of then, and again whenever an officer asks.

The sender's entry in the directory and the trusted lists that are kept say whom to trust. Who signed is
compared with whom the entry names: a valid signature of somebody else is told, not refused, as an entry may
lag behind.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from rogatory_client.office import reading
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import attachments_of_message
from rogatory_client.vault.archive import StoredMessage, read_message
from rogatory_client.vault.verdicts import StoredVerdict, add_verdict, load_verdicts
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.esign import DocumentFormat, Report, decode_report, encode_report
from rogatory_crypto.esign.checking import MAX_DOCUMENT_BYTES
from rogatory_crypto.esign.detection import detect
from rogatory_crypto.esign.personal_number import masked
from rogatory_crypto.esign.sentence import whole_sentence
from rogatory_crypto.esign.trust.anchor import Shortcoming
from rogatory_crypto.esign.trust.directory import expected_signers
from rogatory_crypto.esign.trust.territory import alpha2_of, alpha3_of
from rogatory_crypto.esign.wording import ENGLISH, wording
from rogatory_directory_sync.record_json import record_to_json

_UNSIGNED: Final = frozenset({DocumentFormat.UNKNOWN, DocumentFormat.ZIP})
_HEAD_BYTES: Final = 64 * 1024
_PIECE_BYTES: Final = 1 << 20
STATE_UNKNOWN: Final = (
    "the sender's state is not known, so it was not compared with that of the signer's issuer"
)


@dataclass(frozen=True, slots=True)
class VerdictView:
    """What a check of an attachment said.

    Attributes:
        message_id, attachment, filename: which attachment of which message.
        sha256: of the file that was checked.
        checked_at: when, unix seconds.
        checked_for: the instant that the check was for, unix seconds.
        indication, sentence: the verdict on the whole file, and what it means.
        signer_named: whether the sender's entry in the directory names every signer; None if it names nobody.
        report: everything that was found, without personal numbers.
    """

    message_id: str
    attachment: int
    filename: str
    sha256: str
    checked_at: int
    checked_for: int
    indication: str
    sentence: str
    signer_named: bool | None
    report: dict[str, object]


class Verdicts:
    """Part of an open office; see ``Office.verdicts``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def of(self, message: str, language: str = ENGLISH) -> tuple[VerdictView, ...]:
        """Return every verdict on the files of a message, oldest first; its sentence in a language.

        Raises:
            MisuseError: there is no such message, or no wording in that language.
        """
        row = reading.stored_message(self._desk, message)
        with self._desk.vault.reading() as connection:
            return tuple(_view(each, row, language) for each in load_verdicts(connection, row.message_id))

    async def check(
        self,
        message: str,
        attachment: int,
        file: Path,
        *,
        trust: Sequence[bytes] = (),
        shortcomings: Sequence[Shortcoming] = (),
        evidence: Sequence[bytes] = (),
        beside: Sequence[Path] = (),
        at: int | None = None,
        arrived: bool = False,
        language: str = ENGLISH,
    ) -> VerdictView | None:
        """Check the signatures of a file that came with a message, and keep the verdict.

        Args:
            message: the id or its beginning.
            attachment: the file's number.
            file: where it was saved.
            trust: what is trusted beside the sender's entry, as for ``check_signature_file``; for signers,
                only what counts for the sender's state.
            shortcomings: what would be trusted but cannot be used, to be named where trust is missing.
            evidence: certificates and revocation data beside those that the file carries.
            beside: the other files of the message, which a detached signature may be about.
            at: the instant to check for, unix seconds; the arrival of the message if not given.
            arrived: whether the file was just written from the message, so that it is known to be the one.
            language: of the sentence that is returned.

        Returns:
            The verdict, or None where this is no kind of file that carries signatures.

        Raises:
            MisuseError: there is no such file in the message, or it is another one than came, or nothing says
                which one came: neither the message nor a verdict on it.
        """
        desk = self._desk
        row = reading.stored_message(desk, message)
        read = await asyncio.to_thread(_read, file)
        _refuse_another(row, attachment, read.sha256, self._known(row, attachment), arrived=arrived)
        if not await asyncio.to_thread(_may_be_signed, read.content):
            return None
        record = desk.listing.records.get(row.entry_id)
        sender = {} if record is None else record_to_json(record)
        instant = row.at_ms // 1000 if at is None else at
        # A check may take as long as its limits allow; messages come and go meanwhile.
        contents = await asyncio.to_thread(_read_beside, beside)
        terms = _Terms(trust, tuple(shortcomings), evidence, contents, instant, _state_of(sender))
        report = await asyncio.to_thread(_report, read.content, sender, terms)
        return _view(self._keep(row, attachment, read.sha256, report, sender), row, language)

    def _keep(
        self,
        row: StoredMessage,
        attachment: int,
        digest: bytes,
        report: Report,
        sender: Mapping[str, object],
    ) -> StoredVerdict:
        verdict = StoredVerdict(
            message_id=row.message_id,
            attachment=attachment,
            sha256=digest,
            checked_at=self._desk.surroundings.now(),
            checked_for=report.validation_time,
            report=json.dumps(encode_report(report)),
            signer_named=_is_named(report, sender),
        )
        with self._desk.vault.writing() as connection:
            add_verdict(connection, verdict)
        return verdict

    def _known(self, row: StoredMessage, attachment: int) -> bytes | None:
        """Return the hash of the file that came, as the first verdict on it has kept it."""
        with self._desk.vault.reading() as connection:
            verdicts = load_verdicts(connection, row.message_id)
        return next((each.sha256 for each in verdicts if each.attachment == attachment), None)


def _may_be_signed(document: bytes) -> bool:
    return detect(document[:_HEAD_BYTES]) not in _UNSIGNED or detect(document) not in _UNSIGNED


@dataclass(frozen=True, slots=True)
class _File:
    """A file on disk.

    Attributes:
        content: as much of it as can be checked, and a byte more where there is more.
        sha256: of all of it.
    """

    content: bytes = field(repr=False)
    sha256: bytes


def _read(path: Path) -> _File:
    with path.open("rb") as file:
        content = file.read(MAX_DOCUMENT_BYTES + 1)
        digest = sha256(content)
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return _File(content, digest.digest())


def _read_beside(paths: Sequence[Path]) -> list[bytes]:
    """Return whole files, as many as one check takes; half of one would look like another that was signed."""
    contents: list[bytes] = []
    room = MAX_DOCUMENT_BYTES
    for path in paths:
        with path.open("rb") as file:
            content = file.read(room + 1)
        if len(content) <= room:
            contents.append(content)
            room -= len(content)
    return contents


def _refuse_another(
    row: StoredMessage, attachment: int, digest: bytes, known: bytes | None, *, arrived: bool
) -> None:
    files = attachments_of_message(read_message(row))
    if not 0 <= attachment < len(files):
        raise MisuseError(f"the message has {len(files)} attachments, numbered from 0")
    stated = files[attachment].sha256
    hashes = {each for each in (stated, known.hex() if known else None) if each is not None}
    if not hashes and not arrived:
        raise MisuseError("nothing says yet which file came with the message: save it again")
    if hashes - {digest.hex()}:
        raise MisuseError("this file is not the one that came with the message: save it again")


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a file is checked with, beside the sender's entry."""

    trust: Sequence[bytes]
    shortcomings: tuple[Shortcoming, ...]
    evidence: Sequence[bytes]
    contents: Sequence[bytes]
    at: int
    state: str | None


def _state_of(sender: Mapping[str, object]) -> str | None:
    """Return the sender's state; absent for what is none, such as an office of a union of states."""
    said = sender.get("state")
    state = said if isinstance(said, Mapping) else {}
    codes = str(state.get("iso3") or ""), alpha3_of(str(state.get("iso2") or ""))
    return next((code for code in codes if alpha2_of(code)), None)


def _report(document: bytes, sender: Mapping[str, object], terms: _Terms) -> Report:
    from rogatory_client.signing import Checker

    directory = json.dumps([sender]).encode() if sender else b"[]"
    with Checker() as checker:
        report = checker.check(
            document,
            trust=[*terms.trust, directory],
            contents=terms.contents,
            evidence=terms.evidence,
            at=terms.at,
            state=terms.state,
            shortcomings=terms.shortcomings,
        )
    if terms.state or not report.signatures:
        return report
    # Nobody's list is known to be of the sender's state, so that issuers of any counted.
    return replace(report, warnings=(*report.warnings, STATE_UNKNOWN))


def _is_named(report: Report, sender: Mapping[str, object]) -> bool | None:
    """Tell whether the sender's entry names every signer."""
    if not report.signatures:
        return None
    try:
        expected = expected_signers(sender, report.validation_time)
    except PeerError:
        return None
    answers = [expected.includes(each) for each in report.signatures]
    return None if None in answers else all(answers)


def _view(verdict: StoredVerdict, row: StoredMessage, language: str) -> VerdictView:
    report = masked(decode_report(json.loads(verdict.report)))
    return VerdictView(
        message_id=verdict.message_id.hex(),
        attachment=verdict.attachment,
        filename=attachments_of_message(read_message(row))[verdict.attachment].filename,
        sha256=verdict.sha256.hex(),
        checked_at=verdict.checked_at,
        checked_for=verdict.checked_for,
        indication=report.indication.value,
        sentence=whole_sentence(report, wording(language)),
        signer_named=verdict.signer_named,
        report=report.as_dict(),
    )
