"""MLS by RFC 9420. The face is fixed (see ``face.py`` until the chapters carry it)."""

from rogatory_crypto.mls.face import *  # noqa: F403  # replaced by the chapters
