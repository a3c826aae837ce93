"""Sets a page with typst: the same data always gives the same bytes; no network and no system font is used.

PDF/A-2b (ISO 19005-2) embeds every font and refuses text that its fonts cannot show, so a missing script is
an error here and never a row of boxes on a signed paper. The fonts that come with the typesetter hold Latin,
Greek, Cyrillic and Hebrew, and Arabic as a typewriter writes it; other scripts need a folder of fonts.
"""

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Final

from rogatory_crypto.errors import MisuseError

STANDARD: Final = "a-2b"
OWN_FONT: Final = "Libertinus Serif"
OWN_ROOM: Final = "rogatory_client.letter"


class UnprintableTextError(MisuseError):
    """The page holds text that none of the fonts at hand can show."""


def typeset(
    template: str,
    data: Mapping[str, object],
    *,
    dated_at: int,
    font_folders: Sequence[Path],
    room: str = OWN_ROOM,
) -> bytes:
    """A template filled with data, as PDF/A-2b.

    Args:
        template: the name of its file.
        data: what it shows; JSON values.
        dated_at: what the file says about when it was made, unix seconds.
        font_folders: where fonts are that do not come with the typesetter.
        room: the package that the template is in.

    Raises:
        UnprintableTextError: a script is not in the fonts at hand.
    """
    import typst

    try:
        compiled = typst.compile(
            resources.files(room).joinpath(template).read_bytes(),
            format="pdf",
            sys_inputs={"letter": json.dumps(data, ensure_ascii=False)},
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=list(font_folders)),
            pdf_standards=STANDARD,
            timestamp=dated_at,
        )
    except typst.TypstError as error:
        raise UnprintableTextError(f"{error.message}: name a folder with fonts for it (--fonts)") from error
    if not isinstance(compiled, bytes):
        raise UnprintableTextError("the typesetter gave no single document")
    return compiled
