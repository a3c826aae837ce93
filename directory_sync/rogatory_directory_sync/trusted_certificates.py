"""Certificates that an office names for its documents: ``x_platform.trusted_certificates``.

No export writes them. The office's own edits do, and only with two of its officers' signatures, whether or
not other edits need them: whoever could name a certificate alone could sign for a state. What an item holds
is read by ``rogatory_crypto.esign.trust.directory``.
"""

from dataclasses import replace
from typing import Final

from rogatory_crypto.errors import PeerError
from rogatory_directory_sync.entry import Entry
from rogatory_directory_sync.finding import Voice
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, list_of

PATH: Final = ("x_platform", "trusted_certificates")
NAME: Final = ".".join(PATH)


def with_trusted_certificates(entry: Entry, item: JsonObject, voice: Voice) -> Entry:
    """The entry after an edit of the certificates it names; one that does not fit changes nothing."""
    # The library for certificates takes long to load, and few edits need it.
    from rogatory_crypto.esign.trust.directory import read_named

    held, new = entry.record.x_platform.get(PATH[1]), item.get("new")
    if not _same(held, item.get("old")) and not _same(held, new):
        voice.warn("edit_does_not_fit", NAME)
        return entry
    try:
        read_named(list_of(new))
    except PeerError as error:
        voice.warn("edit_invalid", NAME, error.detail)
        return entry
    platform = entry.record.x_platform | {PATH[1]: list_of(new)}
    return replace(entry, record=replace(entry.record, x_platform=platform))


def _same(left: JsonValue, right: JsonValue) -> bool:
    return list_of(left) == list_of(right)
