"""The pure core: bytes and values, no sockets, files, clock or randomness of its own."""
