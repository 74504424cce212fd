"""``qunlab strategies`` and ``qunlab communities``: what there is to choose from."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments import known
from experiments.cli import Call, lang_of
from experiments.messages import Catalogue
from simulator.errors import UserError


def run(call: Call) -> int:
    """Print the list that was asked for."""
    say = Catalogue(lang_of(call.words))
    for word in call.words:
        if not word.startswith("lang="):
            raise UserError(say("cli.no_words", word=word, allowed="lang=en, lang=zh"))
    console = Console()
    tables = strategies(call, say) if call.command == "strategies" else [communities(call, say)]
    for table in tables:
        console.print(table)
    return 0


def plain_table(title: str, *columns: str) -> Table:
    """A table without lines, as wide as it must be, that folds where the terminal is narrow."""
    table = Table(
        title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    for at, name in enumerate(columns):
        table.add_column(name, header_style="dim", overflow="fold", no_wrap=at == 0)
    return table


def strategies(call: Call, say: Catalogue) -> list[Table]:
    """Tactics, and doses of them."""
    from simulator.registry import STRATEGIES, distribution
    from simulator.registry import strategies as registered

    tactics = plain_table(say("card.strategies"), say("card.name"), say("card.title"), say("card.what"))
    for name, kind in registered().items():
        home = distribution(STRATEGIES, name)
        what = say(f"about.{name}") if f"about.{name}" in say else (kind.__doc__ or "").strip().split("\n")[0]
        if home != "qunlab":
            what = f"{what} ({say('card.from', name=home)})"
        tactics.add_row(name, Text(title(kind.title, say.lang) or name), Text(what))
    doses = plain_table(f"\n{say('card.doses')}", say("card.name"), say("card.what"))
    for name in known.presets("strategy", call.folder):
        doses.add_row(name, Text(known.about("strategy", name, say.lang, call.folder)))
    from experiments.commands.sop import listing  # which makes its tables with ours

    sops = listing(call, say)
    sops.title = f"\n{sops.title}"
    return [tactics, doses, sops]


def communities(call: Call, say: Catalogue) -> Table:
    """Communities with their size and days."""
    from experiments.config import compose

    table = plain_table(
        say("card.communities"), say("card.name"), say("card.size"), say("card.days"), say("card.what")
    )
    for name in known.presets("community", call.folder):
        node = compose([f"community={name}"], call.folder).values["community"]
        days = f"{node['horizon']['days']}+{node['horizon']['follow_up']}"
        about = known.about("community", name, say.lang, call.folder)
        table.add_row(name, str(node["size"] or "?"), days, Text(about))
    return table


def title(titles: dict[str, str], lang: str) -> str:
    """A title in a language, or in English."""
    return titles.get(lang) or titles.get("en", "")
