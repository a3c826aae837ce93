import pytest

from rogatory_client.confinement import refuse


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, ("127.0.0.1", 9))),
        ("socket.getaddrinfo", ("office.example", 80)),
        ("subprocess.Popen", ("true", [], None, None)),
        ("os.system", (b"true",)),
        ("ctypes.dlopen", ("libc.so.6",)),
        ("open", ("never", "w", 0)),
        ("open", ("never", "r+", 0)),
    ],
)
def test_the_world_outside_is_refused(event: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(PermissionError):
        refuse(event, arguments)


@pytest.mark.parametrize(("event", "arguments"), [("open", ("module.py", "rb", 0)), ("import", ("json",))])
def test_reading_is_allowed(event: str, arguments: tuple[object, ...]) -> None:
    refuse(event, arguments)
