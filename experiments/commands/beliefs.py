"""``qunlab beliefs``: what practitioners believe, put to the model, with and without what carries it."""

from rich.console import Console
from rich.table import Table

from experiments.beliefs import BELIEFS, OFF, Belief, Finding, put
from experiments.cli import Call, lang_of
from experiments.messages import Catalogue
from experiments.study import MOST_REPLICATES, whole
from simulator.errors import unknown
from simulator.knobs import number

_SETTINGS = {"replicates": 100, "seed": 1}


def run(call: Call) -> int:
    """Run all beliefs, or those named, and print what came out."""
    say = Catalogue(lang_of(call.words))
    asked, settings = _read(call.words)
    table = Table(
        title=say("belief.title", n=settings["replicates"]),
        title_justify="left",
        box=None,
        padding=(0, 2, 0, 0),
    )
    for column in ("claim", "reading", "effect"):
        table.add_column(say(f"belief.{column}"), overflow="fold", ratio=2)
    table.add_column(say("belief.without", carrier="…"), overflow="fold", ratio=2)
    console = Console()
    with console.status("") as status:
        for belief in asked:
            status.update(say(f"belief.{belief.key}"))
            _rows(table, belief, put(belief, settings["replicates"], settings["seed"]), say)
    console.print(table)
    console.print(say("belief.note"), style="dim")
    return 0


def _read(words: tuple[str, ...]) -> tuple[list[Belief], dict[str, int]]:
    """Beliefs named (all where none is) and settings.

    Raises:
        UserError: A word that is neither, or a number out of range.
    """
    known = {belief.key: belief for belief in BELIEFS}
    settings, asked = dict(_SETTINGS), []
    for word in words:
        key, found, value = word.partition("=")
        if not found:
            if key not in known:
                raise unknown("belief", key, known)
            asked.append(known[key])
        elif key in settings:
            settings[key] = number(value, int, key)
        elif key != "lang":
            raise unknown("setting of beliefs:", key, [*settings, "lang"])
    whole("replicates", settings["replicates"], 2, MOST_REPLICATES)
    whole("seed", settings["seed"], 0, 2**32 - 1)
    return asked or list(BELIEFS), settings


def _rows(table: Table, belief: Belief, findings: list[Finding], say: Catalogue) -> None:
    """One row a reading: as it stands, and with the carrier off."""
    off = {finding.reading: finding for finding in findings if finding.off}
    carrier = ", ".join(
        name if settings == OFF else ", ".join(f"{name}.{key}={value:g}" for key, value in settings.items())
        for name, settings in belief.carrier.items()
    )
    claim = say(f"belief.{belief.key}")
    for finding in findings:
        if not finding.off:
            without = (
                f"{_text(off[finding.reading], say)}\n[dim]{say('belief.without', carrier=carrier)}[/dim]"
            )
            table.add_row(claim, say(f"reading.{finding.reading}"), _text(finding, say), without)
            claim = ""


def _text(finding: Finding, say: Catalogue) -> str:
    """``+1.41 (1.17 to 1.67) of 10.4``."""
    alone = finding.baseline != finding.baseline
    sign = "" if alone else "+"
    text = f"{finding.diff:{sign}.2f} ({finding.low:.2f} – {finding.high:.2f})"
    return text if alone else f"{text} {say('belief.baseline', n=f'{finding.baseline:.1f}')}"
