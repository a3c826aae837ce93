"""Upper bounds of everything that crosses the wire, checked before anything is allocated (R02 Q01).

Sizes are bytes. They follow the resource limits of the MLS profile (an application message at most 1 MiB, a
handshake message at most 4 MiB because a first post-quantum commit carries one ciphertext a member).
"""

MAX_APPLICATION_BYTES = 1 << 20
MAX_HANDSHAKE_BYTES = 4 << 20
MAX_FRAME_BYTES = 9 << 20
MAX_BODY_BYTES = 4 << 20
MAX_STATEMENT_BYTES = 16 << 10
MAX_STATEMENTS_PER_PAGE = 1_000
MAX_SNAPSHOT_BYTES = 32 << 20
MAX_ROWS_PER_DELIVERY = 500
MAX_RESULTS_PER_FRAME = 1_000
MAX_POSITIONS_PER_FRAME = 1_000
MAX_ROSTER_CHANGE = 1_024
MAX_ROSTER = 2_048
MAX_KEY_PACKAGES_PER_UPLOAD = 128
MAX_KEY_PACKAGE_BYTES = 16 << 10
MAX_CLAIMED_DEVICES = 256
MAX_ATTACHMENT_BYTES = 64 << 30
MAX_UPLOAD_PIECE_BYTES = 32 << 20
MAX_NAME_CHARACTERS = 255
