"""Letters on paper as PDF/A, made on the officer's machine without a network: requests and enrolments."""

from rogatory_client.letter.draft_letter import Column, DraftLetter
from rogatory_client.letter.draft_letter import Office as LetterOffice
from rogatory_client.letter.draft_rendering import render_draft_letter
from rogatory_client.letter.enrolment_letter import FILE_MODE, EnrolmentLetter
from rogatory_client.letter.enrolment_rendering import render_enrolment_letter
from rogatory_client.letter.enrolment_text import write_enrolment_text
from rogatory_client.letter.rendering import render_letter
from rogatory_client.letter.request_letter import RequestLetter
from rogatory_client.letter.typesetting import UnprintableTextError
from rogatory_crypto.content.events import Urgency

__all__ = [
    "FILE_MODE",
    "Column",
    "DraftLetter",
    "EnrolmentLetter",
    "LetterOffice",
    "RequestLetter",
    "UnprintableTextError",
    "Urgency",
    "render_draft_letter",
    "render_enrolment_letter",
    "render_letter",
    "write_enrolment_text",
]
