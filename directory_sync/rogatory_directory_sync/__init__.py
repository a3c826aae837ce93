"""The directory of competent national authorities: import, search, networks.

Pure but for ``files``; the reference tables and the sample are data of this package. Other packages import
from here and from nowhere below.
"""

from rogatory_directory_sync.confirmation import is_confirmation_due, last_confirmed
from rogatory_directory_sync.decision import Officers, Settlement, Verdict
from rogatory_directory_sync.difference import REASONS, Difference, differences, value_text
from rogatory_directory_sync.entry import Annotations, Entry, read_directory, write_annotations, write_state
from rogatory_directory_sync.field_search import check_path, searchable_paths
from rogatory_directory_sync.files import (
    Inputs,
    annotations_path,
    preview_files,
    read_file,
    synchronise_files,
    write_all,
)
from rogatory_directory_sync.finding import Category, Finding, Findings
from rogatory_directory_sync.identity import fields_of
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, list_of, text_of
from rogatory_directory_sync.local_edits import read_edits
from rogatory_directory_sync.lookalikes import lookalikes, mixed_scripts
from rogatory_directory_sync.networks import (
    NetworkProfile,
    find_network,
    member_states,
    members_of,
    network_profile,
    secretariat_of,
)
from rogatory_directory_sync.opening import LocalTime, Opening, local_time
from rogatory_directory_sync.own_edit import (
    OfficeKeys,
    confirm_edit,
    propose_edit,
    read_office_keys,
    verify_edit,
)
from rogatory_directory_sync.record import Function, Kind, Record, Role, Status
from rogatory_directory_sync.record_hash import record_hash, record_hashes
from rogatory_directory_sync.record_json import record_from_json, record_to_json
from rogatory_directory_sync.reference import NetworkEntry, ReferenceTables, reference_tables
from rogatory_directory_sync.refusal import ExportRefusedError, RecordInvalidError
from rogatory_directory_sync.review import HeldChange, decide_change, find_change, held_changes, read_officers
from rogatory_directory_sync.sample import sample_file
from rogatory_directory_sync.search import (
    FORMAL_KINDS,
    Competent,
    Query,
    check_query,
    find_entry,
    search,
    who_is_competent,
)
from rogatory_directory_sync.sync import Held, SourceFile, SyncResult, synchronise
from rogatory_directory_sync.text import csv_cell

__all__ = [
    "FORMAL_KINDS",
    "REASONS",
    "Annotations",
    "Category",
    "Competent",
    "Difference",
    "Entry",
    "ExportRefusedError",
    "Finding",
    "Findings",
    "Function",
    "Held",
    "HeldChange",
    "Inputs",
    "JsonObject",
    "JsonValue",
    "Kind",
    "LocalTime",
    "NetworkEntry",
    "NetworkProfile",
    "OfficeKeys",
    "Officers",
    "Opening",
    "Query",
    "Record",
    "RecordInvalidError",
    "ReferenceTables",
    "Role",
    "Settlement",
    "SourceFile",
    "Status",
    "SyncResult",
    "Verdict",
    "annotations_path",
    "check_path",
    "check_query",
    "confirm_edit",
    "csv_cell",
    "decide_change",
    "differences",
    "fields_of",
    "find_change",
    "find_entry",
    "find_network",
    "held_changes",
    "is_confirmation_due",
    "last_confirmed",
    "list_of",
    "local_time",
    "lookalikes",
    "member_states",
    "members_of",
    "mixed_scripts",
    "network_profile",
    "preview_files",
    "propose_edit",
    "read_directory",
    "read_edits",
    "read_file",
    "read_office_keys",
    "read_officers",
    "record_from_json",
    "record_hash",
    "record_hashes",
    "record_to_json",
    "reference_tables",
    "sample_file",
    "search",
    "searchable_paths",
    "secretariat_of",
    "synchronise",
    "synchronise_files",
    "text_of",
    "value_text",
    "verify_edit",
    "who_is_competent",
    "write_all",
    "write_annotations",
    "write_state",
]
