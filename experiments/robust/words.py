"""What a robustness study says, for the screen and the page, in either language."""

from collections.abc import Sequence

from experiments.commands.cards import texts
from experiments.messages import Catalogue
from experiments.report.amounts import Amounts
from experiments.report.names import arm_name, community_name
from experiments.robust.flips import Flip
from experiments.robust.study import Robustness
from experiments.robust.worlds import Standing
from experiments.screening.design import Factor
from experiments.study import BASELINE
from experiments.validation.sections import Cell, Picture, Section, Table

#: A share of worlds from which an arm is said to win nearly everywhere, and mostly.
_NEARLY, _MOSTLY = 0.9, 0.6


def section(found: Robustness, say: Catalogue, svg: str = "") -> Section:
    """Everything that is said, the answer first on a page and last on a screen."""
    return Section(
        key="robust",
        title=say(
            "robust.headline",
            community=community_name(found.study, say),
            days=found.study.scenarios[0].days,
            worlds=found.outcome.worlds,
        ),
        lead=lead(found, say),
        tables=(_choices(found, say), _parameters(found, say)),
        pictures=(Picture(svg, say("robust.caption")),) if svg else (),
        notes=_notes(found, say),
    )


def lead(found: Robustness, say: Catalogue) -> str:
    """The answer in a few sentences."""
    result = found.outcome
    first = result.ranked[0]
    name = arm_name(found.study, first.label, say)
    unit = Amounts(say)
    parts = []
    if first.label == BASELINE or result.nothing.wins >= max(one.wins for one in result.standings[1:]):
        parts.append(say("robust.say_nothing", share=_percent(result.nothing.wins)))
    else:
        how = "nearly" if first.wins >= _NEARLY else "mostly" if first.wins >= _MOSTLY else "often"
        parts.append(
            say(
                f"robust.say_{how}",
                arm=name,
                share=_percent(first.wins),
                interval=_interval(first.wins_low, first.wins_high, say),
                nothing=_percent(result.nothing.wins),
            )
        )
    if first.label != BASELINE:
        regret = unit.amount(first.regret, found.goal.unit)
        parts.append(say("robust.say_regret", arm=name, regret=regret, enough=_percent(first.enough)))
        safest = result.safest
        if safest.label != first.label:
            parts.append(say("robust.say_safest", arm=arm_name(found.study, safest.label, say)))
    parts.append(_flipping(found, say))
    return "".join(parts) if say.lang == "zh" else " ".join(parts)


def value(number: float, factor: Factor, say: Catalogue) -> str:
    """A value of a parameter with its unit."""
    unit = texts(factor.unit, say.lang)
    return f"{number:.3g} {unit}".strip()


def _flipping(found: Robustness, say: Catalogue) -> str:
    """Which parameters flip the winner alone, and where."""
    names = {label: arm_name(found.study, label, say) for label in found.pair}
    told = []
    for verdict in ("yes", "perhaps"):
        some = [n for n in found.ranked if found.flip(n).verdict == verdict]
        if some:
            listed = say("join").join(_where(found, n, say) for n in some)
            told.append(say(f"robust.say_flips_{verdict}", list=listed, first=names[found.pair[0]]))
    if not told:
        key = "robust.say_flips_none"
        return say(key, n=len(found.chosen), first=names[found.pair[0]], second=names[found.pair[1]])
    return "".join(told) if say.lang == "zh" else " ".join(told)


def _where(found: Robustness, n: int, say: Catalogue) -> str:
    """A parameter, and on which side of which value the second choice is ahead."""
    flip, factor = found.flip(n), found.factors[n]
    side = "below" if flip.low[0] < 0.0 else "above"
    return say(f"robust.{side}", parameter=factor.key, at=value(flip.at, factor, say))


def _choices(found: Robustness, say: Catalogue) -> Table:
    result, unit = found.outcome, Amounts(say)
    rows = [_choice(found, one, say, unit) for one in result.ranked]
    head = ("choice", "effect", "wins", "enough", "regret", "worst")
    return Table([say(f"robust.{word}") for word in head], rows, say("robust.choices"))


def _choice(found: Robustness, one: Standing, say: Catalogue, unit: Amounts) -> Sequence[Cell | str]:
    goal, nothing = found.goal.unit, one.label == BASELINE

    def with_ends(number: float, low: float, high: float, signed: bool) -> Cell:
        small = unit.interval(low, high, goal, bare=True)
        return Cell(unit.amount(number, goal, signed, (low, high)), small=small)

    ends = _interval(one.wins_low, one.wins_high, say)
    return (
        Cell(arm_name(found.study, one.label, say), "strong"),
        "–" if nothing else with_ends(one.effect, one.effect_low, one.effect_high, True),
        Cell(_percent(one.wins), small=say("robust.none_wins") if nothing else ends),
        Cell(_percent(one.enough)),
        with_ends(one.regret, one.regret_low, one.regret_high, False),
        Cell(unit.amount(one.worst, goal)),
    )


def _parameters(found: Robustness, say: Catalogue) -> Table:
    first, second = (arm_name(found.study, label, say) for label in found.pair)
    rows = []
    for n in found.ranked:
        factor, at = found.factors[n], found.chosen.index(n)
        shares, flip = found.indices, found.flips[at]
        rows.append(
            (
                Cell(factor.key, "strong", texts(factor.doc, say.lang)),
                Cell(_number(found.moves.mu_star[n], found.moves.wide[n]), _tone(found.moves.real[n])),
                Cell(_share(shares.total[at], shares.total_wide[at])),
                Cell(_share(shares.first[at], shares.first_wide[at])),
                Cell(*_flip(flip, factor, say)),
            )
        )
    head = ("parameter", "mu_star", "total", "first", "flips")
    title = say("robust.parameters", first=first, second=second)
    return Table([say(f"robust.{word}") for word in head], rows, title)


def _flip(flip: Flip, factor: Factor, say: Catalogue) -> tuple[str, str, str]:
    """Text, tone and interval of where a parameter flips the winner."""
    if flip.verdict == "no":
        return say("robust.no_flip"), "soft", ""
    at = say(f"robust.mark_{flip.verdict}", at=value(flip.at, factor, say))
    ends = say("range", low=f"{flip.at_low:.3g}", high=f"{flip.at_high:.3g}")
    return at, "bad" if flip.verdict == "yes" else "", ends


def _notes(found: Robustness, say: Catalogue) -> list[str]:
    result, effort, unit = found.outcome, found.effort, Amounts(say)
    first, second = (arm_name(found.study, label, say) for label in found.pair)
    luck = "robust.note_luck" if result.twins else "robust.note_no_luck"
    return [
        say(
            "robust.note_worlds",
            worlds=result.worlds,
            goal=say.name("metric", found.goal.name),
            matters=unit.amount(result.matters, found.goal.unit),
        ),
        say(luck, twins=result.twins),
        say("robust.note_pair", first=first, second=second, n=len(found.factors), lucks=effort.lucks),
        say(
            "robust.note_sobol",
            leading=len(found.chosen),
            samples=effort.samples,
            luck=_percent(found.indices.luck),
        ),
        say("robust.note_flips"),
        say("note.calibrated" if found.study.portrait is not None else "note.not_calibrated"),
    ]


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _interval(low: float, high: float, say: Catalogue) -> str:
    return say("range", low=f"{100 * low:.0f}", high=f"{100 * high:.0f}%")


def _number(number: float, wide: float) -> str:
    return f"{number:.2f} ± {wide:.2f}"


def _share(share: float, wide: float) -> str:
    return f"{100 * share:.0f} ± {100 * wide:.0f}%"


def _tone(real: bool) -> str:
    return "" if real else "soft"
