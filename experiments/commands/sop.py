"""``qunlab sop``: an SOP's calendar, and what it costs in yuan and hours on its community."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments import known
from experiments.arms import is_override, read_arm
from experiments.cli import Call, lang_of
from experiments.commands.lists import plain_table, title
from experiments.messages import Catalogue
from experiments.report.amounts import NONE, digits
from simulator.errors import UserError

if TYPE_CHECKING:
    from experiments.calendar import Run, Spent
    from experiments.sop import Node, Sop
    from experiments.study import Study

_REPLICATES, _RANGE = 40, (10, 90)
#: Days of a run that are listed one by one; more are shown as first and last.
_LISTED = 4
_COLUMNS = ("node", "strategy", "days", "condition", "task", "times", "cost", "hours")


def run(call: Call) -> int:
    """Print the calendars asked for, or the SOPs there are."""
    say = Catalogue(lang_of(call.words))
    names = [word for word in call.words if not is_override(word)]
    overrides = [word for word in call.words if is_override(word)]
    console = Console()
    if not names:
        for word in overrides:
            if not word.startswith("lang="):
                raise UserError(
                    say("sop.which", word=word, list=", ".join(known.presets("sop", call.folder)))
                )
        console.print(listing(call, say))
        return 0
    if len(names) > 1:
        raise UserError(say("sop.one", list=", ".join(names)))
    file = _file(overrides, say)
    plan = made(names[0], [word for word in overrides if not word.startswith("out=")], call.folder)

    from experiments.calendar import spend  # a mistake need not wait for the kernels to load

    with console.status(say("sop.running", n=plan.study.replicates)):
        spent = spend(plan.study.scenarios[1], plan.study.replicates, plan.study.seed)
    for part in shown(plan, say, spent):
        console.print(part)
    if file is not None:
        _write(file, plan, say, spent)
        console.print(say("sop.written", file=str(file)), style="dim")
    return 0


@dataclass(frozen=True)
class Planned:
    """An SOP with the strategies of its nodes, and the study of it on its community."""

    sop: "Sop"
    tactics: Mapping[str, Any]
    study: "Study"


def made(word: str, overrides: list[str], folder: Path | None) -> Planned:
    """An SOP by name, ``camp_21``, ``sop:camp_21`` or ``camp_21(rescue=off)``, on its community or another.

    Raises:
        UserError: There is none, or something in it or in a setting cannot be used.
    """
    from experiments.build import plan, study_from

    arm = read_arm(word if re.match(r"[^(（]*[:：]", word) else known.SOP + word)
    if len(arm.terms) > 1:
        raise UserError(f"{word!r} is more than an SOP; type 'qunlab compare {word}'.")
    from experiments.sop import read

    first = read(known.tactic(arm.terms[0].name, folder).removeprefix(known.SOP), folder)
    own = [f"community={first.community}", f"days={first.days}", "follow_up=0", f"replicates={_REPLICATES}"]
    said = {one.lstrip("+").partition("=")[0] for one in overrides}
    words = [one for one in own if one.partition("=")[0] not in said] + overrides
    asked = plan([arm.terms[0].text], words, folder)
    study = study_from(asked)
    return Planned(asked.sops[arm.terms[0].text], dict(study.scenarios[1].strategies), study)


def listing(call: Call, say: Catalogue) -> Table:
    """The SOPs there are."""
    from experiments.sop import read

    table = plain_table(say("sop.all"), say("card.name"), say("sop.length"), say("card.what"))
    for name in known.presets("sop", call.folder):
        days = say("sop.days", n=read(name, call.folder).days)
        table.add_row(f"{known.SOP}{name}", days, Text(known.about("sop", name, say.lang, call.folder)))
    return table


def shown(plan: Planned, say: Catalogue, spent: Mapping[str, "Spent"] | None = None) -> list[Any]:
    """The parts of a calendar: heading, what is done day by day, what is done on conditions, and its cost."""
    sop = plan.sop
    head = Text(sop.name, style="bold")
    head.append(f"  {title(dict(sop.title), say.lang)}", style="bold")
    group = title(dict(plan.study.group_title), say.lang) or plan.study.group
    parts: list[Any] = [head, Text(say("sop.life", n=sop.days, community=group), style="dim"), Text()]
    parts.append(_calendar(plan, say))
    if any(node.conditions for node in sop.nodes.values()):
        parts += [Text(), _conditions(plan, say, spent)]
    parts.append(Text(say("sop.note"), style="dim"))
    if spent is not None:
        parts += [Text(), _cost(plan, say, spent)]
        parts.append(Text(say("sop.cost_note", n=plan.study.replicates, community=group), style="dim"))
    return parts


def _calendar(plan: Planned, say: Catalogue) -> Table:
    """What is done on which days."""
    table = plain_table(say("sop.calendar"), *(say(f"sop.{name}") for name in ("day", "node", "task")))
    rows = []
    for name, node in plan.sop.nodes.items():
        if not node.conditions:
            rows += [(one.days[0], -len(one.days), name, one) for one in _runs(plan, name)]
    for _, _, name, one in sorted(rows, key=lambda row: row[:3]):
        space = "\n" if len(one.days) > 1 else " "
        table.add_row(Text(f"{_days(one)}{space}{_rhythm(one, say)}"), name, _what(plan, name, say))
    return table


def _conditions(plan: Planned, say: Catalogue, spent: Mapping[str, "Spent"] | None) -> Table:
    """What is done where something has been seen."""
    head = ("node", "condition", "task", *(("times",) if spent is not None else ()))
    table = plain_table(say("sop.conditional"), *(say(f"sop.{name}") for name in head))
    for name, node in plan.sop.nodes.items():
        if node.conditions:
            cells = [condition(plan, name, say), _what(plan, name, say)]
            table.add_row(name, *cells, *([Text(_range(spent[name].acts))] if spent is not None else []))
    return table


def _cost(plan: Planned, say: Catalogue, spent: Mapping[str, "Spent"]) -> Table:
    """Days, yuan and hours of each node, dearest first, and in total."""
    head = ("node", "strategy", "times", "cost", "hours")
    table = plain_table(say("sop.spent"), *(say(f"sop.{name}") for name in head))
    for name in sorted(spent, key=lambda one: (-spent[one].cost.mean(), -spent[one].hours.mean(), one)):
        one = spent[name]
        ranges = [Text(_range(x)) for x in (one.acts, one.cost, one.hours)]
        table.add_row(name, Text(_strategy(plan, name, say)), *ranges)
    whole = [sum(getattr(one, kind) for one in spent.values()) for kind in ("cost", "hours")]
    table.add_row(Text(say("sop.total")), "", "", *(Text(_range(x)) for x in whole), style="bold")
    return table


def _runs(plan: Planned, name: str) -> list["Run"]:
    from experiments.calendar import runs

    when = plan.tactics[name].when
    return runs([day for day in range(plan.sop.days) if when.today(day)])


def _days(one: "Run") -> str:
    """``4, 11, 18``, or ``0-20``."""
    if len(one.days) <= _LISTED and one.every != 1:
        return ", ".join(map(str, one.days))
    return f"{one.days[0]}–{one.days[-1]}"


def _rhythm(one: "Run", say: Catalogue) -> str:
    """``Fri``, ``daily`` or ``every 3 days``."""
    if one.weekdays:
        return say("sop.list").join(say(f"sop.{name}") for name in one.weekdays)
    return say("sop.daily") if one.every == 1 else say("sop.every", n=one.every)


def _what(plan: Planned, name: str, say: Catalogue) -> Text:
    """The tactic, what the operator does, and with whom where that is not everybody."""
    task = plan.sop.nodes[name].task
    said = task.get(say.lang) or task.get("en", "")
    strategy, people = _strategy(plan, name, say), whom(plan.tactics[name], say)
    text = Text(say("sop.what", strategy=strategy, task=said) if said else strategy)
    return text.append(f"\n→ {people}", style="dim") if people else text


def _strategy(plan: Planned, name: str, say: Catalogue) -> str:
    strategy = plan.tactics[name]
    return title(dict(strategy.title), say.lang) or str(strategy.name)


def condition(plan: Planned, name: str, say: Catalogue) -> Text:
    """When a node acts that waits for something, in words, and in which days."""
    node = plan.sop.nodes[name]
    said = [_trigger(trigger, say) for trigger in node.triggers]
    if node.after is not None:
        said.append(say("sop.after", node=node.after[0], n=node.after[1]))
    spans = _runs(plan, name)
    if sum(len(one.days) for one in spans) < plan.sop.days:
        days = ", ".join(_days(one) for one in spans)
        said.append(say("sop.within", days=days))
    return Text(say("sop.and").join(said))


def _trigger(trigger: Any, say: Catalogue) -> str:
    """One trigger in words."""
    level = f"{trigger.level:.0%}" if trigger.metric == "dormant" else f"{trigger.level:g}"
    sign = {"<=": "≤", ">=": "≥"}.get(trigger.op, trigger.op)
    text = say(f"sop.metric.{trigger.metric}", node=trigger.of) + f" {sign} {level}"
    if trigger.days > 1:
        text += say("sop.in_a_row", n=trigger.days)
    return text + (say("sop.pause", n=trigger.cooldown) if trigger.cooldown else "")


def whom(strategy: Any, say: Catalogue) -> str:
    """Whom a tactic addresses; nothing where that is everybody."""
    from simulator.members import ROLES

    who = strategy.who
    roles = [say.name("role", role) for role in who.roles]
    parts = [say("sop.list").join(roles)] if roles else []
    if who.roles == ROLES[1:]:
        parts = [say("sop.members")] if not who.tiers else []
    if who.tiers:
        parts.append(say("sop.list").join(say(f"sop.tier.{tier}") for tier in who.tiers))
    if who.tenure_min:
        parts.append(say("sop.tenure_min", n=who.tenure_min))
    if who.tenure_max is not None:
        parts.append(say("sop.tenure_max", n=who.tenure_max))
    if who.near_kol:
        parts.append(say("sop.near_kol"))
    if who.top:
        parts.append(say("sop.top", n=who.top))
    if who.share < 1:
        parts.append(say("sop.share", share=f"{who.share:.0%}"))
    return say("sop.and").join(parts)


def _range(values: Any) -> str:
    """Mean, and the range of the middle 80% where there is one: ``120 (80-160)``."""
    mean, (low, high) = float(np.mean(values)), np.percentile(values, _RANGE)
    places = digits("yuan", mean, low, high)
    texts = [f"{x:,.{places}f}" for x in (mean, low, high)]
    if float(texts[0].replace(",", "")) == 0 and mean == 0:
        return NONE
    if all(text.endswith(".0") for text in texts):
        texts = [text.removesuffix(".0") for text in texts]
    return texts[0] if texts[1] == texts[2] else f"{texts[0]} ({texts[1]}–{texts[2]})"


def _file(overrides: list[str], say: Catalogue) -> Path | None:
    """The CSV file asked for."""
    names = [word.partition("=")[2] for word in overrides if word.startswith("out=")]
    if names and not names[-1].endswith(".csv"):
        raise UserError(say("cli.no_csv", file=names[-1]))
    return Path(names[-1]) if names else None


def _write(file: Path, plan: Planned, say: Catalogue, spent: Mapping[str, "Spent"]) -> None:
    """The calendar as a table for a spreadsheet; means, and 10th and 90th percentiles."""
    ends = [f"{kind}{end}" for kind in _COLUMNS[-3:] for end in ("", "_p10", "_p90")]
    try:
        with file.open("w", encoding="utf-8-sig", newline="") as stream:
            table = csv.writer(stream)
            table.writerow([*_COLUMNS[:-3], *ends])
            for name, node in plan.sop.nodes.items():
                table.writerow([*_cells(plan, name, node, say), *_numbers(spent[name])])
    except OSError as error:
        raise UserError(say("odd.unwritten", folder=str(file), text=error.strerror or str(error))) from None


def _cells(plan: Planned, name: str, node: "Node", say: Catalogue) -> list[str]:
    when = plan.tactics[name].when
    days = "" if node.conditions else " ".join(str(day) for day in range(plan.sop.days) if when.today(day))
    task = node.task.get(say.lang) or node.task.get("en", "")
    return [name, plan.tactics[name].name, days, " and ".join(map(str, node.conditions)), task]


def _numbers(spent: "Spent") -> list[str]:
    values = (spent.acts, spent.cost, spent.hours)
    return [f"{n:g}" for x in values for n in (x.mean(), *np.percentile(x, _RANGE))]
