"""Sets a page with typst, without a network: the same data and fonts always give the same bytes.

PDF/A-2b (ISO 19005-2) embeds every font and refuses text that its fonts cannot show, so a missing script is
an error here and never a row of boxes on a signed paper. The fonts that come with the typesetter hold Latin,
Greek, Cyrillic, Hebrew, Georgian, Armenian and Devanagari, and Arabic as a typewriter writes it. Only where
they lack something are the system's fonts looked at, so that all else looks the same on every computer.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Final, Literal, TypeAlias

from rogatory_client.letter.scripts import families_for, said_missing, unshown_in
from rogatory_crypto.errors import MisuseError

STANDARD: Final = "a-2b"
# ISO 19005-3: as the other, and files may be inside.
WITH_FILES: Final = "a-3b"
Standard: TypeAlias = Literal["a-2b", "a-3b"]
OWN_FONT: Final = "Libertinus Serif"
OWN_ROOM: Final = "rogatory_client.letter"


class UnprintableTextError(MisuseError):
    """The page holds text that none of the fonts at hand can show.

    Attributes:
        text: the first that none shows, empty where that is not known.
    """

    def __init__(self, what: str, text: str = "") -> None:
        super().__init__(what)
        self.text = text


def typeset(
    template: str,
    data: Mapping[str, object],
    *,
    dated_at: int,
    font_folders: Sequence[Path],
    room: str = OWN_ROOM,
    standard: Standard = STANDARD,
    families: Sequence[str] = (),
) -> bytes:
    """A template filled with data, as PDF/A.

    Args:
        template: the name of its file.
        data: what it shows, and ``fonts``: names of fonts, first choice first; JSON values.
        dated_at: what the file says about when it was made, unix seconds.
        font_folders: where fonts are that neither come with the typesetter nor are the system's.
        room: the package that the template is in.
        standard: ``WITH_FILES`` where it holds a file.
        families: fonts of the system that are better than the typesetter's own, first choice first.

    Raises:
        UnprintableTextError: a script is in none of the fonts at hand; says what to install.
    """
    import typst

    source, text = resources.files(room).joinpath(template).read_bytes(), json.dumps(data, ensure_ascii=False)
    fonts = data.get("fonts")
    chosen = [*(fonts if isinstance(fonts, list) else ()), *families, *families_for(text)]
    if not families:
        with suppress(typst.TypstError):
            return _compiled(source, text, dated_at, font_folders, standard, system=False)
    try:
        whole = json.dumps({**data, "fonts": chosen}, ensure_ascii=False)
        return _compiled(source, whole, dated_at, font_folders, standard, system=True)
    except typst.TypstError as error:
        said = str(error.message)
        raise UnprintableTextError(said_missing(said), unshown_in(said)) from error


def _compiled(
    source: bytes, text: str, dated_at: int, folders: Sequence[Path], standard: Standard, *, system: bool
) -> bytes:
    import typst

    compiled = typst.compile(
        source,
        format="pdf",
        sys_inputs={"letter": text},
        font_paths=typst.Fonts(include_system_fonts=system, font_paths=list(folders)),
        pdf_standards=standard,
        timestamp=dated_at,
    )
    if not isinstance(compiled, bytes):
        raise UnprintableTextError("the typesetter gave no single document")
    return compiled
