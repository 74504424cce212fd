"""Running the cells of a claim: each in the same worlds and their twins, reduced to what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.claims import expression
from experiments.claims.preset import Claim
from experiments.engine.port import Job
from experiments.engine.simulate import BLOCK_SLOTS
from experiments.engine.task import BIT, Failed, Piece, Task, run
from simulator.metrics import BY_NAME
from simulator.scenario import Scenario

Floats = NDArray[np.float64]
#: Pieces of work a cell is cut into at least, so that no worker idles long.
_PIECES = 2


class Sheet(NamedTuple):
    """What came of a piece of work.

    Attributes:
        cell: Place of the cell.
        numbers: Replicates.
        values: By metric expression, ``(n,)``.
        spent: Yuan, hours and yuan taken, ``(n, 3)``.
        died: Whether the group had died by the end, ``(n,)``.
        failures: Runs that failed; they have no line.
    """

    cell: int
    numbers: tuple[int, ...]
    values: tuple[Floats, ...]
    spent: Floats
    died: NDArray[np.bool_]
    failures: tuple[Failed, ...]


@dataclass(frozen=True, eq=False)
class Played:
    """All cells of a claim over worlds ``0 .. n - 1``; the second of two is the twin, where there are any.

    Attributes:
        values: By part and cell, ``(1 or 2, n)``; NaN where a run failed or the metric is not defined.
        spent: By cell, yuan, hours and yuan taken in a run, on average.
        died: By cell, share of groups that had died by the end.
        failures: Runs that failed: the cell and the error.
    """

    values: dict[str, dict[str, Floats]]
    spent: dict[str, tuple[float, float, float]]
    died: dict[str, float]
    failures: tuple[tuple[str, str], ...] = field(default=())

    def contrast(self, text: str, part: str) -> Floats:
        """A contrast of cells, ``(1 or 2, n)``."""
        shape = next(iter(self.values[part].values())).shape
        of = {expression.Term(cell): values for cell, values in self.values[part].items()}
        return np.broadcast_to(expression.value(text, of), shape)


def play(scenario: Scenario, cell: int, numbers: tuple[int, ...], seed: int, metrics: Sequence[str]) -> Sheet:
    """Run some replicates of a cell, in whichever process."""
    outcome = run([scenario], Task(numbers, (0,)), seed)
    pieces = outcome.pieces
    done = tuple(number for piece in pieces for number in piece.numbers)
    values = tuple(_join([_read(piece, metric) for piece in pieces]) for metric in metrics)
    spent = np.concatenate([_spent(piece) for piece in pieces] or [np.zeros((0, 3))])
    died = np.concatenate([~piece.censored for piece in pieces] or [np.zeros(0, bool)])
    return Sheet(cell, done, values, spent, died, tuple(outcome.failures))


def _join(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0)


def _read(piece: Piece, metric: str) -> Floats:
    """A metric expression in every run of a piece, ``(n,)``."""
    of: dict[expression.Term, Floats] = {}
    for term in expression.terms(metric, BY_NAME, "metric"):
        if term.days is None:
            of[term] = piece.summary[term.name]
        else:
            of[term] = piece.series[term.name][:, slice(*term.days)].mean(axis=1, dtype=np.float64)
    return expression.value(metric, of)


def _spent(piece: Piece) -> Floats:
    """Yuan, hours and yuan taken of every run, ``(n, 3)``."""
    books = sum(piece.ledger.values(), np.zeros((len(piece.numbers), 2)))
    return np.column_stack([books[:, :2], piece.summary["income"]])


def jobs(
    claim: Claim, worlds: int, twins: bool, seed: int, settings: dict[str, dict[str, float]] | None = None
) -> list[Job]:
    """The pieces of work of a claim, for :class:`experiments.engine.port.Engine`.

    Args:
        claim: The claim.
        worlds: How many worlds.
        twins: Whether each is run again with other luck.
        seed: Seed.
        settings: By mechanism, parameters to set by hand in every cell.
    """
    numbers = [number for world in range(worlds) for number in (world, world | BIT)[: 1 + twins]]
    metrics = tuple(part.metric for part in claim.parts)
    todo: list[Job] = []
    for at, scenario in enumerate(claim.scenarios):
        scenario = _with(scenario, settings or {})
        size = max(1, min(BLOCK_SLOTS // scenario.community.slots, -(-len(numbers) // _PIECES)))
        for start in range(0, len(numbers), size):
            todo.append((play, scenario, at, tuple(numbers[start : start + size]), seed, metrics))
    return todo


def _with(scenario: Scenario, settings: dict[str, dict[str, float]]) -> Scenario:
    merged = {**scenario.mechanisms}
    for name, given in settings.items():
        merged[name] = {**merged.get(name, {}), **given}
    return replace(scenario, mechanisms=merged)


def gather(claim: Claim, worlds: int, twins: bool, sheets: Sequence[Sheet]) -> Played:
    """Put pieces of work, which may come in any order, together."""
    runs, names = 1 + twins, [cell.name for cell in claim.cells]
    values = {part.name: {name: np.full((runs, worlds), np.nan) for name in names} for part in claim.parts}
    spent = {name: np.full((runs, worlds, 3), np.nan) for name in names}
    died = {name: np.full((runs, worlds), np.nan) for name in names}
    failures: list[tuple[str, str]] = []
    for sheet in sorted(sheets, key=lambda sheet: (sheet.cell, sheet.numbers)):
        name, numbers = names[sheet.cell], np.array(sheet.numbers, np.int64)
        at = (numbers >= BIT).astype(int), numbers & ~BIT
        for part, found in zip(claim.parts, sheet.values, strict=True):
            values[part.name][name][at] = found
        spent[name][at], died[name][at] = sheet.spent, sheet.died
        failures += [(name, failed.error) for failed in sheet.failures]
    return Played(
        values,
        {name: tuple(_mean(books[..., kind]) for kind in range(3)) for name, books in spent.items()},  # type: ignore[misc]
        {name: _mean(dead) for name, dead in died.items()},
        tuple(failures),
    )


def _mean(x: Floats) -> float:
    known = x[np.isfinite(x)]
    return float(known.mean()) if known.size else float("nan")
