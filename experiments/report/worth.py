"""The cost frontier in sentences: which arms are worth their money and hours, and which are not."""

from collections.abc import Sequence

from experiments.frontier import Worth, worths
from experiments.report.words import Words
from experiments.result import Result


def sentences(result: Result, words: Words) -> list[str]:
    """Which arms are worth their money and hours, who is dominated by whom, who is not in the running.

    Nothing where fewer than two arms were tried.
    """
    found = worths(result)
    if len(found) < 2:
        return []
    return [_lead(found, words), *_dominated(found, words), *_aside(found, words)]


def line(result: Result, words: Words) -> str:
    """The short of it for a screen; empty where fewer than two arms were tried."""
    found = worths(result)
    if len(found) < 2:
        return ""
    text = words.say("gap").join([_lead(found, words), *_dominated(found, words)])
    return words.say("frontier.line", text=text)


def _lead(found: Sequence[Worth], words: Words) -> str:
    """The arms on the frontiers of money and of hours."""
    say = words.say
    money = [w for w in found if w.counts and w.place.on_yuan]
    hours = [w for w in found if w.counts and w.place.on_hours]
    if not money:
        return say("frontier.none")
    if money == hours:
        return say("frontier.both", n=len(money), list=_names(money, words))
    parts = [(key, arms) for key, arms in (("money", money), ("hours", hours)) if arms]
    return say("gap").join(
        say(f"frontier.{key}", n=len(arms), list=_names(arms, words)) for key, arms in parts
    )


def _dominated(found: Sequence[Worth], words: Words) -> list[str]:
    """One sentence for each arm that another beats in money, hours and gain taken together."""
    known = {worth.arm.label: worth for worth in found}
    out = []
    for worth in found:
        if not (worth.counts and worth.place.dominated_by):
            continue
        best = max((known[label].place for label in worth.place.dominated_by), key=lambda one: one.effect)
        mine = worth.place
        ways = (
            ("dearer", mine.yuan > best.yuan),
            ("longer", mine.hours > best.hours),
            ("weaker", mine.effect < best.effect),
        )
        told = words.say("frontier.way").join(words.say(f"frontier.{way}") for way, so in ways if so)
        names = {"arm": words.arm(mine.arm), "other": words.arm(best.arm)}
        out.append(words.say("frontier.dominated", **names, ways=told))
    return out


def _aside(found: Sequence[Worth], words: Words) -> list[str]:
    """The arms that are not in the running, and why."""
    harmful = [worth for worth in found if worth.harmful]
    unsure = [worth for worth in found if not worth.told and not worth.harmful]
    groups = (("unsure", unsure), ("harmful", harmful))
    return [
        words.say(f"frontier.{key}", n=len(arms), list=_names(arms, words)) for key, arms in groups if arms
    ]


def _names(found: Sequence[Worth], words: Words) -> str:
    return words.say("frontier.item").join(words.arm(worth.arm.label) for worth in found)
