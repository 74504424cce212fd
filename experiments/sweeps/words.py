"""Names and numbers of a sweep as a strategist reads them, in a language."""

from collections import Counter
from collections.abc import Mapping

from experiments.commands.cards import texts
from experiments.messages import Catalogue
from experiments.report.amounts import NONE, Amounts, tidy
from experiments.statistics.comparison import Effect
from experiments.study import BASELINE
from experiments.sweeps import findings
from experiments.sweeps.findings import Best
from experiments.sweeps.plan import Sweep
from experiments.sweeps.run import Swept
from simulator.metrics import BY_NAME


class Words(Amounts):
    """Wording of one sweep.

    Attributes:
        say: The catalogue of its language.
        sweep: What was asked for.
    """

    def __init__(self, sweep: Sweep, lang: str = "") -> None:
        super().__init__(Catalogue(lang or sweep.study.lang))
        self.sweep = sweep

    def arm(self, label: str) -> str:
        """Display name of an arm."""
        study = self.sweep.study
        if label == BASELINE:
            return self.say("table.baseline")
        titles: Mapping[str, str] = study.arm_titles.get(label, {})
        if self.say.lang in titles:
            return tidy(titles[self.say.lang])
        held = study.scenarios[study.labels.index(label)].strategies
        if label == "+".join(name for name, _ in held):
            named = (
                tactic.title.get(self.say.lang) or self.say.name("strategy", tactic.name)
                for _, tactic in held
            )
            return " + ".join(map(tidy, named))
        return tidy(label)

    def factor(self, key: str) -> str:
        """A factor as it is titled: a strategy by its name, the rest as typed."""
        top, _, rest = key.partition(".")
        name, _, knob = rest.partition(".")
        return f"{self.say.name('strategy', name)} {knob}" if top == "strategy" and knob else key

    def meaning(self, key: str) -> str:
        """What a factor is, with its unit; its key where it declares nothing."""
        known = self.sweep.known.get(key)
        if known is None or not known.doc:
            return self.say.name("setting", key)
        unit = texts(known.unit, self.say.lang) if known.unit else ""
        said = texts(known.doc, self.say.lang)
        return self.say("sweep.with_unit", what=said, unit=unit) if unit else said

    def value(self, key: str, word: str) -> str:
        """A value of a factor; presets by their names."""
        return self.say.name(key, word) if key in ("community", "topology", "mechanism") else word

    def effect(self, effect: Effect) -> str:
        """A difference with its unit and interval: "+0.4 members/day (0.2 to 0.6)"."""
        unit = BY_NAME[effect.metric].unit
        said = self.amount(effect.diff, unit, True, (effect.ci_low, effect.ci_high))
        span = self.interval(effect.ci_low, effect.ci_high, unit, bare=True)
        return said if NONE in (said, span) else self.say("sweep.effect", effect=said, interval=span)

    def best(self, found: Best | None) -> str:
        """The best arm of a point, with those that cannot be told from it."""
        if found is None:
            return NONE
        names = [self.arm(found.effect.scenario), *(self.arm(label) for label in found.rivals)]
        if not found.gains:
            return self.say("sweep.none_gains")
        return " ≈ ".join(names)

    def headline(self, found: Swept, metric: str = "voices") -> str:
        """How many points each arm is best at."""
        firsts = [findings.best(found, point, metric) for point in found.points]
        wins = Counter(one.effect.scenario for one in firsts if one is not None and one.gains)
        total = len(found.points)
        none = total - sum(wins.values())
        if len(self.sweep.arms) == 1:
            arm = self.arm(self.sweep.arms[0])
            return self.say("sweep.headline_one", arm=arm, k=sum(wins.values()), total=total)
        parts = [self.say("sweep.wins", arm=self.arm(label), k=k) for label, k in wins.most_common()]
        if none:
            parts.append(self.say("sweep.nobody", k=none))
        return self.say("sweep.headline", total=total, list=self.say("join").join(parts))

    def facts(self, found: Swept) -> str:
        """What was run, in a line."""
        study = self.sweep.study
        done = (int(runs.done[: study.replicates].sum()) for runs in found.runs.values())
        return self.say(
            "sweep.facts",
            points=len(found.points),
            arms=len(self.sweep.arms),
            replicates=min(done),
            scenarios=len(found.runs),
            seed=study.seed,
            design=self.say(f"sweep.design_{self.sweep.kind}"),
        )

    def guard(self) -> str:
        """How much is about to be run, before it is."""
        study = self.sweep.study
        return self.say(
            "sweep.guard",
            points=self.number(len(self.sweep.points)),
            arms=len(self.sweep.arms),
            replicates=self.number(study.replicates + study.twins),
            runs=self.number(len(self.sweep.scenarios) * (study.replicates + study.twins)),
            scenarios=self.number(len(self.sweep.scenarios)),
            days=self.number(float(f"{self.sweep.size:.2g}")),
        )
