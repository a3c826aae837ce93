"""The sample directory of this package: fictional exports, the states they lead to, and local edits.

For demonstrations and tests only. Every legal position in it is invented and must never be shown as a
State's own.
"""

from importlib.resources import files

from rogatory_directory_sync.sync import SourceFile

JUNE = "export-2026-06"
SEPTEMBER = "export-2026-09"
LOCAL_EDITS = "local-edits-2026-08.json"


def sample_file(name: str) -> SourceFile:
    """A file of the sample by its name."""
    return SourceFile(name, (files("rogatory_directory_sync") / "sample" / name).read_bytes())
