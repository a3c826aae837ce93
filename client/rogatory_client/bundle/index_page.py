"""What the index of a bundle shows to people: the case in the order of time, and what each file is.

It is a guide and no proof: all of it follows from the other files, which `rogatory bundle verify` reads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from rogatory_client.engine.effect import Evidence
from rogatory_client.plain_text import one_line
from rogatory_client.validation_report.moments import moment
from rogatory_client.validation_report.rows import Row, row
from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.bundle.laying_out import Contents
from rogatory_crypto.bundle.manifest import Manifest
from rogatory_crypto.content.case_progress import StateSet
from rogatory_crypto.content.events import Acknowledged, CaseEvent, RequestSubmitted
from rogatory_crypto.content.nested_part import Disposition, SinglePart, walk

_TEXT_TYPES = ("text/plain", "text/markdown")
_NOTES = (
    "Check this file with: rogatory bundle verify FILE --trust profile.json. It needs no network.",
    "It holds what is formal of the case and nothing else. What of the log it holds is as of its checkpoint.",
    "Signatures on documents are to be checked with the reader's own trust.",
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading and what stands below it."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class IndexPage:
    """The whole index; ``dated_at`` is Unix seconds."""

    title: str
    rows: tuple[Row, ...]
    chapters: tuple[Chapter, ...]
    notes: tuple[str, ...]
    dated_at: int


def index_page(
    contents: Contents,
    read: Sequence[ReadMessage],
    receipts: Sequence[Evidence],
) -> IndexPage:
    """Return the index of what was gathered; the subject of a case may be informal, so it is not shown.

    Args:
        contents: all but the index itself.
        read: every formal message, in order.
        receipts: those of the bundle.
    """
    manifest = contents.manifest
    left_out = {each.message_id for each in manifest.messages if each.left_out}
    shown = [each for each in read if each.listed.message_id not in left_out]
    chapters = [Chapter("Timeline", tuple(_timeline(manifest, shown, receipts)))]
    chapters += [Chapter(f"Message {_short(each)}", tuple(_message(each, contents))) for each in shown]
    chapters += _left_out(manifest)
    return IndexPage(
        title=one_line(f"Bundle of the case {_reference(shown)}"),
        rows=tuple(_head(contents, shown)),
        chapters=tuple(chapters),
        notes=_NOTES,
        dated_at=manifest.made_at,
    )


def _short(read: ReadMessage) -> str:
    return read.listed.message_id.hex()[:12]


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


def _head(contents: Contents, shown: Sequence[ReadMessage]) -> Iterator[Row]:
    manifest = contents.manifest
    yield Row("Made by", (f"{manifest.maker}, {manifest.officer}",))
    yield Row("Made at", (moment(manifest.made_at),))
    yield Row("Relay", (manifest.relay,))
    yield from row("References", dict.fromkeys(_references(shown)))
    verdicts = (
        f"{each.message_id.hex()[:12]}/{each.number}: {each.read_report().indication.value}, "
        f"checked {moment(each.checked_at)}"
        for each in contents.verdicts
    )
    yield from row("Signatures", verdicts)


def _timeline(
    manifest: Manifest, shown: Sequence[ReadMessage], receipts: Sequence[Evidence]
) -> Iterator[Row]:
    said = {each.listed.message_id: ", ".join(map(_event, each.said.events)) or "message" for each in shown}
    moments = [
        (each.at_ms // 1000, f"{each.sender}: {said.get(each.message_id, 'message, left out')}")
        for each in manifest.messages
    ]
    moments += [
        (each.at, f"{each.entry_id}: {each.event} of {each.message_id.hex()[:12]}") for each in receipts
    ]
    for at, what in sorted(moments, key=itemgetter(0)):
        yield Row(moment(at), (what,))


def _event(event: CaseEvent) -> str:
    match event:
        case RequestSubmitted(reference=reference, request_type=kind):
            return f"request {reference} ({kind})"
        case Acknowledged(own_reference=reference):
            return f"acknowledged as {reference}"
        case StateSet(state=state):
            return f"state {state}"
        case _:
            return type(event).__name__


def _message(read: ReadMessage, contents: Contents) -> Iterator[Row]:
    listed = read.listed
    yield Row("From", (f"{listed.sender}, {listed.officer}",))
    yield Row("Accepted", (moment(listed.at_ms // 1000),))
    if listed.message_id in contents.attestations:
        yield Row("Carried over", ("said in the consultation before, and signed for by its author",))
    yield from row("Says", (_event(event) for event in read.said.events))
    yield from row("Text", _text(read))
    yield Row("File", (listed.file,))
    names = (
        each.name if each.name in contents.documents else f"{each.file.filename}: left out"
        for each in read.documents
    )
    yield from row("Documents", names)
    yield Row("SHA-256", (listed.content_sha256.hex(),))


def _text(read: ReadMessage) -> Iterator[str]:
    for part in walk(read.message.content.nested_part):
        is_text = isinstance(part, SinglePart) and part.content_type.partition(";")[0] in _TEXT_TYPES
        if is_text and isinstance(part, SinglePart) and part.disposition == Disposition.RENDER:
            yield from part.content.decode(errors="replace").splitlines()


def _left_out(manifest: Manifest) -> Iterator[Chapter]:
    messages = [each for each in manifest.messages if each.left_out]
    rows = [Row(each.message_id.hex()[:12], (each.content_sha256.hex(),)) for each in messages]
    rows += [
        Row(f"{each.message_id.hex()[:12]}/{each.number}", (each.stored_sha256.hex(),))
        for each in manifest.documents_left_out
    ]
    if rows:
        yield Chapter("Left out, named by SHA-256 only", tuple(rows))
