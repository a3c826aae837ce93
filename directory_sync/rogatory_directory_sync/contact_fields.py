"""How an authority is reached: names, address, telephones, mailboxes, site, functions (R3, R6, R7, R12)."""

import re

from rogatory_directory_sync.fields import BY_TYPE
from rogatory_directory_sync.headings import column_of
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, list_of, object_of, text_of
from rogatory_directory_sync.languages import language_tag
from rogatory_directory_sync.mailboxes import Mailbox, read_mailboxes
from rogatory_directory_sync.personal_data import names_a_person
from rogatory_directory_sync.reading import Reading
from rogatory_directory_sync.record import EmailType, PhoneType
from rogatory_directory_sync.telephones import is_placeholder, read_telephones

_URL = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_BARE_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?", re.IGNORECASE)


def _typed(reading: Reading, group: str) -> dict[str, list[JsonObject]]:
    """The items of a list by type; an item of an unknown type is pointed out."""
    items: dict[str, list[JsonObject]] = {}
    for item in list_of(reading.authority.get(group)):
        members = object_of(item) or {"type": "office", "raw": item, "address": item}
        items.setdefault(text_of(members.get(BY_TYPE[group])).casefold(), []).append(members)
    return items


def read_names(reading: Reading) -> None:
    """Names by language; the language may be written as a name itself."""
    published = reading.authority.get("name")
    names = published if isinstance(published, dict) else {"en": published}
    for language, raw in names.items():
        tag = language if language in ("en", "und") else language_tag(language, reading.tables.languages)
        if not tag:
            reading.voice.warn("language_unknown", column_of(f"name.{language}"), language)
            tag = "und"
        reading.put(f"name.{tag}", reading.prose(f"name.{tag}", raw))


def read_address(reading: Reading) -> None:
    """Postal address; the country is the State's or, of a network body, its host's."""
    published = reading.authority.get("address")
    address = published if isinstance(published, dict) else {"lines": published}
    raw = address.get("lines")
    joined = "\n".join(text_of(line) for line in raw) if isinstance(raw, list) else text_of(raw)
    text = reading.prose("address.lines", joined, lines=True)
    reading.put("address.lines", list(text.split("\n")) if text else None)
    for member in ("city", "postal_code"):
        reading.put_prose(f"address.{member}", address.get(member))
    reading.put("address.country", reading.region or None)


def _telephones(reading: Reading, kind: str, items: list[JsonObject]) -> list[JsonValue]:
    found: list[JsonValue] = []
    for item in items:
        text = reading.clean(f"phones.{kind}", item.get("e164") or item.get("raw"))
        for number in read_telephones(text, reading.region):
            if number.e164:
                found.append({"type": kind, "e164": number.e164})
                continue
            reading.voice.warn("phone_not_possible", column_of(f"phones.{kind}"), number.raw)
            found.append({"type": kind, "e164": None, "raw": number.raw})
        if text and is_placeholder(text):
            reading.voice.normalised("phone_placeholder", column_of(f"phones.{kind}"), text)
    return found


def read_phones(reading: Reading) -> None:
    """Telephones by type."""
    items = _typed(reading, "phones")
    for kind in PhoneType:
        reading.put(f"phones.{kind.value}", _telephones(reading, kind.value, items.pop(kind.value, [])))
    for kind_name in items:
        reading.voice.warn("phone_type_unknown", column_of("phones"), kind_name)


def read_emails(reading: Reading) -> None:
    """Mailboxes by type; refused ones are kept aside until it is known what is held."""
    items = _typed(reading, "emails")
    for kind in EmailType:
        path = f"emails.{kind.value}"
        read = [
            box for item in items.pop(kind.value, []) for box in read_mailboxes(text_of(item.get("address")))
        ]
        usable = dict.fromkeys(box.address for box in read if isinstance(box, Mailbox))
        refused = [(path, box) for box in read if not isinstance(box, Mailbox)]
        reading.refused.extend(refused)
        if usable or not refused:
            reading.put(path, [{"type": kind.value, "address": address} for address in usable])
    for kind_name in items:
        reading.voice.warn("email_type_unknown", column_of("emails"), kind_name)


def read_url(reading: Reading, path: str, raw: JsonValue) -> str:
    """A web address, empty where there is none or it is not one of the web's."""
    text = reading.clean(path, raw)
    if _URL.fullmatch(text):
        return text
    if _BARE_HOST.fullmatch(text):
        return f"https://{text}"
    if text:
        reading.voice.warn("url_invalid", column_of(path), text)
    return ""


def read_website(reading: Reading) -> None:
    """The office's site."""
    url = read_url(reading, "website", reading.authority.get("website"))
    if url or not text_of(reading.authority.get("website")).strip():
        reading.put("website", url)


def read_contact_functions(reading: Reading) -> None:
    """Functions, never persons (rule R12)."""
    path = "contact_functions"
    raw = reading.authority.get(path)
    if any(names_a_person(text_of(item)) for item in list_of(raw)):
        reading.voice.warn("personal_name_suspected", column_of(path))
        return
    reading.put_proses(path, raw)
