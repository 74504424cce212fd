"""What came out of the patterns, as a section: a table, the sentences on what fails, a count."""

from collections.abc import Iterable, Mapping, Sequence
from math import isnan
from typing import Any

from experiments.bibliography import sources
from experiments.messages import Catalogue
from experiments.validation.sections import Cell, Picture, Section, Table
from experiments.validation.targets import KINDS, Part, Pattern, patterns
from experiments.validation.trial import Finding

#: Columns of validation.csv.
COLUMNS = (
    *("pattern", "part", "says", "sources", "target", "target_low", "target_high", "estimate", "low", "high"),
    *("worlds", "result", "kind", "prior_share", "prior_draws", "carrier", "estimate_without", "built_in"),
    "strength",
)
#: Key of the section.
PATTERNS = "patterns"
NOTES = ("rule", "prior", "kind", "where")


def section(
    keys: Iterable[str], findings: Sequence[Finding], lang: str, pictures: Sequence[Picture] = ()
) -> Section:
    """The section of the patterns asked for."""
    say = Catalogue(lang)
    found = {finding.name: finding for finding in findings}
    shown = [patterns()[key] for key in keys]
    return Section(
        key=PATTERNS,
        title=say("validate.patterns"),
        lead=count(shown, found, say),
        tables=[Table(_columns(say), [row for pattern in shown for row in _rows(pattern, found, say)])],
        pictures=pictures,
        notes=[*reasons(shown, found, say), *(say(f"validate.note.{name}") for name in NOTES)],
        data={"rows": [record(part, one, found.get(part.name)) for one in shown for part in _parts(one)]},
    )


def passes(pattern: Pattern, found: Mapping[str, Finding]) -> bool | None:
    """Whether all parts hold that can be shown; None where none can."""
    held = [found[part.name].passed for part in _parts(pattern) if part.name in found]
    return all(held) if held else None


def count(shown: Sequence[Pattern], found: Mapping[str, Finding], say: Catalogue) -> str:
    """``Calibrated: 3 of 4 pass; held out: ...``."""
    clauses = []
    for kind in KINDS:
        verdicts = [passes(pattern, found) for pattern in shown if kind in pattern.kind]
        told = [verdict for verdict in verdicts if verdict is not None]
        if told:
            passed, of = sum(told), len(told)
            clauses.append(say("validate.count", kind=say(f"validate.kind.{kind}"), passed=passed, of=of))
    mute = sum(passes(pattern, found) is None for pattern in shown)
    clauses += [say("validate.mute", n=mute)] if mute else []
    built = sum(finding.built_in for finding in found.values())
    clauses.append(say("validate.built", n=built, of=len(found)))
    text = say("validate.semicolon").join(clauses) + say("validate.stop")
    return text[0].upper() + text[1:]


def reasons(shown: Sequence[Pattern], found: Mapping[str, Finding], say: Catalogue) -> list[str]:
    """A sentence on each part that fails, cannot be shown, or passes and says less than it seems."""
    lines = []
    for pattern in shown:
        for part in _parts(pattern):
            finding = found.get(part.name)
            if finding is None:
                keys = [f"validate.why.{part.name}", "validate.why.tick"]
            elif finding.passed:
                keys = [f"validate.remark.{part.name}"]
            else:
                keys = [f"validate.why.{part.name}", "validate.why.unknown"]
            text = next((say(key) for key in keys if key in say), None)
            if text is not None:
                lines.append(say("validate.reason", name=part.pattern, part=part.says[say.lang], text=text))
    return lines


def record(part: Part, pattern: Pattern, finding: Finding | None) -> dict[str, Any]:
    """A row of the files; numbers that are not there are None."""
    row = dict.fromkeys(COLUMNS)
    row |= {"pattern": pattern.key, "part": part.key, "says": part.says["en"], "target": part.text}
    row |= {
        "sources": " ".join(pattern.sources),
        "kind": " ".join(pattern.kind),
        "strength": pattern.strength,
    }
    row |= {"target_low": _known(part.low), "target_high": _known(part.high), "result": "not representable"}
    if finding is not None:
        row |= {"estimate": finding.estimate, "low": finding.low, "high": finding.high}
        row |= {"worlds": finding.worlds, "result": "pass" if finding.passed else "fail"}
        row |= {"prior_share": finding.prior, "prior_draws": finding.draws, "carrier": finding.carrier}
        row |= {"estimate_without": finding.off, "built_in": finding.built_in}
    return {key: None if isinstance(value, float) and isnan(value) else value for key, value in row.items()}


def _columns(say: Catalogue) -> list[str]:
    names = ("pattern", "target", "simulated", "result", "prior", "without")
    return [say(f"validate.column.{name}") for name in names]


def _rows(pattern: Pattern, found: Mapping[str, Finding], say: Catalogue) -> Iterable[list[Cell | str]]:
    """A row that names the pattern, and one for each part."""
    cited = say("validate.comma").join(_cite(key) for key in pattern.sources)
    kinds = say("validate.comma").join(say(f"validate.kind.{kind}") for kind in pattern.kind)
    about = say("validate.about", kind=kinds, sources=cited)
    yield [Cell(f"{pattern.key} {pattern.says[say.lang]}", "strong", about)]
    for part in _parts(pattern):
        finding = found.get(part.name)
        head = Cell(part.says[say.lang])
        if finding is None:
            yield [head, part.text, "–", Cell(say("validate.result.none"), "soft"), "", ""]
            continue
        span = say("validate.interval", low=number(finding.low), high=number(finding.high))
        yield [
            head,
            part.text,
            Cell(number(finding.estimate), small=span),
            _verdict(finding, say),
            "" if isnan(finding.prior) else f"{100 * finding.prior:.0f}%",
            Cell(number(finding.off), small=finding.carrier) if finding.carrier else "",
        ]


def _verdict(finding: Finding, say: Catalogue) -> Cell:
    """Pass or fail, and whether it was built in."""
    word, tone = ("pass", "good") if finding.passed else ("fail", "bad")
    return Cell(
        say(f"validate.result.{word}"), tone, say("validate.result.built_in") if finding.built_in else ""
    )


def number(value: float) -> str:
    """Three figures, no more than three decimals."""
    if isnan(value):
        return "–"
    places = 3 if abs(value) < 1 else 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:.{places}f}".replace("-", "−")


def _cite(key: str) -> str:
    source = sources()[key]
    who = source.authors.split(",")[0] if source.authors else source.title
    return f"{who} {source.year}" if source.year else who


def _parts(pattern: Pattern) -> list[Part]:
    return list(pattern.parts.values())


def _known(x: float) -> float | None:
    return None if abs(x) == float("inf") else x
