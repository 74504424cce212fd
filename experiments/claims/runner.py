"""Putting claims to the model, one after the other, on worker processes that stay."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.claims import expression
from experiments.claims.answer import Answer, built_in, judge
from experiments.claims.carriers import Coefficient, coefficients, hangs
from experiments.claims.cells import Played, Sheet, gather, jobs
from experiments.claims.evidence import Evidence, parameters, weigh
from experiments.claims.preset import Claim
from experiments.engine.choice import make
from experiments.engine.port import Engine

#: An operator's hour in yuan, by which hours are added to money; an assumption, the same for every claim.
WAGE = 30.0
#: Share by which cells that should cost the same may differ before it is said.
UNEQUAL = 0.10
#: Worlds in which coefficients are switched off; without twins, for only means are compared.
ABLATED = 60
#: Told of the work on one claim: its key, pieces done, pieces known of so far.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class Finding:
    """A claim and its answer.

    Attributes:
        claim: The claim.
        played: Its cells.
        evidence: What they show, part by part.
        answer: The answer.
        tried: Coefficients that were switched off; none where it was not supported.
    """

    claim: Claim
    played: Played
    evidence: tuple[Evidence, ...]
    answer: Answer
    tried: tuple[str, ...] = ()

    def spend(self, text: str) -> float:
        """What a run of a cell, or of a mean of cells, cost on average: yuan, and hours at :data:`WAGE`."""
        spent = self.played.spent.items()
        of = {expression.Term(cell): np.array(yuan + WAGE * hours) for cell, (yuan, hours, _) in spent}
        return float(expression.value(text, of))

    @property
    def uneven(self) -> float:
        """By which share the cells that should cost the same differ, of the dearest; nought for none."""
        costs = [self.spend(text) for text in self.claim.spend]
        return (max(costs) - min(costs)) / max(costs) if costs and max(costs) > 0 else 0.0


def answers(
    claims: Iterable[Claim],
    worlds: int,
    seed: int,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Iterator[Finding]:
    """The answer to each claim, as it is found; it depends neither on the others nor on the workers.

    Args:
        claims: Claims; each is read when its turn has come.
        worlds: Plausible worlds; each is run twice, the second time with other luck.
        seed: Seed.
        workers: Processes; None for one a core.
        progress: Called after each piece of work.
    """
    with make("local", workers) as engine:
        for claim in claims:
            yield _answer(claim, worlds, seed, engine, progress)


def _answer(claim: Claim, worlds: int, seed: int, engine: Engine, progress: Progress | None) -> Finding:
    todo = jobs(claim, worlds, True, seed)

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(claim.key, done, total)

    engine.progress = tell
    played = gather(claim, worlds, True, engine.run(todo))
    evidence = weigh(claim, played, parameters(claim, worlds, seed))
    found = judge(evidence)
    if found.code not in ("supported", "built_in"):
        return Finding(claim, played, evidence, found)
    tried = coefficients(claim)
    carriers = _carriers(claim, played, evidence, tried, min(worlds, ABLATED), seed, engine)
    return Finding(
        claim, played, evidence, built_in(found, carriers), tuple(coefficient.name for coefficient in tried)
    )


def _carriers(
    claim: Claim,
    played: Played,
    evidence: tuple[Evidence, ...],
    tried: Sequence[Coefficient],
    worlds: int,
    seed: int,
    engine: Engine,
) -> list[str]:
    """Names of the coefficients on which the claim hangs."""
    parts = [jobs(claim, worlds, False, seed, coefficient.off) for coefficient in tried]
    sheets: list[Sheet] = engine.run([job for part in parts for job in part])
    found, at = [], 0
    for coefficient, part in zip(tried, parts, strict=True):
        without = gather(claim, worlds, False, sheets[at : at + len(part)])
        at += len(part)
        if hangs(claim, played, without, evidence):
            found.append(coefficient.name)
    return found
