"""What a pilot's plan says, for the screen and the page, in either language."""

from math import isfinite

from experiments.messages import Catalogue
from experiments.pilot.groups import METRIC
from experiments.pilot.plan import Need, Pilot
from experiments.pilot.trials import Analysis, Power
from experiments.report.amounts import NONE, Amounts
from experiments.report.names import arm_name, community_name
from experiments.validation.sections import Cell, Picture, Section, Table
from simulator.metrics import BY_NAME

_SIZES = (2, 3, 5, 10, 20, 30, 50, 100, 200, 500, 1000)
#: Share of worlds without a worthwhile effect from which the answer speaks of it.
_MANY = 0.05


def section(found: Pilot, say: Catalogue, svg: str = "") -> Section:
    """Everything that is said, the answer first on a page and last on a screen."""
    return Section(
        key="pilot",
        title=say(
            "pilot.headline",
            arm=arm_name(found.study, found.arm, say),
            community=community_name(found.study, say),
        ),
        lead=lead(found, say),
        tables=(_needs(found, say), _sizes(found, say)),
        pictures=(Picture(svg, say("pilot.caption", chance=found.effort.chance)),) if svg else (),
        notes=_notes(found, say),
    )


def advised(found: Pilot) -> Need:
    """The trial to be advised: of fewest groups over all ways of testing, else of the best chance."""
    needs = [found.choice(analysis) for analysis in found.analyses]
    able = [one for one in needs if one.groups is not None]
    if able:
        return min(able, key=lambda one: one.groups or 0)
    return max(needs, key=lambda one: one.best)


def lead(found: Pilot, say: Catalogue) -> str:
    """The answer in a few sentences."""
    parts = [_answer(found, "plain", say)]
    if "before" in found.analyses:
        parts.append(_answer(found, "before", say))
    need, unit = advised(found), Amounts(say)
    groups = need.groups or found.effort.groups
    at = found.days.index(need.days)
    parts.append(
        say(
            "pilot.say_cost",
            groups=groups,
            days=need.days,
            cost=unit.amount(float(groups * found.cost[at]), "yuan"),
            hours=unit.amount(float(groups * found.hours[at]), "hours"),
        )
    )
    if 1 - found.worth >= _MANY:
        matters = unit.amount(found.matters, BY_NAME[METRIC].unit)
        parts.append(say("pilot.say_worth", share=_percent(1 - found.worth), matters=matters))
    return "".join(parts) if say.lang == "zh" else " ".join(parts)


def _answer(found: Pilot, analysis: Analysis, say: Catalogue) -> str:
    """What one way of testing needs."""
    need = found.choice(analysis)
    words = {
        "arm": arm_name(found.study, found.arm, say),
        "days": need.days,
        "chance": found.effort.chance,
        "before": found.effort.before,
        "most": found.effort.groups,
        "best": _percent(need.best),
        "fewer": need.fewer,
        "less": _percent(need.chance_of_fewer),
    }
    if need.groups is None:
        return say(f"pilot.say_{analysis}_not", **words)
    return say(f"pilot.say_{analysis}", groups=need.groups, **words)


def _needs(found: Pilot, say: Catalogue) -> Table:
    """What is needed by trial days."""
    unit = Amounts(say)
    head = ["days_head", *(f"needs_{analysis}" for analysis in found.analyses), "cost", "hours"]
    rows: list[list[Cell | str]] = []
    for at, days in enumerate(found.days):
        needs = [found.need(days, analysis) for analysis in found.analyses]
        able = [one.groups for one in needs if one.groups is not None]
        groups = min(able) if able else found.effort.groups
        rows.append(
            [
                say("pilot.days", n=days),
                *(_need(one, found, say) for one in needs),
                unit.amount(float(groups * found.cost[at]), "yuan"),
                unit.amount(float(groups * found.hours[at]), "hours"),
            ]
        )
    return Table(
        [say(f"pilot.{word}", n=found.effort.before) for word in head],
        rows,
        say("pilot.needs", chance=found.effort.chance),
    )


def _need(need: Need, found: Pilot, say: Catalogue) -> Cell:
    if need.groups is None:
        most = say("pilot.at_most", n=found.effort.groups, share=_percent(need.best))
        return Cell(say("pilot.more_than", n=found.effort.groups), "soft", most)
    small = say("pilot.with_fewer", n=need.fewer, share=_percent(need.chance_of_fewer))
    return Cell(str(need.groups), "strong", small)


def _sizes(found: Pilot, say: Catalogue) -> Table:
    """What trials of several sizes find in the days advised."""
    need = advised(found)
    known = {one.groups for one in found.powers}
    picked = sorted({size for size in _SIZES if size in known} | {found.effort.groups})
    rows: list[list[Cell | str]] = []
    for size in picked:
        every = [found.nearest(size, need.days, analysis) for analysis in found.analyses]
        mine = found.nearest(size, need.days, need.analysis)
        rows.append([say("pilot.each", n=size), *(_chance(one, say) for one in every), *_errors(mine)])
    head = ["groups_head", *(f"chance_{analysis}" for analysis in found.analyses), "wrong", "exaggeration"]
    title = say("pilot.sizes", days=need.days)
    return Table([say(f"pilot.{word}", n=found.effort.before) for word in head], rows, title)


def _chance(one: Power, say: Catalogue) -> Cell:
    ends = say("range", low=f"{100 * one.tenth:.0f}", high=_percent(one.nine_tenths))
    return Cell(_percent(one.power), small=ends)


def _errors(one: Power) -> tuple[str, str]:
    """Wrong signs and exaggeration among significant results."""
    wrong = _percent(one.wrong) if isfinite(one.wrong) else NONE
    return wrong, f"{one.exaggeration:.1f}×" if isfinite(one.exaggeration) else NONE


def _notes(found: Pilot, say: Catalogue) -> list[str]:
    unit, need = Amounts(say), advised(found)
    size = need.groups or found.effort.groups
    errors = _errors(found.nearest(size, need.days, need.analysis))
    notes = [
        say(
            "pilot.note_trial",
            worlds=found.effort.worlds,
            pool=found.effort.pool,
            voices=unit.amount(found.level, BY_NAME[METRIC].unit),
            effect=unit.amount(float(found.effects[-1].mean()), BY_NAME[METRIC].unit, signed=True),
        ),
        say("pilot.note_chance"),
        say("pilot.note_errors", wrong=errors[0], exaggeration=errors[1], n=size),
        say("pilot.note_cluster"),
        say("pilot.note_alike"),
    ]
    before, first = found.effort.before, found.study.scenarios[0]
    if before:
        notes.insert(1, say("pilot.note_before", n=before))
        older = before - first.warmup - first.community.age
        if older > 0:
            notes.insert(2, say("pilot.note_older", n=older))
    else:
        notes.insert(1, say("pilot.note_none"))
    known = "note.calibrated" if found.study.portrait is not None else "note.not_calibrated"
    return [*notes, say(known)]


def _percent(share: float) -> str:
    return f"{share:.0%}"
