"""``qunlab check package.module:Class``: the conformance kit, run on plug-ins of one's own or on ours."""

import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

from rich.console import Console
from rich.text import Text

from experiments import known
from experiments.bibliography import sources_of
from experiments.cli import Call, lang_of
from experiments.commands.cards import texts
from experiments.commands.lists import plain_table
from experiments.language import near
from experiments.messages import Catalogue
from simulator.errors import UserError

_ALL = "all"
_MARKS = {
    "passed": ("✓", "green"),
    "failed": ("✗", "bold red"),
    "expected": ("~", "yellow"),
    "skipped": ("-", "dim"),
}


def run(call: Call) -> int:
    """Check the plug-ins named and print what came of each check; 1 where any failed."""
    from simulator.conformance import examine

    say = Catalogue(lang_of(call.words))
    names = [word for word in call.words if not word.startswith("lang=")]
    for name in names:
        if "=" in name:
            raise UserError(say("cli.no_words", word=name, allowed="lang=en, lang=zh"))
    if not names:
        raise UserError(say("check.nothing", all=_ALL))
    console, failed = Console(), 0
    for name, kind in [pair for word in names for pair in _found(word, say)]:
        with console.status(say("check.running", name=name)):
            verdicts = examine(_made(name, kind, say), bibliography=sources_of(kind.__module__))
        bad = sum(verdict.status in ("failed", "skipped") for verdict in verdicts)
        failed += bad > 0
        head = (
            say("check.failed", name=name, n=bad) if bad else say("check.passed", name=name, n=len(verdicts))
        )
        table = plain_table(head, "", "", "")
        table.show_header = False
        for verdict in verdicts:
            mark, style = _MARKS[verdict.status]
            claim = texts(verdict.claim, say.lang)
            told = say(f"check.{verdict.status}_line", claim=claim, reason=verdict.reason)
            table.add_row(Text(mark, style), Text(verdict.check), Text(told, "" if verdict.reason else "dim"))
        console.print(table)
        console.print()
    return 1 if failed else 0


def _found(word: str, say: Catalogue) -> list[tuple[str, type]]:
    """What a word stands for: ``all``, a registered name, or ``package.module:Class``.

    Raises:
        UserError: It stands for nothing, or cannot be imported.
    """
    from simulator.registry import mechanisms, strategies

    if ":" in word:
        return [(word, _imported(word, say))]
    if word == _ALL:
        return [*strategies().items(), *mechanisms().items()]
    with suppress(UserError):
        word = known.tactic(word)
    found = [
        (name, kind) for group in (strategies(), mechanisms()) for name, kind in group.items() if name == word
    ]
    if not found:
        valid = (*strategies(), *mechanisms(), _ALL)
        raise UserError(say("check.unknown", name=word, hint=near(say, word, valid)))
    return found


def _imported(word: str, say: Catalogue) -> type:
    """The class a word names; the folder one stands in can be imported from.

    Raises:
        UserError: The module does not import, or holds no such class.
    """
    from simulator.mechanism import Mechanism
    from simulator.strategy import Strategy

    module, _, name = word.partition(":")
    if not module or not name:
        raise UserError(say("check.unknown", name=word, hint=""))
    here = os.getcwd()
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        loaded: Any = import_module(module)
    except (Exception, SystemExit) as error:  # a plug-in's import may raise anything
        told = " ".join(f"{type(error).__name__}: {error}".split())
        raise UserError(say("check.no_import", module=module, told=told)) from None
    kind: Any = getattr(loaded, name, None)
    kinds = [n for n, one in vars(loaded).items() if _plugin(one, Strategy, Mechanism)]
    if not _plugin(kind, Strategy, Mechanism):
        listed = ", ".join(kinds) or say("check.none")
        raise UserError(
            say("check.no_class", name=name, module=module, hint=near(say, name, kinds), known=listed)
        )
    found: type = kind
    return found


def _plugin(thing: Any, *bases: type) -> bool:
    return isinstance(thing, type) and issubclass(thing, bases) and thing not in bases


def _made(name: str, kind: Any, say: Catalogue) -> Any:
    """A plug-in with its defaults.

    Raises:
        UserError: It cannot be made of its defaults.
    """
    try:
        return kind()
    except (Exception, SystemExit) as error:  # a plug-in may raise anything
        told = " ".join(f"{type(error).__name__}: {error}".split())
        raise UserError(say("check.no_default", name=name, told=told)) from None
