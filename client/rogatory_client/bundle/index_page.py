"""What the index of a bundle shows to people: the case in the order of time, and what each file is.

It is a guide and no proof: all of it follows from the other files, which `rogatory bundle verify` reads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rogatory_client.bundle.event_wording import lines_of, texts_of, told
from rogatory_client.bundle.index_facts import IndexFacts
from rogatory_client.bundle.index_rows import delivery_rows, life_cycle_rows, timeline_rows
from rogatory_client.bundle.proven_wording import proven_lines
from rogatory_client.bundle.wording import Wording
from rogatory_client.plain_text import one_line
from rogatory_client.validation_report.moments import moment
from rogatory_client.validation_report.rows import Row, row
from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.bundle.laying_out import Contents
from rogatory_crypto.bundle.manifest import Manifest
from rogatory_crypto.content.events import Acknowledged, RequestSubmitted


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading and what stands below it."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class IndexPage:
    """The whole index; ``dated_at`` is Unix seconds, ``language`` BCP 47."""

    language: str
    right_to_left: bool
    title: str
    rows: tuple[Row, ...]
    chapters: tuple[Chapter, ...]
    notes: tuple[str, ...]
    dated_at: int


def index_page(
    contents: Contents, read: Sequence[ReadMessage], facts: IndexFacts, words: Wording
) -> IndexPage:
    """Return the index of what was gathered; the subject of a case may be informal, so it is not shown.

    Args:
        contents: all but the index itself.
        read: every formal message that can be shown, in order.
        facts: what was judged of the case.
        words: of the reader's language.
    """
    manifest, said = contents.manifest, words.words
    left_out = {each.message_id for each in manifest.messages if each.left_out}
    shown = [each for each in read if each.listed.message_id not in left_out]
    chapters = [
        Chapter(said["timeline"], tuple(timeline_rows(manifest, shown, facts, words))),
        Chapter(said["life_cycle"], tuple(life_cycle_rows(shown, facts, words))),
        Chapter(said["delivery"], tuple(delivery_rows(manifest, facts, words))),
        *(_chapter(each, contents, facts, words) for each in shown),
        Chapter(said["left_out"], tuple(_left_out(manifest, facts, words))),
    ]
    return IndexPage(
        language=words.code,
        right_to_left=words.right_to_left,
        title=one_line(said["title"].format(reference=_reference(shown))),
        rows=tuple(_head(contents, shown, facts, words)),
        chapters=tuple(each for each in chapters if each.rows),
        notes=tuple(words.notes.values()),
        dated_at=manifest.made_at,
    )


def _reference(shown: Sequence[ReadMessage]) -> str:
    return next(request.reference for each in shown for request in each.said.requests)


def _references(shown: Sequence[ReadMessage]) -> Iterator[str]:
    for each in shown:
        for event in each.said.events:
            match event:
                case RequestSubmitted(reference=reference) | Acknowledged(own_reference=reference):
                    yield f"{each.listed.sender}: {reference}"
                case _:
                    pass


def _head(
    contents: Contents, shown: Sequence[ReadMessage], facts: IndexFacts, words: Wording
) -> Iterator[Row]:
    manifest, said = contents.manifest, words.words
    yield Row(said["made_by"], (f"{manifest.maker}, {manifest.officer}",))
    yield Row(said["made_at"], (moment(manifest.made_at),))
    yield from row(said["proven"], proven_lines(facts.provenance, words))
    yield Row(said["relay"], (manifest.relay,))
    yield from row(said["references"], dict.fromkeys(_references(shown)))
    verdicts = (
        f"{each.message_id.hex()[:12]}/{each.number}: {each.read_report().indication.value}, "
        f"{said['checked']} {moment(each.checked_at)}"
        for each in contents.verdicts
    )
    yield from row(said["signatures"], verdicts)


def _chapter(read: ReadMessage, contents: Contents, facts: IndexFacts, words: Wording) -> Chapter:
    heading = f"{words.words['message']} {read.listed.message_id.hex()[:12]}"
    return Chapter(heading, tuple(_message(read, contents, facts, words)))


def _message(read: ReadMessage, contents: Contents, facts: IndexFacts, words: Wording) -> Iterator[Row]:
    listed, said = read.listed, words.words
    yield Row(said["from"], (f"{listed.sender}, {listed.officer}",))
    yield Row(said["accepted"], (moment(listed.at_ms // 1000),))
    vouching = (
        words.proven[each.by.value]
        for each in facts.provenance
        if each.message.message_id == listed.message_id
    )
    yield from row(said["proven"], vouching)
    if listed.message_id in contents.attestations:
        yield Row(said["carried_over"], (said["carried_said"],))
    # Nowhere else in a bundle can people read these.
    yield from row(said["says"], (line for each in told(read) for line in lines_of(each, words)), whole=True)
    yield from row(said["text"], texts_of(read), whole=True)
    yield Row(said["file"], (listed.file,))
    names = (
        f"{each.file.filename}: {each.name if each.name in contents.documents else said['is_left_out']}"
        for each in read.documents
    )
    yield from row(said["documents"], names)
    yield Row("SHA-256", (listed.content_sha256.hex(),))


def _left_out(manifest: Manifest, facts: IndexFacts, words: Wording) -> Iterator[Row]:
    reasons = {each.listed.message_id: each.reason for each in facts.set_aside}
    for each in manifest.messages:
        if each.left_out:
            reason = reasons.get(each.message_id)
            lines = () if reason is None else (f"{words.words['set_aside']}: {reason}",)
            yield Row(each.message_id.hex()[:12], (each.content_sha256.hex(), *lines))
    for document in manifest.documents_left_out:
        yield Row(f"{document.message_id.hex()[:12]}/{document.number}", (document.stored_sha256.hex(),))
