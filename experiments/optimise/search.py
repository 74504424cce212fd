"""The search: Optuna proposes candidates in batches of one size, each batch is played in one call and told.

**Goes on where it stopped.** Which candidates a batch holds depends on the batches before it and on nothing
else: the sampler is made anew for each trial, its seed from the search's seed and the trial's number. So a
search that was killed and started again gives the trials it would have given. What has been told is kept in
a log (Optuna's journal, one line an event, read by its dashboard as well); a batch that was not all written
is asked for again, and only what is missing is played.

**The sampler.** The tree-structured Parzen estimator, each parameter by itself, for one goal and for two,
with limits as constraints. On made-up response surfaces (six, 192 noisy trials each, both limits) the plan it
found was worth 6.9 on average; its multivariate form by groups, three times as slow, 6.3; random search, 4.1.
For two goals (five surfaces) its front covered 74, NSGA-II's 58 at best, that of random search 47.

Source: Bergstra et al. 2011, NeurIPS 24 (tree-structured Parzen estimator).
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from experiments.optimise.score import Aim, Evaluate, Score
from experiments.optimise.space import Candidate, Space
from simulator.errors import UserError

#: Trials of a batch; all of them are proposed before any is played, so a large batch learns more slowly.
BATCH = 48
#: The log and the study in it.
LOG, _STUDY, _KEY = "search.log", "search", "qunlab"
#: Proposals at random before the sampler models anything.
_STARTUP = 24
Sampler = Literal["tpe", "random"]


@dataclass(frozen=True)
class Trial:
    """A candidate and its score.

    Attributes:
        number: From 0, in the order of proposal.
        candidate: The plan.
        score: What came of it.
    """

    number: int
    candidate: Candidate
    score: Score


@dataclass(frozen=True)
class Search:
    """What is searched for, and how.

    Attributes:
        space: The plans.
        aim: What is wanted.
        key: All else that decides a score, as text: a log with another key is another search's.
        seed: Seed.
        sampler: Who proposes.
    """

    space: Space
    aim: Aim
    key: str = ""
    seed: int = 1
    sampler: Sampler = "tpe"

    def run(
        self,
        evaluate: Evaluate,
        trials: int,
        log: Path | None = None,
        told: Callable[[int, int], None] | None = None,
    ) -> list[Trial]:
        """Search until there are so many trials.

        Args:
            evaluate: Gives scores.
            trials: Trials in all, those in the log included.
            log: File that keeps them; None for none.
            told: Told after each batch: trials done, trials in all.

        Raises:
            UserError: The log is another search's, or cannot be read.
        """
        import optuna

        with quiet():
            memory = optuna.create_study(directions=self._directions, sampler=self._sampler(0))
            journal = self._journal(log) if log is not None else None
            old = journal.get_trials(deepcopy=False) if journal is not None else []
            done = [
                Trial(n, read_candidate(one), read_score(one, self.aim))
                for n, one in enumerate(old[: len(old) // BATCH * BATCH])
            ]
            memory.add_trials(old[: len(done)])
            played = {one.candidate.key: one.score for one in done}
            while len(done) < trials:
                batch = self._ask(memory, len(done))[: trials - len(done)]
                kept = old[len(done) : len(done) + len(batch)]
                for (_, candidate), one in zip(batch, kept, strict=False):
                    played[candidate.key] = read_score(one, self.aim)
                new = {one.key: one for _, one in batch[len(kept) :] if one.key not in played}
                played |= dict(zip(new, evaluate(list(new.values())) if new else [], strict=True))
                for at, (asked, candidate) in enumerate(batch):
                    score = played[candidate.key]
                    self._tell(memory, asked, candidate, score)
                    if journal is not None and at >= len(kept):
                        journal.add_trial(memory.get_trials(deepcopy=False)[len(done)])
                    done.append(Trial(len(done), candidate, score))
                if told is not None:
                    told(len(done), trials)
            return done[:trials]

    @property
    def _directions(self) -> list[Literal["minimize", "maximize"]]:
        return ["maximize" if goal.direction > 0 else "minimize" for goal in self.aim.goals]

    def _sampler(self, number: int) -> Any:
        """The sampler of one trial."""
        from optuna import samplers

        seed = int(np.random.SeedSequence([self.seed, number]).generate_state(1)[0])
        if self.sampler == "random":
            return samplers.RandomSampler(seed=seed)
        return samplers.TPESampler(
            seed=seed, multivariate=False, constant_liar=True, n_startup_trials=_STARTUP
        )

    def _ask(self, memory: Any, first: int) -> list[tuple[Any, Candidate]]:
        """The proposals of a batch."""
        starters = list(self.space.starters()) if self.sampler != "random" else []
        batch = []
        for number in range(first, first + BATCH):
            memory.sampler = self._sampler(number)
            if number < len(starters):
                memory.enqueue_trial(starters[number])
            trial = memory.ask()
            batch.append((trial, self.space.candidate(trial)))
        return batch

    def _tell(self, memory: Any, asked: Any, candidate: Candidate, score: Score) -> None:
        from optuna.trial import TrialState

        asked.set_user_attr("nodes", [list(node) for node in candidate.nodes])
        if not score.known:
            memory.tell(asked, state=TrialState.FAIL)
            return
        asked.set_user_attr("cost", score.cost)
        asked.set_user_attr("hours", score.hours)
        for name, value in score.broken.items():
            asked.set_constraint(name, value)
        memory.tell(asked, list(score.gains))

    def _journal(self, log: Path) -> Any:
        """The study in the log."""
        import optuna
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend

        try:
            _mend(log)
            storage = JournalStorage(JournalFileBackend(str(log)))
            study = optuna.create_study(
                study_name=_STUDY, storage=storage, directions=self._directions, load_if_exists=True
            )
            key = study.user_attrs.get(_KEY)
            if key is None and not study.get_trials(deepcopy=False):
                study.set_user_attr(_KEY, self.key)
                key = self.key
        except OSError as error:
            raise UserError(f"{log} cannot be written: {error.strerror or error}.") from None
        except Exception as error:  # whatever Optuna says of a file that is no log of its own
            what = type(error).__name__
            raise UserError(f"{log} is no log of a search ({what}); give out= another folder.") from None
        if key != self.key:
            raise UserError(f"{log} is the log of another search; give out= another folder.")
        return study


def read_candidate(frozen: Any) -> Candidate:
    """A candidate from the log."""
    return Candidate(tuple((name, use, said) for name, use, said in frozen.user_attrs["nodes"]))


def read_score(frozen: Any, aim: Aim) -> Score:
    """A score from the log."""
    if frozen.values is None:
        nan = float("nan")
        return Score((nan,) * len(aim.goals), nan, nan, {})
    broken: Mapping[str, float] = frozen.constraints
    attrs = frozen.user_attrs
    ordered = {name: broken[name] for name in aim.constraints}
    return Score(tuple(frozen.values), attrs["cost"], attrs["hours"], ordered)


def best(aim: Aim, trials: Sequence[Trial], most: int) -> list[Trial]:
    """The best trials that keep all limits, each plan once, at most so many.

    For two goals: those that no other beats in both, then those that only these beat, and so on; within each
    layer by the first goal.
    """
    found: dict[str, Trial] = {}
    for trial in trials:
        if trial.score.feasible:
            found.setdefault(trial.candidate.key, trial)
    left = sorted(found.values(), key=lambda one: (-_towards(aim, one.score)[0], one.number))
    if len(aim.goals) == 1:
        return left[:most]
    out: list[Trial] = []
    while left and len(out) < most:
        layer = front(aim, left)
        out += layer
        left = [one for one in left if one not in layer]
    return out[:most]


def front(aim: Aim, trials: Sequence[Trial]) -> list[Trial]:
    """Those that no other is as good as in all goals and better than in one."""
    points = [_towards(aim, one.score) for one in trials]

    def beaten(mine: tuple[float, ...]) -> bool:
        return any(
            other != mine and all(a >= b for a, b in zip(other, mine, strict=True)) for other in points
        )

    return [one for one, mine in zip(trials, points, strict=True) if not beaten(mine)]


def cheapest(trials: Sequence[Trial]) -> Trial | None:
    """The one that comes nearest to keeping all limits."""
    known = [one for one in trials if one.score.known]
    return min(known, key=lambda one: (one.score.violation, one.number), default=None)


def _towards(aim: Aim, score: Score) -> tuple[float, ...]:
    """Gains, more being better."""
    return tuple(goal.direction * gain for goal, gain in zip(aim.goals, score.gains, strict=True))


def _mend(log: Path) -> None:
    """Cut off what a killed process had half written: the log's last line is whole or it is not there."""
    if not log.exists():
        return
    data = log.read_bytes()
    if data and not data.endswith(b"\n"):
        with log.open("r+b") as file:
            file.truncate(data.rfind(b"\n") + 1)


@contextmanager
def quiet() -> Iterator[None]:
    """Without what Optuna says of every trial, and of parts of it that may still change."""
    import optuna

    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(level)
