"""How a secretariat admits an authority: invitation, letter, the call after the enrolment."""
