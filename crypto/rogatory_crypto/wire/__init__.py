"""What relay, client and simulator say to each other: frames, requests, limits and Protocols.

The modules are the interface: ``wire.frame`` for the live feed, ``wire.request`` and ``wire.challenge`` for
HTTPS bodies, ``wire.postmark`` for the relay's evidence, ``wire.tree_object`` for trees beside a Welcome,
``wire.api`` for the Protocols, and ``wire.identifier`` and ``wire.limits`` for names and bounds.
``wire.cddl`` says the same in RFC 8610.
"""
