"""With which answers a draft can begin: the office's own for a State, its own for any, or the sample."""

from rogatory_client.casework.answers.value import Value
from rogatory_client.casework.drafts.template import read_template, write_template
from rogatory_client.casework.forms.catalogue import request_type
from rogatory_client.casework.forms.request_type import RequestType
from rogatory_client.casework.samples import sample_answers
from rogatory_client.office.desk import Desk
from rogatory_client.office.drafts.showing import today
from rogatory_client.vault import Vault, drafts
from rogatory_client.vault.drafts import StoredTemplate
from rogatory_crypto.wire.identifier import EntryId


def own_template(vault: Vault, type_id: str, state: str) -> StoredTemplate | None:
    """The office's own template of a type for a State, else for any State, else none."""
    with vault.reading() as connection:
        held = {
            each.state: each for each in drafts.load_templates(connection) if each.request_type == type_id
        }
    return held.get(state) or held.get("")


def state_of(desk: Desk, entry_id: EntryId) -> str:
    """The two-letter code of an entry's State, empty where it has none."""
    state = desk.listing.records[entry_id].state
    return "" if state is None else state.iso2


def beginning(desk: Desk, chosen: RequestType, to: EntryId) -> dict[str, Value]:
    """The answers that a draft to an addressee begins with.

    Raises:
        MisuseError: the office's own template does not fit its type any more; names the field.
    """
    found = own_template(desk.vault, chosen.id, state_of(desk, to))
    if found is None:
        return sample_answers(chosen, today(desk))
    return read_template(found.text, chosen.fields)


def template_text(desk: Desk, type_id: str, state: str) -> str:
    """The same as TOML, for people to read.

    Raises:
        MisuseError: there is no such type.
    """
    chosen = request_type(type_id)
    found = own_template(desk.vault, chosen.id, state.upper())
    return write_template(sample_answers(chosen, today(desk))) if found is None else found.text


def described(found: StoredTemplate | None) -> str:
    """Which template it is, in words."""
    if found is None:
        return "sample"
    return f"own, for {found.state}" if found.state else "own, for any State"
