"""``python -m rogatory_client.cli`` is the same as ``rogatory``."""

from rogatory_client.cli import main

if __name__ == "__main__":
    main()
