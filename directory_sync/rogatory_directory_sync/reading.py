"""One row while it is being read: what was understood, what was blank, what had to be refused.

Blank means "not supplied" and keeps the former value (rule R15); a value that was supplied and could not be
used is neither blank nor a field, so that it changes nothing and is reported by its own finding.
"""

from dataclasses import dataclass, field
from datetime import date
from sys import intern

from rogatory_directory_sync.dates import DateUnknown, read_date
from rogatory_directory_sync.fields import Fields, is_blank
from rogatory_directory_sync.finding import Voice
from rogatory_directory_sync.headings import column_of
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, list_of, text_of
from rogatory_directory_sync.mailboxes import RefusedMailbox
from rogatory_directory_sync.record_json import CHOICES
from rogatory_directory_sync.reference import ReferenceTables, StateEntry
from rogatory_directory_sync.telephones import is_placeholder
from rogatory_directory_sync.text import clean, is_active_content

# What other programs write for yes and no.
_COERCED = {"true": "yes", "y": "yes", "false": "no", "n": "no"}
_YES = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Reading:
    """The row, the tables it is read with, and what has been read so far."""

    authority: JsonObject
    voice: Voice
    tables: ReferenceTables
    today: date
    state: StateEntry | None
    host_country: str
    fields: Fields = field(default_factory=dict)
    blanks: set[str] = field(default_factory=set)
    refused: list[tuple[str, RefusedMailbox]] = field(default_factory=list)

    @property
    def region(self) -> str:
        """The country the entry's telephones and postal address are in."""
        return self.state.iso2 if self.state else self.host_country

    def put(self, path: str, value: JsonValue) -> None:
        """Note a field as read, or as blank."""
        # A few dozen paths name the fields of thousands of rows: each is kept once.
        name = intern(path)
        if is_blank(value):
            self.blanks.add(name)
        else:
            self.fields[name] = value

    def clean(self, path: str, raw: JsonValue, *, lines: bool = False) -> str:
        """A text by rule R3, with findings for what was repaired."""
        cleaned = clean(text_of(raw), lines=lines)
        column = column_of(path)
        if cleaned.mojibake:
            self.voice.repaired("utf8_read_as_cp1252", column, text_of(raw))
        if cleaned.control_characters:
            self.voice.warn("text_control_character", column, text_of(raw))
        if cleaned.text != text_of(raw):
            self.voice.normalised("text", column, text_of(raw))
        return cleaned.text

    def prose(self, path: str, raw: JsonValue, *, lines: bool = False) -> str:
        """A text for people; one that a program might run stays as it is and is pointed out."""
        text = self.clean(path, raw, lines=lines)
        if is_active_content(text):
            self.voice.warn("active_content_as_text", column_of(path), text)
        return text

    def put_prose(self, path: str, raw: JsonValue) -> None:
        """Note a field of text for people."""
        self.put(path, self.prose(path, raw))

    def put_proses(self, path: str, raw: JsonValue) -> None:
        """Note a field that is a list of texts for people; one text may hold several, split by semicolons."""
        items = [part.strip(" \t") for part in raw.split(";")] if isinstance(raw, str) else list_of(raw)
        texts = [self.prose(path, item) for item in items]
        self.put(path, [text for text in dict.fromkeys(texts) if text])

    def put_choice(self, path: str, raw: JsonValue) -> None:
        """Note a field that is one of a few words; another word is pointed out and not imported."""
        word = self.clean(path, raw).casefold().replace(" ", "_").replace("-", "_")
        word = _COERCED.get(word, word) if word not in CHOICES[path] else word
        if word and word not in CHOICES[path]:
            self.voice.warn("value_unknown", column_of(path), text_of(raw))
            return
        self.put(path, word)

    def put_flag(self, path: str, raw: JsonValue) -> None:
        """Note a field that is yes or no."""
        word = self.clean(path, raw).casefold()
        if word and word not in _YES:
            self.voice.warn("value_unknown", column_of(path), text_of(raw))
            return
        self.put(path, _YES.get(word))

    def put_date(self, path: str, raw: JsonValue, *, latest: date | None = None) -> None:
        """Note a date by rule R9; it lies after the reference date only where ``latest`` lets it."""
        text = self.clean(path, raw)
        if is_placeholder(text):
            self.put(path, None)
            return
        match read_date(text, latest or self.today):
            case DateUnknown(code):
                self.voice.warn(code, column_of(path), text)
            case found:
                self.put(path, found.isoformat())
