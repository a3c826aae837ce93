"""Letters on paper as PDF/A-2b, made on the officer's machine without a network: requests and enrolments."""

from rogatory_client.letter.enrolment_letter import FILE_MODE, EnrolmentLetter
from rogatory_client.letter.enrolment_rendering import render_enrolment_letter
from rogatory_client.letter.enrolment_text import write_enrolment_text
from rogatory_client.letter.rendering import render_letter
from rogatory_client.letter.request_letter import RequestLetter
from rogatory_client.letter.typesetting import UnprintableTextError
from rogatory_crypto.content.events import Urgency

__all__ = [
    "FILE_MODE",
    "EnrolmentLetter",
    "RequestLetter",
    "UnprintableTextError",
    "Urgency",
    "render_enrolment_letter",
    "render_letter",
    "write_enrolment_text",
]
