"""The columns of the vault's tables, and the metadata that all of them belong to."""

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Text

metadata = MetaData()


def blob(name: str, **options: bool) -> Column[bytes]:
    """Return a column of bytes; not null unless said so."""
    return Column(name, LargeBinary, **{"nullable": False, **options})  # type: ignore[arg-type]  # flags of Column


def text(name: str, **options: bool) -> Column[str]:
    """Return a column of text; not null unless said so."""
    return Column(name, Text, **{"nullable": False, **options})  # type: ignore[arg-type]  # flags of Column


def number(name: str, **options: bool) -> Column[int]:
    """Return a column of a whole number, or a time; not null unless said so."""
    return Column(name, Integer, **{"nullable": False, **options})  # type: ignore[arg-type]  # flags of Column
