"""One line in each of many scripts, and what other programs find of it in a PDF."""

import shutil
import subprocess
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.conftest import absent

# What the typesetter's fonts lack, the system's show: Debian's fonts-noto-core and fonts-wqy-microhei.
BUILT_IN: Final[Mapping[str, str]] = {
    "cs": "Žádost o právní pomoc",
    "el": "Αίτηση δικαστικής συνδρομής",
    "ru": "Запрос правовой помощи",
    "kk": "Құқықтық көмек туралы өтініш",
    "ka": "იურიდიული დახმარების თხოვნა",
    "hy": "Իրավական օգնության խնդրանք",
    "he": "בקשה לעזרה משפטית",
    "hi": "कानूनी सहायता का अनुरोध",
    "ar": "طلب المساعدة القانونية",
}
OF_THE_SYSTEM: Final[Mapping[str, str]] = {
    "zh": "请求司法协助",
    "ja": "捜査共助の要請について",
    "ko": "사법공조 요청",
    "th": "คำขอความช่วยเหลือทางกฎหมาย",
    "am": "የሕግ ትብብር ጥያቄ",
}
WRITINGS: Final[Mapping[str, str]] = {**BUILT_IN, **OF_THE_SYSTEM}


def program(name: str) -> str:
    """Return where a program of poppler is."""
    found = shutil.which(name)
    if found is None:
        absent(f"the program {name}")
    return str(found)


def fonts_for(language: str) -> None:
    """Skip where the system has no font for a language that needs one."""
    if language in OF_THE_SYSTEM and not _listed(language):
        absent(f"a font for the language {language}")


def read_back(path: Path) -> str:
    """Return the text of a PDF as another program reads it, as ``plain``."""
    done = subprocess.run([program("pdftotext"), str(path), "-"], capture_output=True, check=True)
    return plain(done.stdout.decode())


def plain(text: str) -> str:
    """Return a text without spaces, letters of one kind alike (fonts may take a Thai vowel apart)."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def font_rows(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield each font of a PDF and whether it is embedded."""
    done = subprocess.run([program("pdffonts"), str(path)], capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines()[2:]:
        yield line.split()[0], line.split()[-5] == "yes"


def _listed(language: str) -> bool:
    command = [program("fc-list"), f":lang={language}", "family"]
    return bool(subprocess.run(command, capture_output=True, check=True).stdout.strip())
