"""Everything a client decides, without doing it: values and bytes in, new values and effects out.

``room`` holds the state, ``effect`` what the vault must write in one transaction. ``delivery`` takes rows in,
``interpretation`` reads what they say, ``membership`` and ``staging`` change who is in a room, ``outbox``
decides what goes out next, ``writing`` and ``evidence`` make what is said. What the log has to do with it:
``log_view`` is asked, ``additions`` prove who is added, ``following`` judges what others commit, ``gossip``
compares histories, ``self_watch`` and ``partner_watch`` look out for keys. An office that has lost everything
comes back by ``returning``, and takes in what it is given by ``handed_back``. No IO, clock or randomness.
"""
