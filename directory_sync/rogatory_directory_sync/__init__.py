"""The directory of competent national authorities: import, review, enrolment."""
