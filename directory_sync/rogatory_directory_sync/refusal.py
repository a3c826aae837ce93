"""How an export as a whole is refused: by file, line, what is wrong and what to do about it.

A refused export changes nothing. Defects of single rows never end here; they are findings (``finding``).
"""

from rogatory_crypto.errors import Code, PeerError


class ExportRefusedError(PeerError):
    """The file cannot be imported at all; nothing was changed.

    Attributes:
        source: the name of the file as the caller gave it.
        line: the line the reader stood at, 0 where no line is to blame.
        advice: what the person who started the import should do.
    """

    def __init__(self, code: Code, source: str, line: int, reason: str, advice: str) -> None:
        where = f"{source}, line {line}" if line else source
        super().__init__(code, f"{where}: {reason}; {advice}")
        self.source = source
        self.line = line
        self.reason = reason
        self.advice = advice


class RecordInvalidError(ValueError):
    """One authority does not fit the schema: the path to the value and why."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why
