"""Checks of what a strategy does on a scripted bench, where only its own lines can make a difference."""

import pickle
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache, lru_cache, partial
from itertools import pairwise
from types import FrameType
from typing import Any

import numpy as np

from simulator.conformance.bench import Bench, days_of
from simulator.conformance.form import STRATEGY
from simulator.conformance.said import Said, differ
from simulator.conformance.scene import Run
from simulator.conformance.strays import no_strays
from simulator.conformance.verdict import Bibliography, need
from simulator.errors import UserError
from simulator.knobs import knobs
from simulator.schedule import When
from simulator.strategy import Strategy

#: Shapes and communities in which strategies have stumbled.
ODD: tuple[dict[str, Any], ...] = (
    *({"shape": shape} for shape in ((1, 1), (1, 40), (5, 1), (4, 60))),
    *(
        {"odd": odd}
        for odd in ("nobody there", "nobody comes", "all muted", "everybody new", "nobody addressed")
    ),
    *({"roles": roles} for roles in ("no owner", "no KOL", "lurkers only")),
)
_RUNS = ("runs",)
_SOUND = ("runs", "doses")


@cache
def bench(**how: Any) -> Bench:
    """A bench, made once."""
    return Bench(**how)


def daily(s: Strategy) -> Strategy:
    """The strategy acting every day, so that the bench sees enough of it."""
    return replace(s, when=When())


@lru_cache(maxsize=4)
def _seen(s: Strategy) -> Run:
    """What it does every day, and then by its own calendar."""
    run = bench().run(daily(s))
    days = days_of(s)
    if days and days != bench().days:
        own = bench(days=days).run(s)
        for part in ("said", "written", "misused", "peeks"):
            getattr(run, part).extend(getattr(own, part))
    return run


def _first(found: list[str]) -> str:
    return found[0] if found else ""


def _same(one: list[Said], other: list[Said], what: str, rows: slice = slice(None)) -> None:
    where = differ(one, other, rows)
    need(not where, f"{what}: {where}")


@STRATEGY.says("It runs on an ordinary group, on its own days and on every day.")
def runs(s: Strategy, _: Bibliography) -> None:
    """Nothing is raised; members, ties, whom and came are read-only, so writing into them is."""
    _seen.cache_clear()
    _seen(s)


@STRATEGY.says("What it hands over is an Offer and an Award of finite numbers from nought up.", _RUNS)
def doses(s: Strategy, _: Bibliography) -> None:
    """Of the right shape and type, and never negative."""
    for said in _seen(s).said:
        need(not said.ill, f"{_first(said.ill)} (day {said.day})")
        for name, dose in said.doses.items():
            low = -1 if name in ("circles", "gatherings") else 0
            need(np.isfinite(dose).all(), f"{name} is not finite on day {said.day}")
            need(
                (dose >= low).all(),
                f"{name} is {dose.min():g} on day {said.day}; a dose is never under {low}",
            )


@STRATEGY.says("It uses no channel but those it declares.", _SOUND)
def channels_declared(s: Strategy, _: Bibliography) -> None:
    """Or the check for listeners would be worth nothing; cost and income go without saying."""
    from simulator.stimuli import used

    seen = frozenset().union(used(s.entry()), *(said.used for said in _seen(s).said))
    extra = seen - s.uses - {"cost", "income"}
    need(not extra, f"it uses {', '.join(sorted(extra))}, which uses does not hold")


@STRATEGY.says("It gives only to those whom it addresses and the channel may reach.", _SOUND)
def nothing_to_the_absent(s: Strategy, _: Bibliography) -> None:
    """What reaches nobody was meant for somebody else."""
    for said in _seen(s).said:
        need(not said.stray, f"{_first(said.stray)} (day {said.day})")


@STRATEGY.says("Money handed out is booked as cost.", _SOUND)
def books_balance(s: Strategy, _: Bibliography) -> None:
    """In each group on each day, to a part in 100,000."""
    for said in _seen(s).said:
        paid = sum((said.doses[name].sum(axis=1) for name in ("reward", "packet") if name in said.doses), 0.0)
        cost = said.doses.get("cost", np.zeros(1))
        need(
            (cost >= np.asarray(paid) * (1 - 1e-5) - 1e-9).all(),
            f"more is paid out than booked on day {said.day}",
        )


@STRATEGY.says(
    "It gets along with odd groups: one member, nobody there, no owner, no KOL, all muted.", _SOUND
)
def odd_communities(s: Strategy, _: Bibliography) -> None:
    """Nothing is raised, and every dose is sound."""
    for how in ODD:
        what = " ".join(str(part) for part in how.values())
        try:
            said = bench(**how, days=(0, 1, 2, 3)).run(daily(s)).said
        except Exception as error:  # whatever it stumbles over
            need(False, f"{what}: {type(error).__name__}: {error}")
        for one in said:
            need(not one.ill, f"{what}: {_first(one.ill)}")
            need(all(np.isfinite(d).all() for d in one.doses.values()), f"{what}: a dose is not finite")


@STRATEGY.says("Two runs do not meet: the same days give the same, whatever was run between.", _SOUND)
def runs_do_not_meet(s: Strategy, _: Bibliography) -> None:
    """Nothing is kept outside of memory, nothing comes by chance."""
    first = bench().run(daily(s)).said
    bench(world=2).run(daily(s))
    _same(first, bench().run(daily(s)).said, "the same days once more")


@STRATEGY.says("It has no luck but day.draws, and does not look at the clock.", _SOUND)
def no_outside_randomness(s: Strategy, _: Bibliography) -> None:
    """Arms share their luck only where luck belongs to people and decisions."""
    bench().run(daily(s))
    with no_strays(type(s)) as called:
        bench().run(daily(s))
    need(not called, f"it calls {_first(called)}")


@STRATEGY.says("A batch of groups is its groups, each on its own.", _SOUND)
def batch_is_singles(s: Strategy, _: Bibliography) -> None:
    """Nothing in a row depends on another row."""
    whole = bench().run(daily(s)).said
    for r in range(bench().shape[0]):
        alone = bench(rows=(r,)).run(daily(s)).said
        _same(whole, alone, f"group {r} alone and among others", slice(r, r + 1))


@STRATEGY.says("Who sits in which slot does not matter.", _SOUND)
def members_interchangeable(s: Strategy, _: Bibliography) -> None:
    """People in other slots get what they got before, to the bit."""
    _same(bench().run(daily(s)).said, bench(seats=True).run(daily(s)).said, "people in other slots")


@STRATEGY.says("Empty slots do not matter.", _SOUND)
def padding_irrelevant(s: Strategy, _: Bibliography) -> None:
    """A group with room to grow is the same group."""
    _same(bench().run(daily(s)).said, bench(spare=23).run(daily(s)).said, "with 23 empty slots more")


@STRATEGY.says("It looks at no luck but its own, of today.", _SOUND)
def no_foresight(s: Strategy, _: Bibliography) -> None:
    """Who looks up another's draws knows what they are about to decide."""
    peeks = _seen(s).peeks
    need(not peeks, f"it looks up the luck of {_first(peeks)}")


@STRATEGY.says("offer() leaves memory as it is.", _SOUND)
def offer_only_reads(s: Strategy, _: Bibliography) -> None:
    """Memory is written in award()."""
    need(not _seen(s).written, f"offer() writes memory[{_first(_seen(s).written)!r}]")


@STRATEGY.says("Its memory is what it declares, written in place.", _SOUND)
def memory_declared(s: Strategy, _: Bibliography) -> None:
    """The world keeps the declared columns and nothing else."""
    need(not _seen(s).misused, f"memory: {_first(_seen(s).misused)}")


@STRATEGY.says("Memory is all it keeps: stopped, pickled and gone on with, it does the same.", _SOUND)
def memory_is_all(s: Strategy, _: Bibliography) -> None:
    """A strategy object holds knobs, not state."""
    straight, half = bench().run(daily(s)).said, 4
    begun = bench().run(daily(s), last=half)
    thawed = replace(pickle.loads(pickle.dumps(daily(s))))
    rest = bench().run(thawed, first=half, memory=pickle.loads(pickle.dumps(begun.memory)))
    _same(straight, begun.said + rest.said, "stopped and gone on with")


@STRATEGY.says("It works on whole columns: no more lines are run for more members.", _SOUND)
def vectorised(s: Strategy, _: Bibliography) -> None:
    """Lines of Python run in the plug-in's own files, for 16 and for 384 members."""
    few, many = (bench(shape=shape, days=(0, 1, 2)) for shape in ((2, 8), (6, 64)))
    counts = []
    for one in (few, many):
        one.run(daily(s))
        counts.append(_lines(partial(one.run, daily(s)), _home(type(s))))
    need(
        counts[1] <= 1.1 * counts[0] + 50,
        f"{counts[0]} lines are run for 16 members and {counts[1]} for 384: it loops over members or groups",
    )


def _home(kind: type) -> str:
    """The folder of the package a class comes from, or its file."""
    file = kind.award.__code__.co_filename  # type: ignore[attr-defined]
    package = sys.modules.get(kind.__module__.partition(".")[0])
    paths = list(getattr(package, "__path__", ()))
    return str(paths[0]) if paths else file


def _lines(run: Callable[[], object], home: str) -> int:
    """Lines run in files whose path begins with ``home``."""
    count = 0

    def local(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        count += event == "line"
        return local

    old = sys.gettrace()
    sys.settrace(lambda frame, event, arg: local if frame.f_code.co_filename.startswith(home) else None)
    try:
        run()
    finally:
        sys.settrace(old)
    return count


@STRATEGY.says("More of a knob never costs less, and of one of them it costs more.", _SOUND)
def dose_raises_cost(s: Strategy, _: Bibliography) -> None:
    """Yuan and hours of every knob that can be switched off, at nought, as set, and at twice that."""
    dear = []
    for name, (f, spec) in knobs(s).items():
        if spec.off is None or isinstance(f.default, bool | str):
            continue
        now = getattr(s, name)
        end = spec.high if spec.off < spec.high else spec.low
        far = type(now)(spec.off + 2 * ((now if now != spec.off else end) - spec.off))
        steps = dict.fromkeys((spec.off, now, min(max(far, spec.low), spec.high)))
        bills = [bill for value in steps if (bill := _bill(s, **{name: value})) is not None]
        for less, more in pairwise(bills):
            need(
                more >= less * (1 - 1e-9),
                f"more of {name} costs less: {more:g} after {less:g} yuan and hours",
            )
        dear.append(bills[-1] > bills[0])
    need(any(dear), "whatever is raised, neither cost nor hours rise")


def _bill(s: Strategy, **changed: Any) -> float | None:
    """Yuan and hours of all days on the bench; None where the knobs do not go together."""
    try:
        other = replace(daily(s), **changed)
    except UserError:
        return None
    said = bench().run(other).said
    return float(
        sum(one.doses[kind].sum() for one in said for kind in ("cost", "hours") if kind in one.doses)
    )
