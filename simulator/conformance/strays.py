"""Watching for luck and clocks other than those a plug-in is given."""

import random
import secrets
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np

_PLACES: tuple[Any, ...] = (
    *((random, name) for name in random.__all__ if name.islower() or name == "Random"),
    *((np.random, name) for name in np.random.__all__ if callable(getattr(np.random, name))),
    *((time, name) for name in ("time", "time_ns", "monotonic", "perf_counter")),
    *((secrets, name) for name in ("token_bytes", "randbelow", "choice")),
    (sys.modules["os"], "urandom"),  # by which programs get luck; nothing else of it is wanted here
    (uuid, "uuid4"),
)


@contextmanager
def no_strays(kind: type) -> Iterator[list[str]]:
    """Note calls of random numbers and clocks, by any name that a class's own modules know them by.

    Args:
        kind: The class of the plug-in.

    Yields:
        What has been called so far.
    """
    called: list[str] = []
    forbidden = {id(getattr(place, name)): f"{place.__name__}.{name}" for place, name in _PLACES}
    modules = {sys.modules.get(base.__module__) for base in kind.__mro__ if base is not object}
    files = frozenset(module.__file__ for module in modules if module is not None and _theirs(module))
    own = [
        (module, name, forbidden[id(value)])
        for module in modules
        if module is not None and _theirs(module)
        for name, value in list(vars(module).items())
        if id(value) in forbidden
    ]
    with ExitStack() as stack:
        for place, name, what in (*((p, n, f"{p.__name__}.{n}") for p, n in _PLACES), *own):
            stack.enter_context(
                mock.patch.object(place, name, _noting(getattr(place, name), what, called, files))
            )
        yield called


def _theirs(module: ModuleType) -> bool:
    """Whether a module is a plug-in's, not the simulator's own machinery."""
    name = module.__name__
    return not name.startswith("simulator.") or name.startswith("simulator.mechanisms.")


def _below(files: frozenset[str | None]) -> bool:
    """Whether the kit is, by way of one of these files, where the call comes from."""
    frame = sys._getframe(2)
    while frame.f_back is not None and not frame.f_globals["__name__"].startswith("simulator.conformance"):
        if frame.f_code.co_filename in files:
            return True
        frame = frame.f_back
    return False


def _noting(function: Any, what: str, called: list[str], files: frozenset[str | None]) -> Any:
    """The same function, or a class like it, that notes its use by a plug-in."""

    def noted(*args: Any, **given: Any) -> Any:
        if _below(files):
            called.append(what)
        return function(*args, **given)

    if not isinstance(function, type):
        return noted

    base: Any = function

    def made(self: Any, *args: Any, **given: Any) -> None:
        if _below(files):
            called.append(what)
        base.__init__(self, *args, **given)

    return type(function.__name__, (function,), {"__init__": made})
