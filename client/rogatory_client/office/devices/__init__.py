"""An office's own devices and keys, from enrolment to hand-over, and offices that enrolled anew."""
