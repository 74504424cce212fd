"""The files a validation leaves: validation.json, validation.csv and validation.html."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from experiments.messages import Catalogue
from experiments.validation.page import page
from experiments.validation.sections import Section
from experiments.validation.table import COLUMNS, PATTERNS
from simulator.errors import UserError

FILES = ("validation.json", "validation.csv", "validation.html")


def write(sections: Sequence[Section], folder: str | Path, command: str, lang: str) -> tuple[Path, ...]:
    """Write all files; a row of validation.csv is a part of a pattern.

    Raises:
        UserError: The folder cannot be written to.
    """
    path = Path(folder).expanduser()
    rows = [row for section in sections if section.key == PATTERNS for row in section.data["rows"]]
    made = {
        "validation.json": _json({"command": command, **{one.key: one.data for one in sections}}),
        "validation.csv": _csv(rows),
        "validation.html": page(sections, command, lang),
    }
    try:
        path.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            temporary = path / f".{name}.tmp"
            temporary.write_text(text, "utf-8")
            temporary.replace(path / name)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(Catalogue(lang)("error.unwritable", folder=folder, reason=reason)) from None
    return tuple(path / name for name in made)


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    return format(value, ".10g") if isinstance(value, float) else value


def _json(tree: Mapping[str, Any]) -> str:
    return json.dumps(_plain(tree), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    """A value as JSON knows it: no NumPy, no NaN."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, np.generic | np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value
