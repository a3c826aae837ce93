"""The example that a stranger reads first is true."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from rogatory_crypto import mls

README = Path(mls.__file__).with_name("README.md").read_text()


def test_the_example_runs() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    printed = StringIO()
    with redirect_stdout(printed):
        exec(compile(example, "README.md", "exec"), {})  # noqa: S102  # our own text
    assert printed.getvalue() == "b'bonjour'\n"


def test_every_room_is_named() -> None:
    rooms = set(re.findall(r"`([a-z_]+)`", README))
    assert {path.stem for path in Path(mls.__file__).parent.glob("[a-z]*.py")} <= rooms
