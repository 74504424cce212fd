"""How pages and files are filled: a name that is missing is an error."""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template


@lru_cache
def template(path: Path, escape: bool = True) -> Template:
    """The template of a page; ``escape`` is for HTML."""
    environment = Environment(
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(path.read_text("utf-8"))
