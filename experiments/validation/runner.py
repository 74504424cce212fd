"""Runs the trials asked for, on worker processes, and judges what comes out."""

from collections.abc import Iterable
from math import isnan
from typing import Any

from experiments.engine.choice import make
from experiments.engine.port import Progress
from experiments.validation import (
    gifts,
    kcore,
    lifetimes,
    meetups,
    moderation,
    participation,
    retention,
    size,
    success,
)
from experiments.validation.targets import Part, patterns
from experiments.validation.trial import (
    NEARLY_ALWAYS,
    Carrier,
    Curve,
    Finding,
    Seen,
    Trial,
    over_prior,
    over_worlds,
    without,
)

#: Every trial; together they cover the patterns that a daily tick can show.
TRIALS: tuple[Trial, ...] = (
    *(lifetimes.TRIAL, participation.SHARES, participation.COUNTS, retention.COHORT, retention.NEWCOMERS),
    *(gifts.ECHO, gifts.PULSE, gifts.NOVELTY, size.SIZE, size.SHOCK),
    *(kcore.TRIAL, meetups.TRIAL, success.TRIAL),
)
#: A piece of work: the trial's place (none for P15), what to do, and the carrier to switch off.
Piece = tuple[int | None, str, Carrier | None]
_MODERATION: Piece = (None, "moderation", None)


def run(
    keys: Iterable[str],
    replicates: int,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[list[Finding], dict[str, Curve]]:
    """What came out for every part of the patterns asked for that can be shown, in their order; and curves.

    Args:
        keys: Keys of patterns.
        replicates: Worlds of an estimate, where a trial does not need more.
        seed: Seed.
        workers: Processes; None for one a core.
        progress: Called after each piece of work.
    """
    wanted = set(keys)
    chosen = [at for at, trial in enumerate(TRIALS) if wanted & set(trial.patterns)]
    pieces: list[Piece] = [_MODERATION] if moderation.KEY in wanted else []  # the longest first
    for at in chosen:
        pieces.append((at, "worlds", None))
        pieces += [(at, "prior", None)] if TRIALS[at].draws[0] else []
        pieces += [(at, "without", carrier) for carrier in _carriers(TRIALS[at], wanted)]
    with make("local", workers, progress=progress) as engine:
        results = engine.run([(piece, what, replicates, seed) for what in pieces])
    done = dict(zip(pieces, results, strict=True))
    found = [
        _finding(at, part, done, replicates)
        for at in chosen
        for part in TRIALS[at].parts()
        if part.pattern in wanted
    ]
    names = [part.name for pattern in patterns().values() for part in pattern.parts.values()]
    found = sorted(found + done.get(_MODERATION, []), key=lambda finding: names.index(finding.name))
    return found, {name: curve for at in chosen for name, curve in done[at, "worlds", None].curves.items()}


def piece(what: Piece, replicates: int, seed: int) -> Any:
    """Do one piece of work, in whichever process."""
    at, stage, carrier = what
    if at is None:
        return moderation.run(replicates, seed)
    trial = TRIALS[at]
    worlds = _worlds(trial, replicates)
    if stage == "worlds":
        return over_worlds(trial, worlds, seed)
    if carrier is not None:
        return without(trial, carrier, worlds, seed)
    return over_prior(trial, seed)


def _worlds(trial: Trial, replicates: int) -> int:
    return max(2, round(trial.worlds * replicates))


def _carriers(trial: Trial, wanted: set[str]) -> list[Carrier]:
    parts = (part for part in trial.parts() if part.pattern in wanted)
    return list(dict.fromkeys(carrier for part in parts if (carrier := trial.carrier(part)) is not None))


def _finding(at: int, part: Part, done: dict[Piece, Any], replicates: int) -> Finding:
    """One part judged: inside its bounds or not, and whether it could have come out otherwise."""
    trial, carrier = TRIALS[at], TRIALS[at].carrier(part)
    seen: Seen = done[at, "worlds", None]
    estimate, (low, high) = seen.estimates[part.name], seen.ends[part.name]
    passed = part.holds(estimate, low, high)
    prior = done[at, "prior", None][part.name] if trial.draws[0] else float("nan")
    off = done[at, "without", carrier][part.name] if carrier else float("nan")
    hangs = passed and carrier is not None and carrier.one_sided and not part.holds(off)
    return Finding(
        part.pattern,
        part.key,
        estimate,
        low,
        high,
        _worlds(trial, replicates),
        passed,
        prior,
        trial.draws[0],
        carrier.name if carrier else "",
        off,
        carrier is not None and part.holds(off),
        hangs or (not isnan(prior) and prior > NEARLY_ALWAYS),
    )
