"""Reports on signature checks, for people and for other programs ("validation report", ETSI TS 119 102-2).

Rules of this room: one outline says what is shown, in which order and in which language; paper and screen
only set it. Nothing in a report is fetched from anywhere, and text from a document stays text.
"""
