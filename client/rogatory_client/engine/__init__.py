"""Everything a client decides, without doing it: values and bytes in, new values and effects out.

``room`` holds the state, ``effect`` what the vault must write in one transaction. ``delivery`` takes rows in,
``interpretation`` reads what they say, ``membership`` and ``staging`` change who is in a room, ``outbox``
decides what goes out next, ``writing`` and ``evidence`` make what is said. No IO, clock or randomness.
"""
