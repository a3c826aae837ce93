"""The papers of a request on its way: its letter, and what another tool has written, each by its content."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rogatory_client.bounded_file import read_bytes
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.office import DraftCheck, DraftView
    from rogatory_client.written import WrittenFile


@dataclass(frozen=True, slots=True)
class SentLetter:
    """The papers.

    Attributes:
        letter: what is signed.
        annexes: what goes with it: the file that it names, or the signature beside it.
        written: what the file from another tool says.
        signature: beside the letter, where it is not inside.
    """

    letter: Path
    annexes: tuple[Path, ...] = ()
    written: "WrittenFile | None" = None
    signature: Path | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What else is in the file from another tool."""
        return () if self.written is None else self.written.warnings

    def signature_kind(self, at: int) -> str:
        """The kind of the signature on the letter at an instant, Unix seconds; empty where none holds.

        Raises:
            OSError: a file cannot be read.
            MisuseError: a file is too large.
        """
        from rogatory_client.signing import signature_kind_of
        from rogatory_client.written import MAX_FILE_BYTES

        if self.signature is None:
            return signature_kind_of(self.letter, at)
        return signature_kind_of(self.signature, at, contents=(read_bytes(self.letter, MAX_FILE_BYTES),))


def letter_to_send(letter: Path | None, body: Path | None, signature: Path | None) -> SentLetter:
    """Put the papers of a request together.

    Args:
        letter: signed, PDF.
        body: written with another tool; an annex of the letter, or itself the letter where there is none.
        signature: beside the body, where it is the letter.

    Raises:
        MisuseError: what is given is no letter, or the body cannot be read; says what to do.
        OSError: a file cannot be read.
    """
    if letter is not None:
        if signature is not None:
            raise MisuseError("--signature stands beside a --body without --letter: a letter holds its own")
        return _with_letter(letter, body)
    if body is None:
        raise MisuseError("give the signed letter with --letter, or a request from another tool with --body")
    return _as_letter(body, signature)


def _with_letter(letter: Path, body: Path | None) -> SentLetter:
    from rogatory_client.cli.drafts.written_commands import written_file

    if body is None:
        return SentLetter(letter)
    return SentLetter(letter, (body,), written=written_file(body))


def _as_letter(body: Path, signature: Path | None) -> SentLetter:
    from rogatory_client.cli.drafts.written_commands import written_file
    from rogatory_client.written import FileKind

    written = written_file(body)
    if signature is None and written.kind is not FileKind.PDF:
        raise MisuseError(
            f"a {written.kind.value} file holds no signature: sign it with `rogatory sign --detached` and "
            "give the signature with --signature, or name it as the body of a signed letter with --letter"
        )
    beside = () if signature is None else (signature,)
    return SentLetter(body, beside, written, signature)


def with_file_findings(check: "DraftCheck", view: "DraftView", papers: SentLetter) -> "DraftCheck":
    """What a check has found, and what the draft says and the file from another tool does not."""
    from rogatory_client.cli.drafts.written_commands import offer

    if papers.written is None:
        return check
    _, found = offer(view, papers.written)
    return replace(check, findings=(*check.findings, *found))
