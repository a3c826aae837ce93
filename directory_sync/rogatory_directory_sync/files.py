"""The synchronisation on files: reads with a limit, writes all or nothing.

Every output is written to a temporary file beside its place and renamed only when all of them are on the
disk; a refused export leaves no file behind. The annotations stand beside the state: ``NEW.json`` has
``NEW.annotations.json``. An export is published in several formats under one stem; where the other one lies
beside it, it is cross-checked (rule R19).
"""

import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rogatory_crypto.errors import Code, MisuseError
from rogatory_directory_sync.decision import Officers
from rogatory_directory_sync.decoding import MAX_EXPORT_BYTES
from rogatory_directory_sync.own_edit import read_office_keys
from rogatory_directory_sync.refusal import ExportRefusedError
from rogatory_directory_sync.review import read_officers
from rogatory_directory_sync.sync import Held, SourceFile, SyncResult, synchronise

_OTHER_FORMATS: Mapping[str, tuple[str, ...]] = {
    ".csv": (".json",), ".xlsx": (".json",), ".json": (".csv", ".xlsx"),
}  # fmt: skip


def annotations_path(state: Path) -> Path:
    """Where the annotations of a state file stand."""
    return state.with_suffix(".annotations.json")


def read_file(path: Path) -> SourceFile:
    """A file, bounded.

    Raises:
        ExportRefusedError: it cannot be read, or is larger than any export.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_EXPORT_BYTES + 1)
    except OSError as error:
        raise ExportRefusedError(
            Code.NOT_FOUND,
            str(path),
            0,
            error.strerror or "cannot be read",
            "check the path and your permissions",
        ) from error
    if len(content) > MAX_EXPORT_BYTES:
        raise ExportRefusedError(
            Code.TOO_LARGE,
            str(path),
            0,
            f"larger than {MAX_EXPORT_BYTES} bytes",
            "check that this is the right file",
        )
    return SourceFile(path.name, content)


def counterpart_of(export: Path) -> Path | None:
    """The same export in another format, if it lies beside it; a CSV before a workbook."""
    others = (export.with_suffix(ending) for ending in _OTHER_FORMATS.get(export.suffix.lower(), ()))
    return next((other for other in others if other.is_file()), None)


def _temporary(path: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return Path(name)


def _discard(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()


def write_all(contents: Mapping[Path, bytes]) -> None:
    """Every file or none: all are on the disk before the first is renamed into its place.

    Raises:
        MisuseError: a folder cannot be written; nothing was changed.
    """
    with ExitStack() as stack:
        ready: list[tuple[Path, Path]] = []
        for path, content in contents.items():
            try:
                temporary = _temporary(path, content)
            except OSError as error:
                raise MisuseError(
                    f"{path} cannot be written ({error.strerror}); name another place"
                ) from error
            stack.callback(_discard, temporary)
            ready.append((temporary, path))
        for temporary, path in ready:
            temporary.replace(path)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Files a synchronisation reads beside the export.

    Attributes:
        state: of the last synchronisation; its annotations are read from beside it.
        edits: local edits since then.
        officers: who may decide held changes.
        office_keys: the keys of each office's officers; where given, edits need two of their signatures.
    """

    state: Path | None = None
    edits: Path | None = None
    officers: Path | None = None
    office_keys: Path | None = None

    def held(self) -> Held:
        """The directory before the export.

        Raises:
            ExportRefusedError: a file cannot be read.
        """
        beside = annotations_path(self.state) if self.state else None
        keys = read_file(self.office_keys) if self.office_keys else None
        return Held(
            read_file(self.state) if self.state else None,
            read_file(beside).content if beside and beside.is_file() else None,
            read_file(self.edits) if self.edits else None,
            read_office_keys(keys.content, keys.name) if keys else None,
        )

    def may_decide(self) -> Officers:
        """The officers whose decisions count."""
        file = read_file(self.officers) if self.officers else None
        return read_officers(file.content, file.name) if file else {}


def preview_files(export: Path, inputs: Inputs, *, today: date | None = None) -> SyncResult:
    """What a synchronisation would do; nothing is written.

    Args:
        export: the export; its counterpart in another format is used if it lies beside it.
        inputs: what else is read.
        today: reference date; the day the export was generated if None.

    Raises:
        ExportRefusedError: the export was refused.
    """
    other = counterpart_of(export)
    return synchronise(
        read_file(export),
        inputs.held(),
        counterpart=read_file(other) if other else None,
        today=today,
        officers=inputs.may_decide(),
    )


def synchronise_files(
    export: Path, out: Path, report: Path, inputs: Inputs | None = None, *, today: date | None = None
) -> SyncResult:
    """Import an export and write the new state, its annotations and the report.

    Args:
        export: the export; its counterpart in another format is used if it lies beside it.
        out: where the new state goes.
        report: where the report goes.
        inputs: what else is read.
        today: reference date; the day the export was generated if None.

    Raises:
        ExportRefusedError: the export was refused; nothing was written.
        MisuseError: an output cannot be written; nothing was changed.
    """
    result = preview_files(export, inputs or Inputs(), today=today)
    # The state goes last: where it is new, the report and the annotations that explain it are there too.
    write_all({report: result.report, annotations_path(out): result.annotations, out: result.state})
    return result
