"""Checks of a strategy in a small real community, where mechanisms answer and other tactics are about."""

from simulator.conformance import lab
from simulator.conformance.conduct import bench, daily
from simulator.conformance.form import STRATEGY
from simulator.conformance.verdict import Bibliography, need
from simulator.registry import mechanisms
from simulator.strategy import Strategy

_SOUND = ("runs", "doses", "channels_declared", "heard")


@STRATEGY.says("At dose nought it is not there: nothing is said, nothing moves, nothing is spent.", _SOUND)
def placebo_is_inert(s: Strategy, _: Bibliography) -> None:
    """With a placebo the community is the baseline to the bit, its own draws and all."""
    nothing = daily(s).placebo()
    need(nothing != daily(s) or s.placebo() == s != type(s)(), "no knob switches it off: knob(off=...)")
    for said in bench().run(nothing).said:
        need(not said.doses, f"the placebo still gives {', '.join(sorted(said.doses))} on day {said.day}")
    run = lab.simulate((("mine", nothing),))
    moved = lab.differences(lab.baseline(), run)
    need(not moved, f"the placebo changes {', '.join(moved[:3])}")
    spent = [kind for kind in ("cost", "hours", "income") if run.ledger["mine"][kind].any()]
    need(not spent, f"the placebo books {', '.join(spent)}")


@STRATEGY.says(
    "Beside other tactics it is itself: their order and their company do not matter.",
    (*_SOUND, "placebo_is_inert"),
)
def order_irrelevant(s: Strategy, _: Bibliography) -> None:
    """Another tactic before or after it, and its own placebo: the same to the bit."""
    mine = ("mine", daily(s))
    before, after = (lab.simulate((mine, (label, lab.Companion()))) for label in ("aa", "zz"))
    moved = lab.differences(before, after)
    need(not moved, f"with another tactic before it, not after, {', '.join(moved[:3])} differ")
    placebos = (("aa", daily(s).placebo()), ("zz", daily(s).placebo()))
    moved = lab.differences(lab.simulate((mine,)), lab.simulate((mine, *placebos)))
    need(not moved, f"beside its own placebo, {', '.join(moved[:3])} differ")


@STRATEGY.says("With its listeners off only the ledger differs: it has no answer built in.", _SOUND)
def only_the_ledger(s: Strategy, _: Bibliography) -> None:
    """All mechanisms that hear its channels off, with it and without it: the same to the bit."""
    listeners = frozenset(name for name, kind in mechanisms().items() if kind.hears & s.uses)
    run = lab.simulate((("mine", daily(s)),), mechanisms=lab.without(listeners))
    moved = lab.differences(lab.baseline(listeners), run, lab.LEDGER)
    need(not moved, f"nobody hears it, and yet {', '.join(moved[:3])} change")
