"""Work for engines in tests: what a worker imports must lie in a module of its own."""

import os
import signal
import time
from pathlib import Path


def square(n: int) -> int:
    return n * n


def whoami(n: int) -> tuple[int, int]:
    """Later ones are done sooner."""
    time.sleep(0.01 * (5 - n))
    return n, os.getpid()


def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def leave(mark: str) -> int:
    """A file that says who was here."""
    Path(mark).write_text(str(os.getpid()))
    return os.getpid()


def once_fatal(n: int, mark: str) -> int:
    """Kills its worker the first time, if it is number 2."""
    if n == 2 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return n * n


def fatal(n: int, poison: tuple[int, ...] = (3,)) -> int:
    """Kills its worker each time, if its number is among the poison."""
    if n in poison:
        os._exit(7)
    return n * n


def ctrl_c(n: int) -> int:
    """As if Ctrl-C came to all processes of the terminal."""
    signal.raise_signal(signal.SIGINT)
    return n


def much(size: int) -> bytes:
    """So many bytes."""
    return bytes(size)


class Stubborn(Exception):  # noqa: N818
    """Cannot be read once it is written."""

    def __reduce__(self) -> tuple:
        return divmod, (1, 0)


def stubborn() -> None:
    raise Stubborn("no")
