"""The files a validation leaves: validation.json, validation.csv and validation.html."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments import files
from experiments.validation.page import page
from experiments.validation.sections import Section
from experiments.validation.table import COLUMNS, PATTERNS

FILES = ("validation.json", "validation.csv", "validation.html")


def write(sections: Sequence[Section], folder: str | Path, command: str, lang: str) -> tuple[Path, ...]:
    """Write all files; a row of validation.csv is a part of a pattern.

    Raises:
        UserError: The folder cannot be written to.
    """
    rows = [row for section in sections if section.key == PATTERNS for row in section.data["rows"]]
    made = {
        "validation.json": files.as_json({"command": command, **{one.key: one.data for one in sections}}),
        "validation.csv": _csv(rows),
        "validation.html": page(sections, command, lang),
    }
    return files.write(made, folder, lang)


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    return format(value, ".10g") if isinstance(value, float) else value
