"""Real rooms: simulated on from their first week, scored on what came of them.

Files are told by their columns: a person and a time, one row a message (see :mod:`experiments.observed`).
"""

from collections.abc import Callable, Iterable

from experiments.validation.rooms.bank import simulate_all
from experiments.validation.rooms.committed import committed
from experiments.validation.rooms.folds import FEWEST
from experiments.validation.rooms.logs import File, read
from experiments.validation.rooms.section import few, section
from experiments.validation.rooms.study import Study
from experiments.validation.sections import Section

__all__ = ["read", "score"]


def score(
    files: Iterable[File],
    *,
    lang: str = "en",
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Section]:
    """Score the model on the rooms of these files, each on its own; a line for one with too few rooms."""
    held = list(files)
    large = [file for file in held if len(file.rooms) >= FEWEST]
    weeks = [room.week for file in large for room in file.rooms]
    runs = simulate_all(weeks, workers=workers, progress=progress) if weeks else []
    sections = {}
    for file in large:
        own, runs = runs[: len(file.rooms)], runs[len(file.rooms) :]
        study, kept = Study(list(file.rooms), own), committed()
        found = {
            "refitted": study.refitted(),
            "committed": study.committed(kept.weights),
            "later": study.later(),
            "in_sample": file.digest == kept.content,
        }
        sections[file.name] = section(file, study, found, lang)
    return [sections[file.name] if file.name in sections else few(file, FEWEST, lang) for file in held]
