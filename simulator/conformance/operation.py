"""Checks of mechanisms: what they declare, and what they do in a small real community."""

from collections.abc import Iterable
from dataclasses import fields, replace
from difflib import get_close_matches
from functools import lru_cache, wraps
from typing import Any

import numpy as np

from simulator import registry
from simulator.conformance import lab
from simulator.conformance.form import citations, frozen_dataclass, knob_declared, refused
from simulator.conformance.strays import no_strays
from simulator.conformance.verdict import Bibliography, Book, Examine, Failed, need
from simulator.knobs import drawn, knobs
from simulator.mechanism import PHASES, Mechanism
from simulator.record import RunRecord
from simulator.simulation import Simulation
from simulator.stimuli import CHANNELS

MECHANISM = Book()
#: Livelier still: what ends a group, and people who do not look, are about.
BUSY = replace(lab.GROUP, cap=150, muted=0.3, purpose_days=8)
_TOLD: dict[str, Any] = {"community": BUSY, "days": 12, "follow_up": 1}
#: Communities in which mechanisms have stumbled.
ODD: dict[str, dict[str, Any]] = {
    "one member": {"size": 1, "cap": 1, "owners": 1},
    "no owner": {"owners": 0},
    "no KOL": {"kols": 0.0},
    "lurkers only": {"owners": 0, "kols": 0.0, "novices": 0.0},
    "all muted": {"muted": 1.0},
    "nobody comes": {"visiting": (0.001,) * 4},
    "full": {"cap": lab.GROUP.size, "arrivals": 5.0},
}
_RUNS = ("runs",)
_BASE = frozenset(name for name in dir(Mechanism) if not name.startswith("_"))


@MECHANISM.says(
    "It declares a name, a meaning, phases and channels that exist, and every field as a parameter."
)
def declaration(m: Mechanism, _: Bibliography) -> None:
    """A frozen dataclass that says what it is."""
    kind = type(m)
    frozen_dataclass(kind)
    declared = knobs(m)
    for f in fields(m):
        need(f.name in declared or f.name in ("fixed", "ranges"), f"field {f.name!r} is no param() or knob()")
    for name, (f, spec) in declared.items():
        knob_declared(name, f.default, spec)
    for channel in sorted(kind.hears):
        need(channel in CHANNELS, f"it hears {channel!r}, which does not exist")
    for name, column in {**kind.columns, **kind.cue_columns}.items():
        need(column.doc, f"column {name!r} says nothing about itself")
    asked = "uptake" in (kind.name, kind.replaces)  # which acts in no phase: the day asks it
    need(m.phases() or asked, f"it acts in no phase: it has no method called {', '.join(PHASES[:3])}, ...")
    for name in dir(kind):
        if not name.startswith("_") and name not in _BASE | set(PHASES) and callable(getattr(kind, name)):
            near = get_close_matches(name, PHASES, 1, 0.8)
            need(not near, f"is its method {name!r} meant for the phase {near[0] if near else ''!r}?")


@MECHANISM.says(
    "A value out of a parameter's range is refused, and the error names it; draws keep to the range."
)
def ranges_enforced(m: Mechanism, _: Bibliography) -> None:
    """What may not be set, cannot be; what is set is kept."""
    kind, worlds = type(m), np.arange(64, dtype=np.uint32)
    drawn_now = kind().draw(lab.SEED, worlds, True)
    for name, (f, spec) in knobs(m).items():
        if isinstance(f.default, bool):
            continue
        low, high = min(spec.low, 0.0), max(spec.high, 0.0)
        wrong: tuple[Any, ...] = ("no such word",) if spec.choices else (low - 1, high + 1)
        for value in wrong:
            refused(lambda n=name, v=value: kind.make(**{n: v}), name, value)
        set_ = kind.make(**{name: f.default})
        need(
            getattr(set_, name) == f.default and name in set_.fixed,
            f"make({name}={f.default!r}) does not set it",
        )
        if drawn(f):
            column = drawn_now.get(name, np.full(1, np.nan))
            inside = (column >= np.float32(spec.low)) & (column <= np.float32(spec.high))
            need(inside.all(), f"{name} is drawn out of its range")


MECHANISM.says("Every source it cites is in the bibliography.")(citations)


def _settings(m: Mechanism) -> dict[str, Any]:
    """What a scenario says to have this mechanism as it stands."""
    plain = type(m)()
    own = {name: getattr(m, name) for name in knobs(m) if getattr(m, name) != getattr(plain, name)}
    return {**own, **m.given(), "on": True}


def _run(
    m: Mechanism,
    replicates: Iterable[int] = lab.REPLICATES,
    *,
    place: str = "by name",
    but: frozenset[str] = frozenset(),
    off: frozenset[str] = frozenset(),
    silent: bool = False,
    seats: bool = False,
    on: bool = True,
    state: bool = True,
    **more: Any,
) -> RunRecord:
    """The busy community with this mechanism, under a tactic that speaks into every channel ``but`` some."""
    arm = () if silent else (("all", lab.Everything(but=but)),)
    settings = {**lab.without(off), m.name: _settings(m) if on else {"on": False}}
    with lab.known(type(m), m.name, place):
        simulation = Simulation(
            lab.scenario(arm, **{**_TOLD, "mechanisms": settings, **more}), replicates, lab.SEED
        )
        if seats:
            lab.reseat(simulation, 3)
        record = simulation.run()
    return lab.with_state(simulation) if state else record


@lru_cache(maxsize=2)
def _remembered(what: str) -> list[RunRecord]:
    """Room for the ordinary run of a mechanism as it stands; one for all that come with the model."""
    return []


def _normal(m: Mechanism) -> RunRecord:
    """The ordinary run, made once."""
    room = _remembered("stock" if _stock(m) else f"{type(m)!r} {m!r}")
    if not room:
        room.append(_run(m))
    return room[0]


def _stock(m: Mechanism) -> bool:
    """Whether it is there anyway, as it stands: then a run with it is the same run for all of that kind."""
    ours = registry.mechanisms().get(m.name) is type(m) and registry.starts_on(m.name)
    return ours and m == type(m)() and _registered(m) == "qunlab"


def _registered(m: Mechanism) -> str:
    """The distribution it is registered by; empty where it is not."""
    if registry.mechanisms().get(m.name) is not type(m):
        return ""
    return registry.distribution(registry.MECHANISMS, m.name)


def _once(examine: Examine) -> Examine:
    """Examine all that come with the model at once: their runs are the same run."""
    outcome: list[Failed | None] = []

    @wraps(examine)
    def shared(m: Mechanism, bibliography: Bibliography) -> None:
        if not _stock(m):
            return examine(m, bibliography)
        if not outcome:
            try:
                examine(m, bibliography)
                outcome.append(None)
            except Failed as failed:
                outcome.append(failed)
        if outcome[0] is not None:
            raise outcome[0]
        return None

    return shared


def _same(one: RunRecord, other: RunRecord, what: str, but: frozenset[str] = frozenset()) -> None:
    moved = lab.differences(one, other, but)
    need(not moved, f"{what}, {', '.join(moved[:3])} differ")


@MECHANISM.says("It runs in a busy group, under a tactic that speaks into every channel.")
@_once
def runs(m: Mechanism, _: Bibliography) -> None:
    """Nothing is raised."""
    if not _stock(m):
        _remembered.cache_clear()
    _normal(m)


@MECHANISM.says(
    "It gets along with odd groups: one member, no owner, no KOL, all muted, nobody comes, full.", _RUNS
)
@_once
def odd_communities(m: Mechanism, _: Bibliography) -> None:
    """Nothing is raised, and everything it leaves behind is a finite number."""
    for what, fewer in {"an ordinary group": {}, **ODD}.items():
        community = replace(BUSY, **fewer)
        arm = (("all", lab.Everything()),)
        with lab.known(type(m), m.name):
            told = lab.scenario(arm, community=community, days=8, mechanisms={m.name: _settings(m)})
            try:
                simulation = Simulation(told, (0, 1), lab.SEED)
                for _day in range(8):
                    simulation.step()
            except Exception as error:  # whatever it stumbles over
                need(False, f"{what}: {type(error).__name__}: {error}")
        world = simulation.world
        state = {**world.members, **world.daily, "value": world.value, "energy": world.energy}
        ill = [name for name, array in state.items() if not np.isfinite(array).all()]
        need(not ill, f"{what}: {', '.join(ill[:3])} not finite")


@MECHANISM.says("Two runs do not meet: the same run gives the same, whatever was run between.", _RUNS)
@_once
def runs_do_not_meet(m: Mechanism, _: Bibliography) -> None:
    """State lives in the world's columns, not in the class."""
    first = _run(m, days=10)
    _run(m, (7,), days=6)
    _same(first, _run(m, days=10), "run once more")


@MECHANISM.says("It has no luck but the world's, and does not look at the clock.", _RUNS)
def no_outside_randomness(m: Mechanism, _: Bibliography) -> None:
    """Arms share their luck only where luck belongs to people and decisions."""
    _normal(m)
    with no_strays(type(m)) as called:
        _run(m, days=6, follow_up=1)
    need(not called, f"it calls {called[0] if called else ''}")


@MECHANISM.says("A batch of groups is its groups, each on its own.", _RUNS)
@_once
def batch_is_singles(m: Mechanism, _: Bibliography) -> None:
    """It neither reads nor writes outside the row."""
    whole = _normal(m)
    for number in lab.REPLICATES[1:]:
        _same(
            lab.part(whole, number),
            lab.part(_run(m, (number,)), number),
            f"group {number} alone and among others",
        )


@MECHANISM.says("Who sits in which slot does not matter.", _RUNS)
@_once
def members_interchangeable(m: Mechanism, _: Bibliography) -> None:
    """Founders given other slots live the same lives."""
    _same(_normal(m), _run(m, seats=True), "with people in other slots")


@MECHANISM.says("Empty slots do not matter.", _RUNS)
@_once
def padding_irrelevant(m: Mechanism, _: Bibliography) -> None:
    """A group with room to grow is the same group."""
    _same(_normal(m), _run(m, community=replace(BUSY, cap=BUSY.slots + 31)), "with 31 empty slots more")


@MECHANISM.says("Where it stands among the mechanisms of its phases does not matter.", _RUNS)
def order_irrelevant(m: Mechanism, _: Bibliography) -> None:
    """Whatever its name, first or last: the same to the bit."""
    first, last = (_run(m, place=place, state=False) for place in ("first", "last"))
    _same(first, last, "as the first and as the last of its phases")


@MECHANISM.says("Switched on it makes a difference.", _RUNS)
def on_changes_something(m: Mechanism, _: Bibliography) -> None:
    """A switch that changes nothing is no switch."""
    moved = lab.differences(_run(m, on=False, state=False), _normal(m))
    need(moved, "on or off, everything is the same to the bit")


@MECHANISM.says("Switched off it is not there: installing it moves nothing.", _RUNS)
def off_is_nothing(m: Mechanism, _: Bibliography) -> None:
    """Known and off, or unknown: the same to the bit. Ours are always known."""
    if _registered(m) == "qunlab":
        return
    arm = (("all", lab.Everything()),)
    with lab.known(None, m.name):
        unknown = lab.simulate(arm, **_TOLD)
    _same(unknown, _run(m, on=False, state=False), "known and off, or unknown")


@MECHANISM.says("It hears no channel but those it declares.", _RUNS)
def hears_as_declared(m: Mechanism, _: Bibliography) -> None:
    """A tactic that speaks where nobody on says to listen leaves everything but the ledger as it is."""
    spoken = frozenset(name for name in CHANNELS if name not in m.hears)
    off = frozenset(n for n, kind in registry.mechanisms().items() if n != m.name and kind.hears & spoken)
    told, silent = (_run(m, but=m.hears, off=off, silent=s, state=False) for s in (False, True))
    _same(silent, told, "under a tactic that it should not hear", lab.LEDGER)
