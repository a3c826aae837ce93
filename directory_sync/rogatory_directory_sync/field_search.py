"""Every field of a record by its path in the schema, as text that can be searched.

The paths come from ``reference/schema.json``. Items of a list share a path (``phones.e164``); names are found
by language (``name.fr``).
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from rogatory_crypto.errors import MisuseError
from rogatory_directory_sync import jsonvalue
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, object_of, text_of
from rogatory_directory_sync.record import Record
from rogatory_directory_sync.record_json import record_to_json
from rogatory_directory_sync.text import name_key


def _leaves(path: str, value: JsonValue) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for name, member in value.items():
                yield from _leaves(f"{path}.{name}" if path else name, member)
        case list():
            for item in value:
                yield from _leaves(path, item)
        case None:
            return
        case bool():
            yield path, "yes" if value else "no"
        case _:
            yield path, text_of(value)


def field_texts(record: Record) -> Mapping[str, tuple[str, ...]]:
    """Every value of a record by path; fields that say nothing are left out."""
    found: dict[str, list[str]] = {}
    for path, text in _leaves("", record_to_json(record)):
        found.setdefault(path, []).append(text)
    return {path: tuple(texts) for path, texts in found.items()}


def _schema_paths(path: str, node: JsonObject, definitions: JsonObject) -> Iterator[str]:
    reference = text_of(node.get("$ref")).rpartition("/")[2]
    node = object_of(definitions.get(reference)) if reference else node
    properties = object_of(node.get("properties"))
    if path:
        yield path
    for name, member in properties.items():
        yield from _schema_paths(f"{path}.{name}" if path else name, object_of(member), definitions)
    if "items" in node:
        yield from _schema_paths(path, object_of(node["items"]), definitions)


@cache
def searchable_paths() -> frozenset[str]:
    """Every path of the schema; a group stands for all its members."""
    folder = files("rogatory_directory_sync") / "reference"
    schema = object_of(jsonvalue.read((folder / "schema.json").read_text(encoding="utf-8")))
    definitions = object_of(schema["$defs"])
    return frozenset(_schema_paths("", object_of(definitions["authority"]), definitions))


def check_path(path: str) -> str:
    """The path, if the schema has it.

    Raises:
        MisuseError: it has not; a search for it would find nothing for ever.
    """
    if path not in searchable_paths() and not path.startswith("name."):
        group = path.partition(".")[0]
        near = ", ".join(sorted(known for known in searchable_paths() if group in known)[:8])
        raise MisuseError(f"no entry has a field {path}" + (f": there are {near}" if near else ""))
    return path


def holds(record: Record, path: str, wanted: str) -> bool:
    """Whether a field, or one of a group's, holds every word; the empty text is found where nothing is said.

    Args:
        record: to look in.
        path: as ``check_path`` lets it pass.
        wanted: words, without regard to case, accents or punctuation.
    """
    texts = [
        text
        for known, values in field_texts(record).items()
        if known == path or known.startswith(f"{path}.")
        for text in values
    ]
    words = name_key(wanted).split()
    if not words:
        return not any(text.strip() for text in texts)
    return any(all(word in name_key(text) for word in words) for text in texts)
