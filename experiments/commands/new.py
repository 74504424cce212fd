"""``qunlab new strategy my_tactic``: a project of one's own, whose tests pass."""

from pathlib import Path

from experiments.authoring.scaffold import project, write
from experiments.cli import Call, lang_of
from experiments.language import near
from experiments.messages import Catalogue
from simulator.errors import UserError

#: What there is to make.
_KINDS = ("strategy",)
_SETTINGS = ("out", "title", "title_zh", "lang")


def run(call: Call) -> int:
    """Write the project, and say what to do with it."""
    say = Catalogue(lang_of(call.words))
    kind, name, given = _read(call.words, say)
    plan = project(name, given.get("title"), given.get("title_zh"))
    folder = Path(given.get("out", name))
    for path in write(plan, folder):
        print(f"  {path}")
    print(say(f"cli.new_{kind}", folder=folder, name=name, package=plan.package, kind=plan.kind))
    return 0


def _read(words: tuple[str, ...], say: Catalogue) -> tuple[str, str, dict[str, str]]:
    """What is to be made, what it is called, and the settings.

    Raises:
        UserError: A word too many, too few or unknown.
    """
    plain = [word for word in words if "=" not in word]
    given = dict(word.split("=", 1) for word in words if "=" in word)
    if len(plain) != 2:
        raise UserError(say("cli.new_words", given=" ".join(plain) or "-"))
    if plain[0] not in _KINDS:
        raise UserError(say("cli.new_no_kind", name=plain[0], hint=near(say, plain[0], _KINDS)))
    for key, value in given.items():
        if key not in _SETTINGS or not value:
            hint = near(say, key, _SETTINGS)
            allowed = "=, ".join(_SETTINGS)
            raise UserError(say("cli.no_words", word=f"{key}={value}", allowed=f"{allowed}=") + hint)
    return plain[0], plain[1], given
