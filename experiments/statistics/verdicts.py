"""From intervals to words: what one metric says of an arm, and what all of them together advise.

**One metric**, against its smallest effect of interest d, in its better direction: ``better`` when the 95%
interval lies above d; ``worse`` when it lies below -d; ``no_material_difference`` when the 90% interval lies
within +-d (two one-sided tests at 5%). Undecided is ``more_replicates``, with the number that would shrink
the interval enough at the present estimate and spread, or ``parameters_limit``:

    twice as many worlds would not decide, and parameters make more of the spread than luck (tau^2 > s^2).

It follows that the line to be decided on lies closer to the mean than t tau / sqrt(n), at most 0.55 standard
deviations of the worlds' own effects, so that a large part of the plausible worlds lies on either side of it.
More replicates would pin down the mean over worlds, but the strategist's group is one of these worlds and
nobody knows which: calibrating on its log, or a pilot, is what helps. Whenever luck alone would have decided
and twice the worlds would not, tau^2 > s^2 holds too, so that case is covered. Where luck makes most of the
spread, or no more worlds than there are would settle it, replicates are the cheaper advice, and are advised.

**An arm**: ``harmful`` when a primary metric is worse or a guardrail's whole interval is past its red line;
``launch`` when a primary metric is better, none is worse, and every guardrail's interval is inside its line;
otherwise what is still undecided, or ``no_material_difference``. In a row of a table a primary metric speaks
the arm's words (``launch``, ``harmful``), but a gain is only ``better`` while a guardrail stands in the way.

Reasons are codes with numbers, not sentences: the report is written in two languages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, isfinite
from typing import Literal, NamedTuple

from experiments.statistics.effects import Paired
from experiments.statistics.intervals import ENOUGH
from experiments.statistics.survival import DISCORDANT, FEW_DIE, MOST_DIE, Deaths
from simulator.metrics import Metric

Code = Literal[
    "launch",
    "harmful",
    "better",
    "worse",
    "no_material_difference",
    "more_replicates",
    "parameters_limit",
    "not_estimable",
    "no_data",
    "informs",
]
CAP = 100_000  # replicates; "more than that" is said as this number
ENOUGH_TWINS = 10  # below, luck and parameters are not told apart


@dataclass(frozen=True)
class Reason:
    """Why a verdict is what it is.

    Attributes:
        code: One of ``gain loss equivalent undecided parameters few_pairs few_discordant nobody_died
            nearly_all_died guardrail_crossed guardrail_undecided informs no_data``.
        metric: The metric it is about.
        scenario: The arm it is about; for deaths this may be the baseline.
        numbers: What the sentence needs, in the metric's unit unless named a share or a count.
    """

    code: str
    metric: str
    scenario: str
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Judgement:
    """What one metric says of one arm; ``needed`` is how many more replicates would about decide it."""

    code: Code
    needed: int | None = None
    reasons: tuple[Reason, ...] = ()


class Crossing(NamedTuple):
    """A guardrail whose whole interval lies past its red line."""

    metric: str
    diff: float
    line: float


@dataclass(frozen=True)
class Guard:
    """Where a guardrail stands: ``inside`` its line, ``crossed``, ``undecided``, or ``absent`` (no data)."""

    metric: str
    state: Literal["inside", "crossed", "undecided", "absent"]
    judgement: Judgement
    crossing: Crossing


@dataclass(frozen=True)
class ArmVerdict:
    """The advice on one arm.

    Attributes:
        scenario: The arm.
        code: ``launch``, ``harmful``, ``no_material_difference``, ``more_replicates``, ``parameters_limit``,
            ``not_estimable`` or ``no_data``.
        metric: The metric that decided it.
        needed_replicates: How many more would about decide, at most ``CAP``; None unless ``more_replicates``.
        reasons: The deciding metric's, then the other primaries', then those of guardrails not inside.
        guardrails: Red lines crossed.
    """

    scenario: str
    code: Code
    metric: str
    needed_replicates: int | None
    reasons: tuple[Reason, ...]
    guardrails: tuple[Crossing, ...]


def judge(
    metric: Metric,
    scenario: str,
    effect: Paired,
    replicates: int,
    deaths: Deaths | None = None,
    baseline: str = "baseline",
) -> Judgement:
    """What one metric says of one arm.

    Args:
        metric: Line of the metric table.
        scenario: Name of the arm.
        effect: Its paired statistics.
        replicates: Replicates run, of which ``effect.n_pairs`` are defined.
        deaths: For the lifespan of communities only.
        baseline: Name of the arm compared with.
    """
    n, d = effect.n_pairs, metric.matters(effect.baseline_mean)

    def said(code: Code, why: str, needed: int | None = None, **numbers: float) -> Judgement:
        return Judgement(code, needed, (Reason(why, metric.name, scenario, numbers),))

    if not n:
        return said("no_data", "no_data")
    if metric.direction == 0 or metric.kind == "cost":
        return said("informs", "informs", diff=effect.diff)
    if deaths is not None and (extreme := _deaths_reasons(metric, scenario, baseline, deaths)):
        return Judgement("not_estimable", None, extreme)

    low, high = _sorted(metric.direction, effect.ci_low, effect.ci_high)
    low90, high90 = _sorted(metric.direction, effect.ci90_low, effect.ci90_high)
    gain = metric.direction * effect.diff
    if gain > d:
        ratio = _ratio(gain - low, gain - d)
    elif gain < -d:
        ratio = _ratio(high - gain, -d - gain)
    else:
        ratio = max(_ratio(high90 - gain, d - gain), _ratio(gain - low90, d + gain))
    alike = low90 == high90 == 0.0  # equal to the bit in every world, as a placebo is
    if not alike:
        if n < ENOUGH:
            return said(
                "more_replicates",
                "few_pairs",
                max(_scaled(ENOUGH - n, effect, replicates), _more(ratio, effect, replicates)),
                n_pairs=n,
                enough=ENOUGH,
            )
        if deaths is not None and deaths.discordant < DISCORDANT:
            short = n * DISCORDANT / max(deaths.discordant, 0.5) - n
            return said(
                "more_replicates",
                "few_discordant",
                max(_scaled(short, effect, replicates), _more(ratio, effect, replicates)),
                discordant=deaths.discordant,
                enough=DISCORDANT,
            )
    if low > d:
        return said("better", "gain", low=low, high=high, d=d)
    if high < -d:
        return said("worse", "loss", low=low, high=high, d=d)
    if -d <= low90 and high90 <= d:
        return said("no_material_difference", "equivalent", low=low90, high=high90, d=d)
    code, needed = _undecided(ratio, effect, replicates)
    why = "parameters" if code == "parameters_limit" else "undecided"
    spread = {"luck_sd": effect.luck_sd, "world_sd": effect.world_sd} if code == "parameters_limit" else {}
    return said(code, why, needed, low=low, high=high, d=d, **spread)


def guard(metric: Metric, scenario: str, effect: Paired, replicates: int) -> Guard:
    """Where a guardrail stands; one without a direction must not move past its line either way."""
    line = float("inf") if metric.red_line is None else metric.red_line
    low, high = _sorted(-metric.direction, effect.ci_low, effect.ci_high)
    worse = -metric.direction * effect.diff
    if metric.direction == 0:
        low, high, worse = max(low, -high), max(high, -low), abs(effect.diff)
    numbers = {"diff": effect.diff, "low": effect.ci_low, "high": effect.ci_high, "line": line}
    crossing = Crossing(metric.name, effect.diff, line)

    def state(
        name: Literal["inside", "crossed", "undecided", "absent"], code: Code, why: str | None
    ) -> Guard:
        reasons = (Reason(why, metric.name, scenario, numbers),) if why else ()
        return Guard(metric.name, name, Judgement(code, needed, reasons), crossing)

    needed: int | None = None
    if metric.red_line is None:
        return state("inside", "informs", None)
    if not effect.n_pairs:
        return state("absent", "no_data", "no_data")
    if effect.n_pairs >= ENOUGH or low == high == 0.0:
        if high <= line:
            return state("inside", "no_material_difference", None)
        if low > line:
            return state("crossed", "harmful", "guardrail_crossed")
    ratio = _ratio(high - worse, line - worse) if worse < line else _ratio(worse - low, worse - line)
    code, needed = _undecided(ratio, effect, replicates)
    return state("undecided", code, "guardrail_undecided")


def decide(scenario: str, primary: Sequence[tuple[str, Judgement]], guards: Sequence[Guard]) -> ArmVerdict:
    """The advice on one arm.

    Args:
        scenario: Name of the arm.
        primary: What each primary metric says, the most important first.
        guards: The state of each guardrail.
    """
    crossed = tuple(g for g in guards if g.state == "crossed")
    unclear = [(g.metric, g.judgement) for g in guards if g.state == "undecided"]
    words = [judgement.code for _, judgement in primary]

    def first(code: Code) -> tuple[str, Judgement]:
        return next(pair for pair in primary if pair[1].code == code)

    code: Code
    chosen: tuple[str, Judgement]
    if crossed:
        code, chosen = "harmful", (crossed[0].metric, crossed[0].judgement)
    elif "worse" in words:
        code, chosen = "harmful", first("worse")
    elif "better" in words:
        code, chosen = "launch", first("better")
        if unclear:  # all of these guardrails must come inside, so the slowest one decides
            chosen = max(unclear, key=lambda pair: (pair[1].code == "parameters_limit", pair[1].needed or 0))
            code = chosen[1].code
    elif "more_replicates" in words:  # the first that can be settled
        undecided = [pair for pair in primary if pair[1].code == "more_replicates"]
        code, chosen = "more_replicates", min(undecided, key=lambda pair: pair[1].needed or CAP)
    else:
        ranking: tuple[Code, ...] = ("parameters_limit", "no_material_difference", "not_estimable")
        code = next((word for word in ranking if word in words), "no_data")
        chosen = first(code) if code in words else ("", Judgement("no_data"))
    needed = chosen[1].needed if code == "more_replicates" else None
    others = [j for name, j in primary if name != chosen[0]]
    others += [g.judgement for g in guards if g.state != "inside" and g.metric != chosen[0]]
    reasons = tuple(reason for judgement in [chosen[1], *others] for reason in judgement.reasons)
    return ArmVerdict(scenario, code, chosen[0], needed, reasons, tuple(g.crossing for g in crossed))


def _sorted(direction: int, low: float, high: float) -> tuple[float, float]:
    """The interval in the metric's better direction."""
    return (-high, -low) if direction < 0 else (low, high)


def _ratio(reach: float, room: float) -> float:
    """How many times too wide an interval is; infinite on the line itself, NaN if spread is not known."""
    return reach / room if room > 0.0 else float("inf")


def _scaled(pairs: float, effect: Paired, replicates: int) -> int:
    """Replicates that give so many more defined pairs."""
    return min(CAP, max(1, ceil(pairs * replicates / effect.n_pairs)))


def _more(ratio: float, effect: Paired, replicates: int) -> int:
    """Replicates more for an interval ``ratio`` times too wide; it shrinks with their root."""
    if not isfinite(ratio):
        return CAP if ratio == float("inf") else 1
    return _scaled(effect.n_pairs * (ratio**2 - 1.0), effect, replicates)


def _undecided(ratio: float, effect: Paired, replicates: int) -> tuple[Code, int | None]:
    """Whether replicates or parameters limit what can be said (see the head of this file)."""
    told_apart = effect.n_twins >= ENOUGH_TWINS and effect.n_pairs >= ENOUGH
    if told_apart and ratio**2 > 2.0 and effect.world_sd > effect.luck_sd:
        return "parameters_limit", None
    return "more_replicates", max(
        _more(ratio, effect, replicates), _scaled(ENOUGH - effect.n_pairs, effect, replicates)
    )


def _deaths_reasons(metric: Metric, scenario: str, baseline: str, deaths: Deaths) -> tuple[Reason, ...]:
    """Reasons why a lifespan is not estimable; none where it is."""
    found = []
    for name, share in ((baseline, deaths.baseline), (scenario, deaths.arm)):
        if not FEW_DIE <= share <= MOST_DIE:
            why = "nobody_died" if share < FEW_DIE else "nearly_all_died"
            found.append(Reason(why, metric.name, name, {"share": share}))
    return tuple(found)
