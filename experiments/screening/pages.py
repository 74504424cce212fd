"""The pages of a screening: what matters, in both languages, with the figure and all numbers beside them."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

from experiments.documents.markdown import cite, table
from experiments.documents.pages import EVIDENCE, environment
from experiments.messages import LANGUAGES, Catalogue
from experiments.screening.chart import figure
from experiments.screening.design import LUCK
from experiments.screening.effects import Moves
from experiments.screening.result import Comparison, Screening
from experiments.screening.runs import METRICS
from experiments.study import BASELINE
from simulator.scenario import MODEL_VERSION

NAME = "what_matters"
#: Parameters in a table of the page.
MOST, MOST_TURNING = 15, 6
#: Columns of the table of all numbers; the signs are counts of paths, at both ends of a parameter's steps.
COLUMNS = (
    "output", "parameter", "low", "high", "unit",
    "mu", "mu_star", "mu_star_half_width", "sigma", "noise_floor", "steps_beyond_luck",
    "worse_at_low", "better_at_low", "worse_at_high", "better_at_high", "sign_flips", "paths",
)  # fmt: skip


def write(found: Screening, folder: Path) -> list[Path]:
    """Write pages and figures in every language, and all numbers as CSV; returns what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, str] = {f"{NAME}.csv": numbers(found)}
    for lang in LANGUAGES:
        end = "" if lang == "en" else f".{lang}"
        files[f"{NAME}{end}.md"] = page(found, lang, f"{NAME}{end}.svg")
        files[f"{NAME}{end}.svg"] = figure(found, Catalogue(lang))
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8", newline="\n")
    return [folder / name for name in files]


def page(found: Screening, lang: str, picture: str) -> str:
    """The page in a language."""
    say = Catalogue(lang)
    study, design = found.study, found.design
    words: dict[str, Any] = {
        "command": found.command,
        "version": MODEL_VERSION,
        "picture": picture,
        "community": study.group_title.get(lang) or study.group,
        "days": study.scenarios[0].days,
        "follow_up": study.scenarios[0].follow_up,
        "paths": design.paths,
        "lucks": design.numbers.shape[1],
        "points": len(design.unit),
        "parameters": len(design.factors),
        "runs": found.values[0].size,
        "level": {name: f"{value:.1f}" for name, value in found.level.items()},
        "beyond": {
            name: len(found.largest(moves, len(design.keys))) for name, moves in found.baseline.items()
        },
        "moved": {name: _moved(found, moves, say) for name, moves in found.baseline.items()},
        "first": {name: _first(found, moves, 3) for name, moves in found.baseline.items()},
        "shares": _shares(found, say),
        "built_in": ("、" if lang == "zh" else "; ").join(
            _title(c) for c in found.comparisons if c.one_sided
        ),
        "turned": ("、" if lang == "zh" else "; ").join(
            _turned(found, c) for c in found.comparisons if c.turned
        ),
        "turning": [(_title(c), _turning(found, c, say)) for c in found.comparisons],
    }
    text = environment().get_template(f"{NAME}.{lang}.md.j2").render(words)
    return cite(text, EVIDENCE)


def numbers(found: Screening) -> str:
    """Every effect of every parameter on every output, as CSV."""
    text = StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(COLUMNS)
    for name, moves in found.baseline.items():
        _rows(out, found, f"{name} of {BASELINE}", moves, None)
    for compared in found.comparisons:
        _rows(out, found, f"voices of {compared.arm} - {compared.other}", compared.moves, compared)
    return text.getvalue()


def _rows(out: Any, found: Screening, output: str, moves: Moves, compared: Comparison | None) -> None:
    for n, key in enumerate(found.design.keys):
        factor = found.design.factors[n] if key != LUCK else None
        span = (f"{factor.low:g}", f"{factor.high:g}", factor.unit) if factor else ("", "", "")
        values = (moves.mu, moves.mu_star, moves.wide, moves.sigma, moves.floor, moves.clear)
        turns = (
            (*compared.turns.low[n], *compared.turns.high[n], compared.turns.flips[n])
            if compared
            else ("",) * 5
        )
        out.writerow([output, key, *span, *(f"{x[n]:.4g}" for x in values), *turns, found.design.paths])


def _moved(found: Screening, moves: Moves, say: Catalogue) -> str:
    """The strongest movers of an output as a table, and below them what luck alone would move."""
    rows = []
    for n in [*found.largest(moves, MOST), len(found.design.factors)]:
        factor = found.design.factors[n] if n < len(found.design.factors) else None
        rows.append(
            (
                f"`{factor.key}`" if factor else say("screen.fresh_luck"),
                factor.doc if factor else "",
                f"{factor.low:g} – {factor.high:g} {factor.unit}".strip() if factor else "",
                f"{moves.mu_star[n]:.2f} ± {moves.wide[n]:.2f}",
                f"{moves.mu[n]:+.2f}".replace("-", "−"),
                f"{moves.sigma[n]:.2f}",
                f"{moves.floor[n]:.2f}",
                f"{moves.clear[n]:.0%}",
            )
        )
    head = ("parameter", "meaning", "range", "mu_star", "mu", "sigma", "floor", "clear")
    return table([say(f"screen.{word}") for word in head], rows)


def _shares(found: Screening, say: Catalogue) -> str:
    """Which way comparisons go, over all points."""
    rows = []
    for compared in found.comparisons:
        for name in METRICS:
            shares = (f"{share:.0%}" for share in compared.shares[name])
            mean = f"{compared.mean[name]:+.2f}".replace("-", "−")
            rows.append((_title(compared), say.name("metric", name), mean, *shares))
    head = ("comparison", "metric", "difference", "worse", "unclear", "better")
    return table([say(f"screen.{word}") for word in head], rows)


def _turning(found: Screening, compared: Comparison, say: Catalogue) -> str:
    """What turns a comparison: its movers, and the signs at both ends of their steps."""
    rows = []
    shown = found.turning(compared, MOST_TURNING)
    for n in [*shown, len(found.design.factors)]:
        ends = (f"{worse} / {better}" for worse, better in (compared.turns.low[n], compared.turns.high[n]))
        rows.append(
            (
                f"`{found.design.keys[n]}`" if n < len(found.design.factors) else say("screen.fresh_luck"),
                f"{compared.moves.mu_star[n]:.2f} ± {compared.moves.wide[n]:.2f}",
                f"{compared.moves.mu[n]:+.2f}".replace("-", "−"),
                f"{compared.moves.floor[n]:.2f}",
                *ends,
                f"{compared.turns.flips[n]} / {found.design.paths}",
            )
        )
    head = ("parameter", "mu_star", "mu", "floor", "at_low", "at_high", "flips")
    return table([say(f"screen.{word}") for word in head], rows) if shown else say("screen.nothing")


def _first(found: Screening, moves: Moves, most: int) -> str:
    return ", ".join(f"`{found.design.keys[n]}`" for n in found.largest(moves, most))


def _turned(found: Screening, compared: Comparison) -> str:
    """A comparison and the parameters that turn it."""
    return f"{_title(compared)} ({', '.join(f'`{found.design.keys[n]}`' for n in compared.turned)})"


def _title(compared: Comparison) -> str:
    """The arm, and what it is compared with where that is not the baseline."""
    return f"`{compared.arm}`" if compared.other == BASELINE else f"`{compared.arm}` / `{compared.other}`"
