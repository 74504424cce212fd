"""The scores of a set of rooms: left out fold by fold, forward in time, and with the committed weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.validation.resampling import Skill, skill
from experiments.validation.rooms.bank import Runs
from experiments.validation.rooms.folds import forward, stratified, until
from experiments.validation.rooms.rivals import Rival, fitted
from experiments.validation.rooms.scoring import Fates, brier, crps
from experiments.validation.rooms.week import HORIZONS, Room
from experiments.validation.rooms.weights import Chances, fit

Floats = NDArray[np.float64]
#: The model as it stands, and with a group effect that wanes, which it does not have.
MODEL, WANING = "model", "waning"
MODELS = (MODEL, WANING)
#: What is scored: being alive at each horizon, messages on the log scale and as they are.
LIFE = tuple(f"alive_{h}" for h in HORIZONS)
TALK = ("messages_log", "messages")


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of rooms, NaN where one could not be scored.

    Attributes:
        of: By what is scored and by predictor, ``(n,)``.
        alive: By model, its chance of living longer than each horizon, ``(n,)``.
        weights: By model, weights of the vectors with which each room was predicted, ``(n, K)``.
    """

    of: dict[str, dict[str, Floats]]
    alive: dict[str, dict[int, Floats]]
    weights: dict[str, Floats]

    def skills(self, rival: str, predictor: str = MODEL) -> dict[str, Skill]:
        """Share of a rival's score that the predictor saves, by what is scored; rooms are resampled."""
        out = {}
        for what, by in self.of.items():
            if rival in by and predictor in by:
                ours, theirs = by[predictor], by[rival]
                keep = np.isfinite(ours) & np.isfinite(theirs)
                if keep.sum() >= 2 and theirs[keep].sum() > 0:
                    out[what] = skill(ours[keep], theirs[keep], np.flatnonzero(keep), relative=True)
        return out

    def mean(self, what: str, predictor: str) -> float:
        """Mean score."""
        return float(np.nanmean(self.of[what][predictor]))


@dataclass(eq=False)
class Study:
    """Rooms with what was simulated for them.

    Attributes:
        rooms: The rooms.
        runs: The bank, in the same order.
    """

    rooms: list[Room]
    runs: list[Runs]
    chances: Chances = field(init=False)

    def __post_init__(self) -> None:
        self.chances = Chances.of(self.runs)
        self.weeks = [room.week for room in self.rooms]
        later = [room.later for room in self.rooms]
        self.fates = Fates(np.array([x.lived for x in later], float), np.array([x.died for x in later], bool))
        self.messages = np.array([x.messages for x in later], np.float64)
        self.born = np.array([room.born for room in self.rooms], np.int64)
        self.watched = np.array([x.watched for x in later], np.int64)

    @property
    def everybody(self) -> NDArray[np.int64]:
        """All rooms."""
        return np.arange(len(self.rooms))

    def refitted(self) -> Scores:
        """Each room predicted by what was fitted on the other folds, and so its rivals."""
        fold, scores = stratified(self.weeks), self._blank()
        for one in np.unique(fold):
            train, test = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
            weights = self.fitted(self.fates, self.messages, train)
            self._score(
                scores, test, weights, self._rivals(train, self.fates, self.messages), self.fates.take(train)
            )
        return scores

    def later(self) -> tuple[Scores, int, int] | None:
        """Rooms born after a date, predicted from those born before and watched until it only.

        Returns:
            Scores, the number of rooms fitted on and the date (days from 1970-01-01); None where too few.
        """
        parted = forward(self.born, self.watched)
        if parted is None:
            return None
        past, future, date = parted
        by_then = [until(self.rooms[i].later, date - int(self.born[i])) for i in past]
        lived, died, messages = (np.array(column) for column in zip(*by_then, strict=True))
        known, said = Fates(self.fates.lived.copy(), self.fates.died.copy()), np.full(len(self.rooms), -1.0)
        known.lived[past], known.died[past], said[past] = lived, died.astype(bool), messages
        if (messages >= 0).sum() < 10:
            return None
        scores = self._blank()
        weights = self.fitted(known, said, past)
        # The past was watched for too short a time to say how long the future is: its own curve is used.
        self._score(scores, future, weights, self._rivals(past, known, said), self.fates.take(future))
        return scores, len(past), date

    def committed(self, weights: Mapping[str, Floats]) -> Scores:
        """Every room predicted with weights from elsewhere; nothing is fitted."""
        scores = self._blank()
        self._score(scores, self.everybody, weights, {}, self.fates)
        return scores

    def fitted(self, fates: Fates, messages: Floats, train: NDArray[np.int64]) -> dict[str, Floats]:
        """Weights of the vectors for each model, ``(K,)``, from some rooms as known there."""
        half = self.chances.below.shape[1] // 2
        stands = fit(self.chances.first(half), fates, messages, train)
        return {MODEL: np.append(stands, np.zeros(half)), WANING: fit(self.chances, fates, messages, train)}

    def _rivals(self, train: NDArray[np.int64], fates: Fates, messages: Floats) -> dict[str, Rival]:
        return fitted([self.weeks[i] for i in train], fates.take(train), messages[train])

    def _blank(self) -> Scores:
        n, vectors = len(self.rooms), self.chances.below.shape[1]
        nothing = {model: {h: np.full(n, np.nan) for h in HORIZONS} for model in MODELS}
        return Scores(
            {what: {} for what in (*LIFE, *TALK)}, nothing, {m: np.zeros((n, vectors)) for m in MODELS}
        )

    def _score(
        self,
        scores: Scores,
        test: NDArray[np.int64],
        weights: Mapping[str, Floats],
        rivals: Mapping[str, Rival],
        watched: Fates,
    ) -> None:
        """Score the rooms in ``test``."""
        weeks, fates, said = [self.weeks[i] for i in test], self.fates.take(test), self.messages[test]

        def put(what: str, name: str, values: Floats) -> None:
            scores.of[what].setdefault(name, np.full(len(self.rooms), np.nan))[test] = values

        for model, weight in weights.items():
            scores.weights[model][test] = weight
            for horizon, what in zip(HORIZONS, LIFE, strict=True):
                chance = self.chances.alive[horizon][test] @ weight
                scores.alive[model][horizon][test] = chance
                put(what, model, brier(chance, fates, horizon, watched))
            own = [self.runs[i].messages for i in test]
            each = [np.repeat(weight / x.shape[1], x.shape[1]) for x in own]
            for what, values in _talk([x.reshape(-1) for x in own], said, each).items():
                put(what, model, values)
        for name, rival in rivals.items():
            for horizon, what in zip(HORIZONS, LIFE, strict=True):
                alive = rival.alive(weeks, horizon)
                if alive is not None:
                    put(what, name, brier(alive, fates, horizon, watched))
            ensembles = rival.messages(weeks)
            if ensembles is not None:
                for what, values in _talk(list(ensembles), said, None).items():
                    put(what, name, values)


def _talk(ensembles: list[NDArray[Any]], said: Floats, weight: list[Floats] | None) -> dict[str, Floats]:
    """CRPS of messages on both scales; samples where weights are given, else even quantiles."""
    out = {what: np.full(len(said), np.nan) for what in TALK}
    for at in np.flatnonzero(said >= 0):
        w, fair = (None, False) if weight is None else (weight[at], True)
        out["messages_log"][at] = crps(np.log1p(ensembles[at]), float(np.log1p(said[at])), w, fair)
        out["messages"][at] = crps(ensembles[at], float(said[at]), w, fair)
    return out
