"""How invitations and calls are shown: what the second officer agrees to, how far each authority has come."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from rogatory_client.cli.answer import Answer, Block, Facts, Line, Table, Tone
from rogatory_client.cli.failure import ExitCode
from rogatory_client.cli.views import moment, short

if TYPE_CHECKING:
    from rogatory_client.letter import EnrolmentLetter
    from rogatory_client.office import AdmissionView, CallBackView, ProposalView, ProposedView

_STATES: Final = {
    "proposed": "waits for the second officer",
    "confirmed": "confirmed",
    "letter-printed": "letter printed",
    "enrolled": "enrolled, call it back",
    "called-back": "enrolled, words compared",
    "words-differ": "WORDS DIFFER: send it nothing",
    "expired": "expired",
    "withdrawal-proposed": "withdrawal waits for the second officer",
    "withdrawn": "withdrawn",
}


def proposed_blocks(proposed: "ProposedView", where: str) -> list[Block]:
    """What the first officer does next."""
    return [
        Facts(
            [
                ("Authority", proposed.entry_id),
                ("Network", proposed.network),
                ("To be confirmed by", f"{proposed.confirmer}, device {short(proposed.confirmer_device)}"),
                ("Open until", moment(proposed.expires_at)),
            ]
        ),
        Line(f"The proposal is in {where}; it holds no secret. Hand it to the second officer:"),
        Line(f"rogatory enrolment confirm {where}"),
    ]


def proposal_blocks(seen: "ProposalView") -> list[Block]:
    """What the second officer is about to agree to."""
    authority = Facts(
        [
            ("Authority", f"{seen.entry_id}  {seen.name}"),
            ("Unit", seen.unit),
            ("State", seen.state),
            ("Kind", seen.kind.replace("_", " ")),
            ("Address", ", ".join(seen.address)),
            ("Telephones", ", ".join(seen.telephones)),
            ("Mailboxes", ", ".join(seen.mailboxes)),
            ("Channels", ", ".join(f"{name}: {said}" for name, said in seen.channels.items())),
            ("Member of", seen.network),
            ("Enrolled", f"yes, {seen.devices} devices" if seen.enrolled else "no"),
        ]
    )
    proposed = Facts(
        [
            ("Proposed by", f"{seen.proposer} ({seen.proposer_role}), device {short(seen.proposer_device)}"),
            ("Proposed at", moment(seen.issued_at)),
            ("Open until", moment(seen.expires_at)),
        ]
    )
    return [Line("Your own directory says:", Tone.TITLE), authority, proposed, *_consequences(seen)]


def _consequences(seen: "ProposalView") -> list[Block]:
    said: list[Block] = []
    if seen.ends:
        return [Line("It ends the invitation that is open, and nobody has a code for it.", Tone.ALARM)]
    if seen.enrolled:
        lost = "It is enrolled already: whoever uses this code takes its place, and all its devices end."
        said.append(Line(lost, Tone.ALARM))
    if seen.replaces:
        said.append(
            Line("It ends an invitation that is still open: the letter sent before is void.", Tone.ALARM)
        )
    return said


def admission_table(admissions: Iterable["AdmissionView"]) -> Table:
    """One line an authority."""
    rows = [
        (
            each.entry_id, each.name, each.network, _STATES[each.state], each.proposer, each.confirmer,
            moment(each.expires_at), moment(each.letter_at), _called(each),
        )
        for each in admissions
    ]  # fmt: skip
    headings = (
        "Authority", "Name", "Network", "State", "Proposed by", "Confirmed by", "Open until", "Letter",
        "Called back",
    )  # fmt: skip
    return Table(headings, rows, "This secretariat has invited nobody yet.")


def _called(admission: "AdmissionView") -> str:
    return f"{moment(admission.called_at)}, {admission.called_by}" if admission.called_at else ""


def letter_data(letter: "EnrolmentLetter") -> dict[str, object]:
    """A letter for programs, without its code."""
    return {
        "entry_id": letter.entry_id,
        "office": letter.office,
        "network": letter.network,
        "language": letter.language,
        "expires_at": letter.expires_at,
        "contact": letter.contact,
        "root_sha256": letter.root_sha256.hex(),
    }


def spoken(view: "CallBackView") -> list[Block]:
    """What to read aloud, in both forms."""
    return [
        Line("Read this aloud, one form of it:", Tone.TITLE),
        Facts([("Words", "  ".join(view.words)), ("or digits", "  ".join(view.numbers))]),
    ]


def call_answer(view: "CallBackView", data: dict[str, object], asked: Sequence[Block], again: str) -> Answer:
    """Both sides of the call: what to say, or what the comparison has shown.

    Args:
        view: one side.
        data: the same for programs.
        asked: whom to call.
        again: the command to give what was heard to.
    """
    if view.fits is None:
        ask = Line(f"Write down what the other side reads, then: {again} --words '...'")
        return Answer(data, [*asked, *spoken(view), ask])
    if view.fits:
        fits = f"The words fit, as {view.officer} compared at {moment(view.at)}."
        return Answer(data, (Line(fits, Tone.NEW),))
    alarm = (
        "THE WORDS DIFFER: somebody else's keys may stand in the log. Send nothing, call again on a number "
        "known from elsewhere, and tell the directory operator."
    )
    return Answer(data, (Line(alarm, Tone.ALARM),), ExitCode.REFUSED)
