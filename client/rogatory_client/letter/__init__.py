"""The request on paper: a numbered letter as PDF/A-2b, made on the officer's machine without a network."""

from rogatory_client.letter.rendering import UnprintableTextError, render_letter
from rogatory_client.letter.request_letter import RequestLetter, Urgency

__all__ = ["RequestLetter", "UnprintableTextError", "Urgency", "render_letter"]
