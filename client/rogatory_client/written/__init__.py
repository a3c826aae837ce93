"""Files that were written with other tools: what they are, what they say, and what else is in them."""

from rogatory_client.written.extraction import MAX_TEXT, WrittenFile
from rogatory_client.written.extraction_process import read_written
from rogatory_client.written.file_kind import MAX_FILE_BYTES, FileKind, kind_of, media_type_of
from rogatory_client.written.hand_over import HandOver, hand_over

__all__ = [
    "MAX_FILE_BYTES",
    "MAX_TEXT",
    "FileKind",
    "HandOver",
    "WrittenFile",
    "hand_over",
    "kind_of",
    "media_type_of",
    "read_written",
]
