"""The directory of competent national authorities: import, search, networks.

Pure but for ``files``; the reference tables and the sample are data of this package. Other packages import
from here and from nowhere below.
"""

from rogatory_directory_sync.entry import Annotations, Entry, read_directory, write_annotations, write_state
from rogatory_directory_sync.files import annotations_path, synchronise_files
from rogatory_directory_sync.finding import Category, Finding, Findings
from rogatory_directory_sync.networks import (
    NetworkProfile,
    find_network,
    member_states,
    members_of,
    network_profile,
    secretariat_of,
)
from rogatory_directory_sync.record import Function, Kind, Record, Role, Status
from rogatory_directory_sync.record_json import record_from_json, record_to_json
from rogatory_directory_sync.reference import NetworkEntry, ReferenceTables, reference_tables
from rogatory_directory_sync.refusal import ExportRefusedError, RecordInvalidError
from rogatory_directory_sync.sample import sample_file
from rogatory_directory_sync.search import Competent, Query, find_entry, search, who_is_competent
from rogatory_directory_sync.sync import Held, SourceFile, SyncResult, synchronise
from rogatory_directory_sync.text import csv_cell

__all__ = [
    "Annotations",
    "Category",
    "Competent",
    "Entry",
    "ExportRefusedError",
    "Finding",
    "Findings",
    "Function",
    "Held",
    "Kind",
    "NetworkEntry",
    "NetworkProfile",
    "Query",
    "Record",
    "RecordInvalidError",
    "ReferenceTables",
    "Role",
    "SourceFile",
    "Status",
    "SyncResult",
    "annotations_path",
    "csv_cell",
    "find_entry",
    "find_network",
    "member_states",
    "members_of",
    "network_profile",
    "read_directory",
    "record_from_json",
    "record_to_json",
    "reference_tables",
    "sample_file",
    "search",
    "secretariat_of",
    "synchronise",
    "synchronise_files",
    "who_is_competent",
    "write_annotations",
    "write_state",
]
