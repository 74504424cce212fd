"""``qunlab odd``: write the documents that are made from the code, or check that they are up to date."""

from pathlib import Path

from experiments.cli import Call, lang_of
from experiments.language import near
from experiments.messages import Catalogue
from simulator.errors import UserError

#: Where the documents lie in the repository.
DOCS = "docs"


def run(call: Call) -> int:
    """Write every page, or, with ``check``, say which ones are stale."""
    say = Catalogue(lang_of(call.words))
    folder, check = _read(call.words, say)

    from experiments.documents.pages import pages  # a mistake need not wait for the kernels to load

    made = pages()
    if check:
        stale = [name for name, text in made.items() if _held(folder / name) != text]
        if stale:
            raise UserError(say("odd.stale", list=", ".join(str(folder / name) for name in stale)))
        print(say("odd.current", list=", ".join(str(folder / name) for name in made)))
        return 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (folder / name).write_text(text, "utf-8")
            print(say("odd.written", file=str(folder / name)))
    except OSError as error:
        raise UserError(say("odd.unwritten", folder=str(folder), text=error.strerror or str(error))) from None
    return 0


def _read(words: tuple[str, ...], say: Catalogue) -> tuple[Path, bool]:
    """Folder, and whether only to check.

    Raises:
        UserError: A word that is neither.
    """
    folder, check = DOCS, False
    for word in words:
        key, equals, value = word.partition("=")
        if key == "out" and value:
            folder = value
        elif word == "check":
            check = True
        elif key != "lang" or not equals:
            hint = near(say, key, ("out", "check", "lang"))
            raise UserError(say("cli.no_words", word=word, allowed="out=, check, lang=") + hint)
    return Path(folder), check


def _held(path: Path) -> str:
    """What a file holds; nothing where there is none."""
    return path.read_text("utf-8") if path.is_file() else ""
