"""Files as everybody writes them: JSON without NaN, each file whole or not at all."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from experiments.messages import Catalogue
from simulator.errors import UserError


def as_json(tree: Mapping[str, Any]) -> str:
    """A tree of values as JSON, indented; what is not finite is null, what JSON does not know is text."""
    return json.dumps(_plain(tree), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write(made: Mapping[str, str | bytes], folder: str | Path, lang: str) -> tuple[Path, ...]:
    """Write files by name into a folder, which is made where it is not there.

    Raises:
        UserError: The folder cannot be written to; said in ``lang``.
    """
    path = Path(folder).expanduser()
    try:
        path.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            temporary = path / f".{name}.tmp"
            temporary.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
            temporary.replace(path / name)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(Catalogue(lang)("error.unwritable", folder=folder, reason=reason)) from None
    return tuple(path / name for name in made)


def _plain(value: Any) -> Any:
    """A value as JSON knows it: no NumPy, no NaN."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, np.generic | np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)
