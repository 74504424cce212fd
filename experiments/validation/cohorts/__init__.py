"""The model against real check-in cohorts, told by their columns (``cohort, member_id, day, status``)."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from experiments.engine.port import Progress
from experiments.validation.cohorts.reading import read_cohorts, recognises
from experiments.validation.cohorts.scoring import score_cohorts
from experiments.validation.cohorts.section import alone, section
from experiments.validation.sections import Section

__all__ = ["recognises", "score", "tables_in"]


def tables_in(folder: Path) -> list[Path]:
    """Files of a folder that are tables of check-ins, told by their columns."""
    found = []
    for path in sorted(folder.rglob("*.csv")):
        with suppress(OSError), path.open("rb") as file:
            first = file.readline(10_000).decode("utf-8", "replace")
            if recognises(first.split(",")):
                found.append(path)
    return found


def score(
    paths: Iterable[Path],
    *,
    lang: str = "en",
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Section]:
    """Score the model on the cohorts of these files.

    Raises:
        UserError: A file that is broken, in one line.
    """
    cohorts = read_cohorts(paths)
    if len(cohorts) < 2:
        return [alone(lang, len(cohorts[0].members))]
    return [section(score_cohorts(cohorts, seed, workers, progress), lang)]
