"""How a vault of any version becomes one of the newest; its version is SQLite's ``user_version``.

A migration is never changed once released: the next one corrects it.
"""

from typing import Final

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from rogatory_client.vault.carried_schema import CARRIED_TABLES, carried_in, carried_out
from rogatory_client.vault.casework_schema import (
    CASEWORK_TABLES,
    case_links,
    deadline_terms,
    draft_answers,
    draft_links,
    draft_saves,
    draft_templates,
    drafts,
    free_days,
    held_requests,
    office_work,
    request_origins,
    room_outlines,
)
from rogatory_client.vault.columns import metadata
from rogatory_client.vault.company_schema import company_words
from rogatory_client.vault.delivery_schema import (
    DELIVERY_TABLES,
    addressees,
    delivery_terms,
    non_deliveries,
    resend_requests,
    unreadable_rows,
)
from rogatory_client.vault.register_schema import (
    FOLLOWED_TRIGGERS,
    LINKED_TRIGGERS,
    REGISTER_INDEXES,
    REGISTER_TABLES,
    REGISTER_TRIGGERS,
    WORDS,
    case_digests,
    derived_versions,
    digested_devices,
    register_views,
    word_places,
)
from rogatory_client.vault.schema import (
    admissions,
    alarms,
    call_backs,
    changed_partners,
    heard_checkpoints,
    held_histories,
    held_rows,
    key_requests,
    log_entries,
    log_view,
    lost_devices,
    next_office_keys,
    office_returns,
    own_statements,
    seal_issuers,
    seals,
    split_views,
    verdicts,
    vouchers,
)

LATER_TABLES: Final = frozenset(
    {
        *CARRIED_TABLES,
        *CASEWORK_TABLES,
        *DELIVERY_TABLES,
        *REGISTER_TABLES,
        company_words,
        changed_partners,
        verdicts,
        office_returns,
        held_histories,
        vouchers,
        key_requests,
        next_office_keys,
        seals,
        seal_issuers,
        admissions,
        call_backs,
        held_rows,
        lost_devices,
        log_entries,
        log_view,
        split_views,
        heard_checkpoints,
        own_statements,
        alarms,
    }
)


def _created(table: Table) -> str:
    return str(CreateTable(table).compile(dialect=sqlite.dialect()))


def _first_tables() -> tuple[str, ...]:
    return (
        *(_created(table) for table in metadata.sorted_tables if table not in LATER_TABLES),
        "CREATE INDEX messages_of_room ON messages (group_id, number)",
        "CREATE INDEX outbox_of_room ON outbox (group_id, number)",
        'CREATE VIRTUAL TABLE words USING fts5(body, tokenize = "unicode61 remove_diacritics 2")',
    )


MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    _first_tables(),
    (_created(held_rows),),
    (_created(lost_devices),),
    (
        "DROP TABLE IF EXISTS statements",
        _created(log_entries),
        "CREATE INDEX log_entries_by_body ON log_entries (body_sha256)",
        _created(log_view),
        _created(split_views),
        _created(heard_checkpoints),
        _created(own_statements),
        _created(alarms),
    ),
    (
        "ALTER TABLE identity ADD COLUMN device_ml_dsa_44 BLOB",
        "ALTER TABLE identity ADD COLUMN office_ml_dsa_44 BLOB",
    ),
    (_created(admissions), _created(call_backs)),
    (_created(key_requests), _created(next_office_keys), _created(seals), _created(seal_issuers)),
    (_created(changed_partners),),
    (
        "ALTER TABLE alarms RENAME TO former_alarms",
        _created(alarms),
        "INSERT INTO alarms SELECT * FROM former_alarms",
        "DROP TABLE former_alarms",
        "CREATE UNIQUE INDEX open_alarms ON alarms (said) WHERE acknowledged_at IS NULL",
    ),
    (
        _created(office_returns),
        _created(held_histories),
        _created(vouchers),
        "CREATE INDEX vouchers_of_room ON vouchers (group_id)",
        "ALTER TABLE rooms ADD COLUMN seats TEXT",
    ),
    ("ALTER TABLE room_references ADD COLUMN hearsay INTEGER",),
    (_created(verdicts), "CREATE INDEX verdicts_of_message ON verdicts (message_id, number)"),
    (
        _created(drafts),
        _created(draft_answers),
        "CREATE INDEX draft_answers_of_draft ON draft_answers (draft_id, number)",
        _created(draft_templates),
    ),
    (_created(room_outlines),),
    (
        _created(office_work),
        "CREATE INDEX office_work_by_subject ON office_work (number, subject)",
        _created(draft_saves),
        _created(held_requests),
    ),
    (
        _created(addressees),
        _created(non_deliveries),
        "CREATE INDEX unanswered_non_deliveries ON non_deliveries (message_id) WHERE answered = 0",
        _created(delivery_terms),
        _created(unreadable_rows),
        _created(resend_requests),
        (
            "CREATE INDEX formally_sent ON messages (at_ms, message_id, group_id, sequence) "
            "WHERE own = 1 AND formal = 1"
        ),
        "CREATE INDEX messages_in_place ON messages (group_id, sequence)",
    ),
    (
        _created(case_links),
        "CREATE INDEX case_links_by_earlier ON case_links (earlier)",
        _created(free_days),
        _created(draft_links),
    ),
    (
        _created(carried_in),
        "CREATE INDEX carried_in_by_message ON carried_in (message_id)",
        _created(carried_out),
    ),
    (
        _created(company_words),
        "CREATE UNIQUE INDEX company_words_once ON company_words (message_id, event)",
    ),
    (
        _created(case_digests),
        _created(digested_devices),
        _created(register_views),
        *REGISTER_INDEXES,
        *REGISTER_TRIGGERS,
    ),
    (_created(derived_versions), _created(word_places), *WORDS),
    LINKED_TRIGGERS,
    FOLLOWED_TRIGGERS,
    (
        _created(request_origins),
        "CREATE INDEX request_origins_of_office ON request_origins (office, origin)",
    ),
    (
        (
            "CREATE INDEX references_given ON messages (group_id, entry_id, reference) "
            "WHERE reference IS NOT NULL"
        ),
    ),
    (_created(deadline_terms),),
    (
        (
            "CREATE INDEX rooms_at_hand ON rooms "
            "(group_id, kind, subject, network, offices, position, needs_epoch)"
        ),
        "DROP INDEX vouchers_of_room",
        "CREATE INDEX vouchers_by_office ON vouchers (group_id, entry_id)",
    ),
)
