"""A witness of the log: a server that cosigns what continues all it has seen, and keeps what does not.

``rogatory_crypto.log.witness`` decides. Here is what it needs of the world: a store that is on disk before
anything is signed, keys in a file of their own, and HTTP (C2SP tlog-witness).
"""
