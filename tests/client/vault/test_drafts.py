"""Drafts in the vault: what was saved is there, whatever happened to the process that saved it."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rogatory_client.vault import Cost, Vault, create_vault, open_vault
from rogatory_client.vault.drafts import (
    SavedAnswer,
    StoredDraft,
    StoredTemplate,
    add_draft,
    erase_draft,
    load_answers,
    load_drafts,
    load_templates,
    next_revision,
    put_away,
    save_answer,
    save_template,
)

PASSPHRASE = b"a passphrase"
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
DRAFT = StoredDraft(b"draft-01", "taking_evidence", 10, "case officer")
# Saves one answer after another and says of each that it is on disk.
WRITER = """
import sys
from pathlib import Path
from rogatory_client.vault import open_vault
from rogatory_client.vault.drafts import SavedAnswer, next_revision, save_answer

vault = open_vault(Path(sys.argv[1]), b"a passphrase")
while True:
    with vault.writing(erasing=False) as connection:
        number = next_revision(connection, b"draft-01")
        save_answer(connection, SavedAnswer(b"draft-01", number, "purpose", f'"{number}"', number, "officer"))
    print(number, flush=True)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    vault = create_vault(tmp_path / "home", PASSPHRASE, cost=CHEAP, salt=bytes(16))
    with vault.writing() as connection:
        add_draft(connection, DRAFT)
    vault.close()
    return tmp_path / "home"


@pytest.fixture
def vault(home: Path) -> Iterator[Vault]:
    vault = open_vault(home, PASSPHRASE)
    yield vault
    vault.close()


def saved(revision: int, answer: str | None, field: str = "purpose") -> SavedAnswer:
    return SavedAnswer(DRAFT.draft_id, revision, field, answer, 20 + revision, "case officer")


def test_every_revision_stays(vault: Vault) -> None:
    rows = (saved(1, '"first"'), saved(2, '"second"'), saved(3, None))
    for row in rows:
        with vault.writing() as connection:
            assert next_revision(connection, DRAFT.draft_id) == row.revision
            save_answer(connection, row)
    with vault.reading() as connection:
        assert load_answers(connection, DRAFT.draft_id) == rows
        assert load_answers(connection, b"another ") == ()


def test_a_draft_is_put_away_taken_back_and_erased(vault: Vault) -> None:
    with vault.writing() as connection:
        save_answer(connection, saved(1, '"x"'))
        put_away(connection, DRAFT.draft_id, 99)
        assert [each.removed_at for each in load_drafts(connection)] == [99]
        put_away(connection, DRAFT.draft_id, None)
        assert load_drafts(connection) == (DRAFT,)
        erase_draft(connection, DRAFT.draft_id)
        assert (load_drafts(connection), load_answers(connection, DRAFT.draft_id)) == ((), ())


def test_what_fails_in_between_saves_nothing(vault: Vault) -> None:
    def save_half() -> None:
        with vault.writing() as connection:
            save_answer(connection, saved(1, '"x"'))
            raise KeyError

    with pytest.raises(KeyError):
        save_half()
    with vault.reading() as connection:
        assert load_answers(connection, DRAFT.draft_id) == ()


def test_a_template_takes_the_place_of_the_former(vault: Vault) -> None:
    for text, state in (("a", "GH"), ("b", ""), ("c", "GH")):
        with vault.writing() as connection:
            save_template(connection, StoredTemplate("extradition", state, text, 5))
    with vault.reading() as connection:
        assert [(each.state, each.text) for each in load_templates(connection)] == [("", "b"), ("GH", "c")]


@pytest.mark.parametrize("after", [1, 7, 20])
def test_what_was_said_to_be_saved_survives_a_kill(home: Path, after: int) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(home)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(after)]
    writer.send_signal(signal.SIGKILL)
    told += [int(line) for line in writer.stdout.read().splitlines()]
    assert writer.wait() == -signal.SIGKILL
    writer.stdout.close()
    vault = open_vault(home, PASSPHRASE)
    with vault.reading() as connection:
        rows = load_answers(connection, DRAFT.draft_id)
        assert next_revision(connection, DRAFT.draft_id) == len(rows) + 1
    vault.close()
    # One more may be on disk than was said; never one less, and none twice.
    assert [each.revision for each in rows][: len(told)] == told
    assert len(rows) - len(told) in {0, 1}
    assert all(each.answer == f'"{each.revision}"' for each in rows)
