"""Numbers and findings as a strategist reads them, in the language of the result; for terminal and page."""

from dataclasses import dataclass
from math import isfinite

from experiments.messages import Catalogue
from experiments.report import findings
from experiments.report.amounts import NONE, Amounts, digits, shown, tidy
from experiments.result import Arm, Result, Tactic
from experiments.rounds import Stop
from experiments.statistics.comparison import Effect
from experiments.statistics.verdicts import CAP, Reason
from simulator.metrics import BY_NAME

_MANY = 2  # red lines that a sentence can name
#: A sign for each verdict: colour is never the only carrier.
SIGNS = {
    "launch": "▲",
    "harmful": "✕",
    "no_material_difference": "＝",
    "more_replicates": "…",
    "parameters_limit": "◇",
    "not_estimable": "?",
    "no_data": "?",
}


@dataclass(frozen=True)
class Story:
    """What is said of one arm.

    Attributes:
        label: The arm.
        title: Its display name.
        code: Verdict code.
        chip: The verdict in a few words.
        clauses: Activity, lifespan and spending.
        guardrail: What the guardrails say.
        advice: What to do.
        sentence: All of it in one line.
        why: One sentence per reason.
    """

    label: str
    title: str
    code: str
    chip: str
    clauses: str
    guardrail: str
    advice: str
    sentence: str
    why: tuple[str, ...]


class Words(Amounts):
    """Wording of one result.

    Attributes:
        say: The catalogue of its language.
        result: The result.
    """

    def __init__(self, result: Result) -> None:
        super().__init__(Catalogue(result.lang))
        self.result = result

    # Names

    def metric(self, name: str) -> str:
        """Display name of a metric."""
        return self.say.name("metric", name)

    def tactic(self, tactic: Tactic) -> str:
        """Display name of a tactic: its own title, or the one we know it by."""
        title = tidy(tactic.title.get(self.say.lang) or self.say.name("strategy", tactic.name))
        return title if tactic.label == tactic.name else f"{tidy(tactic.label)} ({title})"

    def arm(self, label: str) -> str:
        """Display name of an arm: its tactics' titles, or the label somebody gave it."""
        if label == self.result.baseline.label:
            return self.say("table.baseline")
        arm = next((arm for arm in self.result.arms if arm.label == label), None)
        if arm is not None and self.say.lang in arm.title:
            return tidy(arm.title[self.say.lang])
        if arm is not None and arm.tactics and label == "+".join(t.label for t in arm.tactics):
            return " + ".join(self.tactic(tactic) for tactic in arm.tactics)
        return tidy(label)

    def community(self) -> str:
        """Display name of the community."""
        group = self.result.group
        return tidy(group.title.get(self.say.lang) or self.say.name("community", group.name))

    # Numbers

    def diff(self, row: Effect) -> str:
        """The difference of an effect with its unit: "+9 days"."""
        return self.amount(row.diff, BY_NAME[row.metric].unit, True, (row.ci_low, row.ci_high))

    def diff_interval(self, row: Effect, bare: bool = True) -> str:
        """The 95% interval of an effect: "2 to 16"."""
        return self.interval(row.ci_low, row.ci_high, BY_NAME[row.metric].unit, bare)

    def relative(self, row: Effect) -> tuple[str, str]:
        """Difference and interval in percent of the baseline, or in the unit where that cannot be told."""
        if isfinite(row.diff_pct) and isfinite(row.pct_low):
            ends = (row.pct_low, row.pct_high)
            return self.amount(row.diff_pct, "percent", True, ends), self.interval(*ends, "percent")
        return self.diff(row), self.diff_interval(row)

    # Sentences

    def story(self, arm: Arm) -> Story:
        """Everything said of one tested arm."""
        advice = findings.verdict(self.result, arm.label)
        title, guardrail, what = self.arm(arm.label), self.guardrails(arm.label), self.advice(arm.label)
        clauses = self.say("join").join(
            part
            for part in (self.activity(arm.label), self.lifespan(arm.label), self.spending(arm.label))
            if part
        )
        return Story(
            label=arm.label,
            title=title,
            code=advice.code,
            chip=self.say(f"verdict.{advice.code}"),
            clauses=clauses,
            guardrail=guardrail,
            advice=what,
            sentence=self.say("say.arm", arm=title, clauses=clauses, guardrail=guardrail, advice=what),
            why=tuple(self.reason(reason) for reason in advice.reasons),
        )

    def activity(self, label: str) -> str:
        """Activity: "+12% voices a day (8 to 16%)"."""
        row = findings.effect(self.result, "voices", label)
        if row is None or not isfinite(row.diff):
            return ""
        diff, interval = self.relative(row)
        if interval == NONE:
            return self.say("say.voices_point", diff=diff)
        return self.say("say.voices", diff=diff, interval=interval)

    def lifespan(self, label: str) -> str:
        """Lifespan: "lifespan +9 days (2 to 16)", or why that cannot be said and what can."""
        row = findings.effect(self.result, "lifespan", label)
        if row is None or not isfinite(row.diff):
            return ""
        if row.verdict == "not_estimable":
            vital = findings.effect(self.result, "vital_days", label)
            said = self.say("say.lifespan_none", why=self.deaths(row))
            if vital is None or not isfinite(vital.diff):
                return said
            return said + self.say("join") + self.say("say.vital", diff=self.diff(vital))
        if row.ci_low == row.ci_high == 0.0:
            return self.say("say.lifespan_same")
        return self.say("say.lifespan", diff=self.diff(row), interval=self.diff_interval(row))

    def deaths(self, row: Effect) -> str:
        """Why a lifespan is not estimable: "nobody died in 76 days"."""
        found = next(r for r in row.reasons if r.code in ("nobody_died", "nearly_all_died"))
        share, n = found.numbers["share"], f"{self.result.tau:g}"
        if found.code == "nobody_died":
            return (
                self.say("say.few_died", share=self.amount(share, "share"), n=n)
                if share
                else (self.say("say.nobody_died", n=n))
            )
        return self.say("say.nearly_all_died", share=self.amount(share, "share"), n=n)

    def spending(self, label: str) -> str:
        """Money and time: "cost ¥340, 6 h", and "takes in ¥900" where members pay."""
        rows = [findings.effect(self.result, name, label) for name in ("cost", "hours", "income")]
        cost, hours, income = (row.mean if row is not None and isfinite(row.mean) else 0.0 for row in rows)
        if not (cost or hours or income):
            return self.say("say.free")
        key = "say.spent_taken" if income else "say.spent"
        taken = self.amount(income, "yuan")
        return self.say(key, cost=self.amount(cost, "yuan"), hours=self.amount(hours, "hours"), income=taken)

    def guardrails(self, label: str) -> str:
        """The red lines an arm crosses or may cross, else what becomes of the KOLs."""
        advice, join = findings.verdict(self.result, label), self.say("join")
        if advice.guardrails:
            crossed = [
                self.say(
                    "say.crossed_one",
                    metric=self.metric(c.metric),
                    diff=self.amount(c.diff, BY_NAME[c.metric].unit, signed=True),
                    line=self.line(c.line, BY_NAME[c.metric].unit),
                )
                for c in advice.guardrails
            ]
            return self.say("say.crossed", list=join.join(crossed))
        unclear = [self.metric(r.metric) for r in advice.reasons if r.code == "guardrail_undecided"]
        if len(unclear) > _MANY:
            return self.say("say.unclear_many", n=len(unclear))
        if unclear:
            return self.say("say.unclear", list=join.join(unclear))
        row = findings.effect(self.result, "kol_loss", label)
        if row is None or not isfinite(row.diff):
            return self.say("say.inside")
        small = max(abs(row.ci_low), abs(row.ci_high)) < row.matters
        if small or row.ci_low <= 0.0 <= row.ci_high or not isfinite(row.ci_low):
            return self.say("say.kol_same")
        return self.say("say.kol_worse" if row.diff > 0.0 else "say.kol_better", diff=self.diff(row))

    def advice(self, label: str) -> str:
        """What to do with an arm."""
        verdict = findings.verdict(self.result, label)
        needed = verdict.needed_replicates
        if needed is None:
            return self.say(f"advice.{verdict.code}")
        if needed >= CAP:
            return self.say("advice.more_replicates_many", n=f"{CAP:,}")
        return self.say("advice.more_replicates", n=f"{needed:,}", total=self.result.replicates + needed)

    def reason(self, reason: Reason) -> str:
        """One reason of a verdict as a sentence."""
        metric, numbers = BY_NAME.get(reason.metric), reason.numbers
        if metric is None:
            return self.say("why.no_data", metric=reason.metric)
        values: dict[str, str] = {"metric": self.metric(reason.metric)}
        if "line" in numbers:
            values["line"] = self.line(numbers["line"], metric.unit)
        for name in ("d", "world_sd", "luck_sd"):
            if name in numbers:
                values[name] = self.amount(numbers[name], shown(metric.unit, True)[0])
        for name in ("n_pairs", "enough", "discordant"):
            if name in numbers:
                values[name] = f"{numbers[name]:g}"
        if "diff" in numbers:
            values["diff"] = self.amount(numbers["diff"], metric.unit, signed=True)
        if "low" in numbers:
            values["interval"] = self.interval(numbers["low"], numbers["high"], metric.unit)
        if "share" in numbers:
            values |= {
                "share": self.amount(numbers["share"], "share"),
                "arm": self.arm(reason.scenario),
                "tau": f"{self.result.tau:g}",
            }
        return self.say(f"why.{reason.code}", **values)

    def baseline(self) -> str:
        """What happens when nothing is done."""
        rows = [findings.effect(self.result, "voices", arm.label) for arm in self.result.tested]
        base = next((row.baseline_mean for row in rows if row is not None), float("nan"))
        died, n = findings.died(self.result), self.number(self.result.tau)
        deaths = self.say("say.baseline_deaths", share=self.amount(died, "share"), n=n)
        if not died:
            deaths = self.say("say.nobody_died", n=n)
        voices = f"{base:,.{digits('members/day', base)}f}" if isfinite(base) else NONE
        return self.say("say.baseline", voices=voices, deaths=deaths)

    def headline(self) -> str:
        """The answer in one line."""
        arms = findings.ranked(self.result)
        if not arms:
            return self.say("head.no_arms")
        codes = [findings.verdict(self.result, arm.label).code for arm in arms]
        if codes[0] == "launch":
            return self.say("head.best", arm=self.arm(arms[0].label))
        undecided = {"more_replicates", "parameters_limit"} & set(codes)
        return self.say("head.open" if undecided else "head.none")

    def facts(self) -> str:
        """Community, campaign and replicates in one line."""
        group, result = self.result.group, self.result
        roles = self.say("join").join(
            self.say(f"members.{role}", n=f"{count:,}") for role, count in group.roles.items()
        )
        return self.say(
            "head.facts",
            community=self.community(),
            size=f"{group.size:,}",
            roles=roles,
            days=result.days,
            follow_up=result.follow_up,
            n=f"{result.replicates:,}",
        )

    def notes(self) -> list[tuple[str, str]]:
        """Lines that always belong beside the verdict, each with its kind: ``warn`` or ``plain``."""
        result, out = self.result, []
        if result.replicates < result.asked:
            out.append(("warn", self.say("note.interrupted", n=result.replicates, asked=result.asked)))
        if result.failures:
            out.append(("warn", self.say("note.failures", n=len(result.failures))))
        holds = findings.placebo_holds(result)
        if holds is False:
            out.append(("warn", self.say("note.placebo_differs")))
        if result.precision is not None:
            out.append(
                ("plain" if result.precision.why == "reached" else "warn", self.precision(result.precision))
            )
        out.append(("plain", self.say("note.calibrated" if result.calibrated else "note.not_calibrated")))
        if result.uncertainty == "luck":
            out.append(("plain", self.say("note.luck")))
        if result.warmup:
            out.append(("plain", self.say("note.warmup", n=result.warmup)))
        if holds:
            out.append(("plain", self.say("note.placebo_same")))
        return out

    def precision(self, stop: Stop) -> str:
        """How replicates were added until a change was known well enough, or why they were not."""
        n, width = stop.last
        known = isfinite(width.full)
        return self.say(
            f"precision.{stop.why if known else 'undefined'}",
            metric=self.say.name("metric", stop.target.metric),
            arm=self.arm(width.arm) if width.arm else "",
            asked=f"{stop.target.percent:.3g}%",
            width=f"{width.full:.3g}%",
            luck=f"{width.luck:.3g}%",
            replicates=f"{n:,}",
            needed=f"{stop.needed:,}",
            rounds=len(stop.rounds),
        )
