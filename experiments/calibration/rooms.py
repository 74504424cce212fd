"""Fits the model to real chat rooms, and nothing else than what posts tell.

    python -m experiments.calibration.rooms data=FOLDER [workers=2]

Takes the file of the folder with the most rooms. Parameter vectors are weighed as in ``qunlab validate
data=FOLDER``, but by all rooms. Writes ``configs/validation/rooms_fitted.yaml`` (the weights, which
``qunlab validate`` scores as committed), ``configs/mechanism/fitted_rooms.yaml`` (their weighted 10th, 50th
and 90th percentile) and ``configs/community/chat_room.yaml`` (aggregates only). Every room is also predicted
by what the other folds say, and that score is written down.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from experiments.validation.real import ROOMS, files, kind_of
from experiments.validation.rooms.bank import INTEREST, VECTORS, WEEKDAYS, simulate_all
from experiments.validation.rooms.committed import PATH
from experiments.validation.rooms.founders import MESSAGES, VISITING, YOUTH, writing
from experiments.validation.rooms.logs import File, read
from experiments.validation.rooms.prior import HOLDING, MISSING, UNKNOWN, Vectors, design, quantiles
from experiments.validation.rooms.section import RIVALS
from experiments.validation.rooms.study import MODEL, MODELS, Scores, Study
from experiments.validation.rooms.week import KNOWN
from simulator.errors import UserError

Floats = NDArray[np.float64]
_CONFIGS = Path(__file__).parents[2] / "configs"
_SHARES = (0.1, 0.5, 0.9)
#: First-week writers from which a room counts as one people talk in, for the size of the community.
_TALKING = 3


def main(words: Sequence[str]) -> None:
    """Fit, score, write."""
    given = dict(word.partition("=")[::2] for word in words)
    if not given.get("data"):
        raise UserError("data is missing; name a folder with a chat log: data=FOLDER.")
    logs = [read(path) for path in files(given["data"]) if kind_of(path) == ROOMS]
    if not any(file.rooms for file in logs):
        raise UserError(f"data={given['data']!r}: no chat log with rooms is in it.")
    file = max(logs, key=lambda one: len(one.rooms))
    weeks = [room.week for room in file.rooms]
    study = Study(list(file.rooms), simulate_all(weeks, workers=int(given.get("workers", 2))))
    weights = study.fitted(study.fates, study.messages, np.arange(len(study.rooms)))
    scores = study.refitted()
    about = provenance(file, study, scores)
    _put(PATH, weights_file(weights, file, about))
    _put(_CONFIGS / "mechanism" / "fitted_rooms.yaml", mechanism_file(design(VECTORS), weights[MODEL], about))
    _put(_CONFIGS / "community" / "chat_room.yaml", community_file(study, weights[MODEL], about))
    print("\n".join(about))
    for model in MODELS:
        print(model, {name: round(float(design(VECTORS)[name] @ weights[model]), 3) for name in UNKNOWN})


def provenance(file: File, study: Study, scores: Scores) -> list[str]:
    """What it was fitted to and how well the left-out rooms were predicted, as comments."""
    died = int(study.fates.died.sum())
    lines = [
        f"# Fitted {datetime.now(UTC):%Y-%m-%d} to {len(study.rooms)} public chat rooms of one platform",
        f"# from birth, {file.first} to {file.last}; {died} were seen to fall silent. {VECTORS} parameter",
        "# vectors, weighed by Brier scores on days 30 and 90 and the CRPS of log messages of days 7-36;",
        "# five folds alike in size.",
        "# Made again by: python -m experiments.calibration.rooms data=FOLDER",
        f"# content: {file.digest}",
        "# Left-out rooms, score (share of the score saved, 95% interval, over whole rooms):",
    ]
    for model in MODELS:
        for rival in RIVALS[:2]:
            parts = []
            for what, one in scores.skills(rival, model).items():
                ours, theirs = scores.mean(what, model), scores.mean(what, rival)
                interval = f"{one.estimate:+.3f}, {one.low:+.3f} to {one.high:+.3f}"
                parts.append(f"{what} {ours:.4g} against {theirs:.4g} ({interval})")
            lines += [f"#   {model} against {rival}:", *(f"#     {part}" for part in parts)]
    return lines


def weights_file(weights: dict[str, Floats], file: File, about: list[str]) -> list[str]:
    """Weights by model, of each vector of the design."""
    lines = [
        "# How much each parameter vector counts; qunlab validate data= scores these as committed.",
        *about,
    ]
    lines += [f"content: {file.digest}", "weights:"]
    for model, column in weights.items():
        shown = [f"{w:.6f}" for w in column]
        lines.append(f"  {model}:")
        rows = [", ".join(shown[k : k + 12]) for k in range(0, len(shown), 12)]
        lines += [f"    [{rows[0]},", *(f"     {row}," for row in rows[1:-1]), f"     {rows[-1]}]"]
    return lines


def mechanism_file(vectors: Vectors, weights: Floats, about: list[str]) -> list[str]:
    """Mechanism parameters with their ranges."""
    named: dict[str, list[str]] = {}
    for name, unknown in UNKNOWN.items():
        if unknown.mechanism and name not in MISSING:
            named.setdefault(unknown.mechanism, []).append(_range(name, vectors[name], weights))
    for mechanism, name, usual in HOLDING:
        named.setdefault(mechanism, []).append(_range(name, usual * vectors["holding"], weights))
    named["arrivals"].append(f"youth: {YOUTH:g}")
    lines = [
        "# Posting, staying and arriving as real open chat rooms show them, for the community chat_room.",
        "# 真实开放聊天室里的发言、留存和新人到来，与社群 chat_room 搭配。",
    ]
    for mechanism in sorted(named):
        lines += [f"{mechanism}:", *(f"  {line}" for line in named[mechanism])]
    return [
        *lines,
        *about,
        "# Middle, 10th and 90th percentile over the weighted vectors. Posts do not tell attendance apart",
        "# from posting or interest apart from belonging; habit.weight, belonging.weight and departure.bond",
        "# were varied together. Of what any tactic does they say nothing. These rooms fade faster than the",
        "# model with any such parameters does: see qunlab validate data=.",
    ]


def community_file(study: Study, weights: Floats, about: list[str]) -> list[str]:
    """A typical room on day 7: fitted aggregates, no room's own numbers."""
    vectors = design(VECTORS)
    level = float(vectors["level"] @ weights)
    visiting, messages = float(expit(logit(VISITING) + level)), MESSAGES * float(np.exp(level / 2))
    wrote = float(writing(vectors, vectors["level"]) @ weights)
    older = (1.0 + KNOWN / YOUTH) ** -vectors["fading"]
    arrivals = float((vectors["arrivals"] * older / writing(vectors, vectors["level"])) @ weights)
    talking = [room.week for room in study.rooms if room.week.posters >= _TALKING]
    again = sum(int((week.messages > 0).sum()) - week.posters for week in talking)
    founders = again / sum(int((KNOWN - 1 - week.first).sum()) for week in talking)
    size = round(float(np.mean([week.posters for week in talking])))
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    lasting = float(np.exp(np.log(vectors["lasting"]) @ weights))

    def roles(value: float, lurkers: float) -> str:
        values = (value, value, value, lurkers)
        named = zip(("owner", "kol", "novice", "lurker"), values, strict=True)
        return "{" + ", ".join(f"{role}: {one:.3g}" for role, one in named) + "}"

    return [
        "# A typical open chat room a week after its birth; most fall silent within weeks.",
        "# 典型的开放聊天室，诞生一周；多数几周内沉寂。",
        "defaults:",
        "  - interest_group",
        "  - override /topology@_global_.topology: small_world",
        "  - _self_",
        "title: {en: Chat room, zh: 开放聊天室}",
        "horizon: {days: 60, follow_up: 37}",
        f"size: {size}",
        "cap: 120",
        "owners: 1",
        "kols: 0.125",
        "novices: 0.5",
        f"visiting: {roles(founders / wrote, visiting)}",
        f"messages: {roles(messages, messages)}",
        f"questions: {roles(0.15, 0.15)}",
        "weekdays: {" + ", ".join(f"{d}: {w:g}" for d, w in zip(days, WEEKDAYS, strict=True)) + "}",
        f"interest: {INTEREST:g}",
        f"age: {KNOWN}",
        f"arrivals: {arrivals:.3g}",
        "invitations: 0.0",
        f"purpose_days: {round(lasting)}",
        "event_share: 1.0",
        *about,
        f"# Size and coming: mean first-week writers of rooms with {_TALKING} or more, how often they wrote",
        "# again that week; lurkers come as the fit says of the new. Rooms tell no roles: they are there",
        "# for tactics to speak of, and were fitted with nobody as owner. Interest is a scale, no finding.",
    ]


def _range(name: str, values: Floats, weights: Floats) -> str:
    low, middle, high = (f"{x:.4g}" for x in quantiles(values, weights, _SHARES))
    return f"{name}: {{low: {low}, middle: {middle}, high: {high}}}"


def _put(path: Path, lines: Sequence[str]) -> None:
    path.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
