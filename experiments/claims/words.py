"""What is said of a claim, in one language: for the terminal and the page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.claims.answer import MOST
from experiments.claims.evidence import Evidence, Turn, region
from experiments.claims.runner import UNEQUAL, WAGE, Finding
from experiments.commands.cards import texts
from experiments.report.amounts import NONE, Amounts
from simulator.knobs import knobs
from simulator.registry import mechanisms

#: A sign for each answer, and the order in which they are counted: colour is never the only carrier.
SIGNS = {"supported": "✓", "not_supported": "✕", "depends": "◇", "built_in": "≡", "undecided": "…"}
MARKS = {"for": "✓", "against": "✕", "open": "?"}
#: Shares of groups that die, outside which a lifespan is hardly seen.
_HARDLY, _NEARLY = 0.20, 0.80
#: Share of runs that come out alike, from which it is said.
_ALIKE = 0.9
#: Unit of metrics that are joined.
_NONE = ""


@dataclass(frozen=True)
class PartStory:
    """What is said of one part.

    Attributes:
        title: What is read off.
        decided: ``for``, ``against`` or ``open``.
        mark: A sign for it.
        word: A word for it.
        effect: The effect with its unit.
        full: Its interval, luck and parameters.
        luck: Its interval, luck alone.
        rule: What must hold.
        worlds: In how many worlds it does.
    """

    title: str
    decided: str
    mark: str
    word: str
    effect: str
    full: str
    luck: str
    rule: str
    worlds: str


@dataclass(frozen=True)
class Story:
    """What is said of one claim.

    Attributes:
        key: ``C1``.
        code: The answer's code.
        answer: The answer in words.
        sign: Its sign.
        hypothesis: The claim.
        worlds: In how many plausible worlds all of it holds.
        parts: Part by part.
        meaning: What it means.
        spend: What the cells cost; empty where nothing was spent.
        notes: Unequal spending, hardly any deaths, failed runs.
        why: Why it is put this way.
        equal: How budgets were made equal.
    """

    key: str
    code: str
    answer: str
    sign: str
    hypothesis: str
    worlds: str
    parts: tuple[PartStory, ...]
    meaning: str
    spend: str
    notes: tuple[str, ...]
    why: str
    equal: str


class Words(Amounts):
    """Wording in one language."""

    def story(self, found: Finding) -> Story:
        """All that is said of a claim."""
        say, lang, claim, answer = self.say, self.say.lang, found.claim, found.answer
        spend, notes = self._spend(found), self._notes(found)
        return Story(
            key=name(claim.key),
            code=answer.code,
            answer=say(f"claims.answer.{answer.code}"),
            sign=SIGNS[answer.code],
            hypothesis=claim.hypothesis[lang],
            worlds=self._worlds(answer.share),
            parts=tuple(self._part(evidence) for evidence in found.evidence),
            meaning=self._meaning(found),
            spend=spend,
            notes=notes,
            why=claim.why[lang],
            equal=claim.equal.get(lang, ""),
        )

    def summary(self, found: Sequence[Finding]) -> str:
        """Which claims got which answer."""
        counts = []
        for code in SIGNS:
            named = [name(finding.claim.key) for finding in found if finding.answer.code == code]
            if named:
                answer, listed = self.say(f"claims.answer.{code}"), " ".join(named)
                counts.append(self.say("claims.counted", answer=answer, n=len(named), keys=listed))
        return self.say("claims.summary", of=len(found), list=self.say("claims.comma").join(counts))

    def _part(self, evidence: Evidence) -> PartStory:
        effect, unit = evidence.effect, evidence.part.unit or _NONE
        ends = effect.ci_low, effect.ci_high
        return PartStory(
            self.title(evidence),
            evidence.decided,
            MARKS[evidence.decided],
            self.say(f"claims.decided.{evidence.decided}"),
            self.amount(effect.diff, unit, signed=True, beside=ends),
            self.interval(*ends, unit, bare=True),
            self.interval(effect.ci_low_luck, effect.ci_high_luck, unit, bare=True),
            self.say(
                f"claims.rule.{evidence.part.holds}", d=self.amount(evidence.matters, *_difference(unit))
            ),
            self._worlds(evidence.share),
        )

    def title(self, evidence: Evidence) -> str:
        """What a part is called."""
        return evidence.part.title.get(self.say.lang) or evidence.part.name

    def _worlds(self, share: float) -> str:
        return self.say("claims.worlds", n=round(100 * share)) if share == share else NONE

    def _meaning(self, found: Finding) -> str:
        say, answer = self.say, found.answer
        if answer.code == "supported":
            return say("claims.meaning.supported" if answer.share >= MOST else "claims.meaning.mean")
        if answer.code == "not_supported":
            failing = [part for part in found.evidence if part.decided == "against"]
            return self._sentences([self._against(part) for part in failing])
        if answer.code == "depends":
            named = {part.part.name: part for part in found.evidence}
            return self._sentences([self._turn(named[name], turn) for name, turn in answer.turns])
        if answer.code == "built_in":
            said = [say("claims.meaning.always")] if answer.always else []
            if answer.carriers:
                names = say("claims.comma").join(self.parameter(name) for name in answer.carriers)
                said.append(say("claims.meaning.hangs", list=names))
            return self._sentences([*said, say("claims.meaning.credit")])
        if answer.needed:
            return say("claims.meaning.needed", n=self.number(answer.needed))
        return say("claims.meaning.open")

    def _sentences(self, said: Sequence[str]) -> str:
        return self.say("claims.space").join(dict.fromkeys(said))

    def _against(self, evidence: Evidence) -> str:
        """Why a part does not hold."""
        e, d, holds = evidence.effect, evidence.matters, evidence.part.holds
        low, high = (-e.ci_high, -e.ci_low) if holds == "less" else (e.ci_low, e.ci_high)
        if holds in ("about", "not_more"):
            kind = "off" if holds == "about" else "rises"
        elif high < -d:
            kind = "opposite"
        else:
            kind = "small" if low > -d else "short"
        return self.say(f"claims.meaning.{kind}", title=self.title(evidence))

    def _turn(self, evidence: Evidence, turn: Turn) -> str:
        """Where a part rather holds."""
        within = region(evidence.part.holds, evidence.matters)
        gaps = [max(within[0] - mean, mean - within[1]) for mean in (turn.low, turn.high)]
        kind = "high" if gaps[1] < gaps[0] else "low"
        unit = evidence.part.unit or _NONE
        both = turn.low, turn.high
        return self.say(
            f"claims.meaning.{kind}",
            title=self.title(evidence),
            parameter=self.parameter(turn.name),
            cut=f"{turn.cut:.3g}",
            below=self.amount(turn.low, unit, signed=True, beside=both),
            above=self.amount(turn.high, unit, signed=True, beside=both),
        )

    def parameter(self, name: str) -> str:
        """A parameter by its meaning and its name."""
        mechanism, _, parameter = name.partition(".")
        doc = knobs(mechanisms()[mechanism])[parameter][1].doc
        return self.say("claims.parameter", doc=texts(doc, self.say.lang), name=name)

    def cell(self, found: Finding, name: str) -> str:
        """What a cell is called."""
        cell = next(cell for cell in found.claim.cells if cell.name == name)
        return cell.title.get(self.say.lang) or name

    def amount(self, value: float, unit: str, signed: bool = False, beside: tuple[float, ...] = ()) -> str:
        """A number with its unit; one of joined metrics, which has none, with three figures."""
        if unit != _NONE:
            return super().amount(value, unit, signed, beside)
        return f"{value:{'+' if signed else ''}.3g}".replace("-", "−")

    def interval(self, low: float, high: float, unit: str, bare: bool = False) -> str:
        """Two ends of an interval of a difference."""
        if unit != _NONE:
            return super().interval(low, high, unit, bare)
        return self.say("range", low=self.amount(low, unit), high=self.amount(high, unit))

    def _spend(self, found: Finding) -> str:
        said = []
        for cell in found.claim.cells:
            yuan, hours, income = found.played.spent[cell.name]
            if not (yuan or hours or income):
                continue
            parts = [self.amount(yuan, "yuan"), self.amount(hours, "hours")]
            if income:
                parts.append(self.say("claims.income", n=self.amount(income, "yuan")))
            total = self.amount(yuan + WAGE * hours, "yuan")
            together = self.say("claims.plus").join(parts[:2])
            text = self.say("claims.cost", cell=self.cell(found, cell.name), parts=together, total=total)
            said.append(text + "".join(self.say("claims.comma") + part for part in parts[2:]))
        return self.say("claims.semicolon").join(said)

    def _notes(self, found: Finding) -> tuple[str, ...]:
        """What one must know of the runs to believe the answer, or not to."""
        return (*self._uneven(found), *self._alike(found), *self._deaths(found), *self._failed(found))

    def _alike(self, found: Finding) -> list[str]:
        """Parts that were hardly put to the test: in most runs what is compared came out the same."""
        said = []
        for evidence in found.evidence:
            runs = found.played.contrast(evidence.part.contrast, evidence.part.name)
            same = float(np.mean(runs == 0.0))
            if same > _ALIKE:
                n = f"{100 * same:.0f}"
                said.append(self.say("claims.alike", title=self.title(evidence), n=n))
        return said

    def _uneven(self, found: Finding) -> list[str]:
        if found.uneven <= UNEQUAL:
            return []
        return [self.say("claims.uneven", n=f"{100 * found.uneven:.0f}")]

    def _deaths(self, found: Finding) -> list[str]:
        """For lifespans, the share of groups that died where that is hardly any or nearly all."""
        if not any("lifespan" in part.metric for part in found.claim.parts):
            return []
        died = found.played.died
        shares = [f"{self.cell(found, cell)} {100 * share:.0f}%" for cell, share in died.items()]
        seen = all(_HARDLY <= share <= _NEARLY for share in died.values())
        kind = "died" if seen else "hardly"
        return [self.say(f"claims.{kind}", list=self.say("claims.comma").join(shares))]

    def _failed(self, found: Finding) -> list[str]:
        failures = found.played.failures
        if not failures:
            return []
        return [self.say("claims.failed", n=len(failures), text=failures[0][1])]


def name(key: str) -> str:
    """A claim as practitioners' list has it: c01 is C1."""
    return f"C{int(key[1:])}" if key[1:].isdigit() else key


def _difference(unit: str) -> tuple[str]:
    """The unit of a difference, unsigned: of shares it is points."""
    return (unit.replace("share", "points"),)
